/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/pace.h"

#include <math.h>
#include <string.h>

#include "util/clock.h"

/* True also when one of the two is unknown and the other is not. */
static bool is_apart(double a, double b, double step) {
        return isnan(a) != isnan(b) || (a != b && fabs(a - b) >= step);
}

static bool is_other_instant(uint64_t a, uint64_t b, double step_us) {
        return (a == 0) != (b == 0) || (double)(a > b ? a - b : b - a) > step_us;
}

static bool has_changed(const struct live_field *f, const struct live_values *last, const struct live_values *now) {
        const void *a = live_member(f, last), *b = live_member(f, now);

        switch (f->type) {
        case LIVE_TEXT:
        case LIVE_NAMES:
                return strcmp(a, b) != 0;
        case LIVE_NUMBER:
                return is_apart(*(const double *)a, *(const double *)b, f->pace_step);
        case LIVE_INSTANT:
                return is_other_instant(*(const uint64_t *)a, *(const uint64_t *)b, f->pace_step);
        case LIVE_FLAG:
        case LIVE_MAYBE:
        case LIVE_ARRAY:
        case LIVE_COUNT:
        case LIVE_COUNT64:
                break;
        }
        return memcmp(a, b, f->size) != 0;
}

enum live_pace find_pace(const struct live_values *last, const struct live_values *now) {
        enum live_pace pace = LIVE_AT_HEARTBEAT;

        for (size_t i = 0; i < live_fields_n && pace < LIVE_AT_ONCE; i++)
                if (live_fields[i].pace > pace && has_changed(&live_fields[i], last, now))
                        pace = live_fields[i].pace;
        return pace;
}

uint64_t find_state_due_us(const struct live_values *last, uint64_t last_sent_us, const struct live_values *now,
                           const struct settings_mqtt *settings) {
        enum live_pace pace = last ? find_pace(last, now) : LIVE_AT_ONCE;

        if (pace == LIVE_AT_ONCE)
                return 0;
        return last_sent_us +
               (uint64_t)((pace == LIVE_AT_INTERVAL ? settings->state_interval_s : settings->heartbeat_s) *
                          (float)USEC_PER_SEC);
}
