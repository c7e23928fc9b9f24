/* SPDX-License-Identifier: MIT */
#include "core/follow/prompt_hours.h"

#include <stdbool.h>

static const uint64_t HOUR_US = 3600ull * 1000000;

static double share_worked(unsigned worked, unsigned raised) {
        return (worked + 1.0) / (raised + 2.0);
}

static double mean_share(const struct prompt_hours *p) {
        unsigned worked = 0, raised = 0;

        for (int i = 0; i < 24; i++) {
                worked += p->worked[i];
                raised += p->raised[i];
        }
        return share_worked(worked, raised);
}

static bool is_bad(const struct prompt_hours *p, uint64_t hour) {
        return p->raised[hour] >= PROMPT_HOURS_LEAST &&
               share_worked(p->worked[hour], p->raised[hour]) < mean_share(p) / 2;
}

static bool is_good(const struct prompt_hours *p, uint64_t hour) {
        return p->raised[hour] == 0 || share_worked(p->worked[hour], p->raised[hour]) >= mean_share(p);
}

uint64_t prompt_hours_move(const struct prompt_hours *p, uint64_t day_us, uint64_t due_us) {
        uint64_t hour = day_us / HOUR_US, into_us = day_us % HOUR_US;

        if (!is_bad(p, hour))
                return due_us;
        if (HOUR_US - into_us <= PROMPT_HOURS_MOVE_US && is_good(p, (hour + 1) % 24))
                return due_us + (HOUR_US - into_us);
        if (into_us < PROMPT_HOURS_MOVE_US && is_good(p, (hour + 23) % 24))
                return due_us - (into_us + 1);
        return due_us;
}

void prompt_hours_learn(struct prompt_hours *p, int hour, enum alert_outcome outcome) {
        if (hour < 0 || hour > 23 || outcome == ALERT_UNKNOWN)
                return;
        if (p->raised[hour] >= PROMPT_HOURS_FULL) {
                p->raised[hour] /= 2;
                p->worked[hour] /= 2;
        }
        p->raised[hour]++;
        if (outcome == ALERT_STOOD || outcome == ALERT_DONE || outcome == ALERT_SHIFTED || outcome == ALERT_SQUEEZED)
                p->worked[hour]++;
}
