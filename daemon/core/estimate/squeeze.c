/* SPDX-License-Identifier: MIT */
#include "core/estimate/squeeze.h"

#include <math.h>
#include <string.h>

/* The beat of the lesson, and what of each part counts: hand and mind take most of a second to follow. */
static const float REST_S = 4, HOLD_S = 4, SKIP_S = 1.3F, KNOWN_SHARE = 0.6F;
/* A lesson is believed when four of five squeezes show a third of their median at least, that is twice what rests
 * differ by, and both sides take part. Medians, since who is taught may fidget once. */
static const float CHANGE_LEAST = 0.03F, EACH_LEAST = 0.35F, NOISE_TIMES = 2, COP_MOST_MM = 10;
enum { GOOD_LEAST = SQUEEZE_LESSONS - 1 };

static const float FAST_S = 0.2F, SLOW_S = 1, BASE_S = 3;
static const float CALM_S = 1.5F;
static const float BEGINS = 0.5F, ENDS = 0.35F, MOST = 2.5F, SUDDEN = 0.2F; /* of the learnt change */
static const float FIDGET_S = 4; /* out and back again: what was before still counts */
static const float SHORTEST_S = 0.8F, SURE_S = 2, SQUEEZE_LONGEST_S = 15, BACK_S = 0.6F, SQUEEZE_RHYTHM_S = 20;
static const float STILL_COP_MM = 5, STILL_LOAD = 0.09F, STILL_APART = 0.5F; /* the last: of the learnt change */

