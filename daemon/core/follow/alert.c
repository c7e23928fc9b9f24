/* SPDX-License-Identifier: MIT */
#include "core/follow/alert.h"

#include <math.h>
#include <string.h>

#include "core/follow/alert_due.h"
#include "core/follow/alert_inhibit.h"
#include "core/follow/alert_outcome.h"
#include "core/follow/exercise_choice.h"
#include "core/follow/workout_plan.h"
#include "sitbone/settings.h"
#include "util/minmax.h"

/* Between the end of an alert and the next of its kind, so that everybody sees that they are two. */
static const uint64_t APART_US = US_PER_S;

enum { SNOOZE_MAX_MIN = 240, PAUSE_MAX_MIN = 1440 };

void alert_init(struct alert_desk *d, const struct settings *settings, const struct exercise_catalogue *exercises) {
        memset(d, 0, sizeof(*d));
        d->exercises = exercises;
        d->next_id = 1;
        for (int k = 0; k < ALERT_KIND_N; k++) {
                d->now.of[k].exercise = -1;
                d->now.of[k].asymmetry = NAN;
                d->hour[k] = -1;
        }
        alert_configure(d, settings);
}

void alert_configure(struct alert_desk *d, const struct settings *settings) {
        d->settings = settings->alert;
        d->sessions_per_week = settings->exercise.sessions_per_week;
}

static void plan_next_session(struct alert_desk *d) {
        if (d->around.known)
                plan_session(d->exercises, &d->offered, d->sessions_per_week, d->around.weekday, d->sessions_done,
                             &d->now.session);
}

void alert_surround(struct alert_desk *d, const struct surroundings *around) {
        d->around = *around;
        plan_next_session(d);
}

/* ---- raising ---- */

static int hour_of(const struct alert_desk *d, uint64_t now_us) {
        return d->around.known ? (int)(hold_day_us(&d->around, now_us) / (60 * US_PER_MIN)) : -1;
}

static void raise_alert(struct alert_desk *d, enum alert_kind k, const struct sitting *s, enum alert_moment moment,
                        uint64_t now_us) {
        struct choice choice = choice_make(d->exercises, s, k, &d->offered);

        d->now.of[k] = (struct alert){
                .changes = ALERT_RAISED,
                .open = true,
                .id = d->next_id++,
                .raised_us = now_us,
                .limit_us = due_limit(&d->settings, k),
                .window_us = due_posture_kind(k) ? due_minutes(d->settings.posture_window_min) : 0,
                .moment = moment,
                .showings = 1,
                .exercise = choice.exercise,
                .why = choice.why,
        };
        outcome_take_numbers(d, k, s, now_us, &d->now.of[k]);
        choice_offered(d->exercises, &choice, &d->offered);
        d->squeezes[k] = 0;
        d->raised_seated_us[k] = s->bout_seated_us;
        d->shown_us[k] = now_us;
        d->hour[k] = (int8_t)hour_of(d, now_us);
        d->now.raised_today++;
        if (due_posture_kind(k))
                d->posture_alert_us = now_us;
        if (k == ALERT_SHORT)
                d->short_from_us = s->bout_seated_us;
        if (k == ALERT_ACTIVATE)
                d->announced = false;
}

static uint64_t not_before(const struct alert *a) {
        return a->closed_us > 0 ? a->closed_us + APART_US : 0;
}

/* A bout that is over takes its counts with it. */
static void follow_bout(struct alert_desk *d, const struct sitting *s) {
        if (s->phase == SITTING_AWAY || s->phase == SITTING_CONFIRMING)
                d->activate_from_us = d->activate_hold_us = d->short_from_us = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                d->squeezes[k] += s->bout_squeezes > d->bout_squeezes ? s->bout_squeezes - d->bout_squeezes : 0;
        d->bout_squeezes = s->bout_squeezes;
        d->on_seat = s->phase == SITTING_SEATED;
        d->seated_us = s->bout_seated_us;
        d->partial = (d->partial && !(s->changes & SITTING_BOUT_STARTED)) || (s->changes & SITTING_PARTIAL_BREAK);
}

