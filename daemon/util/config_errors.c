/* SPDX-License-Identifier: MIT */
#include "util/config_errors.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/sanitize.h"

void mistake_add(struct mistakes *m, const char *format, ...) {
        va_list ap;

        if (m->n < MISTAKES_MAX) {
                va_start(ap, format);
                vsnprintf(m->of[m->n], sizeof(m->of[0]), format, ap);
                va_end(ap);
                printable(m->of[m->n]);
        }
        m->n++;
}
