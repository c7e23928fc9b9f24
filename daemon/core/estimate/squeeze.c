/* SPDX-License-Identifier: MIT */
#include "core/estimate/squeeze.h"

#include <math.h>
#include <string.h>

/* The beat of the lesson. The first SKIP_S of each part do not count: hand and mind take most of a second to
 * follow. */
static const float REST_S = 4, HOLD_S = 4, SKIP_S = 1.3F, KNOWN_SHARE = 0.6F;
/* A lesson is accepted when four of five squeezes show at least a third of their median, the median is at least twice
 * the difference between rests, and both sides take part. Medians, because a learner may fidget once. */
static const float CHANGE_LEAST = 0.03F, EACH_LEAST = 0.35F, NOISE_TIMES = 2, COP_MOST_MM = 10;
enum { GOOD_LEAST = SQUEEZE_LESSONS - 1 };

static const float FAST_S = 0.2F, SLOW_S = 1, BASE_S = 3;
static const float CALM_S = 1.5F;
static const float BEGINS = 0.5F, ENDS = 0.35F, MOST = 2.5F, SUDDEN = 0.2F; /* shares of the learnt change */
static const float FIDGET_S = 4; /* a fidget out and back again within this time leaves the state before it valid */
static const float SHORTEST_S = 0.8F, SURE_S = 2, SQUEEZE_LONGEST_S = 15, BACK_S = 0.6F, SQUEEZE_RHYTHM_S = 20;
static const float STILL_COP_MM = 5, STILL_LOAD = 0.09F,
                   STILL_APART = 0.5F; /* the last is a share of the learnt change */

static bool measure_signals(const struct features *f, float ret[SQUEEZE_SIGNALS]) {
        const struct sit_bones *b = &f->sit_bones;
        float left, right;

        if (!(b->press[0] > 0) || !(b->press[1] > 0) || !(f->load > 0))
                return false;
        left = logf(b->press[0] / f->load);
        right = logf(b->press[1] / f->load);
        ret[SQUEEZE_BOTH] = (left + right) / 2;
        ret[SQUEEZE_APART] = (left - right) / 2;
        ret[SQUEEZE_COP_X] = f->cop_x_mm;
        ret[SQUEEZE_COP_Y] = f->cop_y_mm;
        ret[SQUEEZE_LOAD] = logf(f->load);
        return true;
}

/* --- the lesson --- */

void squeeze_start_lesson(struct squeeze_detector *d) {
        memset(&d->lesson, 0, sizeof(d->lesson));
        d->lesson.phase = LEARNING_RUNNING;
}

void squeeze_reset(struct squeeze_detector *d, enum command_result why) {
        struct squeeze_lesson lesson = d->lesson;

        if (lesson.phase == LEARNING_RUNNING) {
                lesson.phase = LEARNING_REFUSED;
                lesson.why = why;
        }
        memset(d, 0, sizeof(*d));
        d->lesson = lesson;
        d->lonely_s = NAN;
}

enum squeeze_cue squeeze_cue(const struct squeeze_lesson *l, float *ret_left_s, uint32_t *ret_round) {
        const float beat = HOLD_S + REST_S, in = l->at_s - REST_S;
        const float at = in < 0 ? 0 : fmodf(in, beat);

        *ret_left_s = 0;
        *ret_round = 0;
        if (l->phase != LEARNING_RUNNING)
                return SQUEEZE_NO_CUE;
        *ret_round = in < 0 ? 0 : (uint32_t)(in / beat) + 1;
        *ret_left_s = in < 0 ? -in : at < HOLD_S ? HOLD_S - at : beat - at;
        return in >= 0 && at < HOLD_S ? SQUEEZE_CUE_HOLD : SQUEEZE_CUE_REST;
}

