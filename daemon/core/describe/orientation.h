/* SPDX-License-Identifier: MIT */
/* The direction in which the sitter faces on the mat. The bones press on one end of the contact, the thighs run out to
 * the other: the load is skewed towards the knees. orientation = sum(load r2 r) / sum(load r2), r from the centre of
 * pressure: the third moment of the load as a length, a vector that turns as the sitter does. Simulated sitters (55 to
 * 105 kg, 12 mm SD from sit to sit): 16 to 23 mm forward, within some ten degrees. */
#ifndef CORE_DESCRIBE_ORIENTATION_H
#define CORE_DESCRIBE_ORIENTATION_H

#include "sitbone/geometry.h"
#include "sitbone/map.h"

/* The vector x, y around a centre of pressure; NAN without positions or load. */
void orientation_measure(const struct geometry *g, const struct map *map, const float cop_mm[2], float ret_mm[2]);

#endif
