/* SPDX-License-Identifier: MIT */
/* Inside of the layout, for layout*.c alone. Pure. */
#ifndef CORE_ACQUIRE_LAYOUT_INSIDE_H
#define CORE_ACQUIRE_LAYOUT_INSIDE_H

#include "core/acquire/layout.h"

/* What format and settings come to, checked. */
struct layout_plan {
        const struct format *format;
        const struct settings_device *device;
        uint32_t rows, cols; /* of one board as the wire has it; 0 = no grid */
        uint32_t n_cells;    /* 0 = not known yet */
        struct places_boards boards;
        struct places_list row_list, col_list; /* the user's */
        const char *x_mm, *y_mm;               /* "" = a grid, or unplaced */
        const char *mask;
};

/* Rows and columns of all boards side by side, before the user turns them. */
static inline uint32_t layout_rows(const struct layout_plan *p) {
        return p->boards.n > 0 ? p->rows * (p->boards.n / p->boards.across) : p->rows;
}

static inline uint32_t layout_cols(const struct layout_plan *p) {
        return p->boards.n > 0 ? p->cols * p->boards.across : p->cols;
}

/* Element of the wire at row, column of that picture. */
uint32_t layout_wire(const struct layout_plan *p, uint32_t row, uint32_t col);

/* NULL, or what is wrong; nothing is written then. seen: cells on the wire, 0 = not seen. */
const char *layout_plan(const struct format *format, const struct settings_device *device, uint32_t seen,
                        struct layout_plan *ret);

#endif
