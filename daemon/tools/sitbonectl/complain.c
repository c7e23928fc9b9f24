/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/sanitize.h"
#include "util/terminal.h"

static char collected[4096]; /* for --json: lines */

void complain(const char *format, ...) {
        char line[4096];
        int columns, n = snprintf(line, sizeof(line), "sitbonectl: ");
        size_t end = strlen(collected);
        va_list ap;

        va_start(ap, format);
        vsnprintf(line + n, sizeof(line) - (size_t)n, format, ap);
        va_end(ap);
        sanitize_line(line); /* the text may quote files and other programs */
        columns = terminal_columns(stderr, 0);
        if (columns > 0)
                terminal_print_wrapped(stderr, line, 0, 0, columns);
        else
                fprintf(stderr, "%s\n", line);
        snprintf(collected + end, sizeof(collected) - end, "%s%s", end ? "\n" : "", line + n);
}

const char *complaints(void) {
        return collected;
}

int complain_of_memory(void) {
        complain("out of memory");
        return STATUS_FAILED;
}
