/* SPDX-License-Identifier: MIT */
#include "util/utf8.h"

#include <stdint.h>

/* The number of bytes that follow a first byte; -1 when no character begins with it. */
static int count_following(unsigned char first) {
        if (first < 0x80)
                return 0;
        if (first < 0xc2 || first > 0xf4)
                return -1;
        return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

int utf8_length(const char *text) {
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

        while ((n = utf8_length(text)) > 0)
                text += n;
        return !*text;
}
