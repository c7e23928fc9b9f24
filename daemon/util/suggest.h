/* SPDX-License-Identifier: MIT */
/* For "did you mean ...": finds the legal word that is nearest to a mistyped one. */
#ifndef UTIL_SUGGEST_H
#define UTIL_SUGGEST_H

#include <stddef.h>

/* The number of letters to insert, delete or change, case ignored. Words over 63 letters count as far away. */
size_t suggest_distance(const char *a, const char *b);

/* Replaces *best (NULL at first) by candidate when that is nearer to word, and near at all: a third of its letters, or one of them
 * begins with the other. */
void suggest_nearest(const char *word, const char *candidate, const char **best);

#endif
