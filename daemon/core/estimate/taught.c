/* SPDX-License-Identifier: MIT */
#include "core/estimate/taught.h"

#include <math.h>
#include <string.h>

static const float OFFSET_SHARE = 0.25F;                       /* of the mean load per cell */
static const float OFFSET_LEAST = 0.01F, OFFSET_EMPTY = 0.05F; /* share of full scale; when nobody sat */
static const float LESSON_GAP_S = 10; /* between two fingerprints of one lesson at most: slow recordings */
static const float FINGERPRINTS_LEAST = 2;
static const float POOLED = 0.3F;          /* of the variance: from all postures together */
static const float EVEN = 0.1F;            /* and from all numbers together */
static const float AGAIN_VARIANCE = 0.01F; /* (10 %)^2: sitting down again, after a lesson of any length */
static const float SHORT_VARIANCE = 0.03F; /* (17 %)^2 more after a short lesson, */
static const float SHORT_S = 30;           /* less after this many seconds */
static const float BODY_VARIANCE = 0.015F; /* for all of it, of a fingerprint fixed to the body */
static const float NU = 4;                 /* degrees of freedom: heavy tails */
static const float NONE = 3;               /* a number as it was taught scores 1, one two deviations off 3.5 */
static const float LOADED = 0.2F;          /* log units above an unloaded cell: it counts for NONE */

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

static float mean_load(const struct features *f) {
        float sum = 0, n = 0;

        for (uint32_t i = 0; i < f->n_fingerprint; i++)
                if (!isnan(f->fingerprint[i])) {
                        sum += f->fingerprint[i];
                        n++;
                }
        return n > 0 ? sum / n : 0;
}

static void choose_offset(struct profile *p, const struct features *f) {
        float mean = mean_load(f);

        p->fingerprint_offset = mean >= OFFSET_LEAST ? OFFSET_SHARE * mean : OFFSET_EMPTY;
        p->n_fingerprint = f->n_fingerprint;
}

void lesson_add(struct lesson *l, struct profile *profile, const struct features *f) {
        float dt;

        if (f->fingerprint_at_us == l->at_us)
                return;
        if (profile->n_fingerprint == 0)
                choose_offset(profile, f);
        dt = l->at_us ? (float)(f->fingerprint_at_us - l->at_us) * 1e-6F : 0;
        l->seconds += dt < LESSON_GAP_S ? dt : LESSON_GAP_S;
        l->at_us = f->fingerprint_at_us;
        l->n_fingerprint = f->n_fingerprint;
        for (uint32_t i = 0; i < f->n_fingerprint; i++) {
                float x = logf(f->fingerprint[i] + profile->fingerprint_offset), away = x - l->mean[i];

                if (isnan(x))
                        continue;
                l->n[i]++; /* Welford */
                l->mean[i] += away / l->n[i];
                l->m2[i] += away * (x - l->mean[i]);
        }
}

static struct taught_posture *find_taught(struct profile *p, const char *name) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (strncmp(p->taught[i].name, name, POSTURE_NAME_MAX) == 0)
                        return &p->taught[i];
        return NULL;
}

