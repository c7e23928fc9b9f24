/* SPDX-License-Identifier: MIT */
#include "core/follow/alert.h"

#include <math.h>
#include <string.h>

#include "core/follow/exercise_choice.h"
#include "core/follow/workout_plan.h"
#include "sitbone/settings.h"
#include "util/minmax.h"

#define US_PER_S   UINT64_C(1000000)
#define US_PER_MIN (60 * US_PER_S)

static const uint64_t DAY_US = 1440 * US_PER_MIN;

/* Between the end of an alert and the next of its kind, so that everybody sees two alerts. */
static const uint64_t APART_US = US_PER_S;

/* A slouch or a lopsided seat must last this long to count, and be gone this long to be over: "10 s to notice". */
static const uint64_t NOTICE_US = 10 * US_PER_S;

/* A lesser alert that would come this shortly before the prompt to stand up is left to that prompt. */
static const uint64_t NEAR_US = 2 * US_PER_MIN;

/* Back from a short absence this shortly before the prompt, the sitter is not asked at once to get up again. */
static const uint64_t RETURN_US = 3 * US_PER_MIN;

/* While the sitter is behind the coach's target, this long without a shift is enough: a cue just after one would nag
 * [judgement]. */
static const uint64_t COACH_QUIET_US = 5 * US_PER_MIN;

/* The coach adds no alert to this many lesser ones in an hour, however short posture_gap_min is [judgement]. */
enum { COACH_CUES_MOST = 4 };

static uint64_t us_of_seconds(float s) {
        return (uint64_t)((double)s * US_PER_S);
}

static uint64_t time_since(uint64_t from_us, uint64_t now_us) {
        return now_us > from_us ? now_us - from_us : 0;
}

/* Local time of day at an instant, counted on from the last reading of the wall clock. 0..24 h. */
static uint64_t time_of_day(const struct wall_clock *clock, uint64_t at_us) {
        if (at_us >= clock->now_us)
                return (clock->day_us + (at_us - clock->now_us)) % DAY_US;
        return (clock->day_us + DAY_US - (clock->now_us - at_us) % DAY_US) % DAY_US;
}

void alert_init(struct alert_tracker *t, const struct settings *settings, const struct exercise_catalogue *exercises) {
        memset(t, 0, sizeof(*t));
        t->exercises.catalogue = exercises;
        t->next_id = 1;
        for (int k = 0; k < ALERT_KIND_N; k++) {
                t->now.of[k].exercise = -1;
                t->now.of[k].asymmetry = NAN;
                t->kind[k].hour = -1;
        }
        alert_configure(t, settings);
}

void alert_configure(struct alert_tracker *t, const struct settings *settings) {
        t->settings = settings->alert;
        t->now.break_us = us_of_seconds(settings->sitting.break_s);
        t->exercises.workouts_per_week = settings->exercise.sessions_per_week;
}

/* ---- kinds and their causes ---- */

static bool is_switched_on(const struct settings_alert *s, enum alert_kind k) {
        const bool on[ALERT_KIND_N] = {s->activate, s->slouch, s->asymmetry, s->still, s->short_min > 0};
        return s->enabled && on[k % ALERT_KIND_N];
}

static bool is_posture_kind(enum alert_kind k) {
        return k == ALERT_SLOUCH || k == ALERT_ASYMMETRY;
}

/* The threshold of a kind. */
static uint64_t limit_of(const struct settings_alert *s, enum alert_kind k) {
        const float min[ALERT_KIND_N] = {s->prompt_min, s->posture_min, s->posture_min, s->still_min, s->short_min};
        return alert_us_of_minutes(min[k % ALERT_KIND_N]);
}

/* The coach has a target, and the last hour on the seat is behind it. */
static bool is_behind(const struct sitting *s) {
        return s->shifts_target > 0 && s->shifts_per_hour < s->shifts_target; /* false when one is NAN */
}

/* The threshold of a kind as it is now. */
static uint64_t current_limit(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s) {
        uint64_t limit_us = limit_of(&t->settings, k);

        return k == ALERT_STILL && is_behind(s) ? min_u64(limit_us, COACH_QUIET_US) : limit_us;
}

/* The time that is compared with the threshold. */
static uint64_t cause_time(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s,
                           uint64_t now_us) {
        switch (k) {
        case ALERT_SLOUCH:
                return s->slouched_window_us;
        case ALERT_ASYMMETRY:
                return s->lopsided_window_us;
        case ALERT_STILL:
                return s->last_shift_us > 0 ? time_since(max_u64(s->last_shift_us, t->counting.still_from_us), now_us)
                                            : 0;
        case ALERT_SHORT:
                return time_since(t->counting.short_from_us, s->bout.seated_us);
        case ALERT_ACTIVATE:
        case ALERT_KIND_N:
                break;
        }
        return s->bout.seated_us;
}

