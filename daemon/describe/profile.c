#include "describe/profile.h"

#include <math.h>

#include "describe/marginal.h"

static const float BAND_MM = 24;

void profile_fill(const struct marginal *y, const struct sit_bones *pair, float ret[PROFILE_BANDS]) {
        float line = (pair->left_mm[1] + pair->right_mm[1]) / 2, sum = 0;

        for (int b = 0; b < PROFILE_BANDS; b++) {
                float from = line + (float)(b - 3) * BAND_MM;

                ret[b] = pair->valid ? marginal_between(y, from, from + BAND_MM) : NAN;
                sum += ret[b];
        }
        for (int b = 0; b < PROFILE_BANDS; b++)
                ret[b] = sum > 0 ? ret[b] / sum : NAN;
}
