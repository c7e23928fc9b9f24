/* SPDX-License-Identifier: MIT */
/* Text that others will take: D-Bus and JSON refuse a string that is not UTF-8, and everything sent along with it. */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stdbool.h>

/* Bytes of the character that text begins with; 0 where that is not well-formed (RFC 3629: no overlong forms, no
 * surrogates, nothing beyond U+10FFFF), or at the end. */
int utf8_length(const char *text);

/* Well-formed to its end. */
bool utf8_valid(const char *text);

#endif
