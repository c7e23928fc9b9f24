/* Text that others will take: D-Bus and JSON refuse a string that is not UTF-8, and everything sent along with it. */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stdbool.h>

/* Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF. */
bool utf8_valid(const char *text);

#endif
