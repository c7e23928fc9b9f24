/* SPDX-License-Identifier: MIT */
/* Removes from a line of text everything that is no cell, before its numbers are parsed: colour codes, prefixes,
 * times, a checksum. Pure. */
#ifndef CORE_ACQUIRE_TEXT_PREPARE_H
#define CORE_ACQUIRE_TEXT_PREPARE_H

#include <stddef.h>
#include <string.h>

#include "core/acquire/format.h"

/* The first byte of a code that terminals act on, such as a colour. */
enum { TEXT_ESCAPE = 0x1B };

enum prepared {
        PREPARED_LINE,
        PREPARED_WORDS,   /* the line is left out: it has not the text that it should begin with */
        PREPARED_DAMAGED, /* its check is wrong or missing */
};

/* Finds these bytes. NULL: there are none, or what is empty. */
static inline char *text_find(const struct format_command *what, char *text, size_t n) {
        char *end = text + n;

        for (char *at = text; what->n > 0 && (size_t)(end - at) >= what->n; at++) {
                at = memchr(at, what->of[0], (size_t)(end - at) - what->n + 1);
                if (!at || memcmp(at, what->of, what->n) == 0)
                        return at;
        }
        return NULL;
}

/* Shortens the line to the part with cells, and overwrites in it what is none. */
enum prepared text_prepare(const struct format *format, char **line, size_t *n);

#endif
