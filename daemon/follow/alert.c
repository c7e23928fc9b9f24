#include "follow/alert.h"

#include <math.h>
#include <string.h>

#include "follow/choice.h"
#include "util/minmax.h"

#define US_PER_S   1000000ull
#define US_PER_MIN (60 * US_PER_S)

/* Seconds a slouch or a lopsided seat must last to be noticed, and be gone to be over: "10 s to notice". */
static const uint64_t NOTICE_US = 10 * US_PER_S;

/* Between the end of an alert and the next of its kind, so that everybody sees that they are two. */
static const uint64_t APART_US = US_PER_S;

enum { SNOOZE_MAX_MIN = 240 };

static uint64_t minutes(float min) {
        return (uint64_t)((double)min * US_PER_MIN);
}

static bool switched_on(const struct settings_alert *s, enum alert_kind k) {
        const bool on[ALERT_KIND_N] = {s->activate, s->slouch, s->asymmetry, s->still};
        return s->enabled && on[k];
}

static bool waits(const struct alert *a) {
        return a->open || a->withdrawn;
}

static bool posture_kind(enum alert_kind k) {
        return k == ALERT_SLOUCH || k == ALERT_ASYMMETRY;
}

void alert_init(struct alert_desk *d, const struct settings *settings, const struct exercise_catalogue *exercises) {
        memset(d, 0, sizeof(*d));
        d->exercises = exercises;
        d->next_id = 1;
        for (int k = 0; k < ALERT_KIND_N; k++) {
                d->now.of[k].exercise = -1;
                d->now.of[k].asymmetry = NAN;
        }
        alert_configure(d, settings);
}

void alert_configure(struct alert_desk *d, const struct settings *settings) {
        d->settings = settings->alert;
}

static void close_as(struct alert_desk *d, enum alert_kind k, enum alert_outcome outcome, uint64_t now_us) {
        struct alert *a = &d->now.of[k];

        if (outcome == ALERT_IGNORED || outcome == ALERT_UNKNOWN)
                a->answered_us = 0;
        else if (!a->withdrawn)
                a->answered_us = now_us; /* otherwise by leaving the seat */
        a->open = a->withdrawn = false;
        a->outcome = outcome;
        a->closed_us = now_us;
        a->changes = (a->changes & ALERT_RAISED) | ALERT_CLEARED;
}

static uint64_t limit(const struct settings_alert *s, enum alert_kind k) {
        const float min[ALERT_KIND_N] = {s->prompt_min, s->posture_min, s->posture_min, s->still_min};
        return minutes(min[k]);
}

/* The number that a limit is held against. */
static uint64_t cause_time(const struct sitting *s, enum alert_kind k, uint64_t now_us) {
        switch (k) {
        case ALERT_SLOUCH:
                return s->slouched_window_us;
        case ALERT_ASYMMETRY:
                return s->lopsided_window_us;
        case ALERT_STILL:
                return s->last_shift_us > 0 && now_us > s->last_shift_us ? now_us - s->last_shift_us : 0;
        default:
                return s->bout_seated_us;
        }
}

static void take_numbers(struct alert *a, const struct sitting *s, enum alert_kind k, uint64_t now_us) {
        a->seated_us = s->bout_seated_us;
        a->cause_us = cause_time(s, k, now_us);
        a->slouched_share =
                s->bout_seated_us > 0 ? (float)((double)s->bout_slouched_us / (double)s->bout_seated_us) : 0;
        a->asymmetry = s->asymmetry;
}

static void raise_alert(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct choice choice = choice_make(d->exercises, s, k, d->exercise_turn);

        d->now.of[k] = (struct alert){
                .changes = ALERT_RAISED,
                .open = true,
                .id = d->next_id++,
                .raised_us = now_us,
                .limit_us = limit(&d->settings, k),
                .window_us = posture_kind(k) ? minutes(d->settings.posture_window_min) : 0,
                .exercise = choice.exercise,
                .suits = choice.suits,
        };
        take_numbers(&d->now.of[k], s, k, now_us);
        d->exercise_turn++;
        d->raised_seated_us[k] = s->bout_seated_us;
        d->now.raised_today++;
        if (posture_kind(k))
                d->posture_alert_us = now_us;
}

/* A cause stays what it was while nothing sure is seen. */
static void see_cause(struct alert_cause *c, bool there, uint64_t now_us) {
        if (c->known && c->there == there)
                return;
        *c = (struct alert_cause){.known = true, .there = there, .since_us = now_us};
}

