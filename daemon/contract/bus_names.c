/* SPDX-License-Identifier: MIT */
#include "contract/bus_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void bus_name(const char *seat_id, char ret[BUS_NAME_MAX]) {
        size_t n = (size_t)snprintf(ret, BUS_NAME_MAX, "%s", BUS_INTERFACE);

        if (!*seat_id || strcmp(seat_id, "seat") == 0)
                return;
        ret[n++] = '.';
        if (isdigit((unsigned char)*seat_id))
                ret[n++] = '_';
        for (; *seat_id && n < BUS_NAME_MAX - 1; seat_id++)
                ret[n++] = isalnum((unsigned char)*seat_id) ? *seat_id : '_';
        ret[n] = 0;
}
