/* SPDX-License-Identifier: MIT */
#include "util/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { WORD_MAX = 64, PREFIX_MIN = 3 };

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

/* The beginning of a word is nearer than a misspelt one: csv for csv-line, username for user. */
static size_t rate_suggestion(const char *word, const char *candidate) {
        size_t a = strlen(word), b = strlen(candidate), shared = a < b ? a : b;

        if (shared >= PREFIX_MIN && strncasecmp(word, candidate, shared) == 0)
                return a == b ? 0 : 1;
        return suggest_distance(word, candidate);
}

void suggest_nearest(const char *word, const char *candidate, const char **best) {
        size_t distance = rate_suggestion(word, candidate);

        if (distance > strlen(word) / 3 + 1)
                return;
        if (!*best || distance < rate_suggestion(word, *best))
                *best = candidate;
}
