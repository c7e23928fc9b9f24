/* SPDX-License-Identifier: MIT */
/* What the world says beside the mat. The core has no clock on the wall: it is told, and counts on from there. */
#ifndef SITBONE_WALL_CLOCK_H
#define SITBONE_WALL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct surroundings {
        bool known;       /* false: no quiet hours, no hours of the day */
        uint64_t now_us;  /* the instant (CLOCK_BOOTTIME) at which the rest holds */
        uint64_t day_us;  /* local time since midnight as a clock shows it, 0..24 h */
        uint32_t weekday; /* 0 = Sunday .. 6 */
};

#endif
