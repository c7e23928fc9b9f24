/* SPDX-License-Identifier: MIT */
#include "core/estimate/taught.h"

#include <math.h>
#include <string.h>

static const float OFFSET_SHARE = 0.25F;                       /* of the mean load per cell */
static const float OFFSET_LEAST = 0.01F, OFFSET_EMPTY = 0.05F; /* share of full scale; when nobody sat */
static const float SPREAD_LEAST = 0.01F;                       /* of the offset: a frame without any shape */
static const float LESSON_GAP_S = 10; /* between two fingerprints of one lesson at most: slow recordings */
static const float FINGERPRINTS_LEAST = 2;
static const float POOLED = 0.3F;          /* of the variance: from all postures together */
static const float EVEN = 0.1F;            /* and from all numbers together */
static const float AGAIN_VARIANCE = 0.01F; /* (10 %)^2: sitting down again, after a lesson of any length */
static const float SHORT_VARIANCE = 0.03F; /* (17 %)^2 more after a short lesson, */
static const float SHORT_S = 30;           /* less after this many seconds */
static const float BODY_VARIANCE = 0.015F; /* for all of it, of a fingerprint fixed to the body */
static const float SHAPE_VARIANCE = 0.03F; /* for all of it, of the shape */
static const float SHAPE_WEIGHT = 0.4F;    /* beside the load */
static const float NU = 4;                 /* degrees of freedom: heavy tails */
/* The limit of a misfit, beyond which it is none of the postures. */
static const float LIMIT = 0.5F;          /* for postures that hardly differ, */
static const float LIMIT_APART = 0.5F;    /* more by this share of the misfit between neighbours, */
static const float LIMIT_SHORT = 3;       /* and after a short lesson, */
static const float LIMIT_SHORT_S = 10;    /* less after this many seconds, */
static const float LIMIT_MOST = 5;        /* but not more: a number two deviations off adds 3.5 */
static const float LIMIT_BODY = 3;        /* for all of it, of a fingerprint fixed to the body */
static const float CLEARLY = 0.5F;        /* a better posture by this much is believed at once, */
static const uint64_t DWELL_US = 3000000; /* another one after this time */

static bool is_name_char(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool lesson_begin(struct lesson *l, const char *name) {
        size_t n = 0;

        memset(l, 0, sizeof(*l));
        while (n < POSTURE_NAME_MAX && is_name_char(name[n]))
                n++;
        if (n == 0 || n == POSTURE_NAME_MAX || name[n] != '\0')
                return false;
        memcpy(l->name, name, n);
        return true;
}

static float mean_known(const float *x, uint32_t n) {
        float sum = 0, known = 0;

        for (uint32_t i = 0; i < n; i++)
                if (!isnan(x[i])) {
                        sum += x[i];
                        known++;
                }
        return known > 0 ? sum / known : 0;
}

static void choose_offset(struct profile *p, const struct features *f) {
        float mean = mean_known(f->fingerprint, f->n_fingerprint);

        p->fingerprint_offset = mean >= OFFSET_LEAST ? OFFSET_SHARE * mean : OFFSET_EMPTY;
        p->n_fingerprint = f->n_fingerprint;
}

/* Writes the loads less their mean, in standard deviations of the loads; returns that deviation. NAN stays NAN. */
static float measure_shape(const float *load, uint32_t n, float offset, float *ret) {
        float mean = mean_known(load, n), squares[FINGERPRINT_MAX], spread;

        for (uint32_t i = 0; i < n; i++)
                squares[i] = (load[i] - mean) * (load[i] - mean);
        spread = fmaxf(sqrtf(mean_known(squares, n)), SPREAD_LEAST * offset);
        for (uint32_t i = 0; i < n; i++)
                ret[i] = (load[i] - mean) / spread;
        return spread;
}

/* Adds the n-th value (Welford); the sum of squares stands in place of the variance until the lesson is over. */
static void add_value(struct taught_numbers *t, uint32_t i, float x, float n) {
        float away = x - t->mean[i];

        t->mean[i] += away / n;
        t->variance[i] += away * (x - t->mean[i]);
}

void lesson_add(struct lesson *l, struct profile *profile, const struct features *f) {
        float shape[FINGERPRINT_MAX], dt;

        if (f->fingerprint_at_us == l->at_us)
                return;
        if (profile->n_fingerprint == 0)
                choose_offset(profile, f);
        dt = l->at_us ? (float)(f->fingerprint_at_us - l->at_us) * 1e-6F : 0;
        l->seconds += dt < LESSON_GAP_S ? dt : LESSON_GAP_S;
        l->at_us = f->fingerprint_at_us;
        l->n_fingerprint = f->n_fingerprint;
        measure_shape(f->fingerprint, f->n_fingerprint, profile->fingerprint_offset, shape);
        for (uint32_t i = 0; i < f->n_fingerprint; i++) {
                if (isnan(shape[i]))
                        continue;
                l->n[i]++;
                add_value(&l->load, i, logf(f->fingerprint[i] + profile->fingerprint_offset), l->n[i]);
                add_value(&l->shape, i, shape[i], l->n[i]);
        }
}

static struct taught_posture *find_taught(struct profile *p, const char *name) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (strncmp(p->taught[i].name, name, POSTURE_NAME_MAX) == 0)
                        return &p->taught[i];
        return NULL;
}

