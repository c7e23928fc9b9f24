/* SPDX-License-Identifier: MIT */
#include "util/sanitize.h"

#include <string.h>

#include "util/utf8.h"

/* A terminal acts on this character, or it is no character (length 0). */
static bool is_unsafe(const unsigned char *character, int length) {
        return length == 0 || (length == 1 && (*character < ' ' || *character == 0x7f)) ||
               (length == 2 && character[0] == 0xc2 && character[1] < 0xa0);
}

void sanitize_line(char *line) {
        while (*line) {
                int n = utf8_length(line), width = n > 0 ? n : 1;

                if (is_unsafe((const unsigned char *)line, n))
                        memset(line, '?', (size_t)width);
                line += width;
        }
}

bool is_sanitized(const char *line) {
        int n;

        while ((n = utf8_length(line)) > 0 && !is_unsafe((const unsigned char *)line, n))
                line += n;
        return !*line;
}