static void update_cause(struct alert_cause *c, bool present, uint64_t now_us) {
        if (c->known && c->present == present)
                return;
        *c = (struct alert_cause){.known = true, .present = present, .since_us = now_us};
}

static void update_causes(struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        if (s->phase != SITTING_SEATED) {
                for (int k = 0; k < ALERT_KIND_N; k++)
                        t->kind[k].cause = (struct alert_cause){0};
                return;
        }
        if (s->confidence < t->settings.min_confidence)
                return;
        if (s->posture != POSTURE_UNKNOWN)
                update_cause(&t->kind[ALERT_SLOUCH].cause, s->posture == POSTURE_SLOUCHED, now_us);
        if (!isnan(s->asymmetry))
                update_cause(&t->kind[ALERT_ASYMMETRY].cause,
                             fabsf(s->asymmetry - s->usual_asymmetry) >= t->settings.lopsided_asymmetry, now_us);
}

/* When the cause will have been present, or gone, for long enough to be sure; UINT64_MAX = it is not. */
static uint64_t cause_deadline(const struct alert_cause *c, bool present, uint64_t now_us) {
        if (!c->known || c->present != present)
                return UINT64_MAX;
        return max_u64(c->since_us + NOTICE_US, now_us);
}

/* The cause is surely gone, or the sitter moved as the alert asked. */
static bool has_shifted(const struct alert_tracker *t, enum alert_kind k, uint64_t now_us) {
        const struct alert_cause *c = &t->kind[k].cause;

        if (k == ALERT_STILL || k == ALERT_SHORT) /* a movement that began before the alert does not answer it */
                return t->sitter.shift_us > t->now.of[k].raised_us;
        return is_posture_kind(k) && c->known && !c->present && now_us - c->since_us >= NOTICE_US;
}

/* ---- when an alert falls due ---- */

static uint64_t move_to_good_hour(const struct alert_tracker *t, uint64_t due_us, uint64_t now_us) {
        if (t->clock.known)
                due_us = prompt_hours_move(&t->hours, time_of_day(&t->clock, due_us), due_us);
        return max_u64(due_us, now_us);
}

static struct alert_plan plan_activate(const struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        const struct alert_counting *c = &t->counting;
        uint64_t limit_us = limit_of(&t->settings, ALERT_ACTIVATE);
        struct alert_plan plan = {
                .have_us = time_since(c->activate_from_us, s->bout.seated_us),
                .need_us = max_u64(c->activate_from_us + limit_us, c->activate_not_before_us) - c->activate_from_us,
        };

        plan.due_us = now_us + plan.need_us - min_u64(plan.have_us, plan.need_us);
        if (t->settings.adaptive)
                plan.due_us = move_to_good_hour(t, now_us + plan.need_us - plan.have_us, now_us);
        return plan;
}

static void plan_posture_kind(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s,
                              uint64_t now_us, struct alert_plan *plan) {
        uint64_t gap_over_us = t->counting.posture_alert_us + alert_us_of_minutes(t->settings.posture_gap_min);

        if (s->confidence < t->settings.min_confidence) {
                plan->inhibits |= ALERT_INHIBIT_CONFIDENCE;
                plan->due_us = UINT64_MAX; /* only another posture can change that */
                return;
        }
        plan->due_us = max_u64(plan->due_us, cause_deadline(&t->kind[k].cause, true, now_us));
        if (t->counting.posture_alert_us > 0 && gap_over_us > now_us && !t->kind[k].comes_back) {
                plan->inhibits |= ALERT_INHIBIT_GAP;
                plan->due_us = max_u64(plan->due_us, gap_over_us);
        }
}

/* The long prompt is open, or so near that a short one would only be a nuisance. */
static bool is_long_near(const struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        if (!is_switched_on(&t->settings, ALERT_ACTIVATE))
                return false;
        return alert_awaits_outcome(&t->now.of[ALERT_ACTIVATE]) ||
               time_since(now_us, plan_activate(t, s, now_us).due_us) < limit_of(&t->settings, ALERT_SHORT) / 2;
}

/* ---- one voice: alerts of different kinds know each other ---- */

/* An alert of this kind stays this far apart from the one before, of whatever kind. A limit that is shorter was set by
 * someone who wants it more often. */
