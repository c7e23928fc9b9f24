/* SPDX-License-Identifier: MIT */
/* The two clocks. The core may not read them: it gets the time as an argument. */
#ifndef UTIL_CLOCK_H
#define UTIL_CLOCK_H

#include <stdint.h>

#define USEC_PER_SEC 1000000ull

uint64_t clock_boottime_us(void); /* for durations: runs during suspend, never steps */
uint64_t clock_realtime_us(void); /* the wall clock, for people and files */

/* An instant of a clock that read now_us when the wall clock read realtime_us, in microseconds of the wall clock. 0
 * ("none") and UINT64_MAX ("never") become 0. */
uint64_t clock_to_wall_us(uint64_t instant_us, uint64_t now_us, uint64_t realtime_us);

#endif