static void see_causes(struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
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

static bool noticed(const struct alert_cause *c, bool there, uint64_t now_us) {
        return c->known && c->there == there && now_us - c->since_us >= NOTICE_US;
}

static bool shifted(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        if (k == ALERT_STILL)
                return s->last_shift_us > d->now.of[k].raised_us;
        return posture_kind(k) && noticed(&d->cause[k], false, now_us);
}

static uint64_t activate_due_seated(const struct alert_desk *d) {
        return max_u64(d->activate_from_us + limit(&d->settings, ALERT_ACTIVATE), d->activate_hold_us);
}

/* Left of the time in which something must come of it; 0 = ignored. */
static uint64_t patience(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        uint64_t period = posture_kind(k) ? minutes(d->settings.posture_gap_min) : limit(&d->settings, k);
        uint64_t used = now_us - d->now.of[k].raised_us;

        if (k == ALERT_ACTIVATE)
                used = s->bout_seated_us - min_u64(d->raised_seated_us[k], s->bout_seated_us);
        return period - min_u64(used, period);
}

static void update(struct alert *a, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        a->open = true;
        a->withdrawn = false;
        a->answered_us = 0;
        a->changes |= ALERT_UPDATED;
        take_numbers(a, s, k, now_us);
}

/* Back on the seat with an alert that was withdrawn. */
static void come_back(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        if (d->partial) {
                close_as(d, k, ALERT_PARTIAL, now_us);
                if (k == ALERT_ACTIVATE)
                        d->activate_hold_us = s->bout_seated_us + minutes(d->settings.snooze_min);
        } else if (k == ALERT_ACTIVATE) {
                update(&d->now.of[k], k, s, now_us);
        } else {
                close_as(d, k, ALERT_SHIFTED, now_us);
        }
}

static void follow_seated(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert *a = &d->now.of[k];

        if (a->withdrawn)
                come_back(d, k, s, now_us);
        else if (shifted(d, k, s, now_us))
                close_as(d, k, ALERT_SHIFTED, now_us);
        else if (patience(d, k, s, now_us) == 0)
                close_as(d, k, ALERT_IGNORED, now_us);
        else if (s->bout_seated_us / US_PER_MIN > a->seated_us / US_PER_MIN)
                update(a, k, s, now_us);
}

static void withdraw(struct alert *a, const struct sitting *s) {
        a->answered_us = max_u64(s->left_seat_us, a->raised_us); /* leaving is dated back to its first sign */
        a->open = false;
        a->withdrawn = true;
        a->changes = ALERT_WITHDRAWN; /* not also UPDATED, of an alert that was recalled open */
}

/* What came of an alert that waits. */
static void follow_up(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        struct alert *a = &d->now.of[k];

        if (!waits(a))
                return;
        if (s->phase == SITTING_AWAY || s->phase == SITTING_CONFIRMING)
                close_as(d, k, s->changes & SITTING_BREAK ? ALERT_STOOD : ALERT_UNKNOWN, now_us);
        else if (!switched_on(&d->settings, k))
                close_as(d, k, ALERT_UNKNOWN, now_us);
        else if (s->phase == SITTING_SEATED)
                follow_seated(d, k, s, now_us);
        else if (s->phase == SITTING_INTERRUPTED && a->open)
                withdraw(a, s);
}

static bool is_due(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        if (k == ALERT_ACTIVATE)
                return s->bout_seated_us >= activate_due_seated(d);
        if (cause_time(s, k, now_us) < limit(&d->settings, k))
                return false;
        if (!posture_kind(k))
                return true;
        return noticed(&d->cause[k], true, now_us) && s->confidence >= d->settings.min_confidence &&
               (d->posture_alert_us == 0 || now_us - d->posture_alert_us >= minutes(d->settings.posture_gap_min));
}

static uint64_t not_before(const struct alert *a) {
        return a->closed_us > 0 ? a->closed_us + APART_US : 0;
}

static bool may_raise(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        const struct alert *a = &d->now.of[k];

        return s->phase == SITTING_SEATED && switched_on(&d->settings, k) && !waits(a) && now_us >= not_before(a) &&
               d->now.snoozed_until_us == 0;
}

/* A bout that is over takes its counts with it. */
static void follow_bout(struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        if (s->phase == SITTING_AWAY || s->phase == SITTING_CONFIRMING)
                d->activate_from_us = d->activate_hold_us = 0;
        d->on_seat = s->phase == SITTING_SEATED;
        d->seated_us = s->bout_seated_us;
        d->partial = (d->partial && !(s->changes & SITTING_BOUT_STARTED)) || (s->changes & SITTING_PARTIAL_BREAK);
        if (d->now.snoozed_until_us <= now_us)
                d->now.snoozed_until_us = 0;
}

static uint64_t cause_deadline(const struct alert_cause *c, bool there, uint64_t now_us) {
        if (!c->known || c->there != there)
                return UINT64_MAX;
        return max_u64(c->since_us + NOTICE_US, now_us);
}

/* When an alert that waits may change by time alone. */
static uint64_t deadline_waiting(const struct alert_desk *d, enum alert_kind k, const struct sitting *s,
                                 uint64_t now_us) {
        uint64_t next = now_us + US_PER_MIN - s->bout_seated_us % US_PER_MIN;

        next = min_u64(next, now_us + patience(d, k, s, now_us));
        return posture_kind(k) ? min_u64(next, cause_deadline(&d->cause[k], false, now_us)) : next;
}

/* When an alert that is not open may fall due at the earliest. */
static uint64_t deadline_due(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us) {
        uint64_t need = k == ALERT_ACTIVATE ? activate_due_seated(d) : limit(&d->settings, k);
        uint64_t have = cause_time(s, k, now_us), next = now_us + need - min_u64(have, need);

        if (posture_kind(k)) {
                if (s->confidence < d->settings.min_confidence)
                        return UINT64_MAX; /* only another posture can change that */
                next = max_u64(next, cause_deadline(&d->cause[k], true, now_us));
                if (d->posture_alert_us > 0)
                        next = max_u64(next, d->posture_alert_us + minutes(d->settings.posture_gap_min));
        }
        return max_u64(next, max_u64(d->now.snoozed_until_us, not_before(&d->now.of[k])));
}

static uint64_t deadline(const struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        uint64_t next = d->now.snoozed_until_us > 0 ? d->now.snoozed_until_us : UINT64_MAX;

        if (s->phase != SITTING_SEATED)
                return next;
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                if (waits(&d->now.of[k]))
                        next = min_u64(next, deadline_waiting(d, k, s, now_us));
                else if (switched_on(&d->settings, k))
                        next = min_u64(next, deadline_due(d, k, s, now_us));
        }
        return next > now_us ? next : now_us + APART_US; /* never a busy loop */
}