static uint64_t gap_of(const struct alert_tracker *t, enum alert_kind k) {
        uint64_t gap_us = alert_us_of_minutes(t->settings.posture_gap_min);

        return is_posture_kind(k) ? gap_us : min_u64(gap_us, limit_of(&t->settings, k));
}

/* The number of lesser alerts an hour: as many as have room with that gap, less those of the prompt to stand up. */
static uint64_t most_an_hour(const struct alert_tracker *t, enum alert_kind k) {
        uint64_t most = ALERT_HOUR_US / max_u64(gap_of(t, k), 1), prompts = 0;

        if (is_switched_on(&t->settings, ALERT_ACTIVATE))
                prompts = ALERT_HOUR_US / max_u64(limit_of(&t->settings, ALERT_ACTIVATE), 1);
        return most > prompts + 1 ? most - prompts : 1;
}

/* When the alerts before leave room for one of this kind; a snoozed one comes back when it was asked to. */
static uint64_t voice_free(const struct alert_tracker *t, enum alert_kind k) {
        const struct alert_counting *c = &t->counting;
        uint64_t most = most_an_hour(t, k), free_us = c->any_alert_us > 0 ? c->any_alert_us + gap_of(t, k) : 0;

        if (t->kind[k].comes_back)
                return 0;
        if (k == ALERT_STILL && t->settings.coach == COACH_SHIFTS)
                most = min_u64(most, COACH_CUES_MOST);
        if (most <= ALERT_LESSER_MAX && c->lesser_us[most - 1] > 0)
                free_us = max_u64(free_us, c->lesser_us[most - 1] + ALERT_HOUR_US);
        return free_us;
}

/* Another alert that was snoozed alone comes back too soon after this one. */
static bool is_other_back_soon(const struct alert_tracker *t, enum alert_kind k, uint64_t now_us) {
        bool soon = false;

        for (int other = 0; other < ALERT_KIND_N; other++)
                soon |= other != (int)k && t->kind[other].snoozed_until_us > now_us &&
                        t->kind[other].snoozed_until_us < now_us + gap_of(t, k);
        return soon;
}

static bool is_any_open(const struct alert_tracker *t) {
        bool any = false;

        for (int k = 0; k < ALERT_KIND_N; k++)
                any |= alert_awaits_outcome(&t->now.of[k]);
        return any;
}

/* The prompt to stand up comes so soon that it speaks for the lesser kinds, or was put off by a short stand. */
static bool is_prompt_near(const struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        const struct alert_counting *c = &t->counting;
        bool put_off = c->activate_not_before_us > s->bout.seated_us &&
                       c->activate_from_us + limit_of(&t->settings, ALERT_ACTIVATE) <= s->bout.seated_us;

        return is_switched_on(&t->settings, ALERT_ACTIVATE) &&
               (put_off || plan_activate(t, s, now_us).due_us < now_us + NEAR_US);
}

static void plan_voice(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us,
                       struct alert_plan *plan) {
        uint64_t free_us = voice_free(t, k);

        if (is_any_open(t) || is_prompt_near(t, s, now_us) || is_other_back_soon(t, k, now_us) || free_us > now_us)
                plan->inhibits |= ALERT_INHIBIT_OTHER;
        plan->due_us = max_u64(plan->due_us, free_us);
}

/* A lesser alert would be due, by its cause, about now. */
static bool is_cause_due(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        bool present = !is_posture_kind(k) || cause_deadline(&t->kind[k].cause, true, now_us) <= now_us;

        return is_switched_on(&t->settings, k) && t->kind[k].snoozed_until_us == 0 && present &&
               cause_time(t, k, s, now_us) + NEAR_US > limit_of(&t->settings, k);
}

/* The prompt to stand up comes in the place of the lesser alerts that are open or due. Returns their kinds. */
static uint32_t absorb_lesser(struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        uint32_t kinds = 0;

        for (enum alert_kind k = ALERT_ACTIVATE + 1; k < ALERT_KIND_N; k++) {
                bool open = alert_awaits_outcome(&t->now.of[k]);

                t->kind[k].comes_back = false;
                if (!open && !is_cause_due(t, k, s, now_us))
                        continue;
                kinds |= 1U << k;
                if (open)
                        alert_close(t, k, ALERT_ABSORBED, now_us);
        }
        return kinds;
}

/* Back from an absence that was no break, shortly before the prompt: it waits as after a short stand that answers it. Once:
 * another short stand does not put it off again. */
