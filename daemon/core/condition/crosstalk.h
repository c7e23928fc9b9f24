/* SPDX-License-Identifier: MIT */
/* Columns of a matrix without guarding share one path: each loaded cell pulls the readings of the others in its column
 * down. The published remedy (host programs of two makers of such mats): v' = v * Vmax / (v + Vmax - column sum).
 * With strength = full scale / Vmax, and shares of full scale: y' = y / (1 - strength * (column sum - y)).
 *
 * It is exact for a divider: cells of conductance a = y' / (1 - strength * y') on one path read
 * y = a / (1 + strength * sum of a), so that strength * sum of y stays below 1. A column that breaks this is no such
 * divider, or has another strength: the denominator is limited to a quarter, so that no reading grows more than
 * fourfold.
 *
 * No built-in format has a strength: of the two makers' values, 683 is below the column sums that the 32 x 32 pad of
 * the one really sends (1434 of 255 per cell), and the other is untested. A format file, or the user, may set one.
 *
 * Columns are those of the wire: where the mat is turned by 90 degrees they are rows of the map
 * (geometry.crosstalk_rows). */
#ifndef CORE_CONDITION_CROSSTALK_H
#define CORE_CONDITION_CROSSTALK_H

#include "sitbone/geometry.h"

/* Removes cross-talk in place; loads stay within 0..1. Grids only; strength 0 does nothing. */
void crosstalk_remove(const struct geometry *geometry, float strength, float *load);

#endif
