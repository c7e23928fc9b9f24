/* SPDX-License-Identifier: MIT */
#include "ports/backend.h"

#include <stdarg.h>
#include <stdio.h>

int port_fail(struct port_hint hint, int error, const char *format, ...) {
        va_list args;

        va_start(args, format);
        vsnprintf(hint.text, hint.size, format, args);
        va_end(args);
        return -error;
}
