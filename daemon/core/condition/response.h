/* SPDX-License-Identifier: MIT */
/* Reading -> load by measured curves: straight lines between the known points and from nothing to the first one.
 * Beyond the last point the last piece is extended, up to twice the largest known load. Loads stay shares: 1 is the
 * load that the mean curve has at full scale, unit_n newtons on a cell, so that thresholds in shares keep about the
 * same meaning.
 *
 * A curve is a sum of pieces, slope * (the part of the reading between two knots), which compilers vectorise: one
 * short pass over the cells for each known load. No piece subtracts what another added, so nothing is lost to
 * rounding. */
#ifndef CORE_CONDITION_RESPONSE_H
#define CORE_CONDITION_RESPONSE_H

#include <stdbool.h>

#include "sitbone/geometry.h"
#include "sitbone/response.h"

struct response_curves {
        uint32_t n_cells, n_knots;                      /* n_knots 0 = no curve: loads stay readings */
        float unit_n;                                   /* newtons on a cell at load 1; NAN = no curve */
        float knot[RESPONSE_POINTS_MAX + 1][CELLS_MAX]; /* share of full scale; 0 first, infinity last */
        float slope[RESPONSE_POINTS_MAX][CELLS_MAX];    /* of the piece from there to the next knot */
};

/* False = the response is of another number of cells: no curve then. NULL or empty: no curve, true. */
bool response_prepare(struct response_curves *r, const struct response *response, const struct geometry *geometry);

/* Converts readings to loads in place. */
void response_apply(const struct response_curves *r, float *load);

#endif
