/* SPDX-License-Identifier: MIT */
/* The profiles of all sitters of a seat: read at the start, held in memory, written by a thread of their own. Each
 * sitter has a file in the state directory: `profile` for nobody in particular, and `profile-NAME` (see document.h). A
 * file that cannot be used is moved aside and logged, and never overwritten. */
#ifndef STORE_PROFILES_H
#define STORE_PROFILES_H

#include <stdbool.h>
#include <stddef.h>

#include "sitbone/profile.h"

enum { SITTERS_MAX = 16 }; /* files; nobody in particular is one of them */

struct profiles; /* owns the thread */

/* [a-z0-9-], 1 to 31 characters. */
bool profile_name_is_legal(const char *name);

/* NULL = good, otherwise the reason why not. */
const char *profile_check(const struct profile *p);

/* Parses a file. NULL = good and *ret is set, otherwise the reason why not ("it is damaged", ...). sitter: as in the
 * name of the file. */
const char *profile_read(const char *text, size_t n, const char *sitter, struct profile *ret);

/* directory must exist. Negative errno. */
int profiles_new(const char *directory, struct profiles **ret);

/* ---- the decision thread; none of these waits for the disk ---- */

/* NULL = no profile of this sitter. Valid until the next profiles_put() of the same sitter. */
const struct profile *profiles_get(const struct profiles *p, const char *sitter);
/* The i-th profile, NULL = no more. */
const struct profile *profiles_at(const struct profiles *p, int i);
/* True when this sitter has a profile or can get one. */
bool profiles_have_room(const struct profiles *p, const char *sitter);
/* Copies the profile and writes it soon; a failed write is retried. -ENOSPC = too many sitters, -ENOMEM. */
int profiles_put(struct profiles *p, const struct profile *profile);

/* Writes every profile again: the directory was removed or replaced. */
void profiles_write_all(struct profiles *p);

void profiles_free(struct profiles *p); /* writes what is pending; NULL is fine */

#endif
