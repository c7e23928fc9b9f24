/* SPDX-License-Identifier: MIT */
/* Load along y in bands. Bands fixed to the body (features.h): band b covers line_y + (b - 3) * 24 mm .. + 24 mm,
 * where line_y is the mean y of the sit-bone pair. Values are shares of the load inside the eight bands (they sum to
 * 1), not of the whole load: knees, armrests and thighs further in front change the whole but not the shape near the
 * bones.
 *
 * Why bands and not one number: the pressure peaks themselves roll back about 1 mm per degree of slump, so "centre of
 * pressure minus the line through the peaks" hides the very change that it should show. */
#ifndef CORE_DESCRIBE_PROFILE_H
#define CORE_DESCRIBE_PROFILE_H

#include "core/describe/marginal.h"
#include "sitbone/features.h"

/* Bands of 20 mm fixed to the mat (features.h), shares of the whole load. */
void profile_measure_mat(const struct marginal *y, float total, float ret[ALONG_BANDS]);

void profile_measure_body(const struct marginal *y, const struct sit_bones *pair, float ret[PROFILE_BANDS]);

#endif