static void put_off_prompt(struct alert_tracker *t, const struct sitting *s) {
        struct alert_counting *c = &t->counting;
        uint64_t due_us = c->activate_from_us + limit_of(&t->settings, ALERT_ACTIVATE);

        if (!t->sitter.partial || !t->sitter.on_seat || !is_switched_on(&t->settings, ALERT_ACTIVATE) ||
            c->activate_not_before_us > s->bout.seated_us || alert_awaits_outcome(&t->now.of[ALERT_ACTIVATE]) ||
            s->bout.seated_us + RETURN_US < due_us)
                return;
        c->activate_not_before_us = s->bout.seated_us + alert_us_of_minutes(t->settings.snooze_min);
}

/* The prompt was put off in this step; nobody is told so while alerts are inhibited. */
static void report_short_stand(struct alert_tracker *t, const struct sitting *s, uint64_t before_us) {
        if (t->counting.activate_not_before_us > max_u64(before_us, s->bout.seated_us) && t->inhibit.reasons == 0)
                t->now.changes |= ALERTS_STOOD_BRIEFLY;
}

/* Progress towards the limit, and posture-related reasons that inhibit the alert; the others: see common_inhibits(). */
static struct alert_plan plan_kind(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s,
                                   uint64_t now_us) {
        struct alert_plan plan = {.have_us = cause_time(t, k, s, now_us), .need_us = current_limit(t, k, s)};

        if (k == ALERT_ACTIVATE)
                return plan_activate(t, s, now_us);
        if (k == ALERT_SHORT && t->kind[k].comes_back)
                plan.have_us = max_u64(plan.have_us, plan.need_us);
        plan.due_us = now_us + plan.need_us - min_u64(plan.have_us, plan.need_us);
        if (is_posture_kind(k))
                plan_posture_kind(t, k, s, now_us, &plan);
        plan_voice(t, k, s, now_us, &plan);
        if (k == ALERT_SHORT && is_long_near(t, s, now_us))
                plan.due_us = UINT64_MAX;
        return plan;
}

/* Time left before an open alert counts as ignored; 0 = ignored. */
static uint64_t time_to_ignored(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s,
                                uint64_t now_us) {
        uint64_t period =
                is_posture_kind(k) ? alert_us_of_minutes(t->settings.posture_gap_min) : limit_of(&t->settings, k);
        uint64_t used = now_us - t->now.of[k].raised_us;

        if (k == ALERT_ACTIVATE)
                used = s->bout.seated_us - min_u64(t->kind[k].raised_seated_us, s->bout.seated_us);
        if (k == ALERT_SHORT)
                period /= 2;
        return period - min_u64(used, period);
}

/* ---- what inhibits every alert ---- */

static bool is_day_full(const struct alert_tracker *t) {
        return t->settings.daily_max > 0 && t->now.raised_today >= (uint32_t)t->settings.daily_max;
}

/* enum alert_inhibit_reason bits that apply to every kind. */
static uint32_t common_inhibits(const struct alert_tracker *t) {
        return t->inhibit.reasons | (is_day_full(t) ? ALERT_INHIBIT_DAY : 0);
}

/* When the last of the common inhibits ends by itself; 0 = none applies, UINT64_MAX = not known. */
static uint64_t last_inhibit_end(const struct alert_tracker *t) {
        return is_day_full(t) ? UINT64_MAX : t->inhibit.last_end_us;
}

/* ---- the good moment ---- */

static void observe_sitter(struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        struct alert_sitter *sitter = &t->sitter;
        bool seated = s->phase == SITTING_SEATED, busy = seated && s->movement >= t->settings.lull_movement;

        if (busy || (seated && sitter->busy))
                sitter->busy_us = now_us; /* the last step's state lasted until now */
        sitter->busy = busy;
        if (s->changes & SITTING_SHIFTED)
                sitter->shift_us = s->shift_began_us;
        if (!seated)
                return;
        if (s->shifting || (s->changes & SITTING_SHIFTED))
                sitter->changed_us = now_us;
        if (s->posture == POSTURE_UNKNOWN || s->posture == POSTURE_VACANT || s->posture == sitter->posture)
                return;
        sitter->posture = s->posture;
        sitter->changed_us = now_us;
}

static bool is_lull_enough(const struct alert_tracker *t, enum alert_kind k) {
        return !t->settings.hold_still || k == ALERT_STILL;
}

/* When the time since the last busy spell makes a lull. */
static uint64_t lull_start(const struct alert_tracker *t) {
        return t->sitter.busy_us > 0 ? t->sitter.busy_us + us_of_seconds(t->settings.lull_s) : 0;
}

