/* SPDX-License-Identifier: MIT */
#include "core/estimate/taught.h"

#include <math.h>
#include <string.h>

static const float OFFSET_SHARE = 0.25F;                       /* of the mean load a cell */
static const float OFFSET_LEAST = 0.01F, OFFSET_EMPTY = 0.05F; /* share of full scale; when nobody sat */
static const float LESSON_GAP_S = 10; /* between two patterns of one lesson at most: slow recordings */
static const float PATTERNS_LEAST = 2;
static const float POOLED = 0.3F, EVEN = 0.1F; /* of the variance: from all postures; from all numbers as well */
static const float AGAIN_VARIANCE = 0.01F;     /* (10 %)^2: sitting down again, after however long a lesson */
static const float SHORT_VARIANCE = 0.03F;     /* after a short one (17 %)^2 more, */
static const float SHORT_S = 30;               /* less after so many seconds; */
static const float BODY_VARIANCE =
        0.015F;                   /* in all, of a pattern fixed to the body: it does not show where one sits */
static const float NU = 4;        /* degrees of freedom: heavy tails */
static const float NONE = 3;      /* a number as it was taught makes 1, one two deviations off 3.5 */
static const float LOADED = 0.2F; /* log units above an unloaded cell: it counts for NONE */

static bool allowed(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool lesson_begin(struct lesson *l, const char *name) {
        size_t n = 0;

        memset(l, 0, sizeof(*l));
        while (n < POSTURE_NAME_MAX && allowed(name[n]))
                n++;
        if (n == 0 || n == POSTURE_NAME_MAX || name[n] != '\0')
                return false;
        memcpy(l->name, name, n);
        return true;
}

static float mean_load(const struct features *f) {
        float sum = 0, n = 0;

        for (uint32_t i = 0; i < f->n_pattern; i++)
                if (!isnan(f->pattern[i])) {
                        sum += f->pattern[i];
                        n++;
                }
        return n > 0 ? sum / n : 0;
}

static void choose_offset(struct profile *p, const struct features *f) {
        float mean = mean_load(f);

        p->pattern_offset = mean >= OFFSET_LEAST ? OFFSET_SHARE * mean : OFFSET_EMPTY;
        p->n_pattern = f->n_pattern;
}

void lesson_add(struct lesson *l, struct profile *profile, const struct features *f) {
        float dt;

        if (f->pattern_at_us == l->at_us)
                return;
        if (profile->n_pattern == 0)
                choose_offset(profile, f);
        dt = l->at_us ? (float)(f->pattern_at_us - l->at_us) * 1e-6F : 0;
        l->seconds += dt < LESSON_GAP_S ? dt : LESSON_GAP_S;
        l->at_us = f->pattern_at_us;
        l->n_pattern = f->n_pattern;
        for (uint32_t i = 0; i < f->n_pattern; i++) {
                float x = logf(f->pattern[i] + profile->pattern_offset), away = x - l->mean[i];

                if (isnan(x))
                        continue;
                l->n[i]++; /* Welford */
                l->mean[i] += away / l->n[i];
                l->m2[i] += away * (x - l->mean[i]);
        }
}

static struct taught_posture *find(struct profile *p, const char *name) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (strncmp(p->taught[i].name, name, POSTURE_NAME_MAX) == 0)
                        return &p->taught[i];
        return NULL;
}

/* Two groups of values into one, weighted by time. */
static void join(struct taught_posture *t, uint32_t i, float mean, float variance, float weight) {
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
        struct taught_posture *t = find(profile, l->name);
        float most = 0, weight;

        for (uint32_t i = 0; i < l->n_pattern; i++)
                most = l->n[i] > most ? l->n[i] : most;
        if (most < PATTERNS_LEAST)
                return COMMAND_UNSTEADY;
        if (profile->n_pattern != l->n_pattern)
                return COMMAND_NO_FRAMES;
        if (!t && !(t = find_free(profile)))
                return COMMAND_OUT_OF_RANGE;
        if (!*t->name) {
                memcpy(t->name, l->name, sizeof(t->name));
                t->seconds = 0;
                for (uint32_t i = 0; i < PATTERN_MAX; i++)
                        t->mean[i] = t->variance[i] = NAN;
        }
        weight = l->seconds / (t->seconds + l->seconds);
        for (uint32_t i = 0; i < l->n_pattern; i++) {
                bool known = l->n[i] >= most / 2;

                join(t, i, known ? l->mean[i] : NAN, known ? l->m2[i] / l->n[i] : NAN, weight);
        }
        t->seconds += l->seconds;
        return COMMAND_OK;
}

