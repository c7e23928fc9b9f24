/* SPDX-License-Identifier: MIT */
/* Lines for people that quote what a file, a device, a broker or a bus said. A terminal obeys control characters: those of
 * ASCII, and U+0080 to U+009F (C1; U+009B is as good as ESC [), which some take as single bytes, too. */
#ifndef UTIL_SANITIZE_H
#define UTIL_SANITIZE_H

#include <stdbool.h>

/* Every byte of a control character, line ends too, and of what is not UTF-8 becomes '?'. */
void sanitize_line(char *line);

/* Has nothing of that. */
bool is_sanitized(const char *line);

#endif
