/* SPDX-License-Identifier: MIT */
/* A strict reader for "[section]", "key = value", "# comment at line start". Values keep ; # " and inner spaces as
 * they are; blanks round them go. Why an own reader: "Blind alleys" in README.md. */
#ifndef UTIL_INI_H
#define UTIL_INI_H

#include <stddef.h>

enum { INI_LINE_MAX = 4096 };

struct ini_item {
        int line;
        const char *section; /* never NULL; "" before the first section */
        const char *key;     /* NULL: a section header (section is its name) */
        const char *value;
};

/* One callback a line that says something; a mistake in the line itself comes through mistake. */
struct ini_sink {
        void (*item)(void *userdata, const struct ini_item *item);
        void (*mistake)(void *userdata, int line, const char *what);
        void *userdata;
};

void ini_parse(const char *text, size_t n, const struct ini_sink *sink);

#endif