/* Adds the signals to the window of the present cue; NULL = none measured. */
static void record_signals(struct squeeze_lesson *l, const float *signals, float dt) {
        uint32_t round;
        float left_s;
        enum squeeze_cue cue = squeeze_cue(l, &left_s, &round);
        struct squeeze_window *window = cue == SQUEEZE_CUE_HOLD ? &l->hold[round - 1] : &l->rest[round];

        l->at_s += dt;
        if (!signals || left_s > (cue == SQUEEZE_CUE_HOLD ? HOLD_S : REST_S) - SKIP_S)
                return;
        window->seconds += dt;
        for (int i = 0; i < SQUEEZE_SIGNALS; i++)
                window->sum[i] += dt * signals[i];
}

static bool all_windows_full(const struct squeeze_lesson *l) {
        for (int i = 0; i <= SQUEEZE_LESSONS; i++)
                if (l->rest[i].seconds < KNOWN_SHARE * (REST_S - SKIP_S) ||
                    (i < SQUEEZE_LESSONS && l->hold[i].seconds < KNOWN_SHARE * (HOLD_S - SKIP_S)))
                        return false;
        return true;
}

static float mean_of(const struct squeeze_window *w, int i) {
        return w->sum[i] / w->seconds;
}

/* Change relative to the rests on both sides. */
static float change_in(const struct squeeze_lesson *l, int round, int i) {
        return mean_of(&l->hold[round], i) - (mean_of(&l->rest[round], i) + mean_of(&l->rest[round + 1], i)) / 2;
}

