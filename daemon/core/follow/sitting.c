/* SPDX-License-Identifier: MIT */
#include "core/follow/sitting.h"

#include <math.h>
#include <string.h>

#include "sitbone/settings.h"
#include "util/minmax.h"

#define US_PER_S UINT64_C(1000000)

/* The usual asymmetry is a mean over this much sitting, which is a week or so of it; it begins as if the sitter had been
 * even for this long [judgement]. */
static const uint64_t USUAL_MOST_US = 40 * (3600 * UINT64_C(1000000)), USUAL_PRIOR_US = 2 * (3600 * UINT64_C(1000000));

/* The coach needs this much of what is usual before it has a target. The target is half as much again, at least
 * TARGET_MORE more [judgement], but never above the 20 an hour of Roynarin, Ergonomics 2024 (60 people who typed on a seat
 * mat). */
static const uint64_t BASELINE_LEAST_US = 10 * (3600 * UINT64_C(1000000));
static const float TARGET_FACTOR = 1.5f, TARGET_MORE = 2, TARGET_MOST = 20;

static const uint64_t RATE_PART_US = 300 * US_PER_S;

/* In a bout the caller must step at least this often, and may be this late: a suspended machine can add at most the sum to
 * the seated time. Frames come far more often, so the call costs nothing in practice. */
static const uint64_t CALL_EVERY_US = 5 * US_PER_S, LATE_US = 5 * US_PER_S;

/* Confirming goes on after a restart when the sitter is found again within this time: a manager starts a daemon again
 * after some seconds [judgement]. */
static const uint64_t FOUND_AGAIN_US = 30 * US_PER_S;

static uint64_t us_of_seconds(float s) {
        return (uint64_t)((double)s * US_PER_S);
}

/* An instant before this boot becomes the beginning of this boot; 0 would mean "not set". */
static uint64_t instant_before(uint64_t now_us, uint64_t age_us) {
        return now_us > age_us ? now_us - age_us : 1;
}

static uint64_t absence_us(const struct sitting_tracker *t, uint64_t at_us) {
        return t->absent_more_us + (at_us - t->absent_since_us);
}

/* ---- the sliding window ---- */

static void reset_window(struct sitting_window *w, uint64_t window_us) {
        memset(w, 0, sizeof(*w));
        w->part_us = window_us / WINDOW_PARTS + 1;
}

/* Clears the parts between the newest one and now, which becomes the newest. */
static void advance_window(struct sitting_window *w, uint64_t now_us) {
        uint64_t part = now_us / w->part_us;
        uint64_t n = part > w->newest ? min_u64(part - w->newest, WINDOW_PARTS) : 0;

        for (uint64_t i = 0; i < n; i++) {
                uint64_t at = (part - i) % WINDOW_PARTS;
                w->seated_us[at] = w->slouched_us[at] = w->lopsided_us[at] = 0;
        }
        if (part > w->newest)
                w->newest = part;
}

/* Seated time from from_us to to_us, slouched or lopsided throughout or not at all. */
static void add_to_window(struct sitting_window *w, uint64_t from_us, uint64_t to_us, bool slouched, bool lopsided) {
        while (from_us < to_us) {
                advance_window(w, from_us);
                uint64_t n = min_u64(to_us, (w->newest + 1) * w->part_us) - from_us, at = w->newest % WINDOW_PARTS;
                w->seated_us[at] += n;
                w->slouched_us[at] += slouched ? n : 0;
                w->lopsided_us[at] += lopsided ? n : 0;
                from_us += n;
        }
}

/* Removes seated time counted last: the sitter had left by then. */
static void subtract_from_window(struct sitting_window *w, uint64_t us) {
        for (uint64_t i = 0; i < WINDOW_PARTS && us > 0 && i <= w->newest; i++) {
                uint64_t at = (w->newest - i) % WINDOW_PARTS, n = min_u64(us, w->seated_us[at]);
                w->seated_us[at] -= n;
                w->slouched_us[at] = min_u64(w->slouched_us[at], w->seated_us[at]);
                w->lopsided_us[at] = min_u64(w->lopsided_us[at], w->seated_us[at]);
                us -= n;
        }
}

