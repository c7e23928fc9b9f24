/* SPDX-License-Identifier: MIT */
/* Where wire elements go: the format's own order and boards, the user's row and column lists, then rotate and flip,
 * become one permutation, and the geometry that comes out of it. Pure.
 *
 * A list of the user takes the place of the format's own (and of its flip that way): row r is wire row n then; with
 * boards, row n of all of them side by side. Scattered cells are turned where they lie, about the middle between the
 * outermost. Masked cells are named as the picture shows them, after rotate and flip. What the settings say goes before
 * what the format says. */
#ifndef CORE_ACQUIRE_LAYOUT_H
#define CORE_ACQUIRE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/acquire/cell_lists.h"
#include "core/acquire/formats.h"
#include "sitbone/geometry.h"
#include "sitbone/settings.h"

struct layout {
        struct geometry geometry;
        uint32_t rows, cols;               /* as the wire has them (of one board); 0 when there are none */
        uint32_t line;                     /* elements in one line of the wire; 0 when there are no lines */
        uint8_t n_boards;                  /* that make one frame; 0 = whatever board it is, each frame is one */
        uint8_t boards[PLACES_BOARDS_MAX]; /* their numbers, rising, which is their order on the wire */
        bool inverted;                     /* raw = full_scale - value */
        uint16_t wire_of[CELLS_MAX];       /* cell i of the geometry is element wire_of[i] of the wire */
        uint16_t cell_of[CELLS_MAX];       /* the way back: element k of the wire is cell cell_of[k] */
        uint16_t run_of[CELLS_MAX];        /* so many elements from k on lie side by side in the geometry too, >= 1 */
        bool by_columns;                   /* the wire has the geometry's columns, one after the other */
};

/* NULL, or a word about what is wrong ("rows x cols is more than 4096 cells"): what layout_build() would say. */
const char *layout_check(const struct format *format, const struct settings_device *device);

/* NULL, or what layout_check() says; nothing is written then.
 *
 * A text format without rows and cols in the settings gives an unplaced geometry of 0 cells: not known before the
 * first line. The decoder then takes the count of that line and emits frames in wire order; on the first frame call
 * layout_learn(frame->n_cells) and start the pipeline with the result. */
const char *layout_build(const struct format *format, const struct settings_device *device, struct layout *ret);

/* The same with the number of cells that was seen on the wire. Only cols set: rows follow; neither: unplaced, unless
 * x_mm and y_mm say where they are. */
const char *layout_learn(const struct format *format, const struct settings_device *device, uint32_t n_cells,
                         struct layout *ret);

/* Elements in one part: all cells where frames come whole, 0 when each part says so itself. */
uint32_t layout_part_cells(const struct format *format, const struct layout *layout);

/* Scattered cells at x_mm, y_mm (before the user's rotate and flip), 1 <= n <= CELLS_MAX. pitch_mm 0: the cells share
 * the rectangle that they span. full_scale > 0. NULL, or what is wrong with the mask. */
const char *layout_scatter(const struct settings_device *device, uint32_t n, const float *x_mm, const float *y_mm,
                           float pitch_mm, float full_scale, struct layout *ret);

#endif
