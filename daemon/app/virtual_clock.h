/* SPDX-License-Identifier: MIT */
/* The time that decisions see. It is CLOCK_BOOTTIME, or runs `speed` times as fast with --speed. */
#ifndef APP_VIRTUAL_CLOCK_H
#define APP_VIRTUAL_CLOCK_H

#include <stdint.h>

#include <systemd/sd-event.h>

struct virtual_clock {
        sd_event *event;                     /* not owned */
        double speed;                        /* 1 = virtual time is real time */
        uint64_t epoch_us, epoch_virtual_us; /* the same moment in real and in virtual time */
        uint64_t turn_us;                    /* virtual: with a speed, when the last turn of the loop began */
        uint64_t wake_us;                    /* real: when this turn of the loop began */
};

/* From now on virtual time continues at virtual_us. */
void virtual_clock_continue(struct virtual_clock *c, uint64_t virtual_us);

/* The moment at which this turn of the loop began, in virtual time. It is the same for everything that is decided
 * in one turn. */
uint64_t virtual_clock_turn(struct virtual_clock *c);

/* Virtual time to real time. */
uint64_t virtual_clock_to_real(const struct virtual_clock *c, uint64_t virtual_us);

#endif
