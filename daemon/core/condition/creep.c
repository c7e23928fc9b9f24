/* SPDX-License-Identifier: MIT */
#include "core/condition/creep.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "util/minmax.h"

static const float LAG_S[CREEP_LAGS] = {6, 60, 600};
static const float LET_GO = 4;      /* decay, times faster than the build-up */
static const float START = 0.1F;    /* constant of an unknown mat: between foils and commercial mats */
static const float MOST = 0.5F;     /* constant: twice the largest ever measured */
static const float CHANGED = 0.05F; /* of the load: a larger change in two seconds is no creep */
static const float RECENT_S = 2;
static const float UNKNOWN_SD = 0.1F; /* of the constant of an unknown mat */
static const float KNOWN_SD = 0.05F;  /* of a known mat, from one press to another */
static const float RESTLESS = 0.02F;  /* SD about the curve, share of the load: with more somebody is moving */
static const float ALIKE_S = 5;       /* people sway slowly: readings this far apart are independent */
static const float SHORT_S = 15;      /* a shorter stretch proves nothing */
static const float STRETCH_S = 300;   /* after that the age hardly grows, but people do slide */
static const float SILENCE_S = 1;     /* the moment at which the load came in a longer one is unknown */
static const float OLD = 2.5F;        /* age: a load that has lain for most of an hour shows only noise */
static const float LEAST = 0.05F;     /* cells at full scale: less load proves nothing */

/* Sums over all cells, in cells at full scale. */
struct sums {
        float reading, load, aged; /* aged: load times age */
};

void creep_init(struct creep *c, uint32_t n_cells) {
        memset(c, 0, offsetof(struct creep, share));
        for (uint32_t i = 0; i < n_cells; i++)
                c->share[i] = 1;
        for (int k = 0; k < CREEP_LAGS; k++)
                memset(c->lag[k], 0, n_cells * sizeof(float));
        c->n_cells = n_cells;
        c->constant = c->prior = START;
}

bool creep_recall(struct creep *c, float constant) {
        if (!(constant >= 0 && constant <= MOST))
                return false;
        c->constant = c->prior = constant;
        c->learnt = true;
        return true;
}

void creep_remove(const struct creep *c, float *restrict reading) {
        const float *restrict share = c->share;
        const uint32_t n = c->n_cells;

        for (uint32_t i = 0; i < n; i++)
                reading[i] *= share[i];
}

/* Updates one lag of all cells and adds its squares to the age. */
static void update_lag(float *restrict lag, const float *restrict reading, float *restrict squares, uint32_t n,
                       float up, float down) {
        for (uint32_t i = 0; i < n; i++) {
                const float change = reading[i] - lag[i], old = lag[i] < reading[i] ? lag[i] : reading[i];

                lag[i] += change * (change > 0 ? up : down);
                squares[i] += old * old;
        }
}

/* Divides twice for every cell, so that the loop vectorises: a branch costs more. */
static void compute_age_and_share(const float *restrict reading, float *restrict age, float *restrict share,
                                  uint32_t n, float constant) {
        for (uint32_t i = 0; i < n; i++) {
                const float y = reading[i], divisor = y > 1e-12F ? y * y : 1; /* the square of less may be 0 */

                age[i] = y > 1e-12F ? age[i] / divisor : 0;
                share[i] = 1 / (1 + constant * age[i]);
        }
}

static struct sums update_lags(struct creep *c, const float *restrict reading, float dt) {
        struct sums sums = {0};
        float age[CELLS_MAX];

        memset(age, 0, c->n_cells * sizeof(float));
        for (int k = 0; k < CREEP_LAGS; k++)
                update_lag(c->lag[k], reading, age, c->n_cells, 1 - expf(-dt / LAG_S[k]),
                           1 - expf(-dt * LET_GO / LAG_S[k]));
        compute_age_and_share(reading, age, c->share, c->n_cells, c->constant);
        for (uint32_t i = 0; i < c->n_cells; i++) {
                const float load = reading[i] * c->share[i];

                sums.reading += reading[i];
                sums.load += load;
                sums.aged += load * age[i];
        }
        return sums;
}

/* Least squares over the stretch, combined with the prior by the variance of either. */
static float fit_constant(const struct creep *c) {
        const struct creep_stretch *s = &c->stretch;
        const float known = c->learnt ? KNOWN_SD * KNOWN_SD : UNKNOWN_SD * UNKNOWN_SD;
        float slope, fresh, measured, scatter, variance;

        if (s->length_s < SHORT_S || !(s->age2 > 0))
                return c->constant;
        slope = s->both / s->age2;
        fresh = s->reading - slope * s->age;
        if (!(fresh > 0))
                return c->constant;
        measured = slope / fresh;
        scatter = max_f(s->reading2 - slope * s->both, 0) / s->length_s;
        variance = ALIKE_S * scatter / (s->age2 * fresh * fresh);
        if (scatter > RESTLESS * RESTLESS || measured < -KNOWN_SD || measured > MOST + KNOWN_SD)
                return c->constant;
        return min_f(max_f(c->prior + (measured - c->prior) * known / (known + variance), 0), MOST);
}

static void begin_stretch(struct creep *c, const struct sums *now) {
        c->learnt = c->learnt || c->constant != c->prior;
        c->prior = c->constant;
        c->stretch = (struct creep_stretch){.open = now->load > LEAST, .first = now->load, .recent = now->reading};
}

static void learn_constant(struct creep *c, const struct sums *now, bool still, float dt) {
        struct creep_stretch *s = &c->stretch;
        float share, age, reading;

        if (!s->open || !still || !(fabsf(now->reading - s->recent) < CHANGED * s->recent)) {
                begin_stretch(c, now);
                return;
        }
        s->recent += (now->reading - s->recent) * dt / (RECENT_S + dt);
        s->length_s += dt;
        if (s->length_s > STRETCH_S || !(dt > 0) || now->aged > OLD * now->load)
                return;
        share = dt / s->length_s; /* of the stretch */
        age = now->aged / now->load - s->age;
        reading = now->reading / s->first - s->reading;
        s->age2 += dt * (1 - share) * age * age;
        s->both += dt * (1 - share) * age * reading;
        s->reading2 += dt * (1 - share) * reading * reading;
        s->age += share * age;
        s->reading += share * reading;
        c->constant = fit_constant(c);
}

/* A load that lies there at the beginning is assumed to have lain there for long. */
static void start_lags(struct creep *c, const float *reading) {
        for (int k = 0; k < CREEP_LAGS; k++)
                memcpy(c->lag[k], reading, c->n_cells * sizeof(float));
        c->started = true;
}

void creep_tick(struct creep *c, const float *reading, bool still, uint64_t now_us) {
        struct sums sums;
        float dt;

        if (!c->started || now_us < c->ticked_us) {
                start_lags(c, reading);
                c->ticked_us = now_us;
        }
        dt = min_f((float)(now_us - c->ticked_us) * 1e-6F, SILENCE_S);
        c->ticked_us = now_us;
        sums = update_lags(c, reading, dt);
        learn_constant(c, &sums, still, dt);
}
