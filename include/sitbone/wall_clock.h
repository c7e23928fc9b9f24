/* SPDX-License-Identifier: MIT */
/* Local time. The core has no wall clock: the caller passes one reading, and the core counts on from it. */
#ifndef SITBONE_WALL_CLOCK_H
#define SITBONE_WALL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct wall_clock {
        bool known;       /* false: no quiet hours, no hours of the day */
        uint64_t now_us;  /* instant (CLOCK_BOOTTIME) of the reading */
        uint64_t day_us;  /* local time since midnight as a clock shows it, 0..24 h */
        uint32_t weekday; /* 0 = Sunday .. 6 */
};

#endif
