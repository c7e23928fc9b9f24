/* SPDX-License-Identifier: MIT */
/* Makes a line safe to print that quotes a file, a device, a broker or a bus. A terminal acts on control characters:
 * those of ASCII, and U+0080 to U+009F (C1; U+009B is the same as ESC [), which some terminals accept as single bytes,
 * too. It also shows text in another order after the overrides, embeddings and isolates of Unicode (U+202A to U+202E,
 * U+2066 to U+2069), so that a name may pretend to be another one. */
#ifndef UTIL_SANITIZE_H
#define UTIL_SANITIZE_H

#include <stdbool.h>

/* Replaces each byte of a control character (line ends, too) and each byte that is not UTF-8 by '?'. */
void sanitize_line(char *line);

/* True when sanitize_line() would change nothing. */
bool is_sanitized(const char *line);

/* True when all of text is UTF-8: D-Bus and JSON reject a message with a string that is not. */
bool utf8_valid(const char *text);

#endif
