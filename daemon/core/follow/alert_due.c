/* SPDX-License-Identifier: MIT */
#include "core/follow/alert_due.h"

#include <math.h>
#include <string.h>

#include "core/follow/prompt_hours.h"
#include "util/minmax.h"

/* Seconds a slouch or a lopsided seat must last to be noticed, and be gone to be over: "10 s to notice". */
static const uint64_t NOTICE_US = 10 * US_PER_S;

uint64_t due_minutes(float min) {
        return (uint64_t)((double)min * US_PER_MIN);
}

bool due_switched_on(const struct settings_alert *s, enum alert_kind k) {
        const bool on[ALERT_KIND_N] = {s->activate, s->slouch, s->asymmetry, s->still, s->short_min > 0};
        return s->enabled && on[k];
}

bool due_posture_kind(enum alert_kind k) {
        return k == ALERT_SLOUCH || k == ALERT_ASYMMETRY;
}

bool due_waits(const struct alert *a) {
        return a->open || a->withdrawn;
}

uint64_t due_limit(const struct settings_alert *s, enum alert_kind k) {
        const float min[ALERT_KIND_N] = {s->prompt_min, s->posture_min, s->posture_min, s->still_min, s->short_min};
        return due_minutes(min[k]);
}

static uint64_t past(uint64_t now, uint64_t from) {
        return now > from ? now - from : 0;
}

uint64_t due_cause_time(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        switch (k) {
        case ALERT_SLOUCH:
                return s->slouched_window_us;
        case ALERT_ASYMMETRY:
                return s->lopsided_window_us;
        case ALERT_STILL:
                return s->last_shift_us > 0 ? past(now_us, max_u64(s->last_shift_us, d->still_from_us)) : 0;
        case ALERT_SHORT:
                return past(s->bout_seated_us, d->short_from_us);
        default:
                return s->bout_seated_us;
        }
}

/* A cause stays what it was while nothing sure is seen. */
static void see_cause(struct alert_cause *c, bool there, uint64_t now_us) {
        if (c->known && c->there == there)
                return;
        *c = (struct alert_cause){.known = true, .there = there, .since_us = now_us};
}

void due_see_causes(struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        if (s->phase != SITTING_SEATED) {
                memset(d->cause, 0, sizeof(d->cause));
                return;
        }
        if (s->confidence < d->settings.min_confidence)
                return;
        if (s->posture != POSTURE_UNKNOWN)
                see_cause(&d->cause[ALERT_SLOUCH], s->posture == POSTURE_SLOUCHED, now_us);
        if (!isnan(s->asymmetry))
                see_cause(&d->cause[ALERT_ASYMMETRY], fabsf(s->asymmetry) >= d->settings.lopsided_asymmetry, now_us);
}

static uint64_t cause_deadline(const struct alert_cause *c, bool there, uint64_t now_us) {
        if (!c->known || c->there != there)
                return UINT64_MAX;
        return max_u64(c->since_us + NOTICE_US, now_us);
}

bool due_shifted(const struct alert_desk *d, enum alert_kind k, uint64_t now_us) {
        const struct alert_cause *c = &d->cause[k];

        if (k == ALERT_STILL || k == ALERT_SHORT)
                return d->shift_us > d->now.of[k].raised_us; /* the movement in which it came is no answer */
        return due_posture_kind(k) && c->known && !c->there && now_us - c->since_us >= NOTICE_US;
}

static struct alert_plan plan_posture(const struct alert_desk *d, enum alert_kind k, const struct sitting *s,
                                      uint64_t now_us, struct alert_plan plan) {
        uint64_t gap_over_us = d->posture_alert_us + due_minutes(d->settings.posture_gap_min);

        if (s->confidence < d->settings.min_confidence) {
                plan.held |= ALERT_HELD_CONFIDENCE;
                plan.due_us = UINT64_MAX; /* only another posture can change that */
                return plan;
        }
        plan.due_us = max_u64(plan.due_us, cause_deadline(&d->cause[k], true, now_us));
        if (d->posture_alert_us > 0 && gap_over_us > now_us) {
                plan.held |= ALERT_HELD_GAP;
                plan.due_us = max_u64(plan.due_us, gap_over_us);
        }
        return plan;
}

/* The long prompt is open, or so near that a short one would only be a nuisance. */
static bool long_is_near(const struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        if (!due_switched_on(&d->settings, ALERT_ACTIVATE))
                return false;
        return due_waits(&d->now.of[ALERT_ACTIVATE]) ||
               past(due_plan(d, ALERT_ACTIVATE, s, now_us).due_us, now_us) < due_limit(&d->settings, ALERT_SHORT) / 2;
}

struct alert_plan due_plan(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert_plan plan = {.have_us = due_cause_time(d, k, s, now_us), .need_us = due_limit(&d->settings, k)};
        uint64_t due_seated_us = max_u64(d->activate_from_us + plan.need_us, d->activate_hold_us);

        if (k == ALERT_ACTIVATE) {
                plan.have_us = past(s->bout_seated_us, d->activate_from_us);
                plan.need_us = due_seated_us - d->activate_from_us;
        }
        plan.due_us = now_us + plan.need_us - min_u64(plan.have_us, plan.need_us);
        if (k == ALERT_ACTIVATE && d->settings.adaptive)
                plan.due_us = habit_moved(&d->habit, &d->around, now_us + plan.need_us - plan.have_us, now_us);
        if (due_posture_kind(k))
                plan = plan_posture(d, k, s, now_us, plan);
        if (k == ALERT_SHORT && long_is_near(d, s, now_us))
                plan.due_us = UINT64_MAX;
        return plan;
}

uint64_t due_patience(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        uint64_t period = due_posture_kind(k) ? due_minutes(d->settings.posture_gap_min) : due_limit(&d->settings, k);
        uint64_t used = now_us - d->now.of[k].raised_us;

        if (k == ALERT_ACTIVATE)
                used = s->bout_seated_us - min_u64(d->raised_seated_us[k], s->bout_seated_us);
        if (k == ALERT_SHORT)
                period /= 2;
        return period - min_u64(used, period);
}

uint64_t due_next_change(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        uint64_t next = now_us + US_PER_MIN - s->bout_seated_us % US_PER_MIN;

        next = min_u64(next, now_us + due_patience(d, k, s, now_us));
        return due_posture_kind(k) ? min_u64(next, cause_deadline(&d->cause[k], false, now_us)) : next;
}
