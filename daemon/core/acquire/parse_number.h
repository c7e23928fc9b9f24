/* SPDX-License-Identifier: MIT */
/* Decimal numbers out of bytes that need not end in NUL, independent of the locale. Pure. */
#ifndef CORE_ACQUIRE_PARSE_NUMBER_H
#define CORE_ACQUIRE_PARSE_NUMBER_H

#include <stdbool.h>

/* [+-] digits [. digits] [e [+-] digits]. Moves *at behind the number and writes *ret; false (and nothing written)
 * when there is none or it does not fit. Neither nan nor inf is a number here. */
bool number_parse(const char **at, const char *end, double *ret);

#endif
