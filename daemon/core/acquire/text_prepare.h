/* SPDX-License-Identifier: MIT */
/* Removes from a line of text what is no cell before its numbers are parsed: colour codes, prefixes, times, a checksum.
 * Pure. */
#ifndef CORE_ACQUIRE_TEXT_PREPARE_H
#define CORE_ACQUIRE_TEXT_PREPARE_H

#include <stddef.h>

#include "core/acquire/format.h"

enum prepared {
        PREPARED_LINE,
        PREPARED_WORDS,   /* the line is left out: it has not the text that it should begin with */
        PREPARED_DAMAGED, /* its check is wrong or missing */
};

/* Finds these bytes. NULL: there are none, or what is empty. */
char *text_find(const struct format_command *what, char *text, size_t n);

/* Removes the codes that terminals act on. Returns the new length; a newline follows if it is shorter. */
size_t text_strip_codes(char *line, size_t n);

/* Shortens the line to the part with cells, and overwrites in it what is none. */
enum prepared text_prepare(const struct format *format, char **line, size_t *n);

#endif
