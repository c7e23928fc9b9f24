/* SPDX-License-Identifier: MIT */
#include "util/iso8601.h"

#include <stdio.h>
#include <time.h>

#include "util/clock.h"

static void format_seconds(uint64_t realtime_us, char ret[24]) {
        time_t seconds = (time_t)(realtime_us / USEC_PER_SEC);
        struct tm tm;

        if (!gmtime_r(&seconds, &tm) || strftime(ret, 24, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
                ret[0] = '\0';
}

void iso8601_ms(uint64_t realtime_us, char ret[ISO8601_SIZE]) {
        char base[24];

        format_seconds(realtime_us, base);
        snprintf(ret, ISO8601_SIZE, "%s.%03uZ", base, (unsigned)(realtime_us % USEC_PER_SEC / 1000));
}

void iso8601_s(uint64_t realtime_us, char ret[ISO8601_SIZE]) {
        char base[24];

        format_seconds(realtime_us + USEC_PER_SEC / 2, base);
        snprintf(ret, ISO8601_SIZE, "%sZ", base);
}