static void forget_numbers(struct taught_numbers *t) {
        for (uint32_t i = 0; i < FINGERPRINT_MAX; i++)
                t->mean[i] = t->variance[i] = NAN;
}

/* A file from before shapes were learnt has none: the shape of the mean load takes its place. */
static void complete_shape(struct taught_posture *t, uint32_t n, float offset) {
        float load[FINGERPRINT_MAX] = {0}, spread;

        for (uint32_t i = 0; i < n; i++)
                if (fabsf(t->shape.mean[i]) > 0)
                        return;
        for (uint32_t i = 0; i < n; i++)
                load[i] = expf(t->load.mean[i]) - offset;
        spread = measure_shape(load, n, offset, t->shape.mean);
        for (uint32_t i = 0; i < n; i++) {
                float slope = expf(t->load.mean[i]) / spread;

                t->shape.variance[i] = slope * slope * t->load.variance[i];
        }
}

/* Merges a lesson's numbers with those of earlier ones, weighted by time; those that it has for half of the time. */
static void merge_numbers(struct taught_numbers *t, const struct taught_numbers *add, const struct lesson *l,
                          float most, float weight) {
        for (uint32_t i = 0; i < l->n_fingerprint; i++) {
                float away = add->mean[i] - t->mean[i], variance;

                if (l->n[i] == 0 || l->n[i] < most / 2)
                        continue;
                variance = add->variance[i] / l->n[i];
                if (isnan(t->mean[i])) {
                        t->mean[i] = add->mean[i];
                        t->variance[i] = variance;
                } else {
                        t->mean[i] += weight * away;
                        t->variance[i] += weight * (variance - t->variance[i]) + weight * (1 - weight) * away * away;
                }
        }
}

static struct taught_posture *find_free(struct profile *p) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (!*p->taught[i].name)
                        return &p->taught[i];
        return NULL;
}

enum command_result lesson_learn(const struct lesson *l, struct profile *profile) {
        struct taught_posture *t = find_taught(profile, l->name);
        float most = 0, weight;

        for (uint32_t i = 0; i < l->n_fingerprint; i++)
                most = l->n[i] > most ? l->n[i] : most;
        if (most < FINGERPRINTS_LEAST)
                return COMMAND_UNSTEADY;
        if (profile->n_fingerprint != l->n_fingerprint)
                return COMMAND_NO_FRAMES;
        if (!t && !(t = find_free(profile)))
                return COMMAND_OUT_OF_RANGE;
        if (!*t->name) {
                memcpy(t->name, l->name, sizeof(t->name));
                t->seconds = 0;
                forget_numbers(&t->load);
                forget_numbers(&t->shape);
        }
        complete_shape(t, l->n_fingerprint, profile->fingerprint_offset);
        weight = l->seconds / (t->seconds + l->seconds);
        merge_numbers(&t->load, &l->load, l, most, weight);
        merge_numbers(&t->shape, &l->shape, l, most, weight);
        t->seconds += l->seconds;
        return COMMAND_OK;
}

