/* SPDX-License-Identifier: MIT */
#include "app/virtual_clock.h"

#include "util/clock.h"

/* A turn takes at most this much virtual time. On a machine that cannot keep up with --speed time then passes more
 * slowly; otherwise a late turn would look like one after a sleep of the machine. */
#define TURN_MOST_US (5 * USEC_PER_SEC)

static void set_epoch(struct virtual_clock *c, uint64_t real_us, uint64_t virtual_us) {
        c->epoch_us = real_us;
        c->epoch_virtual_us = c->turn_us = virtual_us;
}

void virtual_clock_continue(struct virtual_clock *c, uint64_t virtual_us) {
        set_epoch(c, clock_boottime_us(), virtual_us);
}

static uint64_t to_virtual(const struct virtual_clock *c, uint64_t real_us) {
        return c->epoch_virtual_us + (uint64_t)((double)(real_us - c->epoch_us) * c->speed);
}

uint64_t virtual_clock_turn(struct virtual_clock *c) {
        uint64_t real_us;

        if (sd_event_now(c->event, CLOCK_BOOTTIME, &real_us) < 0)
                real_us = clock_boottime_us();
        c->wake_us = real_us;
        if (c->speed == 1)
                return real_us;
        if (to_virtual(c, real_us) > c->turn_us + TURN_MOST_US)
                set_epoch(c, real_us, c->turn_us + TURN_MOST_US);
        c->turn_us = to_virtual(c, real_us);
        return c->turn_us;
}

uint64_t virtual_clock_to_real(const struct virtual_clock *c, uint64_t virtual_us) {
        if (c->speed == 1)
                return virtual_us;
        return c->epoch_us + (uint64_t)(int64_t)((double)(int64_t)(virtual_us - c->epoch_virtual_us) / c->speed);
}