static float median(float *v, int n) {
        for (int i = 1; i < n; i++)
                for (int k = i; k > 0 && v[k] < v[k - 1]; k--) {
                        float swap = v[k];

                        v[k] = v[k - 1];
                        v[k - 1] = swap;
                }
        return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static float median_change(const struct squeeze_lesson *l, int i) {
        float each[SQUEEZE_LESSONS];

        for (int k = 0; k < SQUEEZE_LESSONS; k++)
                each[k] = change_in(l, k, i);
        return median(each, SQUEEZE_LESSONS);
}

/* Factor from a median of distances to a standard deviation, for the normal distribution. */
static const float MEDIAN_TO_SD = 1.4826F;

/* Difference of a rest from the mean of its neighbours: the change without a squeeze. */
static float rest_noise(const struct squeeze_lesson *l) {
        float away[SQUEEZE_LESSONS - 1];

        for (int k = 1; k < SQUEEZE_LESSONS; k++)
                away[k - 1] =
                        fabsf(mean_of(&l->rest[k], SQUEEZE_BOTH) -
                              (mean_of(&l->rest[k - 1], SQUEEZE_BOTH) + mean_of(&l->rest[k + 1], SQUEEZE_BOTH)) / 2);
        return MEDIAN_TO_SD * median(away, SQUEEZE_LESSONS - 1);
}

/* Returns whether the squeezes can be distinguished from sitting. */
static bool learn_pattern(const struct squeeze_lesson *l, struct squeeze_pattern *ret) {
        const float typical = median_change(l, SQUEEZE_BOTH);
        float away[SQUEEZE_LESSONS];
        int good = 0;

        for (int k = 0; k < SQUEEZE_LESSONS; k++) {
                float one = change_in(l, k, SQUEEZE_BOTH);

                good += one / typical >= EACH_LEAST;
                away[k] = fabsf(one - typical);
        }
        *ret = (struct squeeze_pattern){
                .taken = 1,
                .change = typical,
                .spread = MEDIAN_TO_SD * median(away, SQUEEZE_LESSONS),
                .noise = rest_noise(l),
                .apart = median_change(l, SQUEEZE_APART),
                .cop_mm = hypotf(median_change(l, SQUEEZE_COP_X), median_change(l, SQUEEZE_COP_Y)),
        };
        return fabsf(typical) >= CHANGE_LEAST && good >= GOOD_LEAST && fabsf(typical) >= NOISE_TIMES * ret->noise &&
               fabsf(ret->apart) < fabsf(typical) && ret->cop_mm <= COP_MOST_MM;
}

/* Ends the lesson when its time is over. True = *pattern was learnt. */
static bool end_lesson(struct squeeze_lesson *l, struct squeeze_pattern *pattern) {
        struct squeeze_pattern learnt;

        if (l->at_s < REST_S + SQUEEZE_LESSONS * (HOLD_S + REST_S) - 1e-3F)
                return false;
        l->phase = LEARNING_REFUSED;
        l->why = COMMAND_UNSTEADY;
        if (!all_windows_full(l))
                return false;
        l->why = COMMAND_NOT_APART;
        if (!learn_pattern(l, &learnt))
                return false;
        l->phase = LEARNING_DONE;
        l->why = COMMAND_OK;
        *pattern = learnt;
        return true;
}

/* --- detection --- */

static void smooth_signals(float *value, const float *to, float tau_s, float dt) {
        for (int i = 0; i < SQUEEZE_SIGNALS; i++)
                value[i] += dt / (tau_s + dt) * (to[i] - value[i]);
}

static void enter_phase(struct squeeze_detector *d, enum squeeze_phase phase) {
        d->phase = phase;
        d->phase_s = 0;
        d->calm_s = d->unrest_s = d->clean_s = 0;
        d->now.contracting = phase == SQUEEZE_HOLDING && d->now.contracting;
}

static float cop_distance(const float *a, const float *b) {
        return hypotf(a[SQUEEZE_COP_X] - b[SQUEEZE_COP_X], a[SQUEEZE_COP_Y] - b[SQUEEZE_COP_Y]);
}

/* All signals but that of the squeeze itself are near their base. */
static bool is_still(const struct squeeze_detector *d, const struct squeeze_pattern *p) {
        const float *now = d->fast, *base = d->base;

        return cop_distance(now, base) <= STILL_COP_MM + 2 * p->cop_mm &&
               fabsf(now[SQUEEZE_LOAD] - base[SQUEEZE_LOAD]) <= STILL_LOAD &&
               fabsf(now[SQUEEZE_APART] - base[SQUEEZE_APART]) <= STILL_APART * fabsf(p->change) + fabsf(p->apart);
}

/* True when the signals were calm for long enough to be a new base. */
static bool has_settled(struct squeeze_detector *d, const struct squeeze_pattern *p, float dt) {
        bool calm = fabsf(d->fast[SQUEEZE_BOTH] - d->slow[SQUEEZE_BOTH]) < 0.25F * fabsf(p->change) &&
                    cop_distance(d->fast, d->slow) < 2.5F;

        d->calm_s = calm ? d->calm_s + dt : 0;
        return d->calm_s >= CALM_S;
}

static void set_base(struct squeeze_detector *d) {
        memcpy(d->base, d->slow, sizeof(d->base));
        enter_phase(d, SQUEEZE_RESTING);
}

/* Two repetitions within the rhythm both count; later ones count at once. */
static void count_repetition(struct squeeze_detector *d) {
        struct squeezes *now = &d->now;

        now->last_s = d->held_s;
        if (isnan(d->lonely_s) || d->lonely_s > SQUEEZE_RHYTHM_S) {
                d->lonely_held_s = d->held_s;
        } else {
                now->reps += d->lonely_held_s > 0 ? 2 : 1;
                now->held_s += d->held_s + d->lonely_held_s;
                d->lonely_held_s = 0;
        }
        d->lonely_s = 0;
}

/* The sitter moved, and the base is not valid any more; a squeeze that was held for long with all else still
 * counts. */
static void abandon_base(struct squeeze_detector *d) {
        if (d->phase == SQUEEZE_HOLDING)
                d->held_s = d->phase_s - d->unrest_s;
        if (d->clean_s >= SURE_S)
                count_repetition(d);
        enter_phase(d, SQUEEZE_RESTLESS);
}

/* True = the sitter fidgets and no squeeze can be detected. It ends when the signals are back at their base, or calm
 * somewhere else. */
static bool is_fidgeting(struct squeeze_detector *d, const struct squeeze_pattern *p, float dt) {
        if (is_still(d, p)) {
                d->unrest_s = d->calm_s = 0;
                return false;
        }
        d->unrest_s += dt;
        if (has_settled(d, p, dt)) {
                abandon_base(d);
                set_base(d);
        } else if (d->unrest_s > FIDGET_S) {
                abandon_base(d);
        }
        return true;
}

static void step_holding(struct squeeze_detector *d, const struct squeeze_pattern *p, float share, float dt) {
        float clean_s;

        if (share > MOST || d->phase_s > SQUEEZE_LONGEST_S) {
                enter_phase(d, SQUEEZE_RESTLESS);
                return;
        }
        if (is_fidgeting(d, p, dt))
                return;
        d->clean_s += share >= BEGINS ? dt : 0;
        d->now.contracting = d->clean_s >= SHORTEST_S;
        if (share >= ENDS)
                return;
        clean_s = d->clean_s;
        d->held_s = d->phase_s;
        enter_phase(d, clean_s >= SHORTEST_S ? SQUEEZE_RELEASED : SQUEEZE_RESTING);
        d->clean_s = clean_s;
}

static void step_released(struct squeeze_detector *d, const struct squeeze_pattern *p, float share, float dt) {
        if (is_fidgeting(d, p, dt) || d->phase_s < BACK_S)
                return;
        if (fabsf(share) <= ENDS) {
                count_repetition(d);
                enter_phase(d, SQUEEZE_RESTING);
        } else {
                enter_phase(d, SQUEEZE_RESTLESS);
        }
}

/* Muscle tightens within a second; slumping takes several. */
static bool is_sudden(const struct squeeze_detector *d, const struct squeeze_pattern *p) {
        return (d->fast[SQUEEZE_BOTH] - d->slow[SQUEEZE_BOTH]) / p->change >= SUDDEN;
}

static void detect_squeeze(struct squeeze_detector *d, const struct squeeze_pattern *p, float dt) {
        float share = (d->fast[SQUEEZE_BOTH] - d->base[SQUEEZE_BOTH]) / p->change;

        d->phase_s += dt;
        d->lonely_s += dt;
        switch (d->phase) {
        case SQUEEZE_RESTLESS:
                if (has_settled(d, p, dt))
                        set_base(d);
                break;
        case SQUEEZE_RESTING:
                if (is_fidgeting(d, p, dt))
                        break;
                if (share >= BEGINS)
                        enter_phase(d, is_sudden(d, p) ? SQUEEZE_HOLDING : SQUEEZE_RESTLESS);
                else if (share < -1)
                        enter_phase(d, SQUEEZE_RESTLESS);
                else if (share < 0.25F)
                        smooth_signals(d->base, d->fast, BASE_S, dt);
                break;
        case SQUEEZE_HOLDING:
                step_holding(d, p, share, dt);
                break;
        case SQUEEZE_RELEASED:
                step_released(d, p, share, dt);
                break;
        }
}

bool squeeze_step(struct squeeze_detector *d, const struct features *f, float dt, struct squeeze_pattern *pattern) {
        float signals[SQUEEZE_SIGNALS];
        bool measured = measure_signals(f, signals), learnt = false;

        if (d->lesson.phase == LEARNING_RUNNING) {
                record_signals(&d->lesson, measured ? signals : NULL, dt);
                learnt = end_lesson(&d->lesson, pattern);
        }
        if (!measured) {
                d->known = false;
                return learnt;
        }
        if (!d->known) {
                memcpy(d->fast, signals, sizeof(d->fast));
                memcpy(d->slow, signals, sizeof(d->slow));
                d->known = true;
                enter_phase(d, SQUEEZE_RESTLESS);
        }
        smooth_signals(d->fast, signals, FAST_S, dt);
        smooth_signals(d->slow, signals, SLOW_S, dt);
        if (pattern->taken)
                detect_squeeze(d, pattern, dt);
        return learnt;
}