/* Whether now is the moment for an alert that is ready since ready_us, and why. */
static bool find_moment(const struct alert_tracker *t, enum alert_kind k, uint64_t now_us, enum alert_moment *ret) {
        uint64_t ready_us = t->kind[k].ready_us;

        if (t->settings.hold_max_s <= 0)
                *ret = ALERT_AT_ONCE;
        else if (t->sitter.changed_us >= ready_us)
                *ret = ALERT_AT_CHANGE;
        else if (is_lull_enough(t, k) && now_us >= lull_start(t))
                *ret = ALERT_AT_LULL;
        else if (now_us - ready_us >= us_of_seconds(t->settings.hold_max_s))
                *ret = ALERT_AT_LIMIT;
        else
                return false;
        return true;
}

/* The earliest lull, or the end of the wait. */
static uint64_t moment_deadline(const struct alert_tracker *t, enum alert_kind k) {
        uint64_t latest = t->kind[k].ready_us + us_of_seconds(t->settings.hold_max_s);

        return is_lull_enough(t, k) ? min_u64(latest, lull_start(t)) : latest;
}

/* ---- outcomes ---- */

void alert_close(struct alert_tracker *t, enum alert_kind k, enum alert_outcome outcome, uint64_t now_us) {
        struct alert *a = &t->now.of[k];

        if (outcome == ALERT_IGNORED || outcome == ALERT_UNKNOWN || outcome == ALERT_ABSORBED ||
            outcome == ALERT_SWITCHED_OFF)
                a->answered_us = 0;
        else if (!a->withdrawn)
                a->answered_us = now_us; /* otherwise by leaving the seat */
        a->open = a->withdrawn = false;
        a->showings -= (a->changes & ALERT_REPEATED) != 0; /* nobody sees it */
        a->outcome = outcome;
        a->closed_us = now_us;
        a->changes = (a->changes & ALERT_RAISED) | ALERT_CLEARED;
        if (k != ALERT_ACTIVATE)
                return;
        prompt_hours_learn(&t->hours, t->kind[k].hour, outcome);
        t->counting.short_from_us = t->sitter.seated_us;
}

static void update_numbers(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert *a = &t->now.of[k];
        const struct bout *b = &s->bout;

        a->seated_us = b->seated_us;
        a->cause_us = cause_time(t, k, s, now_us);
        a->slouched_share = b->seated_us > 0 ? (float)((double)b->slouched_us / (double)b->seated_us) : 0;
        a->asymmetry = s->asymmetry - (k == ALERT_ASYMMETRY ? s->usual_asymmetry : 0);
        a->why.share = choice_share(s, a->why.suits);
}

static void show_alert(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us,
                       enum alert_change change) {
        struct alert *a = &t->now.of[k];

        a->open = true;
        a->withdrawn = false;
        a->answered_us = 0;
        a->changes |= change;
        update_numbers(t, k, s, now_us);
}

/* The sitter is back on the seat with an alert that was withdrawn. */
static void apply_return(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        if (t->sitter.partial) {
                alert_close(t, k, ALERT_PARTIAL, now_us);
                if (k != ALERT_ACTIVATE)
                        return;
                t->counting.activate_not_before_us = s->bout.seated_us + alert_us_of_minutes(t->settings.snooze_min);
        } else if (k == ALERT_ACTIVATE) {
                show_alert(t, k, s, now_us, ALERT_UPDATED);
                t->now.of[k].shown_us = now_us;
        } else {
                alert_close(t, k, ALERT_SHIFTED, now_us);
        }
}

static bool may_repeat(const struct alert_tracker *t, enum alert_kind k) {
        const struct alert *a = &t->now.of[k];

        return a->open && t->settings.repeat_min > 0 && a->showings <= (uint32_t)t->settings.repeat_max;
}

/* When an open alert is to be shown again; UINT64_MAX = not at all. */
static uint64_t repeat_time(const struct alert_tracker *t, enum alert_kind k) {
        if (!may_repeat(t, k))
                return UINT64_MAX;
        return max_u64(t->now.of[k].shown_us + alert_us_of_minutes(t->settings.repeat_min), last_inhibit_end(t));
}

/* There were enough squeezes for an alert whose exercise can be done in the seat. */
static bool has_squeezed(const struct alert_tracker *t, enum alert_kind k) {
        const struct alert *a = &t->now.of[k];
        bool in_seat = a->exercise >= 0 && t->exercises.catalogue->of[a->exercise].place == EXERCISE_DESK;

        return (k == ALERT_SHORT || in_seat) && t->kind[k].squeezes >= (uint32_t)t->settings.squeezes;
}

