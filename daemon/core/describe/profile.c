/* SPDX-License-Identifier: MIT */
#include "core/describe/profile.h"

#include <math.h>

static const float BAND_MM = 24;
static const float ALONG_MM = 20, ALONG_FROM_MM = -240;
static const float ALONG_PITCH_MOST_MM = 40; /* coarser rows cannot be cut into bands of 20 mm */

void profile_measure_body(const struct marginal *y, const struct sit_bones *pair, float ret[PROFILE_BANDS]) {
        float line = (pair->left_mm[1] + pair->right_mm[1]) / 2, sum = 0;

        for (int b = 0; b < PROFILE_BANDS; b++) {
                float from = line + (float)(b - 3) * BAND_MM;

                ret[b] = pair->valid ? marginal_between(y, from, from + BAND_MM) : NAN;
                sum += ret[b];
        }
        for (int b = 0; b < PROFILE_BANDS; b++)
                ret[b] = sum > 0 ? ret[b] / sum : NAN;
}

/* One walk along the marginal: the load behind each boundary, bins cut evenly. */
static void sum_bands(const struct marginal *y, float total, float ret[ALONG_BANDS]) {
        const float n = (float)y->n, step = ALONG_MM / y->pitch_mm;
        float at = (ALONG_FROM_MM - marginal_begin(y)) / y->pitch_mm, behind = 0, before = 0;
        uint32_t i = 0;

        for (int b = 0; b <= ALONG_BANDS; b++) {
                const float edge = at > 0 ? (at < n ? at : n) : 0;
                float sum;

                while ((float)(i + 1) <= edge)
                        behind += y->load[i++];
                sum = i < y->n ? behind + (edge - (float)i) * y->load[i] : behind;
                if (b > 0)
                        ret[b - 1] = (sum - before) / total;
                before = sum;
                at += step;
        }
}

void profile_measure_mat(const struct marginal *y, float total, float ret[ALONG_BANDS]) {
        if (y->n > 0 && y->pitch_mm <= ALONG_PITCH_MOST_MM && total > 0) {
                sum_bands(y, total, ret);
                return;
        }
        for (int b = 0; b < ALONG_BANDS; b++)
                ret[b] = NAN;
}
