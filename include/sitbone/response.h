/* SPDX-License-Identifier: MIT */
/* The response curves of one mat: the readings of each cell under known loads, measured with
 * `sitbonectl calibrate response`. */
#ifndef SITBONE_RESPONSE_H
#define SITBONE_RESPONSE_H

#include <stdint.h>

#include "sitbone/frame.h"

enum { RESPONSE_POINTS_MAX = 8 };

struct response {
        uint32_t n_cells;                  /* 0 = no curve known; 1 = one curve for all cells */
        uint32_t n_points;                 /* 1..RESPONSE_POINTS_MAX */
        float load_n[RESPONSE_POINTS_MAX]; /* newtons on one cell, > 0, rising */
        /* Raw units above the empty cell, > 0, rising; in the order of the map, the mat turned as the settings say. */
        float value[RESPONSE_POINTS_MAX][CELLS_MAX];
};

#endif