uint64_t alert_step(struct alert_desk *d, const struct sitting *sitting, uint64_t now_us, struct alerts *ret) {
        const struct alert *activate = &d->now.of[ALERT_ACTIVATE];

        follow_bout(d, sitting, now_us);
        see_causes(d, sitting, now_us);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                follow_up(d, k, sitting, now_us);
                if (may_raise(d, k, sitting, now_us) && is_due(d, k, sitting, now_us))
                        raise_alert(d, k, sitting, now_us);
        }
        if (d->on_seat)
                d->partial = false;
        d->now.activate_due_us = 0;
        if (d->on_seat && switched_on(&d->settings, ALERT_ACTIVATE) && !waits(activate))
                d->now.activate_due_us = deadline_due(d, ALERT_ACTIVATE, sitting, now_us);
        *ret = d->now;
        for (int k = 0; k < ALERT_KIND_N; k++)
                d->now.of[k].changes = 0;
        return deadline(d, sitting, now_us);
}

static bool close_all(struct alert_desk *d, enum alert_outcome outcome, uint64_t now_us) {
        bool any = false;

        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                if (waits(&d->now.of[k])) {
                        close_as(d, k, outcome, now_us);
                        any = true;
                }
        return any;
}

enum command_result alert_snooze(struct alert_desk *d, uint32_t min, uint64_t now_us) {
        if (min > SNOOZE_MAX_MIN)
                return COMMAND_OUT_OF_RANGE;
        close_all(d, ALERT_SNOOZED, now_us);
        d->now.snoozed_until_us = now_us + (min > 0 ? (uint64_t)min * US_PER_MIN : minutes(d->settings.snooze_min));
        d->now.snoozes_today++;
        return COMMAND_OK;
}

enum command_result alert_done(struct alert_desk *d, uint64_t now_us) {
        if (!close_all(d, ALERT_DONE, now_us))
                return COMMAND_NOTHING_DUE;
        d->activate_from_us = d->seated_us;
        d->activate_hold_us = 0;
        return COMMAND_OK;
}