static void follow_seated_alert(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert *a = &t->now.of[k];

        if (a->withdrawn) {
                apply_return(t, k, s, now_us);
        } else if (has_shifted(t, k, now_us)) {
                alert_close(t, k, ALERT_SHIFTED, now_us);
        } else if (has_squeezed(t, k)) {
                alert_close(t, k, ALERT_SQUEEZED, now_us);
        } else if (time_to_ignored(t, k, s, now_us) == 0) {
                alert_close(t, k, ALERT_IGNORED, now_us);
        } else if (!s->doubted && repeat_time(t, k) <= now_us) {
                show_alert(t, k, s, now_us, ALERT_REPEATED);
                t->now.of[k].shown_us = now_us;
                a->showings++;
        } else if (s->bout.seated_us / US_PER_MIN > a->seated_us / US_PER_MIN) {
                show_alert(t, k, s, now_us, ALERT_UPDATED);
        }
}

static void withdraw_alert(struct alert *a, const struct sitting *s) {
        a->answered_us = max_u64(s->left_seat_us, a->raised_us); /* leaving is dated back to its first sign */
        a->open = false;
        a->withdrawn = true;
        a->changes = ALERT_WITHDRAWN; /* without the UPDATED of an alert that was recalled open */
}

/* A snoozed alert does not come back when its cause is gone. */
static void follow_snoozed(struct alert_kind_state *state, bool gone) {
        if (state->comes_back && gone)
                state->comes_back = false, state->snoozed_until_us = 0;
}

static void follow_alert(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        bool bout_over = s->phase == SITTING_AWAY || s->phase == SITTING_CONFIRMING;
        struct alert *a = &t->now.of[k];

        follow_snoozed(&t->kind[k], bout_over || has_shifted(t, k, now_us));
        if (!alert_awaits_outcome(a))
                return;
        if (bout_over)
                alert_close(t, k, s->changes & SITTING_BREAK ? ALERT_STOOD : ALERT_UNKNOWN, now_us);
        else if (!is_switched_on(&t->settings, k))
                alert_close(t, k, ALERT_SWITCHED_OFF, now_us);
        else if (s->phase == SITTING_SEATED)
                follow_seated_alert(t, k, s, now_us);
        else if (s->phase == SITTING_INTERRUPTED && a->open)
                withdraw_alert(a, s);
}

/* ---- raising ---- */

static void raise_alert(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, enum alert_moment moment,
                        uint64_t now_us) {
        uint32_t also = k == ALERT_ACTIVATE ? absorb_lesser(t, s, now_us) : 0;
        struct choice choice = choice_make(t->exercises.catalogue, s, k, &t->exercises.offered);
        struct alert_kind_state *state = &t->kind[k];
        bool coached = k == ALERT_STILL && is_behind(s);

        t->now.of[k] = (struct alert){
                .changes = ALERT_RAISED,
                .open = true,
                .id = t->next_id++,
                .raised_us = now_us,
                .shown_us = now_us,
                .limit_us = current_limit(t, k, s),
                .shifts_per_hour = coached ? s->shifts_per_hour : 0,
                .shifts_target = coached ? s->shifts_target : 0,
                .window_us = is_posture_kind(k) ? alert_us_of_minutes(t->settings.posture_window_min) : 0,
                .break_us = t->now.break_us,
                .also = also,
                .moment = moment,
                .showings = 1,
                .exercise = choice.exercise,
                .why = choice.why,
        };
        update_numbers(t, k, s, now_us);
        choice_record(t->exercises.catalogue, &choice, &t->exercises.offered);
        state->comes_back = false;
        state->squeezes = 0;
        state->raised_seated_us = s->bout.seated_us;
        state->hour = t->clock.known ? (int8_t)(time_of_day(&t->clock, now_us) / (60 * US_PER_MIN)) : -1;
        t->now.raised_today++;
        t->counting.any_alert_us = now_us;
        if (k != ALERT_ACTIVATE) {
                memmove(t->counting.lesser_us + 1, t->counting.lesser_us,
                        sizeof(t->counting.lesser_us) - sizeof(t->counting.lesser_us[0]));
                t->counting.lesser_us[0] = now_us;
        }
        if (is_posture_kind(k))
                t->counting.posture_alert_us = now_us;
        if (k == ALERT_SHORT)
                t->counting.short_from_us = s->bout.seated_us;
        if (k == ALERT_ACTIVATE)
                t->announced = false, t->trial.withheld_until_us = 0;
}

/* The earliest time for the next alert of a kind. */
static uint64_t earliest_next(const struct alert *a) {
        return a->closed_us > 0 ? a->closed_us + APART_US : 0;
}

