/* SPDX-License-Identifier: MIT */
/* A strict reader of "[section]", "key = value" and "# comment" lines. A value may contain ; # " and inner spaces. Blanks
 * around it and at the start of a line are removed. A line cannot be continued on the next one. docs/decisions.md gives
 * the reasons for an own reader. */
#ifndef UTIL_INI_H
#define UTIL_INI_H

#include <stddef.h>

#include "util/config_errors.h"

enum { INI_LINE_MAX = 4096 };

struct ini_item {
        int line;
        const char *section; /* never NULL; "" before the first section */
        const char *key;     /* NULL: a section header (section is its name) */
        const char *value;
};

/* Each line that is neither empty nor a comment calls item, or is added to errors when its syntax is wrong. */
struct ini_sink {
        void (*item)(void *userdata, const struct ini_item *item);
        void *userdata;
        const char *path;             /* for errors */
        struct config_errors *errors; /* NULL = they are ignored */
};

void ini_parse(const char *text, size_t n, const struct ini_sink *sink);

/* A common mistake in a value that is not legal: quotation marks around it, or a comment after it. The advice as a phrase, or
 * NULL. */
const char *ini_explain_value(const char *value);

/* The same for a value that should be a number: also a unit after it, or a decimal comma. */
const char *ini_explain_number(const char *value);

#endif
