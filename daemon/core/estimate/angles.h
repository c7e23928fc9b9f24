/* SPDX-License-Identifier: MIT */
/* Tilt and obliquity of the pelvis as far as a seat can tell, against the reference. NAN where there is no ground. */
#ifndef CORE_ESTIMATE_ANGLES_H
#define CORE_ESTIMATE_ANGLES_H

#include "core/estimate/calibration.h"
#include "core/estimate/estimate.h"
#include "core/estimate/tilt.h"

/* What is seen of the tilt in bands of this sit, from where upright was learnt (origin: the reference before it moved
 * along with slides); ret->angle_deg NAN = not known. Fills what the reference and the features say of the moment; the rest
 * is the caller's. */
void angles_seen(const struct reference *reference, const float origin[REFERENCE_N], const struct personal *own,
                 const struct features *f, struct tilt_seen *ret);
/* The tilt where the bands do not say: NAN where they do. */
struct uncertain angles_coarse_tilt(const struct reference *reference, const struct personal *own,
                                    const struct features *f);
struct uncertain angles_obliquity(const struct reference *reference, const struct personal *own,
                                  const struct features *f);

/* The same between two reference vectors of one sit, with the weights of the population; NAN = not known. */
float angles_pitch(const float ref[REFERENCE_N], const float now[REFERENCE_N]);
float angles_roll(const float ref[REFERENCE_N], const float now[REFERENCE_N]);

#endif
