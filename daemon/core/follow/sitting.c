/* SPDX-License-Identifier: MIT */
#include "core/follow/sitting.h"

#include <math.h>
#include <string.h>

#include "core/follow/window.h"
#include "sitbone/settings.h"
#include "util/minmax.h"

#define US_PER_S 1000000ull

/* In a bout somebody must look at least so often, and may be so late: what is missed by a machine that was suspended is
 * at most the sum. Frames come far more often, so the call costs nothing in practice. */
static const uint64_t LOOK_US = 5 * US_PER_S, LATE_US = 5 * US_PER_S;

static uint64_t seconds(float s) {
        return (uint64_t)((double)s * US_PER_S);
}

/* Instants before this boot are its beginning; 0 means "not set". */
static uint64_t ago(uint64_t now_us, uint64_t age_us) {
        return now_us > age_us ? now_us - age_us : 1;
}

static uint64_t absence(const struct sitting_tracker *t, uint64_t at_us) {
        return t->absent_more_us + (at_us - t->absent_since_us);
}

static bool sure_slouched(const struct sitting_tracker *t) {
        return t->now.posture == POSTURE_SLOUCHED && t->now.confidence >= t->min_confidence;
}

static bool sure_arched(const struct sitting_tracker *t) {
        return t->now.posture == POSTURE_ARCHED && t->now.confidence >= t->min_confidence;
}

static bool sure_lopsided(const struct sitting_tracker *t) {
        return fabsf(t->now.asymmetry) >= t->lopsided_asymmetry && t->now.confidence >= t->min_confidence;
}

void sitting_init(struct sitting_tracker *t, const struct settings *settings) {
        memset(t, 0, sizeof(*t));
        t->now.asymmetry = t->now.movement = NAN;
        sitting_configure(t, settings);
}

void sitting_configure(struct sitting_tracker *t, const struct settings *settings) {
        uint64_t window_us = seconds(settings->alert.posture_window_min * 60);

        t->settings = settings->sitting;
        t->lopsided_asymmetry = settings->alert.lopsided_asymmetry;
        t->min_confidence = settings->alert.min_confidence;
        if (t->window.part_us != window_us / WINDOW_PARTS + 1)
                window_reset(&t->window, window_us);
}

/* Time on the seat, in the posture of the last step. */
static void add_seated(struct sitting_tracker *t, uint64_t from_us, uint64_t to_us) {
        uint64_t n = to_us - from_us;

        t->now.bout_seated_us += n;
        t->now.bout_in_us[t->now.posture] += n;
        t->now.bout_slouched_us += sure_slouched(t) ? n : 0;
        t->now.bout_arched_us += sure_arched(t) ? n : 0;
        t->now.bout_lopsided_us += sure_lopsided(t) ? n : 0;
        t->now.today_us += t->in_bout ? n : 0;
        window_add(&t->window, from_us, to_us, sure_slouched(t), sure_lopsided(t));
}

/* The person had left us before now: what the dwell counted was no sitting. */
static void take_back(struct sitting_tracker *t, uint64_t us) {
        struct sitting *s = &t->now;
        uint64_t n = min_u64(us, s->bout_seated_us);

        s->bout_seated_us -= n;
        s->bout_in_us[s->posture] -= min_u64(n, s->bout_in_us[s->posture]);
        s->bout_slouched_us = min_u64(s->bout_slouched_us - min_u64(sure_slouched(t) ? n : 0, s->bout_slouched_us),
                                      s->bout_seated_us);
        s->bout_arched_us =
                min_u64(s->bout_arched_us - min_u64(sure_arched(t) ? n : 0, s->bout_arched_us), s->bout_seated_us);
        s->bout_lopsided_us = min_u64(s->bout_lopsided_us - min_u64(sure_lopsided(t) ? n : 0, s->bout_lopsided_us),
                                      s->bout_seated_us);
        s->today_us -= t->in_bout ? min_u64(n, s->today_us) : 0;
        window_take_back(&t->window, n);
}

static void forget_bout(struct sitting_tracker *t) {
        struct sitting *s = &t->now;

        t->in_bout = t->partial_said = false;
        t->absent_since_us = t->absent_more_us = t->off_us = t->yesterday_us = 0;
        s->bout_started_us = s->bout_seated_us = s->bout_slouched_us = s->bout_arched_us = s->bout_lopsided_us = 0;
        s->last_shift_us = 0;
        s->bout_number = 0;
        s->bout_shifts = s->bout_squeezes = 0;
        s->bout_squeezed_s = 0;
        memset(s->bout_in_us, 0, sizeof(s->bout_in_us));
        window_reset(&t->window, (t->window.part_us - 1) * WINDOW_PARTS);
}

