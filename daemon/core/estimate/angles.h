/* SPDX-License-Identifier: MIT */
/* Tilt and obliquity of the pelvis as far as a seat shows them, relative to the reference. NAN = cannot be known. */
#ifndef CORE_ESTIMATE_ANGLES_H
#define CORE_ESTIMATE_ANGLES_H

#include "core/estimate/reference_vector.h"
#include "core/estimate/tilt.h"

/* The sitter's tilt relative to what the population's weights give; spread: one standard deviation, a share. Obliquity
 * has none: nobody measured how far a sitter leans who is asked to, and a gain from it made obliquity worse. */
struct sitter_gain {
        bool tilt_known; /* calibrated poses gave it; otherwise 1 and the spread between people */
        float tilt_gain, tilt_spread;
};

/* Observes the tilt in bands of this sit, relative to where upright was learnt (origin: the reference before it moved
 * along with slides). Sets every field; angle_deg NAN = not known. */
void angles_observe_tilt(const struct reference *reference, const float origin[REFERENCE_N],
                         const struct sitter_gain *gain, const struct sitter_sample *sample,
                         struct tilt_observation *ret);
/* The tilt where the bands do not show it: NAN where they do. */
struct uncertain angles_coarse_tilt(const struct reference *reference, const struct sitter_gain *gain,
                                    const float now[REFERENCE_N]);
struct uncertain angles_obliquity(const struct reference *reference, const float now[REFERENCE_N]);

/* Degrees between two reference vectors of one sit, with the weights of the population; NAN = not known. */
float angles_pitch(const float ref[REFERENCE_N], const float now[REFERENCE_N]);
float angles_roll(const float ref[REFERENCE_N], const float now[REFERENCE_N]);

#endif
