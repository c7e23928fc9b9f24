/* SPDX-License-Identifier: MIT */
/* What the mat sends, handed to who records it beside the running daemon: one message for each reading of the port, through a
 * socket pair. Never waits: what the other end does not take in time is counted, and said with the next message. */
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

/* The end to read from, to be given away and closed; or a negative errno (-EMFILE: there are TAPS_MAX already). */
int tap_open(struct tap *t);

/* n 0: the port was opened again. Who has hung up is forgotten. */
void tap_send(struct tap *t, uint64_t now_us, uint8_t *bytes, size_t n);

void tap_close(struct tap *t);

#endif
