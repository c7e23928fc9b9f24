/* SPDX-License-Identifier: MIT */
/* Has the mat shifted under the sitter? An empty seat looks the same everywhere, so it shows in where people sit: a
 * cushion that slipped, was turned round or put on another chair has its sitter elsewhere on it in every sit, while
 * one sit proves little, because people sit down differently each time.
 *
 * The first twenty sits since upright was calibrated show where the sitter usually is on the mat (centre of pressure),
 * which way the sitter faces, and how much both differ between sits. Then, over the last three sits:
 *   moved   their mean is further away than 15 mm and than 4.1 standard deviations of such a mean (along and across
 *           the seat as they differ), and each of them lies at least half of that distance away in the same direction
 *   turned  each of them faces a side of the mat a quarter turn or more from the usual one (nearest quarter)
 * 4.1: with normal spread one sit in some 2700 is a false alarm. With 12 mm between sits the limit is 30 mm once all
 * twenty are known, 37 mm after four. Simulated sitters on 16 x 16 cells: no wrong report in 800 sits; slips by 40 mm
 * found after three sits in 40 of 48, after six in 46; turns after three sits in all
 * (tests/simulate/test_mat_shift.c). A sitter who from some day on sits elsewhere looks the same as a mat that
 * slipped, and so does another person who uses the same profile, so the report to the user is "seems". A mat that
 * slips by a few mm a day is found, too: the usual place does not follow after the first twenty sits. A verdict lasts
 * until the sits are back within half of the limit, or upright is calibrated again.
 *
 * While the mat is moved or turned the calibration is not used; while it is turned angles and sides are unknown and
 * the posture's confidence is halved. The quality of the map is lower by it: moved 0.7, turned 0.5 (posture.h).
 *
 * There is no verdict without positions, with fewer than 16 cells, from sits on a mat that was never seen empty, and
 * before the seventh sit. */
#ifndef CORE_ESTIMATE_MAT_SHIFT_H
#define CORE_ESTIMATE_MAT_SHIFT_H

#include <stdbool.h>

#include "core/estimate/reference_vector.h"
#include "sitbone/geometry.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"

/* The place of one sit: means over its first quiet seconds. Zero at the beginning of a sit. */
struct place_average {
        float sum_s, mean[PLACE_N];
};

/* One sample of a person. */
void mat_shift_step(struct place_average *a, const struct sitter_sample *sample);

/* Adds a sit and updates the verdict. */
void mat_shift_add(struct place_baseline *b, const struct place_average *sit);

/* May the calibration be used? */
bool mat_shift_trusts(const struct place_baseline *b);

/* Can such a mat have a verdict at all? */
bool mat_shift_possible(const struct geometry *g);
void mat_shift_report(const struct place_baseline *b, struct place *ret);

#endif