void alert_new_day(struct alert_desk *d, uint64_t now_us) {
        (void)now_us;
        d->now.raised_today = d->now.snoozes_today = 0;
}

static uint64_t age(uint64_t at_us, uint64_t now_us) {
        return at_us > 0 ? now_us - at_us : UINT64_MAX;
}

void alert_remember(const struct alert_desk *d, uint64_t now_us, struct memory_alerts *ret) {
        uint64_t until = d->now.snoozed_until_us;

        memset(ret, 0, sizeof(*ret));
        ret->next_id = d->next_id;
        ret->snooze_left_us = until > now_us ? until - now_us : 0;
        ret->partial = d->partial;
        ret->activate_from_us = d->activate_from_us;
        ret->activate_hold_us = d->activate_hold_us;
        ret->posture_alert_age_us = age(d->posture_alert_us, now_us);
        ret->raised_today = d->now.raised_today;
        ret->snoozes_today = d->now.snoozes_today;
        ret->exercise_turn = d->exercise_turn;
        for (int k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &d->now.of[k];

                ret->of[k].open = a->open;
                ret->of[k].withdrawn = a->withdrawn;
                ret->of[k].id = a->id;
                ret->of[k].raised_age_us = age(a->raised_us, now_us);
                ret->of[k].closed_age_us = age(a->closed_us, now_us);
                ret->of[k].answered_age_us = age(a->answered_us, now_us);
                ret->of[k].outcome = a->outcome;
                ret->of[k].exercise = a->exercise;
                ret->of[k].suits = a->suits;
                ret->of[k].seated_us = a->seated_us;
                ret->of[k].cause_us = a->cause_us;
                ret->of[k].raised_seated_us = d->raised_seated_us[k];
                ret->of[k].slouched_share = a->slouched_share;
                ret->of[k].asymmetry = a->asymmetry;
        }
}

/* Instants before this boot are its beginning; 0 means "not set". */
static uint64_t ago(uint64_t now_us, uint64_t age_us, uint64_t elapsed_us) {
        if (age_us == UINT64_MAX)
                return 0;
        return now_us > age_us + elapsed_us ? now_us - age_us - elapsed_us : 1;
}

void alert_recall(struct alert_desk *d, const struct memory_alerts *m, uint64_t elapsed_us, uint64_t now_us) {
        d->next_id = max_u64(m->next_id, 1);
        d->now.snoozed_until_us = m->snooze_left_us > elapsed_us ? now_us + m->snooze_left_us - elapsed_us : 0;
        d->partial = m->partial != 0;
        d->activate_from_us = m->activate_from_us;
        d->activate_hold_us = m->activate_hold_us;
        d->posture_alert_us = ago(now_us, m->posture_alert_age_us, elapsed_us);
        d->now.raised_today = m->raised_today;
        d->now.snoozes_today = m->snoozes_today;
        d->exercise_turn = m->exercise_turn;
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                int32_t exercise = m->of[k].exercise;

                d->raised_seated_us[k] = m->of[k].raised_seated_us;
                d->now.of[k] = (struct alert){
                        .changes = m->of[k].open ? ALERT_UPDATED : 0,
                        .open = m->of[k].open != 0,
                        .withdrawn = m->of[k].withdrawn != 0,
                        .id = m->of[k].id,
                        .raised_us = ago(now_us, m->of[k].raised_age_us, elapsed_us),
                        .closed_us = ago(now_us, m->of[k].closed_age_us, elapsed_us),
                        .answered_us = ago(now_us, m->of[k].answered_age_us, elapsed_us),
                        .outcome = m->of[k].outcome < ALERT_OUTCOME_N ? (enum alert_outcome)m->of[k].outcome
                                                                      : ALERT_UNKNOWN,
                        .seated_us = m->of[k].seated_us,
                        .cause_us = m->of[k].cause_us,
                        .limit_us = limit(&d->settings, k),
                        .window_us = posture_kind(k) ? minutes(d->settings.posture_window_min) : 0,
                        .slouched_share = m->of[k].slouched_share,
                        .asymmetry = m->of[k].asymmetry,
                        .exercise = exercise >= 0 && (uint32_t)exercise < d->exercises->n ? exercise : -1,
                        .suits = m->of[k].suits,
                };
        }
}
