/* SPDX-License-Identifier: MIT */
#include "core/estimate/calibration.h"

#include <math.h>

/* A place on the mat is not known more closely than this from one second to the next: breath, sway, creep. */
static const float PLACE_SD_MM = 1;

/* Expected order along the direction, from back to front and from left to right. */
static const int SAGITTAL[POSE_N] = {[POSE_UPRIGHT] = 1, [POSE_SLOUCHED] = 0, [POSE_ARCHED] = 2};
static const int LATERAL[POSE_N] = {
        [POSE_LEFT] = 0, [POSE_UPRIGHT] = 1, [POSE_SLOUCHED] = 1, [POSE_ARCHED] = 1, [POSE_RIGHT] = 2};

static float standard_distance(const struct pose_record *a, const struct pose_record *b, int i) {
        float sd2 = (a->sd[i] * a->sd[i] + b->sd[i] * b->sd[i]) / 2;

        if (isnan(sd2))
                sd2 = 0;
        return (b->mean[i] - a->mean[i]) / sqrtf(sd2 + PLACE_SD_MM * PLACE_SD_MM);
}

float calibration_separation(const struct calibration *c, enum calibrate_pose a, enum calibrate_pose b) {
        const bool lateral = a == POSE_LEFT || a == POSE_RIGHT || b == POSE_LEFT || b == POSE_RIGHT;
        const int *order = lateral ? LATERAL : SAGITTAL;
        float d;

        if (!c->pose[a].taken || !c->pose[b].taken || order[a] == order[b])
                return NAN;
        if (lateral)
                d = standard_distance(&c->pose[a], &c->pose[b], REFERENCE_COP_X);
        else /* the sit-bone line is too noisy to count */
                d = (standard_distance(&c->pose[a], &c->pose[b], REFERENCE_COP_Y) +
                     standard_distance(&c->pose[a], &c->pose[b], REFERENCE_BACK_Y)) /
                    2;
        return order[a] < order[b] ? d : -d;
}

/* Travel of people who are asked for a pose: upright to slumped is 10-20 degrees of pelvis travel (actuated 19 +- 3),
 * to arched about half of it. 0: the pose says nothing of tilt. */
static const float POSE_DEG[POSE_N] = {[POSE_SLOUCHED] = -14, [POSE_ARCHED] = 8};
static const float POSE_SD_DEG[POSE_N] = {[POSE_SLOUCHED] = 3, [POSE_ARCHED] = 2.5F};
/* Error of the measured angle of a pose: small shifts on the way into it. */
static const float MEASURED_SD_DEG = 2;
/* Spread between people, before any pose; it includes unknown flesh and foam. */
static const float TILT_SPREAD = 0.35F;
static const float GAIN_LEAST = 0.4F, GAIN_MOST = 2.5F;

struct gain_sum {
        float weight, sum; /* in units of 1 / variance */
        bool known;        /* a pose counted */
};

/* Adds a pose whose angle was measured with the weights of the population. */
static void add_pose(struct gain_sum *g, enum calibrate_pose pose, float measured) {
        float nominal = POSE_DEG[pose], sd2;

        if (!(measured * nominal > 0)) /* NAN, or the wrong way round: no gain can be derived */
                return;
        sd2 = POSE_SD_DEG[pose] * POSE_SD_DEG[pose] + MEASURED_SD_DEG * MEASURED_SD_DEG;
        g->weight += measured * measured / sd2;
        g->sum += measured * nominal / sd2;
        g->known = true;
}

/* Returns whether a pose counted. */
static bool fit_gain(const struct gain_sum *g, float spread, float *ret_gain, float *ret_spread) {
        float prior = 1 / (spread * spread), gain = (prior + g->sum) / (prior + g->weight);

        *ret_gain = gain < GAIN_LEAST ? GAIN_LEAST : gain > GAIN_MOST ? GAIN_MOST : gain;
        *ret_spread = 1 / sqrtf(prior + g->weight);
        return g->known;
}

void calibration_fit(const struct calibration *c, struct sitter_gain *ret) {
        const struct pose_record *upright = &c->pose[POSE_UPRIGHT];
        struct gain_sum tilt = {0};

        for (enum calibrate_pose i = POSE_SLOUCHED; upright->taken && i < POSE_N; i++)
                if (c->pose[i].taken)
                        add_pose(&tilt, i, angles_pitch(upright->mean, c->pose[i].mean));
        ret->tilt_known = fit_gain(&tilt, TILT_SPREAD, &ret->tilt_gain, &ret->tilt_spread);
}
