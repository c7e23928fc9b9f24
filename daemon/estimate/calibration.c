#include "estimate/calibration.h"

#include <math.h>

#include "estimate/estimate.h"

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

/* The better of several: what one cannot see, another may. */
static float best(const struct pose_record *a, const struct pose_record *b, const int *index, int n) {
        float ret = NAN;

        for (int i = 0; i < n; i++) {
                float d = apart(a, b, index[i]);

                if (!isnan(d) && (isnan(ret) || fabsf(d) > fabsf(ret)))
                        ret = d;
        }
        return ret;
}

float calibration_separation(const struct calibration *c, enum calibrate_pose a, enum calibrate_pose b) {
        static const int fore[] = {REFERENCE_COP_Y, REFERENCE_BACK_Y, REFERENCE_LINE_Y}, side[] = {REFERENCE_COP_X};
        const bool lateral = a == POSE_LEFT || a == POSE_RIGHT || b == POSE_LEFT || b == POSE_RIGHT;
        const int *order = lateral ? LATERAL : SAGITTAL;
        float d;

        if (!c->pose[a].taken || !c->pose[b].taken || order[a] == order[b])
                return NAN;
        d = lateral ? best(&c->pose[a], &c->pose[b], side, 1) : best(&c->pose[a], &c->pose[b], fore, 3);
        return order[a] < order[b] ? d : -d;
}