/* Drops parts older than the window and fills the window's fields of *ret. */
static void sum_window(struct sitting_window *w, uint64_t now_us, struct sitting *ret) {
        uint64_t seated = 0, slouched = 0, lopsided = 0;

        advance_window(w, now_us);
        for (int i = 0; i < WINDOW_PARTS; i++) {
                seated += w->seated_us[i];
                slouched += w->slouched_us[i];
                lopsided += w->lopsided_us[i];
        }
        ret->slouched_window_us = slouched;
        ret->lopsided_window_us = lopsided;
        ret->slouched_share = seated > 0 ? (float)((double)slouched / (double)seated) : 0;
        ret->lopsided_share = seated > 0 ? (float)((double)lopsided / (double)seated) : 0;
}

/* ---- totals ---- */

static bool is_surely_slouched(const struct sitting_tracker *t) {
        return t->now.posture == POSTURE_SLOUCHED && t->now.confidence >= t->min_confidence;
}

static bool is_surely_arched(const struct sitting_tracker *t) {
        return t->now.posture == POSTURE_ARCHED && t->now.confidence >= t->min_confidence;
}

static bool is_surely_lopsided(const struct sitting_tracker *t) {
        return fabsf(t->now.asymmetry) >= t->lopsided_asymmetry && t->now.confidence >= t->min_confidence;
}

/* Lopsided compared with what is usual for this sitter: most people sit more on one side, always on the same. */
static bool is_surely_unusual(const struct sitting_tracker *t) {
        return fabsf(t->now.asymmetry - t->now.usual_asymmetry) >= t->lopsided_asymmetry &&
               t->now.confidence >= t->min_confidence;
}

static void add_asymmetry(struct sitting_tracker *t, uint64_t us) {
        if (isnan(t->now.asymmetry) || t->now.confidence < t->min_confidence)
                return;
        t->asymmetry_us += (double)t->now.asymmetry * (double)us;
        t->asymmetry_known_us += us;
}

/* A bout is over: its mean becomes part of what is usual. */
static void learn_asymmetry(struct sitting_tracker *t) {
        uint64_t known_us = min_u64(t->usual_known_us, USUAL_MOST_US);
        double before = (double)(known_us + USUAL_PRIOR_US), all = before + (double)t->asymmetry_known_us;

        t->now.usual_asymmetry = (float)(((double)t->now.usual_asymmetry * before + t->asymmetry_us) / all);
        t->usual_known_us = known_us + t->asymmetry_known_us;
        t->asymmetry_us = 0;
        t->asymmetry_known_us = 0;
}

/* The usual of the coach stays as it was before the coach began: otherwise its success would raise the target. */
static void learn_shifts(struct sitting_tracker *t) {
        const struct bout *b = &t->now.bout;
        uint64_t known_us = min_u64(t->usual_shifts_us, USUAL_MOST_US);
        double before = (double)known_us, all = before + (double)b->seated_us;

        if (b->seated_us == 0 || (t->coach && t->usual_shifts_us >= BASELINE_LEAST_US))
                return;
        t->now.usual_shifts = (float)(((double)t->now.usual_shifts * before + 3600e6 * b->shifts) / all);
        t->usual_shifts_us = known_us + b->seated_us;
}

static float find_target(const struct sitting_tracker *t) {
        float usual = t->now.usual_shifts;

        if (!t->coach || t->usual_shifts_us < BASELINE_LEAST_US)
                return NAN;
        return fminf(roundf(fmaxf(usual * TARGET_FACTOR, usual + TARGET_MORE)), TARGET_MOST);
}

void sitting_init(struct sitting_tracker *t, const struct settings *settings) {
        memset(t, 0, sizeof(*t));
        t->now.asymmetry = t->now.movement = NAN;
        sitting_configure(t, settings);
}

void sitting_configure(struct sitting_tracker *t, const struct settings *settings) {
        uint64_t window_us = us_of_seconds(settings->alert.posture_window_min * 60);

        t->settings = settings->sitting;
        t->lopsided_asymmetry = settings->alert.lopsided_asymmetry;
        t->min_confidence = settings->alert.min_confidence;
        t->coach = settings->alert.enabled && settings->alert.coach == COACH_SHIFTS;
        if (t->window.part_us != window_us / WINDOW_PARTS + 1)
                reset_window(&t->window, window_us);
}

static void add_to_rate(struct shift_rate *r, uint64_t us) {
        if (r->seated_us[r->part] >= RATE_PART_US) {
                r->part = (r->part + 1) % RATE_PARTS;
                r->seated_us[r->part] = r->shifts[r->part] = 0;
        }
        r->seated_us[r->part] += us;
}

