/* SPDX-License-Identifier: MIT */
/* What survives a restart: two files in the state directory, written by a thread of their own.
 *   memory   the bout, alerts, reference: two slots, written in turn each second of a bout and at every change;
 *            the newest slot with a good checksum counts, so a cut write loses one second
 *   tare     the empty seat: temporary file and rename, only when it changed */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/memory.h"

struct state; /* owns the thread */

/* directory must exist. Negative errno; the daemon goes on without. */
int state_new(const char *directory, struct state **ret);

/* What was saved, and how long ago (another boot: by the wall clock, never negative). False = nothing usable; *ret_why
 * then says so ("nothing was saved yet", "it is damaged", "it is of a newer version", ...). */
bool state_load(struct state *s, struct memory *ret, uint64_t *ret_elapsed_us, const char **ret_why);
bool state_load_tare(struct state *s, struct memory_tare *ret);

/* Never blocks: replaces what was not written yet. */
void state_save(struct state *s, const struct memory *memory);
void state_save_tare(struct state *s, const struct memory_tare *tare);

void state_free(struct state *s); /* writes what is pending; NULL is fine */

#endif