static void plan(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert_plan *p = &d->now.plan[k];

        *p = due_plan(d, k, s, now_us);
        p->held |= hold_bits(d) | (due_switched_on(&d->settings, k) ? 0 : ALERT_HELD_OFF) |
                   (due_waits(&d->now.of[k]) ? ALERT_HELD_OPEN : 0) | (d->on_seat ? 0 : ALERT_HELD_AWAY);
}

/* Due, with nothing that holds it: comes as soon as the moment is good. */
static void consider(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        const struct alert_plan *p = &d->now.plan[k];
        enum alert_moment moment;

        if (p->held || p->due_us > now_us || now_us < not_before(&d->now.of[k])) {
                d->free_us[k] = 0;
                return;
        }
        if (s->doubted) {
                d->now.plan[k].held |= ALERT_HELD_AWAY;
                return;
        }
        if (hold_moment(d, k, now_us, &moment)) {
                raise_alert(d, k, s, moment, now_us);
                d->free_us[k] = 0;
                plan(d, k, s, now_us);
        } else {
                d->now.plan[k].held |= ALERT_HELD_MOMENT;
        }
}

/* ---- heads-up ---- */

static uint64_t heads_up_us(const struct alert_desk *d) {
        return (uint64_t)((double)d->settings.heads_up_s * US_PER_S);
}

static void announce(struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        const struct alert_plan *p = &d->now.plan[ALERT_ACTIVATE];

        if (p->due_us > now_us + heads_up_us(d))
                d->announced = false;
        else if (!d->announced && p->held == 0 && !s->doubted && p->due_us > now_us && heads_up_us(d) > 0) {
                d->announced = true;
                d->now.of[ALERT_ACTIVATE].changes |= ALERT_HEADS_UP;
        }
}

/* ---- deadlines ---- */

static uint64_t deadline_due(const struct alert_desk *d, enum alert_kind k, uint64_t now_us) {
        uint64_t next = max_u64(d->now.plan[k].due_us, max_u64(hold_release_us(d), not_before(&d->now.of[k])));

        if (d->now.plan[k].held & ALERT_HELD_MOMENT)
                return hold_moment_deadline(d, k);
        if (k == ALERT_ACTIVATE && heads_up_us(d) > 0 && !d->announced && next > now_us + heads_up_us(d) &&
            next != UINT64_MAX)
                next -= heads_up_us(d);
        return next;
}

static uint64_t deadline(const struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        uint64_t next = hold_deadline(d);

        for (enum alert_kind k = 0; k < ALERT_KIND_N && s->phase == SITTING_SEATED; k++) {
                if (due_waits(&d->now.of[k]))
                        next = min_u64(next, min_u64(due_next_change(d, k, s, now_us), outcome_repeat_us(d, k)));
                else if (due_switched_on(&d->settings, k))
                        next = min_u64(next, deadline_due(d, k, now_us));
        }
        return next > now_us ? next : now_us + APART_US; /* never a busy loop */
}

/* When the activation alert comes, as far as that is known. */
static uint64_t activate_due(const struct alert_desk *d) {
        uint64_t release = hold_release_us(d), due = d->now.plan[ALERT_ACTIVATE].due_us;

        if (d->now.plan[ALERT_ACTIVATE].held & (ALERT_HELD_OFF | ALERT_HELD_OPEN | ALERT_HELD_AWAY))
                return 0;
        return max_u64(max_u64(due, not_before(&d->now.of[ALERT_ACTIVATE])), release == UINT64_MAX ? 0 : release);
}