bool taught_remove(struct profile *profile, const char *name) {
        struct taught_posture *t = *name ? find_taught(profile, name) : NULL;

        if (!t)
                return false;
        memset(t, 0, sizeof(*t));
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (*profile->taught[i].name)
                        return true;
        profile->n_fingerprint = 0; /* none left: the next lesson is the first */
        return true;
}

static bool are_plausible(const struct taught_numbers *t, uint32_t n) {
        for (uint32_t i = 0; i < n; i++)
                if (isnan(t->mean[i]) != isnan(t->variance[i]) || isinf(t->mean[i]) || isinf(t->variance[i]) ||
                    t->variance[i] < 0)
                        return false;
        return true;
}

static bool is_plausible(const struct taught_posture *t, uint32_t n) {
        struct lesson l;

        return lesson_begin(&l, t->name) && t->seconds > 0 && isfinite(t->seconds) && are_plausible(&t->load, n) &&
               are_plausible(&t->shape, n);
}

bool taught_plausible(const struct profile *profile) {
        if (profile->n_fingerprint > FINGERPRINT_MAX ||
            (profile->n_fingerprint && !(profile->fingerprint_offset > 0 && profile->fingerprint_offset <= 1)))
                return false;
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (*profile->taught[i].name &&
                    (!profile->n_fingerprint || !is_plausible(&profile->taught[i], profile->n_fingerprint)))
                        return false;
        return true;
}

/* ---- recognising ---- */

/* Variance of sitting down again. */
static float again_variance(const struct recogniser *r, float seconds) {
        return r->n_fingerprint == FINGERPRINT_BODY ? BODY_VARIANCE
                                                    : AGAIN_VARIANCE + SHORT_VARIANCE / (1 + seconds / SHORT_S);
}

/* Adds to the variances of one view of all postures a share of what all have, and what a lesson cannot show. */
static void widen_variances(struct recogniser *r, struct taught_numbers *const of[TAUGHT_MAX], const float *floor) {
        float pooled[FINGERPRINT_MAX], even = 0, n = 0;

        for (uint32_t i = 0; i < r->n_fingerprint; i++) {
                float sum = 0, known = 0;

                for (uint32_t k = 0; k < r->n; k++)
                        if (!isnan(of[k]->variance[i])) {
                                sum += of[k]->variance[i];
                                known++;
                        }
                pooled[i] = known > 0 ? sum / known : 0;
                even += pooled[i];
                n += known > 0;
        }
        even = n > 0 ? EVEN * even / n : 0;
        for (uint32_t k = 0; k < r->n; k++) {
                float *variance = of[k]->variance;

                for (uint32_t i = 0; i < r->n_fingerprint; i++)
                        variance[i] = (1 - POOLED) * variance[i] + POOLED * pooled[i] + even + floor[k];
        }
}

/* Student's t, the mean over the numbers that are known. */
static float measure_view(const struct taught_numbers *t, const float *x, uint32_t n) {
        float sum = 0, known = 0;

        for (uint32_t i = 0; i < n; i++) {
                float away = x[i] - t->mean[i];

                if (isnan(away))
                        continue;
                sum += log1pf(away * away / (NU * t->variance[i]));
                known++;
        }
        return known > 0 ? (NU + 1) * sum / known : INFINITY;
}

static float measure_misfit(const struct recogniser *r, uint32_t k, const float *load, const float *shape) {
        return measure_view(&r->of[k].load, load, r->n_fingerprint) +
               SHAPE_WEIGHT * measure_view(&r->of[k].shape, shape, r->n_fingerprint);
}

/* The misfit of each posture as its nearest neighbour sees it, the mean. */
static float measure_apart(const struct recogniser *r) {
        float sum = 0;

        for (uint32_t k = 0; k < r->n; k++) {
                float least = INFINITY;

                for (uint32_t i = 0; i < r->n; i++)
                        if (i != k)
                                least = fminf(least, measure_misfit(r, i, r->of[k].load.mean, r->of[k].shape.mean));
                sum += least;
        }
        return r->n ? sum / (float)r->n : 0;
}

static float mean_log_variance(const struct taught_numbers *t, uint32_t n) {
        float logs[FINGERPRINT_MAX];

        for (uint32_t i = 0; i < n; i++)
                logs[i] = logf(t->variance[i]);
        return mean_known(logs, n);
}

