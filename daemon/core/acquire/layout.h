/* SPDX-License-Identifier: MIT */
/* The places of wire elements: the format's own order and boards, the user's row and column lists, then rotate and
 * flip are combined into one permutation, and into the geometry that results. Pure.
 *
 * A list of the user replaces the format's own (and its flip in that direction): row r is then wire row n; with
 * boards, row n of all of them side by side. Scattered cells are turned about the middle between the outermost.
 * Masked cells are named by their places in the final picture, after rotate and flip. Settings override the format. */
#ifndef CORE_ACQUIRE_LAYOUT_H
#define CORE_ACQUIRE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acquire/cell_lists.h"
#include "core/acquire/format.h"
#include "sitbone/geometry.h"
#include "sitbone/settings/device.h"

struct layout {
        struct geometry geometry;
        uint32_t rows, cols;            /* of one board, in the order of the wire; 0 when there are none */
        uint32_t line;                  /* elements in one line of the wire; 0 when there are no lines */
        uint8_t n_boards;               /* boards that make one frame; 0 = each frame stands alone */
        uint8_t boards[BOARD_LIST_MAX]; /* their numbers, rising, which is their order on the wire */
        bool inverted;                  /* raw = full_scale - value */
        uint16_t wire_of[CELLS_MAX];    /* cell i of the geometry is element wire_of[i] of the wire */
        uint16_t cell_of[CELLS_MAX];    /* the inverse: element k of the wire is cell cell_of[k] */
        uint16_t run_of[CELLS_MAX];     /* elements from k on that are adjacent in the geometry too, >= 1 */
        bool by_columns;                /* the wire sends the geometry's columns, one after the other */
};

/* NULL, or the error that layout_build() would return, such as "rows x cols is more than 4096 cells". */
const char *layout_check(const struct format *format, const struct settings_device *device);

/* NULL, or an error; nothing is written then.
 *
 * A text format without rows and cols in the settings gives an unplaced geometry of 0 cells, which means not known
 * before the first line. The decoder then uses the count of that line and emits frames in wire order; on the first
 * frame call layout_learn(frame->n_cells) and start the pipeline with the result. */
const char *layout_build(const struct format *format, const struct settings_device *device, struct layout *ret);

/* As layout_build(), with the number of cells that was seen on the wire. If only cols is set, rows follow from it; if
 * neither is set, the cells are unplaced unless x_mm and y_mm give their places. */
const char *layout_learn(const struct format *format, const struct settings_device *device, uint32_t n_cells,
                         struct layout *ret);

/* Elements in one part: all cells where frames come whole, 0 when each part has a size of its own. */
uint32_t layout_part_cells(const struct format *format, const struct layout *layout);

/* Scattered cells, before rotate and flip of the settings. */
struct layout_points {
        uint32_t n; /* 1..CELLS_MAX */
        const float *x_mm, *y_mm;
        float pitch_mm;   /* 0 = the cells share the rectangle that they span */
        float full_scale; /* > 0 */
};

/* NULL, or the reason why the mask is wrong. */
const char *layout_scatter(const struct settings_device *device, const struct layout_points *points,
                           struct layout *ret);

/* Puts n elements from the order of the wire into the order of the geometry: ret[i] = elements[layout->wire_of[i]]. */
void layout_apply(const struct layout *layout, const float *restrict elements, size_t n, float *restrict ret);

#endif