bool taught_forget(struct profile *profile, const char *name) {
        struct taught_posture *t = *name ? find(profile, name) : NULL;

        if (!t)
                return false;
        memset(t, 0, sizeof(*t));
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (*profile->taught[i].name)
                        return true;
        profile->n_pattern = 0; /* none left: the next lesson is the first */
        return true;
}

static bool plausible(const struct taught_posture *t, uint32_t n) {
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
        if (profile->n_pattern > PATTERN_MAX ||
            (profile->n_pattern && !(profile->pattern_offset > 0 && profile->pattern_offset <= 1)))
                return false;
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (*profile->taught[i].name &&
                    (!profile->n_pattern || !plausible(&profile->taught[i], profile->n_pattern)))
                        return false;
        return true;
}

/* Of all postures together, number by number; returns the mean over the numbers. */
static float pool(const struct profile *p, float ret[PATTERN_MAX]) {
        float sum = 0, n = 0;

        for (uint32_t i = 0; i < p->n_pattern; i++) {
                float of = 0, known = 0;

                for (int k = 0; k < TAUGHT_MAX; k++)
                        if (*p->taught[k].name && !isnan(p->taught[k].variance[i])) {
                                of += p->taught[k].variance[i];
                                known++;
                        }
                ret[i] = known > 0 ? of / known : 0;
                sum += ret[i];
                n += known > 0;
        }
        return n > 0 ? sum / n : 0;
}

static float again_variance(const struct profile *p, const struct taught_posture *t) {
        return p->n_pattern == PATTERN_BODY ? BODY_VARIANCE
                                            : AGAIN_VARIANCE + SHORT_VARIANCE / (1 + t->seconds / SHORT_S);
}

void recogniser_know(struct recogniser *r, const struct profile *profile) {
        float pooled[PATTERN_MAX], even = EVEN * pool(profile, pooled);

        r->n = 0;
        r->n_pattern = profile->n_pattern;
        r->offset = profile->pattern_offset;
        recogniser_lose(r);
        for (int k = 0; k < TAUGHT_MAX; k++) {
                const struct taught_posture *t = &profile->taught[k];
                float again = again_variance(profile, t);

                if (!*t->name)
                        continue;
                memcpy(r->of[r->n].name, t->name, sizeof(t->name));
                memcpy(r->of[r->n].mean, t->mean, sizeof(t->mean));
                for (uint32_t i = 0; i < r->n_pattern; i++) {
                        float own = (1 - POOLED) * t->variance[i] + POOLED * pooled[i] + even + again;

                        r->of[r->n].variance[i] = own;
                        r->of[r->n].log_variance[i] = logf(own);
                }
                r->n++;
        }
}

void recogniser_lose(struct recogniser *r) {
        r->now = -1;
        r->fit = NAN;
        r->at_us = 0;
}

struct distance {
        float all;    /* per number; what is compared */
        float misfit; /* per loaded number; what "none" goes by */
};

static struct distance distance(const struct recogniser *r, uint32_t k, const float *x) {
        const float *mean = r->of[k].mean, *variance = r->of[k].variance, *log_variance = r->of[k].log_variance;
        const float loaded = logf(r->offset) + LOADED;
        float misfit = 0, all = 0;
        uint32_t n = 0, n_loaded = 0;

        for (uint32_t i = 0; i < r->n_pattern; i++) {
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
        float x[PATTERN_MAX];

        if (r->n == 0 || r->n_pattern != f->n_pattern || r->at_us == f->pattern_at_us)
                return;
        r->at_us = f->pattern_at_us;
        for (uint32_t i = 0; i < f->n_pattern; i++)
                x[i] = logf(f->pattern[i] + r->offset);
        r->now = -1;
        for (uint32_t k = 0; k < r->n; k++) {
                struct distance d = distance(r, k, x);

                if (d.all < least.all) {
                        least = d;
                        r->now = (int32_t)k;
                }
        }
        if (!(least.misfit < NONE))
                r->now = -1;
        r->fit = r->now < 0 ? NAN : 1 - least.misfit / NONE;
}

void recogniser_report(const struct recogniser *r, struct posture *ret) {
        memset(ret->taught, 0, sizeof(ret->taught));
        if (r->now >= 0)
                memcpy(ret->taught, r->of[r->now].name, sizeof(ret->taught));
        ret->taught_fit = r->fit;
}
