/* SPDX-License-Identifier: MIT */
/* A calibration: poses held for some seconds give the sitter's own gain, and a measure of how well two poses can be
 * separated on this mat.
 *
 * Nobody measures the pelvis meanwhile. A pose is assumed to have the usual travel of people in degrees, with the
 * spread between people; the sitter's own displacement per degree is pulled from the population's towards the poses',
 * as far as the poses are more certain. */
#ifndef CORE_ESTIMATE_CALIBRATION_H
#define CORE_ESTIMATE_CALIBRATION_H

#include "core/estimate/angles.h"
#include "sitbone/profile.h"

/* Below this separation two poses are one: breath, sway and creep move a sitter this far within one pose. */
#define CALIBRATION_APART_LEAST 2.0F

/* Distance of two poses in standard deviations of a second's value, along the direction in which they should differ:
 * fore and aft when neither is left or right, sideways otherwise. Negative: the wrong way round (slouched in front of
 * upright, left on the right). NAN: one is missing, or nothing was measured in both. */
float calibration_separation(const struct calibration *c, enum calibrate_pose a, enum calibrate_pose b);

/* The sitter's gain from the poses; without poses gain 1 and the spread between people. */
void calibration_fit(const struct calibration *c, struct sitter_gain *ret);

#endif
