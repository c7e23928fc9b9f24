/* SPDX-License-Identifier: MIT */
#include "core/estimate/pose_average.h"

#include <math.h>
#include <string.h>

static const float QUIET_S = 10;    /* two or three breaths */
static const float SETTLE_S = 1;    /* after the command: a sitter who presses a key moves */
static const float PATIENCE_S = 40; /* a sitter who is not quiet for ten seconds of forty does not hold a pose */
static const float SECOND_S = 1;
static const float STEADY_MM = 8; /* of the centre of pressure from second to second: breath and sway make 2-3 */
static const float KNOWN_SHARE = 0.5F;

static void clear_second(struct pose_average *a) {
        a->second_s = 0;
        memset(a->sum_s, 0, sizeof(a->sum_s));
        memset(a->sum, 0, sizeof(a->sum));
}

void pose_average_start(struct pose_average *a, enum calibrate_pose pose) {
        memset(a, 0, sizeof(*a));
        a->phase = LEARNING_RUNNING;
        a->pose = pose;
}

void pose_average_cancel(struct pose_average *a, enum command_result why) {
        if (a->phase != LEARNING_RUNNING)
                return;
        a->phase = LEARNING_REFUSED;
        a->why = why;
}

/* Adds the mean of the second to those of the others (Welford). */
static void close_second(struct pose_average *a) {
        for (int i = 0; i < REFERENCE_N; i++) {
                float mean, away;

                if (!(a->sum_s[i] > 0))
                        continue;
                mean = a->sum[i] / a->sum_s[i];
                away = mean - a->mean[i];
                a->n[i]++;
                a->mean[i] += away / a->n[i];
                a->m2[i] += away * (mean - a->mean[i]);
        }
        a->quiet_s += a->second_s;
        clear_second(a);
}

static float sd_of(const struct pose_average *a, int i) {
        return a->n[i] > 1 ? sqrtf(a->m2[i] / (a->n[i] - 1)) : 0;
}

static bool is_steady(const struct pose_average *a) {
        return sd_of(a, REFERENCE_COP_X) <= STEADY_MM && sd_of(a, REFERENCE_COP_Y) <= STEADY_MM;
}

static void add_sample(struct pose_average *a, const float value[REFERENCE_N], float dt) {
        for (int i = 0; i < REFERENCE_N; i++) {
                if (!isfinite(value[i]))
                        continue;
                a->sum[i] += value[i] * dt;
                a->sum_s[i] += dt;
        }
        a->second_s += dt;
        if (a->second_s >= SECOND_S)
                close_second(a);
}

bool pose_average_step(struct pose_average *a, const struct sitter_sample *sample) {
        if (a->phase != LEARNING_RUNNING)
                return false;
        a->waited_s += sample->dt_s;
        a->counted = sample->quiet && a->waited_s > SETTLE_S;
        if (!sample->quiet)
                clear_second(a);
        if (a->counted)
                add_sample(a, sample->vector, sample->dt_s);
        if (a->quiet_s >= QUIET_S) {
                a->phase = is_steady(a) ? LEARNING_DONE : LEARNING_REFUSED;
                a->why = is_steady(a) ? COMMAND_OK : COMMAND_UNSTEADY;
                return is_steady(a);
        }
        if (a->waited_s >= PATIENCE_S)
                pose_average_cancel(a, COMMAND_UNSTEADY);
        return false;
}

void pose_average_result(const struct pose_average *a, struct pose_record *ret) {
        ret->taken = 1;
        ret->seconds = a->quiet_s;
        for (int i = 0; i < REFERENCE_N; i++) {
                bool known = a->n[i] * SECOND_S >= KNOWN_SHARE * a->quiet_s;

                ret->mean[i] = known ? a->mean[i] : NAN;
                ret->sd[i] = known ? sd_of(a, i) : NAN;
        }
}

float pose_average_left_s(const struct pose_average *a) {
        if (a->phase != LEARNING_RUNNING)
                return 0;
        return fmaxf(QUIET_S - a->quiet_s - a->second_s, 0);
}
