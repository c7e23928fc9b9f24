/* SPDX-License-Identifier: MIT */
#include "util/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum { WORD_MAX = 64 };

static size_t min_of_three(size_t a, size_t b, size_t c) {
        size_t m = a < b ? a : b;
        return m < c ? m : c;
}

size_t suggest_distance(const char *a, const char *b) {
        size_t na = strlen(a), nb = strlen(b), row[WORD_MAX];

        if (na >= WORD_MAX || nb >= WORD_MAX)
                return SIZE_MAX;
        for (size_t j = 0; j <= nb; j++)
                row[j] = j;
        for (size_t i = 1; i <= na; i++) {
                size_t diagonal = row[0];
                row[0] = i;
                for (size_t j = 1; j <= nb; j++) {
                        size_t up = row[j];
                        size_t same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]) ? 0 : 1;
                        row[j] = min_of_three(up + 1, row[j - 1] + 1, diagonal + same);
                        diagonal = up;
                }
        }
        return row[nb];
}

void suggest_nearest(const char *word, const char *candidate, const char **best) {
        size_t distance = suggest_distance(word, candidate);

        if (distance > strlen(word) / 3 + 1)
                return;
        if (!*best || distance < suggest_distance(word, *best))
                *best = candidate;
}
