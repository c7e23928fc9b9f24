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

uint64_t clock_to_wall_us(uint64_t instant_us, uint64_t now_us, uint64_t realtime_us) {
        if (instant_us == 0 || instant_us == UINT64_MAX)
                return 0;
        return realtime_us + instant_us - now_us; /* wraps twice where the instant has passed: fine */
}
