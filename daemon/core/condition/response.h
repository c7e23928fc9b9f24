/* SPDX-License-Identifier: MIT */
/* Readings -> loads, by measured response curves, or by the model of a voltage divider. */
#ifndef CORE_CONDITION_RESPONSE_H
#define CORE_CONDITION_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/geometry.h"
#include "sitbone/response.h"

/* Measured curves, prepared for every cell. */
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

/* The same for sensors in a divider. Shares of full scale; baseline x gain is the reading of the empty cell. */
void divider_apply(const float *restrict baseline, const float *restrict gain, uint32_t n, float *restrict load);

#endif