static void end_bout(struct sitting_tracker *t) {
        t->now.changes |= SITTING_BOUT_ENDED;
        if (t->off_us >= seconds(t->settings.interruption_s)) {
                t->now.changes |= SITTING_BREAK;
                t->now.breaks_today++;
        }
        t->now.last_bout_us = t->now.bout_seated_us;
        t->now.last_was_break = (t->now.changes & SITTING_BREAK) != 0;
        forget_bout(t);
}

static void say_partial(struct sitting_tracker *t) {
        if (!t->partial_said && t->off_us >= seconds(t->settings.interruption_s)) {
                t->partial_said = true;
                t->now.changes |= SITTING_PARTIAL_BREAK;
        }
}

/* On the seat again after less than a break. */
static void resume(struct sitting_tracker *t, uint64_t at_us) {
        say_partial(t);
        if (t->partial_said)
                t->now.partial_breaks_today++;
        if (t->off_us > 0)
                t->now.changes |= SITTING_BACK;
        t->now.last_away_us = absence(t, at_us);
        /* sitting down is a movement; silence is not, and does not count as stillness either */
        t->now.last_shift_us = t->off_us > 0 ? at_us : min_u64(t->now.last_shift_us + t->now.last_away_us, at_us);
        t->absent_since_us = t->absent_more_us = t->off_us = 0;
        t->partial_said = false;
}

static void sit_down(struct sitting_tracker *t, uint64_t at_us, uint64_t now_us) {
        if (t->seat == SEAT_OFF)
                t->off_us -= min_u64(now_us - at_us, t->off_us);
        if (t->in_bout && absence(t, at_us) >= seconds(t->settings.break_s))
                end_bout(t);
        if (t->in_bout) {
                resume(t, at_us);
        } else {
                forget_bout(t);
                t->now.last_shift_us = at_us;
        }
        add_seated(t, at_us, now_us);
}

/* Off the seat, or silent, since at_us. */
static void leave(struct sitting_tracker *t, enum seat to, uint64_t at_us, uint64_t now_us) {
        if (t->seat == SEAT_ON) {
                take_back(t, now_us - at_us);
                t->absent_since_us = at_us;
        }
        if (!t->in_bout) {
                forget_bout(t);
                return;
        }
        if (to == SEAT_OFF) {
                if (t->off_us == 0)
                        t->now.changes |= SITTING_LEFT_SEAT;
                t->off_us += now_us - at_us;
        } else if (t->seat == SEAT_OFF) {
                t->off_us -= min_u64(now_us - at_us, t->off_us);
        }
}

/* The seat is seen in another state: dated back to the first evidence, but never before the present state began. */
static void see(struct sitting_tracker *t, enum seat to, uint64_t since_us, uint64_t now_us) {
        uint64_t at = since_us < t->seat_since_us || since_us > now_us ? now_us : since_us;

        if (to == t->seat)
                return;
        if (to == SEAT_ON)
                sit_down(t, at, now_us);
        else
                leave(t, to, at, now_us);
        t->seat = to;
        t->seat_since_us = at;
}

/* Counts the time since the last call as what was seen then. */
static void advance(struct sitting_tracker *t, uint64_t now_us) {
        if (t->call_by_us > 0 && now_us > t->call_by_us + LATE_US)
                see(t, SEAT_SILENT, t->last_us, t->last_us); /* stood still: nobody looked */
        if (t->seat == SEAT_ON)
                add_seated(t, t->last_us, now_us);
        else if (t->seat == SEAT_OFF && t->in_bout)
                t->off_us += now_us - t->last_us;
        t->call_by_us = 0;
        t->last_us = now_us;
}

static enum seat seat_of(enum occupancy occupancy) {
        switch (occupancy) {
        case OCCUPANCY_PERSON:
                return SEAT_ON;
        case OCCUPANCY_VACANT:
        case OCCUPANCY_OBJECT:
                return SEAT_OFF;
        default:
                return SEAT_SILENT;
        }
}

static void confirm(struct sitting_tracker *t) {
        t->in_bout = true;
        t->now.bout_started_us = t->seat_since_us;
        t->now.bout_number = ++t->last_number;
        t->now.today_us += t->now.bout_seated_us - min_u64(t->yesterday_us, t->now.bout_seated_us);
        t->now.bouts_today++;
        t->now.changes |= SITTING_BOUT_STARTED;
}

