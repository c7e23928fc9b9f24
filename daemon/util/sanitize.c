/* SPDX-License-Identifier: MIT */
#include "util/sanitize.h"

#include <stdint.h>
#include <string.h>

/* The number of bytes that follow a first byte; -1 when no character begins with it. */
static int count_following(unsigned char first) {
        if (first < 0x80)
                return 0;
        if (first < 0xc2 || first > 0xf4)
                return -1;
        return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

/* The number of bytes of the first character of text; 0 when it is not well-formed (RFC 3629: no overlong forms, no
 * surrogates, nothing beyond U+10FFFF), or at the end of text. */
static int measure_character(const char *text) {
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        const unsigned char *p = (const unsigned char *)text;
        int n = count_following(*p);
        uint32_t code;

        if (n < 0 || !*p)
                return 0;
        code = n ? *p & (0x3fu >> n) : *p;
        for (int i = 1; i <= n; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
                code = code << 6 | (p[i] & 0x3f);
        }
        if (code < least[n] || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
                return 0;
        return n + 1;
}

bool utf8_valid(const char *text) {
        int n;

        while ((n = measure_character(text)) > 0)
                text += n;
        return !*text;
}

/* U+2028 to U+202E end a line or change the direction of what follows, U+2066 to U+2069 isolate it. */
static bool is_reordering(const unsigned char *c) {
        return c[0] == 0xe2 &&
               ((c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae) || (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}

/* A terminal acts on this character, or it is no character (length 0). */
static bool is_unsafe(const unsigned char *character, int length) {
        return length == 0 || (length == 1 && (*character < ' ' || *character == 0x7f)) ||
               (length == 2 && character[0] == 0xc2 && character[1] < 0xa0) ||
               (length == 3 && is_reordering(character));
}

void sanitize_line(char *line) {
        while (*line) {
                int n = measure_character(line), width = n > 0 ? n : 1;

                if (is_unsafe((const unsigned char *)line, n))
                        memset(line, '?', (size_t)width);
                line += width;
        }
}

bool is_sanitized(const char *line) {
        int n;

        while ((n = measure_character(line)) > 0 && !is_unsafe((const unsigned char *)line, n))
                line += n;
        return !*line;
}