static void update_plan(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert_plan *p = &t->now.plan[k];

        *p = plan_kind(t, k, s, now_us);
        p->inhibits |= common_inhibits(t) | (is_switched_on(&t->settings, k) ? 0 : ALERT_INHIBIT_OFF) |
                       (alert_awaits_outcome(&t->now.of[k]) ? ALERT_INHIBIT_OPEN : 0) |
                       (t->sitter.on_seat ? 0 : ALERT_INHIBIT_AWAY) |
                       (t->kind[k].snoozed_until_us ? ALERT_INHIBIT_SNOOZE : 0);
}

/* A prompt that was snoozed comes back when it was asked to, whatever the trial draws. */
static bool is_withheld(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        return t->settings.trial && k == ALERT_ACTIVATE && !t->kind[k].comes_back &&
               trial_withhold(&t->trial, s, now_us);
}

/* Raises an alert that is due and not inhibited as soon as the moment is good. */
static void raise_if_due(struct alert_tracker *t, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert_plan *p = &t->now.plan[k];
        uint64_t *ready_us = &t->kind[k].ready_us;
        enum alert_moment moment;

        if (p->inhibits || p->due_us > now_us || now_us < earliest_next(&t->now.of[k])) {
                *ready_us = 0;
                return;
        }
        if (s->doubted) {
                p->inhibits |= ALERT_INHIBIT_AWAY;
                return;
        }
        if (*ready_us == 0)
                *ready_us = now_us;
        if (find_moment(t, k, now_us, &moment) && !is_withheld(t, k, s, now_us)) {
                raise_alert(t, k, s, moment, now_us);
                *ready_us = 0;
                update_plan(t, k, s, now_us);
        } else {
                p->inhibits |= ALERT_INHIBIT_MOMENT;
        }
}

static void announce_activate(struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        const struct alert_plan *p = &t->now.plan[ALERT_ACTIVATE];
        uint64_t heads_up_us = us_of_seconds(t->settings.heads_up_s);

        if (p->due_us > now_us + heads_up_us)
                t->announced = false;
        else if (!t->announced && !t->now.trial_runs && p->inhibits == 0 && !s->doubted && p->due_us > now_us &&
                 heads_up_us > 0) {
                t->announced = true;
                t->now.of[ALERT_ACTIVATE].changes |= ALERT_HEADS_UP;
        }
}

/* When the day's limit is to be reported: not beside an alert, nor while alerts are inhibited; UINT64_MAX = never, as it is
 * now. */
static uint64_t limit_report_time(const struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        uint64_t limit_us = (uint64_t)((double)t->settings.sitting_limit_h * (double)ALERT_HOUR_US);
        uint64_t apart_us = t->counting.any_alert_us > 0 ? t->counting.any_alert_us + NEAR_US : 0;

        if (limit_us == 0 || t->limit_reported || !t->settings.enabled || !t->sitter.on_seat || is_any_open(t))
                return UINT64_MAX;
        return max_u64(now_us + limit_us - min_u64(s->today_us, limit_us), max_u64(apart_us, t->inhibit.last_end_us));
}

static void report_limit(struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        if (s->doubted || limit_report_time(t, s, now_us) > now_us)
                return;
        t->limit_reported = true;
        t->now.changes |= ALERTS_SITTING_LIMIT;
}

/* ---- deadlines ---- */

/* When an alert that awaits its outcome may change by time alone. */
static uint64_t open_deadline(const struct alert_tracker *t, enum alert_kind k, const struct sitting *s,
                              uint64_t now_us) {
        uint64_t next = now_us + US_PER_MIN - s->bout.seated_us % US_PER_MIN;

        next = min_u64(next, now_us + time_to_ignored(t, k, s, now_us));
        if (is_posture_kind(k))
                next = min_u64(next, cause_deadline(&t->kind[k].cause, false, now_us));
        return min_u64(next, repeat_time(t, k));
}

/* When the next alert of a kind may be raised or announced. */
static uint64_t due_deadline(const struct alert_tracker *t, enum alert_kind k, uint64_t now_us) {
        const struct alert_plan *p = &t->now.plan[k];
        uint64_t earliest_us = max_u64(earliest_next(&t->now.of[k]), t->kind[k].snoozed_until_us);
        uint64_t next = max_u64(p->due_us, max_u64(last_inhibit_end(t), earliest_us));
        uint64_t heads_up_us = us_of_seconds(t->settings.heads_up_s);

        if (p->inhibits & ALERT_INHIBIT_MOMENT)
                return max_u64(moment_deadline(t, k), k == ALERT_ACTIVATE ? t->trial.withheld_until_us : 0);
        if ((p->inhibits & ALERT_INHIBIT_OTHER) && next <= now_us)
                return UINT64_MAX; /* until the other alert comes or ends */
        if (k == ALERT_ACTIVATE && heads_up_us > 0 && !t->announced && next > now_us + heads_up_us &&
            next != UINT64_MAX)
                next -= heads_up_us;
        return next;
}