/* What falls due by time alone. */
static void fall_due(struct sitting_tracker *t, uint64_t now_us) {
        if (!t->in_bout && t->seat == SEAT_ON && !t->doubted &&
            now_us - t->seat_since_us >= seconds(t->settings.confirm_s))
                confirm(t);
        if (!t->in_bout || t->seat == SEAT_ON)
                return;
        say_partial(t);
        if (absence(t, now_us) >= seconds(t->settings.break_s))
                end_bout(t);
}

/* Upstream counts from when the sitter sat down: less than before is another count. */
static void take_squeezes(struct sitting_tracker *t, const struct squeezes *seen) {
        bool anew = seen->reps < t->squeezes.reps;

        t->now.bout_squeezes += seen->reps - (anew ? 0 : t->squeezes.reps);
        t->now.bout_squeezed_s += seen->held_s - (anew ? 0 : t->squeezes.held_s);
        t->squeezes = *seen;
}

static void take_posture(struct sitting *s, const struct posture *p, uint64_t now_us) {
        bool seated = p->occupancy == OCCUPANCY_PERSON;

        if (seated && (p->shifting || s->shifting))
                s->last_shift_us = now_us;
        if (seated && !p->shifting && s->shifting) {
                s->changes |= SITTING_SHIFTED;
                s->bout_shifts++;
        }
        s->shifting = seated && p->shifting;
        s->posture = p->posture_class;
        s->confidence = p->confidence;
        s->asymmetry = seated ? p->asymmetry : NAN;
        s->movement = seated ? p->movement : NAN;
}

static enum sitting_phase phase(const struct sitting_tracker *t) {
        if (!t->in_bout)
                return t->seat == SEAT_ON ? SITTING_CONFIRMING : SITTING_AWAY;
        if (t->seat == SEAT_ON)
                return SITTING_SEATED;
        return t->seat == SEAT_OFF ? SITTING_INTERRUPTED : SITTING_SUSPENDED;
}

/* Time left until limit, as an instant; what is reached is no deadline. */
static uint64_t due(uint64_t now_us, uint64_t have_us, uint64_t limit_us) {
        return have_us < limit_us ? now_us + (limit_us - have_us) : UINT64_MAX;
}

static uint64_t deadline(const struct sitting_tracker *t, uint64_t now_us) {
        uint64_t next = now_us + LOOK_US;

        switch (phase(t)) {
        case SITTING_CONFIRMING:
                return min_u64(next, due(now_us, now_us - t->seat_since_us, seconds(t->settings.confirm_s)));
        case SITTING_INTERRUPTED:
                next = min_u64(next, due(now_us, t->off_us, seconds(t->settings.interruption_s)));
                return min_u64(next, due(now_us, absence(t, now_us), seconds(t->settings.break_s)));
        case SITTING_SUSPENDED:
                return min_u64(next, due(now_us, absence(t, now_us), seconds(t->settings.break_s)));
        case SITTING_SEATED:
                return next;
        default:
                return UINT64_MAX;
        }
}

static void publish(struct sitting_tracker *t, uint64_t now_us, struct sitting *ret) {
        t->now.phase = phase(t);
        t->now.partial = t->now.phase == SITTING_INTERRUPTED && t->partial_said;
        t->now.left_seat_us = t->now.phase == SITTING_INTERRUPTED ? t->absent_since_us : 0;
        window_sum(&t->window, now_us, &t->now);
        *ret = t->now;
        t->now.changes = 0;
        if (t->in_bout)
                return;
        ret->bout_started_us = ret->bout_seated_us = ret->last_shift_us = 0;
        ret->bout_slouched_us = ret->bout_arched_us = ret->bout_lopsided_us = 0;
        ret->slouched_window_us = ret->lopsided_window_us = 0;
        ret->slouched_share = ret->lopsided_share = 0;
        ret->bout_shifts = ret->bout_squeezes = 0;
        ret->bout_squeezed_s = 0;
        memset(ret->bout_in_us, 0, sizeof(ret->bout_in_us));
}

uint64_t sitting_step(struct sitting_tracker *t, const struct posture *posture, uint64_t now_us, struct sitting *ret) {
        uint64_t next;

        if (now_us < t->last_us)
                now_us = t->last_us;
        advance(t, now_us);
        see(t, seat_of(posture->occupancy), posture->occupancy_since_us, now_us);
        take_posture(&t->now, posture, now_us);
        take_squeezes(t, &posture->squeezes);
        t->doubted = t->now.doubted = posture->doubted;
        fall_due(t, now_us);
        publish(t, now_us, ret);
        next = deadline(t, now_us);
        t->call_by_us = next == UINT64_MAX ? 0 : next;
        return next;
}