/* Merges two groups of values, weighted by time. */
static void merge_number(struct taught_posture *t, uint32_t i, float mean, float variance, float weight) {
        float away = mean - t->mean[i];

        if (isnan(t->mean[i])) {
                t->mean[i] = mean;
                t->variance[i] = variance;
        } else if (!isnan(mean)) {
                t->mean[i] += weight * away;
                t->variance[i] += weight * (variance - t->variance[i]) + weight * (1 - weight) * away * away;
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
                for (uint32_t i = 0; i < FINGERPRINT_MAX; i++)
                        t->mean[i] = t->variance[i] = NAN;
        }
        weight = l->seconds / (t->seconds + l->seconds);
        for (uint32_t i = 0; i < l->n_fingerprint; i++) {
                bool known = l->n[i] >= most / 2;

                merge_number(t, i, known ? l->mean[i] : NAN, known ? l->m2[i] / l->n[i] : NAN, weight);
        }
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

static bool is_plausible(const struct taught_posture *t, uint32_t n) {
        struct lesson l;

        if (!lesson_begin(&l, t->name) || !(t->seconds > 0 && isfinite(t->seconds)))
                return false;
        for (uint32_t i = 0; i < n; i++)
                if (isnan(t->mean[i]) != isnan(t->variance[i]) || isinf(t->mean[i]) || isinf(t->variance[i]) ||
                    t->variance[i] < 0)
                        return false;
        return true;
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

/* Mean variance of all postures, number by number; returns the mean over the numbers. */
static float pool_variances(const struct profile *p, float ret[FINGERPRINT_MAX]) {
        float sum = 0, n = 0;

        for (uint32_t i = 0; i < p->n_fingerprint; i++) {
                float variance = 0, known = 0;

                for (int k = 0; k < TAUGHT_MAX; k++)
                        if (*p->taught[k].name && !isnan(p->taught[k].variance[i])) {
                                variance += p->taught[k].variance[i];
                                known++;
                        }
                ret[i] = known > 0 ? variance / known : 0;
                sum += ret[i];
                n += known > 0;
        }
        return n > 0 ? sum / n : 0;
}

/* Variance of sitting down again. */
static float again_variance(const struct profile *p, const struct taught_posture *t) {
        return p->n_fingerprint == FINGERPRINT_BODY ? BODY_VARIANCE
                                                    : AGAIN_VARIANCE + SHORT_VARIANCE / (1 + t->seconds / SHORT_S);
}

void recogniser_load(struct recogniser *r, const struct profile *profile) {
        float pooled[FINGERPRINT_MAX], even = EVEN * pool_variances(profile, pooled);

        r->n = 0;
        r->n_fingerprint = profile->n_fingerprint;
        r->offset = profile->fingerprint_offset;
        recogniser_reset(r);
        for (int k = 0; k < TAUGHT_MAX; k++) {
                const struct taught_posture *t = &profile->taught[k];
                float again = again_variance(profile, t);

                if (!*t->name)
                        continue;
                memcpy(r->of[r->n].name, t->name, sizeof(t->name));
                memcpy(r->of[r->n].mean, t->mean, sizeof(t->mean));
                for (uint32_t i = 0; i < r->n_fingerprint; i++) {
                        float own = (1 - POOLED) * t->variance[i] + POOLED * pooled[i] + even + again;

                        r->of[r->n].variance[i] = own;
                        r->of[r->n].log_variance[i] = logf(own);
                }
                r->n++;
        }
}

void recogniser_reset(struct recogniser *r) {
        r->now = -1;
        r->at_us = 0;
}

struct distance {
        float all;    /* per number: the postures are compared by it */
        float misfit; /* per loaded number: decides whether it is none of them */
};

static struct distance measure_distance(const struct recogniser *r, uint32_t k, const float *x) {
        const float *mean = r->of[k].mean, *variance = r->of[k].variance, *log_variance = r->of[k].log_variance;
        const float loaded = logf(r->offset) + LOADED;
        float misfit = 0, all = 0;
        uint32_t n = 0, n_loaded = 0;

        for (uint32_t i = 0; i < r->n_fingerprint; i++) {
                float away = x[i] - mean[i], d;

                if (isnan(away))
                        continue;
                d = (NU + 1) * log1pf(away * away / (NU * variance[i]));
                misfit += d;
                all += d + log_variance[i];
                n++;
                n_loaded += x[i] > loaded || mean[i] > loaded;
        }
        if (n == 0)
                return (struct distance){INFINITY, INFINITY};
        return (struct distance){all / (float)n, misfit / (float)(n_loaded ? n_loaded : 1)};
}

void recogniser_step(struct recogniser *r, const struct features *f) {
        struct distance least = {INFINITY, INFINITY};
        float x[FINGERPRINT_MAX];

        if (r->n == 0 || r->n_fingerprint != f->n_fingerprint || r->at_us == f->fingerprint_at_us)
                return;
        r->at_us = f->fingerprint_at_us;
        for (uint32_t i = 0; i < f->n_fingerprint; i++)
                x[i] = logf(f->fingerprint[i] + r->offset);
        r->now = -1;
        for (uint32_t k = 0; k < r->n; k++) {
                struct distance d = measure_distance(r, k, x);

                if (d.all < least.all) {
                        least = d;
                        r->now = (int32_t)k;
                }
        }
        if (!(least.misfit < NONE))
                r->now = -1;
}

void recogniser_report(const struct recogniser *r, struct posture *ret) {
        memset(ret->taught, 0, sizeof(ret->taught));
        if (r->now >= 0)
                memcpy(ret->taught, r->of[r->now].name, sizeof(ret->taught));
}
