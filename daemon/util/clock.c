/* SPDX-License-Identifier: MIT */
#include "util/clock.h"

#include <time.h>

static uint64_t read_clock_us(clockid_t id) {
        struct timespec ts;

        clock_gettime(id, &ts);
        return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t clock_boottime_us(void) {
        return read_clock_us(CLOCK_BOOTTIME);
}

uint64_t clock_realtime_us(void) {
        return read_clock_us(CLOCK_REALTIME);
}
