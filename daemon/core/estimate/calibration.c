/* SPDX-License-Identifier: MIT */
#include "core/estimate/calibration.h"

#include <math.h>

#include "core/estimate/angles.h"
#include "core/estimate/estimate.h"

/* A place on the mat is not known closer than this from one second to the next: breath, sway, creep. */
static const float PLACE_SD_MM = 1;

/* Expected order along the direction, from back to front and from left to right. */
static const int SAGITTAL[POSE_N] = {[POSE_UPRIGHT] = 1, [POSE_SLOUCHED] = 0, [POSE_ARCHED] = 2};
static const int LATERAL[POSE_N] = {
        [POSE_LEFT] = 0, [POSE_UPRIGHT] = 1, [POSE_SLOUCHED] = 1, [POSE_ARCHED] = 1, [POSE_RIGHT] = 2};

static float apart(const struct pose_record *a, const struct pose_record *b, int i) {
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
                d = apart(&c->pose[a], &c->pose[b], REFERENCE_COP_X);
        else /* the sit-bone line is too noisy to have a say */
                d = (apart(&c->pose[a], &c->pose[b], REFERENCE_COP_Y) +
                     apart(&c->pose[a], &c->pose[b], REFERENCE_BACK_Y)) /
                    2;
        return order[a] < order[b] ? d : -d;
}

/* What people do when they are asked to: upright to slumped is 10-20 degrees of pelvis travel (actuated 19 +- 3), to
 * arched about half of it; a lean that makes the other side light, about 5 degrees. */
static const float POSE_DEG[POSE_N] = {[POSE_SLOUCHED] = -14, [POSE_ARCHED] = 8, [POSE_LEFT] = -5, [POSE_RIGHT] = 5};
static const float POSE_SD_DEG[POSE_N] = {
        [POSE_SLOUCHED] = 3, [POSE_ARCHED] = 2.5F, [POSE_LEFT] = 1.5F, [POSE_RIGHT] = 1.5F};
/* Of what is seen of a pose: small shifts on the way into it. */
static const float SEEN_SD_DEG = 2;
/* Between people, before any pose; tilt also stands for what is not known of flesh and foam. */
static const float TILT_SPREAD = 0.35F, OBLIQUITY_SPREAD = 0.35F;
static const float GAIN_LEAST = 0.4F, GAIN_MOST = 2.5F;

struct gain {
        float weight, sum; /* of 1 / variance */
        bool known;
};

/* A pose that should be nominal degrees and is seen as seen. */
static void weigh(struct gain *g, enum calibrate_pose pose, float seen) {
        float nominal = POSE_DEG[pose], sd2;

        if (!(seen * nominal > 0)) /* NAN, or the wrong way round: says nothing of a gain */
                return;
        sd2 = POSE_SD_DEG[pose] * POSE_SD_DEG[pose] + SEEN_SD_DEG * SEEN_SD_DEG;
        g->weight += seen * seen / sd2;
        g->sum += seen * nominal / sd2;
        g->known = true;
}

static bool fit(const struct gain *g, float spread, float *ret_gain, float *ret_spread) {
        float prior = 1 / (spread * spread), gain = (prior + g->sum) / (prior + g->weight);

        *ret_gain = gain < GAIN_LEAST ? GAIN_LEAST : gain > GAIN_MOST ? GAIN_MOST : gain;
        *ret_spread = 1 / sqrtf(prior + g->weight);
        return g->known;
}

void calibration_fit(const struct calibration *c, struct personal *ret) {
        const struct pose_record *upright = &c->pose[POSE_UPRIGHT];
        struct gain tilt = {0}, roll = {0};

        for (enum calibrate_pose i = POSE_SLOUCHED; upright->taken && i < POSE_N; i++) {
                const float *mean = c->pose[i].mean;

                if (!c->pose[i].taken)
                        continue;
                if (i == POSE_LEFT || i == POSE_RIGHT)
                        weigh(&roll, i, angles_roll(upright->mean, mean));
                else
                        weigh(&tilt, i, angles_pitch(upright->mean, mean));
        }
        ret->tilt = fit(&tilt, TILT_SPREAD, &ret->tilt_gain, &ret->tilt_spread);
        ret->obliquity = fit(&roll, OBLIQUITY_SPREAD, &ret->obliquity_gain, &ret->obliquity_spread);
}
