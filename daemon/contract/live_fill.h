/* SPDX-License-Identifier: MIT */
/* Fills the published values from a snapshot. */
#ifndef CONTRACT_LIVE_FILL_H
#define CONTRACT_LIVE_FILL_H

#include "contract/live_values.h"
#include "sitbone/identity.h"
#include "sitbone/snapshot.h"

struct settings;

/* Fills *ret; realtime_us is the wall clock at s->now_us. Without a snapshot only the identity is known. identity
 * NULL: its values stay empty. settings NULL: break_s and the words of the open alert stay empty. */
void live_values_fill(struct live_values *ret, const struct snapshot *s, uint64_t realtime_us,
                      const struct settings *settings, const struct identity *identity);

/* Fills only what may change with every frame; the rest is the same while snapshot.only_numbers. */
void live_values_fill_frame(struct live_values *v, const struct snapshot *s, uint64_t realtime_us);

/* Sets the members that count seconds from or to an instant. */
void live_values_set_ages(struct live_values *v);

#endif
