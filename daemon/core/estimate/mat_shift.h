/* SPDX-License-Identifier: MIT */
/* Has the mat moved under the sitter? An empty seat looks the same everywhere, so it shows in where people sit: a cushion
 * that slipped, was turned round or put on another chair has its sitter elsewhere on it in every sit, while one sit says
 * little: people sit down differently each time.
 *
 * The first twenty sits since upright was calibrated say where the sitter usually is on the mat (centre of pressure) and
 * which way he faces, and how much that differs between sits. Then, over the last three sits:
 *   moved   their mean is further away than 15 mm and than 4.1 standard deviations of such a mean (along and across the
 *           seat as they differ), and each of them lies at least half of that way off in the same direction
 *   turned  each of them faces a side of the mat a quarter turn or more from the usual one (nearest quarter)
 * 4.1: with normal spread one sit in some 2700 is a false alarm. With 12 mm between sits the limit is 30 mm once all twenty
 * are known, 37 mm after four. Simulated sitters on 16 x 16 cells: none in 800 sits told wrongly; slips by 40 mm found
 * after three sits in 40 of 48, after six in 46; turns after three sits in all (tests/simulate/test_sim_moved.c). A sitter who from some
 * day on sits elsewhere looks the same as a mat that slipped, and so does another person who uses the same profile: it
 * is said as "seems". A mat that slips by a few mm a day is found, too: the usual place does not follow after the first
 * twenty sits.
 * It holds until the sits are back within half of the limit, or upright is calibrated anew.
 *
 * While it holds a calibration is not used; while the mat is turned angles and sides are unknown and the posture's
 * confidence is halved. The picture of the seat loses quality by it: moved 0.7, turned 0.5 (condition/quality.h).
 *
 * Not judged: without positions, with fewer than 16 cells, from sits on a mat that was never seen empty. Before the
 * seventh sit it is not known yet. */
#ifndef CORE_ESTIMATE_MAT_SHIFT_H
#define CORE_ESTIMATE_MAT_SHIFT_H

#include <stdbool.h>

#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/profile.h"

/* Of this sit: means over its first quiet seconds. */
struct moved_gather {
        float sum_s, mean[PLACE_N];
};

void moved_forget(struct moved_gather *g);
/* A frame of a person. */
void moved_look(struct moved_gather *g, const struct features *f, bool quiet, float dt);

/* A sit more, and what it means. */
void moved_add(struct usual_place *u, const struct moved_gather *sit);

/* May the calibration be used? */
bool moved_trusts(const struct usual_place *u);
bool moved_turned(const struct usual_place *u);

void moved_tell(const struct usual_place *u, struct place *ret);
/* Can it be judged on such a mat at all? */
bool moved_possible(const struct geometry *g);
/* What it means for the quality: a factor. */
float moved_factor(const struct usual_place *u);

#endif
