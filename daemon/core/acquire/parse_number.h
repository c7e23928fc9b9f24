/* SPDX-License-Identifier: MIT */
/* Parses decimal numbers from bytes that need not end in NUL, independent of the locale. Pure. */
#ifndef CORE_ACQUIRE_PARSE_NUMBER_H
#define CORE_ACQUIRE_PARSE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* [+-] digits [. digits] [e [+-] digits]. Moves *at past the number and writes *ret. False, and nothing is written,
 * when there is no number or it does not fit. nan and inf are no numbers here. */
bool number_parse(const char **at, const char *end, double *ret);

/* Bytes of the word at `at`, with its sign, if it is one of these words between blanks, in upper or lower case: they
 * stand in place of a number. 0: it is none. */
size_t number_missing(const char *words, const char *line, const char *at, const char *end);

#endif
