/* SPDX-License-Identifier: MIT */
/* Sends the wire bytes of the mat to programs that record beside the running daemon: one message for each reading
 * of the port and for each label, through a socket pair. Never waits: bytes that the other end does not read in time are lost, and the
 * next message reports how many. */
#ifndef APP_TAP_H
#define APP_TAP_H

#include <stddef.h>
#include <stdint.h>

#include "contract/tap.h"

enum { TAPS_MAX = 4 };

struct tap {
        struct {
                int fd; /* 0 = free */
                uint64_t lost;
        } of[TAPS_MAX];
};

/* Returns the end to read from, which the caller passes on and closes; or a negative errno (-EMFILE: there are
 * TAPS_MAX already). */
int tap_open(struct tap *t);

/* Taps whose other end is closed are removed. Returns the number of taps that there are. */
int tap_send(struct tap *t, uint64_t now_us, enum tap_kind kind, void *bytes, size_t n);

void tap_close(struct tap *t);

#endif
