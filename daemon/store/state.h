/* SPDX-License-Identifier: MIT */
/* The state that survives a restart: files in the state directory, written by a thread of their own (see document.h).
 *   memory   the bout, the alerts, the reference: two slots, written in turn each second of a bout and at every change;
 *            the newest good slot counts, so a write that is cut loses one second
 *   settings.conf  what was set while the daemon ran; a file for people, read by configure/
 *   tare     the empty seat: temporary file and rename, only when it changed
 * The memory file is locked, so that the directory belongs to one process. */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sitbone/memory.h"

enum { STATE_SLOT_SIZE = 8192, STATE_CONTROLS_SIZE = 2048 };

struct state; /* owns the thread */

/* directory must exist. Negative errno; -EBUSY, after logging its name: another process uses the directory. */
int state_new(const char *directory, struct state **ret);

/* The memory that was saved last, and the time since then: by the clock of the boot, or after another boot by the wall
 * clock, never negative. False when nothing is usable: *ret_why is the reason ("nothing was saved yet", "it is
 * damaged", ...). */
bool state_load(struct state *s, struct memory *ret, uint64_t *ret_elapsed_us, const char **ret_why);
bool state_load_tare(struct state *s, struct memory_tare *ret);

/* Never block; what was not written yet is replaced. */
void state_save(struct state *s, const struct memory *memory);
void state_save_tare(struct state *s, const struct memory_tare *tare);
void state_save_controls(struct state *s, const char text[STATE_CONTROLS_SIZE]);

/* Has the thread check that the files are still those of the directory; it makes them again if not. True, once, when it
 * did: then everything must be saved again. */
bool state_check(struct state *s);

/* Parses a slot. NULL = good and *ret is set, otherwise the reason why not. */
const char *state_read_memory(const char *text, size_t n, struct memory *ret);

void state_free(struct state *s); /* writes what is pending; NULL is fine */

#endif
