/* SPDX-License-Identifier: MIT */
/* The two clocks. The core may not read them: it gets the time as an argument. */
#ifndef UTIL_CLOCK_H
#define UTIL_CLOCK_H

#include <stdint.h>

#define USEC_PER_SEC 1000000ull

uint64_t clock_boottime_us(void); /* for durations: runs during suspend, never steps */
uint64_t clock_realtime_us(void); /* the wall clock, for people and files */

#endif