static float find_rate(const struct shift_rate *r) {
        uint64_t seated_us = 0, shifts = 0;

        for (int i = 0; i < RATE_PARTS; i++) {
                seated_us += r->seated_us[i];
                shifts += r->shifts[i];
        }
        return seated_us >= 2 * RATE_PART_US ? (float)(3600e6 * (double)shifts / (double)seated_us) : NAN;
}

/* Counts time on the seat, in the posture of the last step. */
static void add_seated(struct sitting_tracker *t, uint64_t from_us, uint64_t to_us) {
        uint64_t n = to_us - from_us;

        t->now.bout.seated_us += n;
        t->now.bout.in_us[t->now.posture] += n;
        t->now.bout.slouched_us += is_surely_slouched(t) ? n : 0;
        t->now.bout.arched_us += is_surely_arched(t) ? n : 0;
        t->now.bout.lopsided_us += is_surely_lopsided(t) ? n : 0;
        t->now.today_us += t->in_bout ? n : 0;
        add_to_rate(&t->rate, n);
        add_asymmetry(t, n);
        add_to_window(&t->window, from_us, to_us, is_surely_slouched(t), is_surely_unusual(t));
}

/* A part of a total stays within the total. */
static void subtract_part(uint64_t *part_us, uint64_t us, uint64_t total_us) {
        *part_us = min_u64(*part_us - min_u64(us, *part_us), total_us);
}

/* The sitter had left for us microseconds before now: the seated time that was counted in the dwell is removed. */
static void subtract_seated(struct sitting_tracker *t, uint64_t us) {
        struct sitting *s = &t->now;
        struct bout *b = &s->bout;
        uint64_t n = min_u64(us, b->seated_us);

        b->seated_us -= n;
        b->in_us[s->posture] -= min_u64(n, b->in_us[s->posture]);
        subtract_part(&b->slouched_us, is_surely_slouched(t) ? n : 0, b->seated_us);
        subtract_part(&b->arched_us, is_surely_arched(t) ? n : 0, b->seated_us);
        subtract_part(&b->lopsided_us, is_surely_lopsided(t) ? n : 0, b->seated_us);
        s->today_us -= t->in_bout ? min_u64(n, s->today_us) : 0;
        subtract_from_window(&t->window, n);
}

static void reset_bout(struct sitting_tracker *t) {
        struct sitting *s = &t->now;

        t->in_bout = t->partial_reported = false;
        t->absent_since_us = t->absent_more_us = t->off_us = t->yesterday_us = t->before_us = 0;
        s->bout = (struct bout){0};
        s->bout_started_us = s->last_shift_us = s->bout_number = 0;
        reset_window(&t->window, (t->window.part_us - 1) * WINDOW_PARTS);
}

static void end_bout(struct sitting_tracker *t) {
        learn_asymmetry(t);
        learn_shifts(t);
        t->now.changes |= SITTING_BOUT_ENDED;
        if (t->off_us >= us_of_seconds(t->settings.interruption_s)) {
                t->now.changes |= SITTING_BREAK;
                t->now.breaks_today++;
        }
        t->now.last_bout_us = t->now.bout.seated_us;
        t->now.last_was_break = (t->now.changes & SITTING_BREAK) != 0;
        reset_bout(t);
}

static void report_partial(struct sitting_tracker *t) {
        if (!t->partial_reported && t->off_us >= us_of_seconds(t->settings.interruption_s)) {
                t->partial_reported = true;
                t->now.changes |= SITTING_PARTIAL_BREAK;
        }
}

/* The sitter is back on the seat after less than a break. */
static void resume_bout(struct sitting_tracker *t, uint64_t at_us) {
        report_partial(t);
        if (t->partial_reported)
                t->now.partial_breaks_today++;
        if (t->off_us > 0)
                t->now.changes |= SITTING_BACK;
        t->now.last_away_us = absence_us(t, at_us);
        /* sitting down is a movement; silence is not a movement, and does not count as stillness either */
        t->now.last_shift_us = t->off_us > 0 ? at_us : min_u64(t->now.last_shift_us + t->now.last_away_us, at_us);
        t->absent_since_us = t->absent_more_us = t->off_us = 0;
        t->partial_reported = false;
}