void sitting_new_day(struct sitting_tracker *t, uint64_t now_us) {
        if (now_us > t->last_us)
                advance(t, now_us);
        t->now.today_us = 0;
        t->now.bouts_today = t->now.breaks_today = t->now.partial_breaks_today = 0;
        t->yesterday_us = t->in_bout ? 0 : t->now.bout_seated_us;
}

void sitting_remember(const struct sitting_tracker *t, uint64_t now_us, struct memory_sitting *ret) {
        const struct sitting *s = &t->now;
        bool absent = t->in_bout && t->seat != SEAT_ON;

        *ret = (struct memory_sitting){
                .phase = phase(t),
                .bout_age_us = t->in_bout ? now_us - s->bout_started_us : UINT64_MAX,
                .left_seat_age_us = absent ? absence(t, now_us) : UINT64_MAX,
                .last_shift_age_us = t->in_bout ? now_us - s->last_shift_us : UINT64_MAX,
                .off_us = absent ? t->off_us : 0,
                .last_bout_us = s->last_bout_us,
                .last_was_break = s->last_was_break,
                .today_us = s->today_us,
                .bouts_today = s->bouts_today,
                .breaks_today = s->breaks_today,
                .partial_breaks_today = s->partial_breaks_today,
                .last_number = t->last_number,
        };
        if (!t->in_bout)
                return;
        ret->bout_seated_us = s->bout_seated_us;
        ret->bout_slouched_us = s->bout_slouched_us;
        ret->bout_arched_us = s->bout_arched_us;
        ret->bout_lopsided_us = s->bout_lopsided_us;
        ret->bout_shifts = s->bout_shifts;
        ret->bout_squeezes = s->bout_squeezes;
        ret->bout_squeezed_s = s->bout_squeezed_s;
        memcpy(ret->bout_in_us, s->bout_in_us, sizeof(ret->bout_in_us));
}

/* All of the absence is silence, or was seen before the save. */
static void recall_bout(struct sitting_tracker *t, const struct memory_sitting *m, uint64_t elapsed_us,
                        uint64_t now_us) {
        uint64_t absent = (m->left_seat_age_us == UINT64_MAX ? 0 : m->left_seat_age_us) + elapsed_us;

        t->in_bout = true;
        t->seat = SEAT_SILENT;
        t->seat_since_us = now_us;
        t->absent_since_us = ago(now_us, absent);
        t->absent_more_us = absent - (now_us - t->absent_since_us);
        t->off_us = m->off_us;
        t->partial_said = m->off_us >= seconds(t->settings.interruption_s);
        t->now.bout_started_us = ago(now_us, m->bout_age_us + elapsed_us);
        t->now.last_shift_us = ago(now_us, m->last_shift_age_us + elapsed_us);
        t->now.bout_seated_us = m->bout_seated_us;
        t->now.bout_slouched_us = m->bout_slouched_us;
        t->now.bout_arched_us = m->bout_arched_us;
        t->now.bout_lopsided_us = m->bout_lopsided_us;
        t->now.bout_number = m->last_number;
        t->now.bout_shifts = m->bout_shifts;
        t->now.bout_squeezes = m->bout_squeezes;
        t->now.bout_squeezed_s = m->bout_squeezed_s > 0 ? m->bout_squeezed_s : 0;
        memcpy(t->now.bout_in_us, m->bout_in_us, sizeof(t->now.bout_in_us));
}

void sitting_recall(struct sitting_tracker *t, const struct memory_sitting *memory, uint64_t elapsed_us,
                    uint64_t now_us) {
        bool in_bout = memory->phase == SITTING_SEATED || memory->phase == SITTING_INTERRUPTED ||
                       memory->phase == SITTING_SUSPENDED;

        forget_bout(t);
        t->last_us = now_us;
        t->last_number = memory->last_number;
        t->now.last_bout_us = memory->last_bout_us;
        t->now.last_was_break = memory->last_was_break != 0;
        t->now.today_us = memory->today_us;
        t->now.bouts_today = memory->bouts_today;
        t->now.breaks_today = memory->breaks_today;
        t->now.partial_breaks_today = memory->partial_breaks_today;
        if (in_bout && memory->bout_age_us != UINT64_MAX)
                recall_bout(t, memory, elapsed_us, now_us);
}
