/* SPDX-License-Identifier: MIT */
/* What a calibration means: poses held for some seconds become the sitter's own slopes, and a measure of how well two
 * poses are told apart on this mat.
 *
 * Nobody measures the pelvis meanwhile. What a pose is in degrees is the usual travel of people, with the spread between
 * people; the sitter's own displacement a degree is pulled from the population's towards what the poses say, as far as
 * the poses are surer. */
#ifndef CORE_ESTIMATE_CALIBRATION_H
#define CORE_ESTIMATE_CALIBRATION_H

#include <stdbool.h>

#include "sitbone/profile.h"

/* Below this separation two poses are one: breath, sway and creep carry a sitter that far from himself. */
#define CALIBRATION_APART_LEAST 2.0F

/* How far apart two poses lie, in standard deviations of a second's value, along the direction in which they should
 * differ: fore and aft when neither is left or right, sideways otherwise. Negative: the wrong way round (slouched in
 * front of upright, left on the right). NAN: one is not taken, or nothing was seen in both. */
float calibration_separation(const struct calibration *c, enum calibrate_pose a, enum calibrate_pose b);

/* How this sitter's angles relate to those the population's weights give; spread: one standard deviation, a share. */
struct personal {
        bool tilt, obliquity; /* the poses say something */
        float tilt_gain, tilt_spread;
        float obliquity_gain, obliquity_spread;
};

/* Without poses: gain 1 and the spread between people. */
void calibration_fit(const struct calibration *c, struct personal *ret);

#endif
