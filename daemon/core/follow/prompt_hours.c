/* SPDX-License-Identifier: MIT */
#include "core/follow/prompt_hours.h"

#include "core/follow/alert_inhibit.h"
#include "util/minmax.h"

static const uint64_t HOUR_US = 3600ull * 1000000;

static double share(unsigned worked, unsigned raised) {
        return (worked + 1.0) / (raised + 2.0);
}

static double mean(const struct alert_habit *h) {
        unsigned worked = 0, raised = 0;

        for (int i = 0; i < 24; i++) {
                worked += h->worked[i];
                raised += h->raised[i];
        }
        return share(worked, raised);
}

static bool bad(const struct alert_habit *h, uint64_t hour) {
        return h->raised[hour] >= HABIT_LEAST && share(h->worked[hour], h->raised[hour]) < mean(h) / 2;
}

static bool good(const struct alert_habit *h, uint64_t hour) {
        return h->raised[hour] == 0 || share(h->worked[hour], h->raised[hour]) >= mean(h);
}

uint64_t habit_moved(const struct alert_habit *h, const struct surroundings *around, uint64_t due_us,
                     uint64_t now_us) {
        uint64_t in_day_us, hour, into_us;

        if (!around->known)
                return max_u64(due_us, now_us);
        in_day_us = hold_day_us(around, due_us);
        hour = in_day_us / HOUR_US;
        into_us = in_day_us % HOUR_US;
        if (!bad(h, hour))
                return max_u64(due_us, now_us);
        if (HOUR_US - into_us <= HABIT_MOVE_US && good(h, (hour + 1) % 24))
                due_us += HOUR_US - into_us;
        else if (into_us < HABIT_MOVE_US && good(h, (hour + 23) % 24))
                due_us -= into_us + 1;
        return max_u64(due_us, now_us);
}

void habit_learn(struct alert_habit *h, int hour, enum alert_outcome outcome) {
        if (hour < 0 || hour > 23 || outcome == ALERT_UNKNOWN)
                return;
        if (h->raised[hour] >= HABIT_FULL) {
                h->raised[hour] /= 2;
                h->worked[hour] /= 2;
        }
        h->raised[hour]++;
        if (outcome == ALERT_STOOD || outcome == ALERT_DONE || outcome == ALERT_SHIFTED || outcome == ALERT_SQUEEZED)
                h->worked[hour]++;
}