uint64_t alert_step(struct alert_desk *d, const struct sitting *sitting, uint64_t now_us, struct alerts *ret) {
        follow_bout(d, sitting);
        hold_step(d, sitting, now_us);
        due_see_causes(d, sitting, now_us);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                outcome_follow(d, k, sitting, now_us);
                plan(d, k, sitting, now_us);
                consider(d, k, sitting, now_us);
        }
        announce(d, sitting, now_us);
        if (d->on_seat)
                d->partial = false;
        d->now.activate_due_us = activate_due(d);
        *ret = d->now;
        for (int k = 0; k < ALERT_KIND_N; k++)
                d->now.of[k].changes = 0;
        return deadline(d, sitting, now_us);
}

/* ---- commands ---- */

static bool limit_reached(int32_t most, uint32_t today) {
        return most > 0 && today >= (uint32_t)most;
}

enum command_result alert_snooze(struct alert_desk *d, uint32_t min, uint64_t now_us) {
        if (min > SNOOZE_MAX_MIN)
                return COMMAND_OUT_OF_RANGE;
        if (limit_reached(d->settings.snoozes_max, d->now.snoozes_today))
                return COMMAND_LIMIT_REACHED;
        outcome_close_all(d, ALERT_SNOOZED, now_us);
        d->now.snoozed_until_us =
                now_us + (min > 0 ? (uint64_t)min * US_PER_MIN : due_minutes(d->settings.snooze_min));
        d->now.snoozes_today++;
        return COMMAND_OK;
}

/* All that is counted counts from here. */
static void count_anew(struct alert_desk *d, uint64_t now_us) {
        d->activate_from_us = d->short_from_us = d->seated_us;
        d->activate_hold_us = 0;
        d->still_from_us = now_us;
}

enum command_result alert_done(struct alert_desk *d, uint64_t now_us) {
        if (!outcome_close_all(d, ALERT_DONE, now_us))
                return COMMAND_NOTHING_DUE;
        count_anew(d, now_us);
        return COMMAND_OK;
}

static bool any_waits(const struct alert_desk *d) {
        for (int k = 0; k < ALERT_KIND_N; k++)
                if (due_waits(&d->now.of[k]))
                        return true;
        return false;
}

enum command_result alert_skip(struct alert_desk *d, uint64_t now_us) {
        if (!any_waits(d))
                return COMMAND_NOTHING_DUE;
        if (limit_reached(d->settings.skips_max, d->now.skips_today))
                return COMMAND_LIMIT_REACHED;
        outcome_close_all(d, ALERT_SKIPPED, now_us);
        count_anew(d, now_us);
        d->now.skips_today++;
        return COMMAND_OK;
}

enum command_result alert_pause(struct alert_desk *d, uint32_t min, uint64_t now_us) {
        if (min > PAUSE_MAX_MIN)
                return COMMAND_OUT_OF_RANGE;
        outcome_close_all(d, ALERT_SNOOZED, now_us);
        d->now.paused_until_us = now_us + (min > 0 ? (uint64_t)min * US_PER_MIN : due_minutes(d->settings.pause_min));
        return COMMAND_OK;
}

enum command_result alert_resume(struct alert_desk *d) {
        d->now.paused_until_us = d->now.snoozed_until_us = 0;
        return COMMAND_OK;
}

enum command_result alert_disturb(struct alert_desk *d, enum alert_holder who, bool hold, uint64_t now_us) {
        if (who >= ALERT_HOLDER_N)
                return COMMAND_MALFORMED;
        d->disturb_us[who] = hold ? max_u64(now_us, 1) : 0;
        return COMMAND_OK;
}

enum command_result alert_session_done(struct alert_desk *d) {
        if (d->now.session.of == 0)
                return COMMAND_NO_SESSIONS;
        if (d->sessions_done & 1u)
                return COMMAND_DONE_TODAY;
        d->sessions_done |= 1u;
        plan_next_session(d);
        return COMMAND_OK;
}

void alert_new_day(struct alert_desk *d, uint64_t now_us) {
        (void)now_us;
        d->now.raised_today = d->now.snoozes_today = d->now.skips_today = 0;
        d->sessions_done = (uint16_t)(d->sessions_done << 1);
        choice_fade(&d->offered);
        plan_next_session(d);
}
