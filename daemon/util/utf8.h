/* SPDX-License-Identifier: MIT */
/* Checks text before it is sent: D-Bus and JSON reject a message with a string that is not UTF-8. */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stdbool.h>

/* The number of bytes of the first character of text; 0 when it is not well-formed (RFC 3629: no overlong forms, no
 * surrogates, nothing beyond U+10FFFF), or at the end of text. */
int utf8_length(const char *text);

/* True when all of text is well-formed. */
bool utf8_valid(const char *text);

#endif
