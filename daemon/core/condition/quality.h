/* SPDX-License-Identifier: MIT */
/* How far a map can be trusted as a whole: a product of factors, one for each flaw there is. Judgement, not measurement,
 * but for the shares, which are counted:
 *   not tared        0.6    offsets of a few per cent of full scale count as load
 *   stuck, dead      1 - share of the cells out; half of that where neighbours stand in
 *   saturated        1 - half of the share of loaded cells at full scale, once it is above a tenth
 *   slow             0.7    a sit-down takes 1.4 s: under 2 frames a second not even that is seen
 *   drifting         1 - 5 * drift, at least 0.5; from 2 % of full scale on
 *   unplaced         0.5    no centre of pressure, no posture
 *   pitch guessed    0.9    lengths and areas are a guess
 *   moved, turned    0.7, 0.5; said by estimate/moved.h: an empty seat looks the same everywhere, that the mat was
 *                    shifted shows where people sit. It is put to the map once they were asked (pipeline.c). */
#ifndef CORE_CONDITION_QUALITY_H
#define CORE_CONDITION_QUALITY_H

#include "sitbone/geometry.h"
#include "sitbone/map.h"

/* Sets quality and flaws from the other fields of the map. period_s: mean time between frames. */
void quality_judge(const struct geometry *geometry, float period_s, struct map *map);

#endif
