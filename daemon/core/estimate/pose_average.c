/* SPDX-License-Identifier: MIT */
#include "core/estimate/pose_average.h"

#include <math.h>
#include <string.h>

#include "core/estimate/estimate.h"

static const float QUIET_S = 10;    /* two or three breaths */
static const float SETTLE_S = 1;    /* after the command: who presses a key moves */
static const float PATIENCE_S = 40; /* who is not quiet for ten seconds of forty does not hold a pose */
static const float SECOND_S = 1;
static const float STEADY_MM = 8; /* of the centre of pressure from second to second: breath and sway make 2-3 */
static const float KNOWN_SHARE = 0.5F;

static void forget_second(struct gather *g) {
        g->second_s = 0;
        memset(g->sum_s, 0, sizeof(g->sum_s));
        memset(g->sum, 0, sizeof(g->sum));
}

void gather_start(struct gather *g, enum calibrate_pose pose) {
        memset(g, 0, sizeof(*g));
        g->phase = LEARNING_GATHERS;
        g->pose = pose;
}

void gather_cancel(struct gather *g, enum command_result why) {
        if (g->phase != LEARNING_GATHERS)
                return;
        g->phase = LEARNING_REFUSED;
        g->why = why;
}

/* Welford: the second's mean joins the others. */
static void close_second(struct gather *g) {
        for (int i = 0; i < REFERENCE_N; i++) {
                float mean, away;

                if (!(g->sum_s[i] > 0))
                        continue;
                mean = g->sum[i] / g->sum_s[i];
                away = mean - g->mean[i];
                g->n[i]++;
                g->mean[i] += away / g->n[i];
                g->m2[i] += away * (mean - g->mean[i]);
        }
        g->quiet_s += g->second_s;
        forget_second(g);
}

static float sd_of(const struct gather *g, int i) {
        return g->n[i] > 1 ? sqrtf(g->m2[i] / (g->n[i] - 1)) : 0;
}

static bool steady(const struct gather *g) {
        return sd_of(g, REFERENCE_COP_X) <= STEADY_MM && sd_of(g, REFERENCE_COP_Y) <= STEADY_MM;
}

static void add(struct gather *g, const float value[MEMORY_REFERENCE_N], float dt) {
        for (int i = 0; i < REFERENCE_N; i++) {
                if (!isfinite(value[i]))
                        continue;
                g->sum[i] += value[i] * dt;
                g->sum_s[i] += dt;
        }
        g->second_s += dt;
        if (g->second_s >= SECOND_S)
                close_second(g);
}

bool gather_step(struct gather *g, const float value[MEMORY_REFERENCE_N], bool quiet, float dt) {
        if (g->phase != LEARNING_GATHERS)
                return false;
        g->waited_s += dt;
        g->counted = quiet && g->waited_s > SETTLE_S;
        if (!quiet)
                forget_second(g);
        if (g->counted)
                add(g, value, dt);
        if (g->quiet_s >= QUIET_S) {
                g->phase = steady(g) ? LEARNING_DONE : LEARNING_REFUSED;
                g->why = steady(g) ? COMMAND_OK : COMMAND_UNSTEADY;
                return steady(g);
        }
        if (g->waited_s >= PATIENCE_S)
                gather_cancel(g, COMMAND_UNSTEADY);
        return false;
}

void gather_take(const struct gather *g, struct pose_record *ret) {
        ret->taken = 1;
        ret->seconds = g->quiet_s;
        for (int i = 0; i < REFERENCE_N; i++) {
                bool known = g->n[i] * SECOND_S >= KNOWN_SHARE * g->quiet_s;

                ret->mean[i] = known ? g->mean[i] : NAN;
                ret->sd[i] = known ? sd_of(g, i) : NAN;
        }
}

float gather_left_s(const struct gather *g) {
        if (g->phase != LEARNING_GATHERS)
                return 0;
        return fmaxf(QUIET_S - g->quiet_s - g->second_s, 0);
}
