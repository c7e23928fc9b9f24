/* SPDX-License-Identifier: MIT */
/* The position of every cell. x to the sitter's right, y forward, millimetres, origin at the centre of the mat;
 * row 0 at the back, column 0 at the sitter's left. Grids and scattered cells alike. */
#ifndef SITBONE_GEOMETRY_H
#define SITBONE_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/frame.h"

/* A mat with this many cells or fewer has them as points, not as a surface: areas, angles and sit bones are unknown, and
 * occupancy is classified by what the cells read. With four of them there are leans in four directions. */
enum { FEW_CELLS_MAX = 10, LEAN_CELLS_LEAST = 4 };

enum geometry_kind {
        GEOMETRY_GRID,      /* rows x cols, cell i at row i / cols, column i % cols */
        GEOMETRY_SCATTERED, /* a position for each cell, no neighbours known */
        GEOMETRY_UNPLACED,  /* positions unknown: everything that needs them stays unknown */
};

struct geometry {
        enum geometry_kind kind;
        uint32_t n_cells;
        uint32_t rows, cols;          /* 0 unless a grid */
        float pitch_x_mm, pitch_y_mm; /* > 0; for scattered cells the side of the square a cell stands for */
        bool pitch_assumed;           /* the pitch is unknown: lengths and areas are a guess at the usual seat mat */
        float cell_cm2;               /* area one cell stands for; 1 when unplaced */
        float full_scale;             /* raw value of a saturated cell, > 0 */
        float crosstalk;              /* strength that is known of the format, 0..1; 0 = none */
        bool crosstalk_rows;          /* along rows: the mat is turned by 90 or 270 degrees */
        float x_mm[CELLS_MAX];        /* centre of each cell; 0 when unplaced */
        float y_mm[CELLS_MAX];
        uint8_t masked[CELLS_MAX]; /* 1 = the user or the format excludes this cell */
};

#endif
