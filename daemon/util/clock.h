/* SPDX-License-Identifier: MIT */
/* The two clocks. Only the rim may read them. */
#ifndef UTIL_CLOCK_H
#define UTIL_CLOCK_H

#include <stdint.h>

#define USEC_PER_SEC 1000000ull

uint64_t clock_boottime_us(void); /* goes on while suspended, never steps: durations */
uint64_t clock_realtime_us(void); /* what the wall says: texts only */

#endif
