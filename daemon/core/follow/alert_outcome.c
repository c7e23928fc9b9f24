/* SPDX-License-Identifier: MIT */
#include "core/follow/alert_outcome.h"

#include "core/follow/alert_due.h"
#include "core/follow/alert_inhibit.h"
#include "core/follow/exercise_choice.h"
#include "core/follow/prompt_hours.h"
#include "util/minmax.h"

void outcome_close(struct alert_desk *d, enum alert_kind k, enum alert_outcome outcome, uint64_t now_us) {
        struct alert *a = &d->now.of[k];

        if (outcome == ALERT_IGNORED || outcome == ALERT_UNKNOWN)
                a->answered_us = 0;
        else if (!a->withdrawn)
                a->answered_us = now_us; /* otherwise by leaving the seat */
        a->open = a->withdrawn = false;
        a->outcome = outcome;
        a->closed_us = now_us;
        a->changes = (a->changes & ALERT_RAISED) | ALERT_CLEARED;
        if (k != ALERT_ACTIVATE)
                return;
        habit_learn(&d->habit, d->hour[k], outcome);
        d->short_from_us = d->seated_us;
}

bool outcome_close_all(struct alert_desk *d, enum alert_outcome outcome, uint64_t now_us) {
        bool any = false;

        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                if (due_waits(&d->now.of[k])) {
                        outcome_close(d, k, outcome, now_us);
                        any = true;
                }
        return any;
}

void outcome_take_numbers(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us,
                          struct alert *ret) {
        ret->seated_us = s->bout_seated_us;
        ret->cause_us = due_cause_time(d, k, s, now_us);
        ret->slouched_share =
                s->bout_seated_us > 0 ? (float)((double)s->bout_slouched_us / (double)s->bout_seated_us) : 0;
        ret->asymmetry = s->asymmetry;
        ret->why.share = choice_share(s, ret->why.suits);
}

static void show(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us,
                 enum alert_change how) {
        struct alert *a = &d->now.of[k];

        a->open = true;
        a->withdrawn = false;
        a->answered_us = 0;
        a->changes |= how;
        outcome_take_numbers(d, k, s, now_us, a);
}

/* Back on the seat with an alert that was withdrawn. */
static void come_back(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        if (d->partial) {
                outcome_close(d, k, ALERT_PARTIAL, now_us);
                if (k == ALERT_ACTIVATE)
                        d->activate_hold_us = s->bout_seated_us + due_minutes(d->settings.snooze_min);
        } else if (k == ALERT_ACTIVATE) {
                show(d, k, s, now_us, ALERT_UPDATED);
                d->shown_us[k] = now_us;
        } else {
                outcome_close(d, k, ALERT_SHIFTED, now_us);
        }
}

static bool may_repeat(const struct alert_desk *d, enum alert_kind k) {
        const struct alert *a = &d->now.of[k];

        return a->open && d->settings.repeat_min > 0 && a->showings <= (uint32_t)d->settings.repeat_max;
}

uint64_t outcome_repeat_us(const struct alert_desk *d, enum alert_kind k) {
        if (!may_repeat(d, k))
                return UINT64_MAX;
        return max_u64(d->shown_us[k] + due_minutes(d->settings.repeat_min), hold_release_us(d));
}

/* Enough of them, of an alert whose exercise can be done in the seat. */
static bool squeezed(const struct alert_desk *d, enum alert_kind k) {
        const struct alert *a = &d->now.of[k];
        bool in_seat = a->exercise >= 0 && d->exercises->of[a->exercise].place == EXERCISE_DESK;

        return (k == ALERT_SHORT || in_seat) && d->squeezes[k] >= (uint32_t)d->settings.squeezes;
}

static void follow_seated(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert *a = &d->now.of[k];

        if (a->withdrawn) {
                come_back(d, k, s, now_us);
        } else if (due_shifted(d, k, now_us)) {
                outcome_close(d, k, ALERT_SHIFTED, now_us);
        } else if (squeezed(d, k)) {
                outcome_close(d, k, ALERT_SQUEEZED, now_us);
        } else if (due_patience(d, k, s, now_us) == 0) {
                outcome_close(d, k, ALERT_IGNORED, now_us);
        } else if (!s->doubted && outcome_repeat_us(d, k) <= now_us) {
                show(d, k, s, now_us, ALERT_REPEATED);
                d->shown_us[k] = now_us;
                a->showings++;
        } else if (s->bout_seated_us / US_PER_MIN > a->seated_us / US_PER_MIN) {
                show(d, k, s, now_us, ALERT_UPDATED);
        }
}

static void withdraw(struct alert *a, const struct sitting *s) {
        a->answered_us = max_u64(s->left_seat_us, a->raised_us); /* leaving is dated back to its first sign */
        a->open = false;
        a->withdrawn = true;
        a->changes = ALERT_WITHDRAWN; /* not also UPDATED, of an alert that was recalled open */
}

void outcome_follow(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert *a = &d->now.of[k];

        if (!due_waits(a))
                return;
        if (s->phase == SITTING_AWAY || s->phase == SITTING_CONFIRMING)
                outcome_close(d, k, s->changes & SITTING_BREAK ? ALERT_STOOD : ALERT_UNKNOWN, now_us);
        else if (!due_switched_on(&d->settings, k))
                outcome_close(d, k, ALERT_UNKNOWN, now_us);
        else if (s->phase == SITTING_SEATED)
                follow_seated(d, k, s, now_us);
        else if (s->phase == SITTING_INTERRUPTED && a->open)
                withdraw(a, s);
}
