/* SPDX-License-Identifier: MIT */
/* "Did you mean ...": the legal word nearest to a mistyped one. */
#ifndef UTIL_SUGGEST_H
#define UTIL_SUGGEST_H

#include <stddef.h>

/* Number of letters to insert, delete or change, case ignored; words over 63 letters count as far away. */
size_t suggest_distance(const char *a, const char *b);

/* Keeps the best so far: *best is replaced when candidate is nearer to word, and near at all (a third of its letters). */
void suggest_nearest(const char *word, const char *candidate, const char **best);

#endif
