/* SPDX-License-Identifier: MIT */
/* What probe has heard, and what it says of it. */
#ifndef TOOLS_SITBONECTL_PROBE_COMMAND_H
#define TOOLS_SITBONECTL_PROBE_COMMAND_H

#include <stdbool.h>

#include "ports/port.h"
#include "tools/sitbonectl/probe/fit.h"

enum { PROBE_BYTES_MAX = 256 * 1024, PROBE_PAUSES_MAX = 1024 };

struct probe {
        const char *device;
        int32_t rows, cols, baud; /* baud 0 = try them */
        bool send;
        struct port *port;
        bool ended, silent;
        int error; /* why it ended, a negative errno; 0 = hung up */
        struct format_list *list;
        struct prober prober;
        struct heard heard;
        uint64_t heard_us; /* when the last byte came */
        size_t pauses[PROBE_PAUSES_MAX];
        uint8_t bytes[PROBE_BYTES_MAX];
};

bool probe_fits(const struct probe *p);
double probe_text_share(const struct probe *p);
void probe_print(const struct probe *p);

/* Prints a description of text that no format fits; with only_counted, only where the first number of each line is no cell.
 * False: there is none. */
bool probe_suggest(const struct probe *p, bool only_counted);
void probe_print_json(const struct probe *p);

#endif
