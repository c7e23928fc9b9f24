/* SPDX-License-Identifier: MIT */
/* Parses decimal numbers from bytes that need not end in NUL, independent of the locale. Pure. */
#ifndef CORE_ACQUIRE_PARSE_NUMBER_H
#define CORE_ACQUIRE_PARSE_NUMBER_H

#include <stdbool.h>

/* [+-] digits [. digits] [e [+-] digits]. Moves *at past the number and writes *ret. False, and nothing is written,
 * when there is no number or it does not fit. nan and inf are no numbers here. */
bool number_parse(const char **at, const char *end, double *ret);

#endif
