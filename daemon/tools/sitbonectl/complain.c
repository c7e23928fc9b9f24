/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/sanitize.h"

void complain(const char *format, ...) {
        char line[4096];
        va_list ap;

        va_start(ap, format);
        vsnprintf(line, sizeof(line), format, ap);
        va_end(ap);
        sanitize_line(line); /* the text may quote files and other programs */
        fprintf(stderr, "sitbonectl: %s\n", line);
}

int complain_of_memory(void) {
        complain("out of memory");
        return STATUS_FAILED;
}
