/* SPDX-License-Identifier: MIT */
/* The profiles of all sitters of a seat: read at the start, kept in memory, written by a thread of their own. One file a
 * sitter in the state directory, `profile` for nobody in particular and `profile-NAME`: a header with a checksum and the
 * struct. A file that cannot be used is moved aside, said in the log, and never written over. */
#ifndef STORE_PROFILES_H
#define STORE_PROFILES_H

#include <stdbool.h>
#include <stddef.h>

#include "sitbone/profile.h"

enum { SITTERS_MAX = 16 }; /* files; nobody in particular is one of them */

struct profiles; /* owns the thread */

/* [a-z0-9-], 1 to 31 characters. */
bool profile_name_good(const char *name);

/* NULL = in order, otherwise what is wrong with it. */
const char *profile_check(const struct profile *p);

/* A file's content. NULL = good and *ret is set, otherwise why not ("it is damaged", ...). sitter as in the file's name. */
const char *profile_read(const void *data, size_t n, const char *sitter, struct profile *ret);

/* directory must exist. Negative errno. */
int profiles_new(const char *directory, struct profiles **ret);

/* ---- the decision thread; none of these waits for the disk ---- */

/* NULL = nothing is known of them. Valid until the next profiles_put() of the same sitter. */
const struct profile *profiles_get(const struct profiles *p, const char *sitter);
/* The i-th, NULL = no more. */
const struct profile *profiles_at(const struct profiles *p, int i);
/* Is there room for this one? */
bool profiles_room(const struct profiles *p, const char *sitter);
/* Takes a copy and writes it soon, again and again where the disk is full. -ENOSPC = too many sitters, -ENOMEM. */
int profiles_put(struct profiles *p, const struct profile *profile);

void profiles_free(struct profiles *p); /* writes what is pending; NULL is fine */

#endif