/* After the variances: what is compared with a distance. */
static void rank_posture(struct recogniser *r, uint32_t k, float seconds) {
        const float limit = LIMIT + LIMIT_APART * r->apart + LIMIT_SHORT / (1 + seconds / LIMIT_SHORT_S);

        r->of[k].limit = r->n_fingerprint == FINGERPRINT_BODY ? LIMIT_BODY : fminf(limit, LIMIT_MOST);
        r->of[k].rank = mean_log_variance(&r->of[k].load, r->n_fingerprint) +
                        SHAPE_WEIGHT * mean_log_variance(&r->of[k].shape, r->n_fingerprint);
}

void recogniser_load(struct recogniser *r, const struct profile *profile) {
        struct taught_numbers *load[TAUGHT_MAX], *shape[TAUGHT_MAX];
        float seconds[TAUGHT_MAX], again[TAUGHT_MAX], reshaped[TAUGHT_MAX];

        r->n = 0;
        r->n_fingerprint = profile->n_fingerprint;
        r->offset = profile->fingerprint_offset;
        recogniser_reset(r);
        for (int i = 0; i < TAUGHT_MAX; i++) {
                struct taught_posture t = profile->taught[i];
                const uint32_t k = r->n;

                if (!*t.name)
                        continue;
                complete_shape(&t, r->n_fingerprint, r->offset);
                memcpy(r->of[k].name, t.name, sizeof(t.name));
                r->of[k].load = t.load;
                r->of[k].shape = t.shape;
                load[k] = &r->of[k].load;
                shape[k] = &r->of[k].shape;
                seconds[k] = t.seconds;
                again[k] = again_variance(r, t.seconds);
                reshaped[k] = SHAPE_VARIANCE;
                r->n++;
        }
        widen_variances(r, load, again);
        widen_variances(r, shape, reshaped);
        r->apart = measure_apart(r);
        for (uint32_t k = 0; k < r->n; k++)
                rank_posture(r, k, seconds[k]);
        r->notices_untaught = r->n > 0;
        for (uint32_t k = 0; k < r->n; k++)
                r->notices_untaught = r->notices_untaught && r->of[k].limit < r->apart;
}

void recogniser_reset(struct recogniser *r) {
        r->now = r->next = -1;
        r->at_us = r->next_us = 0;
}

/* Is the posture that fits best so much better than the present one that there is no need to wait? */
static bool is_clear(const struct recogniser *r, const float *misfit, int32_t best) {
        if (best < 0)
                return !(misfit[r->now] < 2 * r->of[r->now].limit);
        if (r->now < 0)
                return misfit[best] < r->of[best].limit / 2;
        return misfit[r->now] + r->of[r->now].rank - misfit[best] - r->of[best].rank > CLEARLY;
}

static void choose_posture(struct recogniser *r, const float *misfit, int32_t best, bool first) {
        if (best != r->next) {
                r->next = best;
                r->next_us = r->at_us;
        }
        if (best != r->now && (first || r->at_us - r->next_us >= DWELL_US || is_clear(r, misfit, best)))
                r->now = best;
}

void recogniser_step(struct recogniser *r, const struct features *f) {
        float load[FINGERPRINT_MAX], shape[FINGERPRINT_MAX], misfit[TAUGHT_MAX];
        const bool first = r->at_us == 0;
        int32_t best = 0;

        if (r->n == 0 || r->n_fingerprint != f->n_fingerprint || r->at_us == f->fingerprint_at_us)
                return;
        r->at_us = f->fingerprint_at_us;
        for (uint32_t i = 0; i < f->n_fingerprint; i++)
                load[i] = logf(f->fingerprint[i] + r->offset);
        measure_shape(f->fingerprint, f->n_fingerprint, r->offset, shape);
        for (uint32_t k = 0; k < r->n; k++) {
                misfit[k] = measure_misfit(r, k, load, shape);
                if (misfit[k] + r->of[k].rank < misfit[best] + r->of[best].rank)
                        best = (int32_t)k;
        }
        choose_posture(r, misfit, misfit[best] < r->of[best].limit ? best : -1, first);
}

void recogniser_report(const struct recogniser *r, struct posture *ret) {
        memset(ret->taught, 0, sizeof(ret->taught));
        if (r->now >= 0)
                memcpy(ret->taught, r->of[r->now].name, sizeof(ret->taught));
}