static void sit_down(struct sitting_tracker *t, uint64_t at_us, uint64_t now_us) {
        if (t->seat == SEAT_OFF)
                t->off_us -= min_u64(now_us - at_us, t->off_us);
        if (t->in_bout && absence_us(t, at_us) >= us_of_seconds(t->settings.break_s))
                end_bout(t);
        if (t->in_bout) {
                resume_bout(t, at_us);
        } else {
                if (t->before_us == 0 || at_us - t->seat_since_us > FOUND_AGAIN_US)
                        reset_bout(t);
                t->now.last_shift_us = at_us;
        }
        add_seated(t, at_us, now_us);
}

/* The seat has been empty or silent since at_us. */
static void leave_seat(struct sitting_tracker *t, enum seat to, uint64_t at_us, uint64_t now_us) {
        if (t->seat == SEAT_ON) {
                subtract_seated(t, now_us - at_us);
                t->absent_since_us = at_us;
        }
        if (!t->in_bout) {
                reset_bout(t);
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

/* Applies a change of the seat's state, dated back to its first evidence, but never before the present state began. */
static void apply_seat(struct sitting_tracker *t, enum seat to, uint64_t since_us, uint64_t now_us) {
        uint64_t at = since_us < t->seat_since_us || since_us > now_us ? now_us : since_us;

        if (to == t->seat)
                return;
        if (to == SEAT_ON)
                sit_down(t, at, now_us);
        else
                leave_seat(t, to, at, now_us);
        t->seat = to;
        t->seat_since_us = at;
}

/* Counts the time since the last step as the state of that step. */
static void count_elapsed(struct sitting_tracker *t, uint64_t now_us) {
        if (t->call_by_us > 0 && now_us > t->call_by_us + LATE_US)
                apply_seat(t, SEAT_SILENT, t->last_us, t->last_us); /* the machine slept */
        if (t->seat == SEAT_ON)
                add_seated(t, t->last_us, now_us);
        else if (t->seat == SEAT_OFF && t->in_bout)
                t->off_us += now_us - t->last_us;
        t->call_by_us = 0;
        t->last_us = now_us;
}

static enum seat seat_from_occupancy(enum occupancy occupancy) {
        switch (occupancy) {
        case OCCUPANCY_PERSON:
                return SEAT_ON;
        case OCCUPANCY_VACANT:
        case OCCUPANCY_OBJECT:
                return SEAT_OFF;
        case OCCUPANCY_UNKNOWN:
        case OCCUPANCY_N:
                break;
        }
        return SEAT_SILENT;
}

static uint64_t confirming_us(const struct sitting_tracker *t, uint64_t now_us) {
        return t->before_us + (t->seat == SEAT_ON ? now_us - t->seat_since_us : 0);
}

static void confirm_bout(struct sitting_tracker *t) {
        t->in_bout = true;
        t->now.bout_started_us = instant_before(t->seat_since_us, t->before_us);
        t->before_us = 0;
        t->now.bout_number = ++t->last_number;
        t->now.today_us += t->now.bout.seated_us - min_u64(t->yesterday_us, t->now.bout.seated_us);
        t->now.bouts_today++;
        t->now.changes |= SITTING_BOUT_STARTED;
}

/* Confirms or ends a bout when its time is over. */
static void apply_timeouts(struct sitting_tracker *t, uint64_t now_us) {
        if (!t->in_bout && t->seat == SEAT_ON && !t->doubted &&
            confirming_us(t, now_us) >= us_of_seconds(t->settings.confirm_s))
                confirm_bout(t);
        if (!t->in_bout || t->seat == SEAT_ON)
                return;
        report_partial(t);
        if (absence_us(t, now_us) >= us_of_seconds(t->settings.break_s))
                end_bout(t);
}

/* The estimator counts from when the sitter sat down: a count smaller than the last one has started again. */
static void add_squeezes(struct sitting_tracker *t, const struct squeezes *now) {
        bool restarted = now->reps < t->squeezes.reps;
        float held_s = now->held_s - (restarted ? 0 : t->squeezes.held_s);

        t->now.bout.squeezes += now->reps - (restarted ? 0 : t->squeezes.reps);
        t->now.bout.squeezed_s += held_s;
        t->now.squeezed_today_s += held_s;
        t->squeezes = *now;
}

static void apply_posture(struct sitting_tracker *t, const struct posture *p, uint64_t now_us) {
        struct sitting *s = &t->now;
        bool seated = p->occupancy == OCCUPANCY_PERSON;

        if (seated && p->shifts != t->shifts) {
                s->changes |= SITTING_SHIFTED;
                s->bout.shifts += p->shifts - t->shifts;
                t->rate.shifts[t->rate.part] += p->shifts - t->shifts;
                s->last_shift_us = now_us;
                s->shift_began_us = p->shift_began_us;
        }
        t->shifts = p->shifts;
        s->shifting = seated && p->shifting;
        s->posture = p->posture_class;
        s->confidence = p->confidence;
        s->asymmetry = seated ? p->asymmetry : NAN;
        s->movement = seated ? p->movement : NAN;
}

static enum sitting_phase find_phase(const struct sitting_tracker *t) {
        if (!t->in_bout)
                return t->seat == SEAT_ON ? SITTING_CONFIRMING : SITTING_AWAY;
        if (t->seat == SEAT_ON)
                return SITTING_SEATED;
        return t->seat == SEAT_OFF ? SITTING_INTERRUPTED : SITTING_SUSPENDED;
}

/* The instant at which a running time reaches its limit; UINT64_MAX when it has reached it. */
static uint64_t instant_reached(uint64_t now_us, uint64_t have_us, uint64_t limit_us) {
        return have_us < limit_us ? now_us + (limit_us - have_us) : UINT64_MAX;
}

static uint64_t find_deadline(const struct sitting_tracker *t, uint64_t now_us) {
        uint64_t next = now_us + CALL_EVERY_US;

        switch (find_phase(t)) {
        case SITTING_CONFIRMING:
                return min_u64(
                        next, instant_reached(now_us, confirming_us(t, now_us), us_of_seconds(t->settings.confirm_s)));
        case SITTING_INTERRUPTED:
                next = min_u64(next, instant_reached(now_us, t->off_us, us_of_seconds(t->settings.interruption_s)));
                return min_u64(next,
                               instant_reached(now_us, absence_us(t, now_us), us_of_seconds(t->settings.break_s)));
        case SITTING_SUSPENDED:
                return min_u64(next,
                               instant_reached(now_us, absence_us(t, now_us), us_of_seconds(t->settings.break_s)));
        case SITTING_SEATED:
                return next;
        case SITTING_AWAY:
        case SITTING_PHASE_N:
                break;
        }
        return UINT64_MAX;
}

static void publish_sitting(struct sitting_tracker *t, uint64_t now_us, struct sitting *ret) {
        t->now.phase = find_phase(t);
        t->now.partial = t->now.phase == SITTING_INTERRUPTED && t->partial_reported;
        t->now.left_seat_us = t->now.phase == SITTING_INTERRUPTED ? t->absent_since_us : 0;
        sum_window(&t->window, now_us, &t->now);
        t->now.shifts_per_hour = find_rate(&t->rate);
        t->now.shifts_target = find_target(t);
        *ret = t->now;
        t->now.changes = 0;
        if (t->in_bout)
                return;
        ret->bout = (struct bout){0};
        ret->bout_started_us = ret->last_shift_us = 0;
        ret->slouched_window_us = ret->lopsided_window_us = 0;
        ret->slouched_share = ret->lopsided_share = 0;
}

uint64_t sitting_step(struct sitting_tracker *t, const struct posture *posture, uint64_t now_us, struct sitting *ret) {
        uint64_t next;

        if (now_us < t->last_us)
                now_us = t->last_us;
        count_elapsed(t, now_us);
        apply_seat(t, seat_from_occupancy(posture->occupancy), posture->occupancy_since_us, now_us);
        apply_posture(t, posture, now_us);
        add_squeezes(t, &posture->squeezes);
        t->doubted = t->now.doubted = posture->doubted;
        apply_timeouts(t, now_us);
        publish_sitting(t, now_us, ret);
        next = find_deadline(t, now_us);
        t->call_by_us = next == UINT64_MAX ? 0 : next;
        return next;
}

void sitting_new_day(struct sitting_tracker *t, uint64_t now_us) {
        if (now_us > t->last_us)
                count_elapsed(t, now_us);
        t->now.today_us = 0;
        t->now.squeezed_today_s = 0;
        t->now.bouts_today = t->now.breaks_today = t->now.partial_breaks_today = 0;
        t->yesterday_us = t->in_bout ? 0 : t->now.bout.seated_us;
}

void sitting_remember(const struct sitting_tracker *t, uint64_t now_us, struct memory_sitting *ret) {
        const struct sitting *s = &t->now;
        bool absent = t->in_bout && t->seat != SEAT_ON;
        bool confirming = !t->in_bout &&
                          (t->seat == SEAT_ON || (t->before_us > 0 && now_us - t->seat_since_us <= FOUND_AGAIN_US));

        *ret = (struct memory_sitting){
                .phase = confirming ? SITTING_CONFIRMING : find_phase(t),
                .bout_age_us = t->in_bout   ? now_us - s->bout_started_us
                               : confirming ? confirming_us(t, now_us)
                                            : UINT64_MAX,
                .left_seat_age_us = absent ? absence_us(t, now_us) : UINT64_MAX,
                .last_shift_age_us = t->in_bout ? now_us - s->last_shift_us : UINT64_MAX,
                .bout = t->in_bout || confirming ? s->bout : (struct bout){0},
                .off_us = absent ? t->off_us : 0,
                .last_bout_us = s->last_bout_us,
                .last_was_break = s->last_was_break,
                .today_us = s->today_us,
                .bouts_today = s->bouts_today,
                .breaks_today = s->breaks_today,
                .partial_breaks_today = s->partial_breaks_today,
                .squeezed_today_s = s->squeezed_today_s,
                .last_number = t->last_number,
                .usual_asymmetry = s->usual_asymmetry,
                .usual_known_us = t->usual_known_us,
                .usual_shifts = s->usual_shifts,
                .usual_shifts_us = t->usual_shifts_us,
        };
}

/* The absence since the save counts as silence. */
static void recall_bout(struct sitting_tracker *t, const struct memory_sitting *m, uint64_t elapsed_us,
                        uint64_t now_us) {
        uint64_t absent = (m->left_seat_age_us == UINT64_MAX ? 0 : m->left_seat_age_us) + elapsed_us;

        t->in_bout = true;
        t->seat = SEAT_SILENT;
        t->seat_since_us = now_us;
        t->absent_since_us = instant_before(now_us, absent);
        t->absent_more_us = absent - (now_us - t->absent_since_us);
        t->off_us = m->off_us;
        t->partial_reported = m->off_us >= us_of_seconds(t->settings.interruption_s);
        t->now.bout_started_us = instant_before(now_us, m->bout_age_us + elapsed_us);
        t->now.last_shift_us = instant_before(now_us, m->last_shift_age_us + elapsed_us);
        t->now.bout_number = m->last_number;
}

/* Restarts at short intervals must not hide a bout. */
static void recall_confirming(struct sitting_tracker *t, const struct memory_sitting *m, uint64_t elapsed_us,
                              uint64_t now_us) {
        t->seat = SEAT_SILENT;
        t->seat_since_us = instant_before(now_us, elapsed_us);
        t->before_us = m->bout_age_us;
}

void sitting_recall(struct sitting_tracker *t, const struct memory_sitting *memory, uint64_t elapsed_us,
                    uint64_t now_us) {
        bool in_bout = memory->phase == SITTING_SEATED || memory->phase == SITTING_INTERRUPTED ||
                       memory->phase == SITTING_SUSPENDED;

        reset_bout(t);
        t->last_us = now_us;
        t->last_number = memory->last_number;
        t->now.usual_asymmetry = isfinite(memory->usual_asymmetry) ? memory->usual_asymmetry : 0;
        t->usual_known_us = memory->usual_known_us;
        t->now.usual_shifts = memory->usual_shifts > 0 ? memory->usual_shifts : 0; /* not NAN */
        t->usual_shifts_us = memory->usual_shifts_us;
        t->now.last_bout_us = memory->last_bout_us;
        t->now.last_was_break = memory->last_was_break != 0;
        t->now.today_us = memory->today_us;
        t->now.bouts_today = memory->bouts_today;
        t->now.breaks_today = memory->breaks_today;
        t->now.partial_breaks_today = memory->partial_breaks_today;
        t->now.squeezed_today_s = memory->squeezed_today_s > 0 ? memory->squeezed_today_s : 0; /* not NAN */
        if (in_bout && memory->bout_age_us != UINT64_MAX)
                recall_bout(t, memory, elapsed_us, now_us);
        else if (memory->phase == SITTING_CONFIRMING && elapsed_us <= FOUND_AGAIN_US &&
                 memory->bout_age_us <= us_of_seconds(t->settings.confirm_s))
                recall_confirming(t, memory, elapsed_us, now_us);
        if (t->in_bout || t->before_us > 0)
                t->now.bout = memory->bout;
        if (!(t->now.bout.squeezed_s > 0)) /* also when it is NAN */
                t->now.bout.squeezed_s = 0;
}