static uint64_t find_deadline(const struct alert_tracker *t, const struct sitting *s, uint64_t now_us) {
        uint64_t next = min_u64(t->inhibit.next_end_us, trial_deadline(&t->trial, now_us));

        for (enum alert_kind k = 0; k < ALERT_KIND_N && s->phase == SITTING_SEATED; k++) {
                if (alert_awaits_outcome(&t->now.of[k]))
                        next = min_u64(next, open_deadline(t, k, s, now_us));
                else if (is_switched_on(&t->settings, k))
                        next = min_u64(next, due_deadline(t, k, now_us));
        }
        if (s->phase == SITTING_SEATED)
                next = min_u64(next, limit_report_time(t, s, now_us));
        return next > now_us ? next : now_us + APART_US; /* never a busy loop */
}

/* ---- the step ---- */

/* Counts of a bout end with it. */
static void follow_bout(struct alert_tracker *t, const struct sitting *s) {
        struct alert_counting *c = &t->counting;
        struct alert_sitter *sitter = &t->sitter;

        if (s->phase == SITTING_AWAY || s->phase == SITTING_CONFIRMING)
                c->activate_from_us = c->activate_not_before_us = c->short_from_us = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                t->kind[k].squeezes +=
                        s->bout.squeezes > sitter->bout_squeezes ? s->bout.squeezes - sitter->bout_squeezes : 0;
        sitter->bout_squeezes = s->bout.squeezes;
        sitter->on_seat = s->phase == SITTING_SEATED;
        sitter->seated_us = s->bout.seated_us;
        sitter->partial =
                (sitter->partial && !(s->changes & SITTING_BOUT_STARTED)) || (s->changes & SITTING_PARTIAL_BREAK);
}

/* When the activation alert comes, as far as that is known; 0 = not counting, or open. Once it has fallen due but is
 * inhibited, this moment stays. */
static uint64_t find_activate_due(const struct alert_tracker *t, uint64_t now_us) {
        const struct alert_plan *p = &t->now.plan[ALERT_ACTIVATE];
        uint64_t due_us, before_us = t->now.activate_due_us, end_us = last_inhibit_end(t);

        if (p->inhibits & (ALERT_INHIBIT_OFF | ALERT_INHIBIT_OPEN | ALERT_INHIBIT_AWAY))
                return 0;
        due_us = max_u64(max_u64(p->due_us, earliest_next(&t->now.of[ALERT_ACTIVATE])),
                         end_us == UINT64_MAX ? 0 : end_us);
        return due_us <= now_us && before_us > 0 ? min_u64(before_us, now_us) : due_us;
}

uint64_t alert_step(struct alert_tracker *t, const struct sitting *sitting, uint64_t now_us, struct alerts *ret) {
        uint64_t before_us;

        follow_bout(t, sitting);
        before_us = t->counting.activate_not_before_us;
        inhibit_update(&t->inhibit, &t->settings, &t->clock, now_us, &t->now);
        for (int k = 0; k < ALERT_KIND_N; k++)
                if (t->kind[k].snoozed_until_us <= now_us)
                        t->kind[k].snoozed_until_us = 0;
        observe_sitter(t, sitting, now_us);
        update_causes(t, sitting, now_us);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                follow_alert(t, k, sitting, now_us);
        t->now.trial_runs = t->settings.trial && t->trial.seed != 0;
        if (!t->settings.trial)
                t->trial.result.decided_us = t->trial.withheld_until_us = 0;
        if (trial_step(&t->trial, sitting, now_us, &t->now.trial))
                t->now.changes |= ALERTS_TRIAL_RESULT;
        put_off_prompt(t, sitting);
        report_short_stand(t, sitting, before_us);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                update_plan(t, k, sitting, now_us);
                raise_if_due(t, k, sitting, now_us);
        }
        announce_activate(t, sitting, now_us);
        report_limit(t, sitting, now_us);
        if (t->sitter.on_seat)
                t->sitter.partial = false;
        t->now.activate_due_us = find_activate_due(t, now_us);
        *ret = t->now;
        t->now.changes = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                t->now.of[k].changes = 0;
        return find_deadline(t, sitting, now_us);
}