static bool take_signals(const struct features *f, float ret[SQUEEZE_SIGNALS]) {
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

void squeeze_learn(struct squeeze_watch *w) {
        memset(&w->lesson, 0, sizeof(w->lesson));
        w->lesson.phase = LEARNING_GATHERS;
}

void squeeze_lose(struct squeeze_watch *w, enum command_result why) {
        struct squeeze_lesson lesson = w->lesson;

        if (lesson.phase == LEARNING_GATHERS) {
                lesson.phase = LEARNING_REFUSED;
                lesson.why = why;
        }
        memset(w, 0, sizeof(*w));
        w->lesson = lesson;
        w->lonely_s = NAN;
}

enum squeeze_cue squeeze_cue(const struct squeeze_lesson *l, float *ret_left_s, uint32_t *ret_round) {
        const float beat = HOLD_S + REST_S, in = l->at_s - REST_S;
        const float at = in < 0 ? 0 : fmodf(in, beat);

        *ret_left_s = 0;
        *ret_round = 0;
        if (l->phase != LEARNING_GATHERS)
                return SQUEEZE_NO_CUE;
        *ret_round = in < 0 ? 0 : (uint32_t)(in / beat) + 1;
        *ret_left_s = in < 0 ? -in : at < HOLD_S ? HOLD_S - at : beat - at;
        return in >= 0 && at < HOLD_S ? SQUEEZE_CUE_HOLD : SQUEEZE_CUE_REST;
}

static void listen(struct squeeze_lesson *l, const float *signals, float dt) {
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

static bool all_heard(const struct squeeze_lesson *l) {
        for (int i = 0; i <= SQUEEZE_LESSONS; i++)
                if (l->rest[i].seconds < KNOWN_SHARE * (REST_S - SKIP_S) ||
                    (i < SQUEEZE_LESSONS && l->hold[i].seconds < KNOWN_SHARE * (HOLD_S - SKIP_S)))
                        return false;
        return true;
}

static float mean_of(const struct squeeze_window *w, int i) {
        return w->sum[i] / w->seconds;
}

/* Change against the rests on both sides. */
static float change(const struct squeeze_lesson *l, int round, int i) {
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
                each[k] = change(l, k, i);
        return median(each, SQUEEZE_LESSONS);
}

/* From a median of distances to a standard deviation, for the normal distribution. */
static const float MEDIAN_TO_SD = 1.4826F;

/* A rest against the mean of its neighbours: what there is without a squeeze. */
static float rest_noise(const struct squeeze_lesson *l) {
        float away[SQUEEZE_LESSONS - 1];

        for (int k = 1; k < SQUEEZE_LESSONS; k++)
                away[k - 1] =
                        fabsf(mean_of(&l->rest[k], SQUEEZE_BOTH) -
                              (mean_of(&l->rest[k - 1], SQUEEZE_BOTH) + mean_of(&l->rest[k + 1], SQUEEZE_BOTH)) / 2);
        return MEDIAN_TO_SD * median(away, SQUEEZE_LESSONS - 1);
}

static bool tell_apart(const struct squeeze_lesson *l, struct squeeze_pattern *ret) {
        const float change_now = median_change(l, SQUEEZE_BOTH);
        float away[SQUEEZE_LESSONS];
        int good = 0;

        for (int k = 0; k < SQUEEZE_LESSONS; k++) {
                float one = change(l, k, SQUEEZE_BOTH);

                good += one / change_now >= EACH_LEAST;
                away[k] = fabsf(one - change_now);
        }
        *ret = (struct squeeze_pattern){
                .taken = 1,
                .change = change_now,
                .spread = MEDIAN_TO_SD * median(away, SQUEEZE_LESSONS),
                .noise = rest_noise(l),
                .apart = median_change(l, SQUEEZE_APART),
                .cop_mm = hypotf(median_change(l, SQUEEZE_COP_X), median_change(l, SQUEEZE_COP_Y)),
        };
        return fabsf(change_now) >= CHANGE_LEAST && good >= GOOD_LEAST &&
               fabsf(change_now) >= NOISE_TIMES * ret->noise && fabsf(ret->apart) < fabsf(change_now) &&
               ret->cop_mm <= COP_MOST_MM;
}

/* True = learnt. */
static bool end_lesson(struct squeeze_lesson *l, struct squeeze_pattern *pattern) {
        struct squeeze_pattern learnt;

        if (l->at_s < REST_S + SQUEEZE_LESSONS * (HOLD_S + REST_S) - 1e-3F)
                return false;
        l->phase = LEARNING_REFUSED;
        l->why = COMMAND_UNSTEADY;
        if (!all_heard(l))
                return false;
        l->why = COMMAND_NOT_APART;
        if (!tell_apart(l, &learnt))
                return false;
        l->phase = LEARNING_DONE;
        l->why = COMMAND_OK;
        *pattern = learnt;
        return true;
}

/* --- watching --- */

static void ease(float *value, const float *to, float tau_s, float dt) {
        for (int i = 0; i < SQUEEZE_SIGNALS; i++)
                value[i] += dt / (tau_s + dt) * (to[i] - value[i]);
}

static void enter(struct squeeze_watch *w, enum squeeze_phase phase) {
        w->phase = phase;
        w->phase_s = 0;
        w->calm_s = w->unrest_s = w->clean_s = 0;
        w->now.contracting = phase == SQUEEZE_HOLDING && w->now.contracting;
}

static float cop_off(const float *a, const float *b) {
        return hypotf(a[SQUEEZE_COP_X] - b[SQUEEZE_COP_X], a[SQUEEZE_COP_Y] - b[SQUEEZE_COP_Y]);
}

/* All but the squeeze itself is where it was. */
static bool still(const struct squeeze_watch *w, const struct squeeze_pattern *p) {
        const float *now = w->fast, *base = w->base;

        return cop_off(now, base) <= STILL_COP_MM + 2 * p->cop_mm &&
               fabsf(now[SQUEEZE_LOAD] - base[SQUEEZE_LOAD]) <= STILL_LOAD &&
               fabsf(now[SQUEEZE_APART] - base[SQUEEZE_APART]) <= STILL_APART * fabsf(p->change) + fabsf(p->apart);
}

/* Calm for long enough: so it is now, and what comes is held against it. */
static bool settles(struct squeeze_watch *w, const struct squeeze_pattern *p, float dt) {
        bool calm = fabsf(w->fast[SQUEEZE_BOTH] - w->slow[SQUEEZE_BOTH]) < 0.25F * fabsf(p->change) &&
                    cop_off(w->fast, w->slow) < 2.5F;

        w->calm_s = calm ? w->calm_s + dt : 0;
        return w->calm_s >= CALM_S;
}

static void rest(struct squeeze_watch *w) {
        memcpy(w->base, w->slow, sizeof(w->base));
        enter(w, SQUEEZE_RESTING);
}

/* Two within the rhythm count both; later ones count at once. */
static void count(struct squeeze_watch *w) {
        struct squeezes *now = &w->now;

        now->last_s = w->held_s;
        if (isnan(w->lonely_s) || w->lonely_s > SQUEEZE_RHYTHM_S) {
                w->lonely_held_s = w->held_s;
        } else {
                now->reps += 1 + (w->lonely_held_s > 0);
                now->held_s += w->held_s + w->lonely_held_s;
                w->lonely_held_s = 0;
        }
        w->lonely_s = 0;
}

/* The sitter moved, and nothing of before counts any more: but a squeeze that was held for long with all else still. */
static void give_up(struct squeeze_watch *w) {
        if (w->phase == SQUEEZE_HOLDING)
                w->held_s = w->phase_s - w->unrest_s;
        if (w->clean_s >= SURE_S)
                count(w);
        enter(w, SQUEEZE_RESTLESS);
}

/* True: nothing can be said now. It is over when the sitter is back where he was, or calm somewhere else. */
static bool fidgets(struct squeeze_watch *w, const struct squeeze_pattern *p, float dt) {
        if (still(w, p)) {
                w->unrest_s = w->calm_s = 0;
                return false;
        }
        w->unrest_s += dt;
        if (settles(w, p, dt)) {
                give_up(w);
                rest(w);
        } else if (w->unrest_s > FIDGET_S) {
                give_up(w);
        }
        return true;
}

static void hold(struct squeeze_watch *w, const struct squeeze_pattern *p, float share, float dt) {
        float clean_s;

        if (share > MOST || w->phase_s > SQUEEZE_LONGEST_S) {
                enter(w, SQUEEZE_RESTLESS);
                return;
        }
        if (fidgets(w, p, dt))
                return;
        w->clean_s += share >= BEGINS ? dt : 0;
        w->now.contracting = w->clean_s >= SHORTEST_S;
        if (share >= ENDS)
                return;
        clean_s = w->clean_s;
        w->held_s = w->phase_s;
        enter(w, clean_s >= SHORTEST_S ? SQUEEZE_RELEASED : SQUEEZE_RESTING);
        w->clean_s = clean_s;
}

static void release(struct squeeze_watch *w, const struct squeeze_pattern *p, float share, float dt) {
        if (fidgets(w, p, dt) || w->phase_s < BACK_S)
                return;
        if (fabsf(share) <= ENDS) {
                count(w);
                enter(w, SQUEEZE_RESTING);
        } else {
                enter(w, SQUEEZE_RESTLESS);
        }
}

/* Muscle tightens within a second; who slumps takes several. */
static bool sudden(const struct squeeze_watch *w, const struct squeeze_pattern *p) {
        return (w->fast[SQUEEZE_BOTH] - w->slow[SQUEEZE_BOTH]) / p->change >= SUDDEN;
}

static void watch(struct squeeze_watch *w, const struct squeeze_pattern *p, float dt) {
        float share = (w->fast[SQUEEZE_BOTH] - w->base[SQUEEZE_BOTH]) / p->change;

        w->phase_s += dt;
        w->lonely_s += dt;
        switch (w->phase) {
        case SQUEEZE_RESTLESS:
                if (settles(w, p, dt))
                        rest(w);
                break;
        case SQUEEZE_RESTING:
                if (fidgets(w, p, dt))
                        break;
                if (share >= BEGINS)
                        enter(w, sudden(w, p) ? SQUEEZE_HOLDING : SQUEEZE_RESTLESS);
                else if (share < -1)
                        enter(w, SQUEEZE_RESTLESS);
                else if (share < 0.25F)
                        ease(w->base, w->fast, BASE_S, dt);
                break;
        case SQUEEZE_HOLDING:
                hold(w, p, share, dt);
                break;
        case SQUEEZE_RELEASED:
                release(w, p, share, dt);
                break;
        }
}

bool squeeze_step(struct squeeze_watch *w, const struct features *f, float dt, struct squeeze_pattern *pattern) {
        float signals[SQUEEZE_SIGNALS];
        bool heard = take_signals(f, signals), learnt = false;

        if (w->lesson.phase == LEARNING_GATHERS) {
                listen(&w->lesson, heard ? signals : NULL, dt);
                learnt = end_lesson(&w->lesson, pattern);
        }
        if (!heard) {
                w->known = false;
                return learnt;
        }
        if (!w->known) {
                memcpy(w->fast, signals, sizeof(w->fast));
                memcpy(w->slow, signals, sizeof(w->slow));
                w->known = true;
                enter(w, SQUEEZE_RESTLESS);
        }
        ease(w->fast, signals, FAST_S, dt);
        ease(w->slow, signals, SLOW_S, dt);
        if (pattern->taken)
                watch(w, pattern, dt);
        return learnt;
}
