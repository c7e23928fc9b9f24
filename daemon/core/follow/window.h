/* SPDX-License-Identifier: MIT */
/* The sliding window of sitting.h. */
#ifndef CORE_FOLLOW_WINDOW_H
#define CORE_FOLLOW_WINDOW_H

#include "core/follow/sitting.h"

/* Forgets everything. */
void window_reset(struct sitting_window *w, uint64_t window_us);

/* Seated time from from_us to to_us, slouched or lopsided throughout or not at all. */
void window_add(struct sitting_window *w, uint64_t from_us, uint64_t to_us, bool slouched, bool lopsided);

/* The last us before now were not seated after all. */
void window_take_back(struct sitting_window *w, uint64_t us);

/* Drops what is older than the window and fills the window's fields of *ret. */
void window_sum(struct sitting_window *w, uint64_t now_us, struct sitting *ret);

#endif
