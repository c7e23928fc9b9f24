/* SPDX-License-Identifier: MIT */
/* What format and settings say together about where cells are, and whether it can be. */
#include <stddef.h>
#include <string.h>

#include "core/acquire/layout_inside.h"

static const char *choose_size(struct layout_plan *p, uint32_t seen) {
        const struct format *f = p->format;
        const struct settings_device *d = p->device;
        bool fixed = f->rows > 0 && !f->resizable;

        if (d->rows < 0 || d->cols < 0)
                return "rows or cols is negative";
        if (fixed && ((d->rows > 0 && d->rows != f->rows) || (d->cols > 0 && d->cols != f->cols)))
                return "this format has a fixed number of rows and cols: leave both at 0";
        p->rows = d->rows > 0 ? (uint32_t)d->rows : f->rows;
        p->cols = d->cols > 0 ? (uint32_t)d->cols : f->cols;
        if ((uint64_t)p->rows * p->cols > CELLS_MAX)
                return "rows x cols is more than 4096 cells";
        if (f->cells > 0 && (d->rows > 0 || d->cols > 0) && p->rows * p->cols != f->cells)
                return "rows x cols is not the number of cells of this format";
        if (seen > 0 && p->rows == 0 && p->cols > 0)
                p->rows = seen / p->cols;
        else if (seen > 0 && p->cols == 0 && p->rows > 0)
                p->cols = seen / p->rows;
        return NULL;
}

static const char *choose_boards(struct layout_plan *p) {
        const char *text = *p->device->boards ? p->device->boards : p->format->boards;

        if (!places_boards(text, &p->boards))
                return "boards is not a list of board numbers, each once, with rows of the same length";
        if (p->boards.n > 0 && p->format->board_at == 0)
                return "boards is for formats that say which board a frame comes from";
        if (p->boards.n > 0 && p->rows * p->cols == 0)
                return "boards needs rows and cols, of one board";
        return (uint64_t)layout_rows(p) * layout_cols(p) > CELLS_MAX ? "the boards have more than 4096 cells" : NULL;
}

/* A mat of no rows and columns after all, when another number of cells was seen. */
static const char *choose_cells(struct layout_plan *p, uint32_t seen) {
        bool scattered = *p->x_mm || *p->y_mm, open = p->format->framing == FRAMING_TEXT;
        uint32_t n_x, n_y;

        if (seen > 0 && layout_rows(p) * layout_cols(p) != seen)
                p->rows = p->cols = 0;
        p->n_cells = seen > 0 ? seen : p->rows > 0 && p->cols > 0 ? layout_rows(p) * layout_cols(p) : p->format->cells;
        if (!scattered)
                return p->n_cells == 0 && !open ? "this format needs rows and cols" : NULL;
        if (!places_positions(p->x_mm, CELLS_MAX, NULL, &n_x) || !places_positions(p->y_mm, CELLS_MAX, NULL, &n_y))
                return "x_mm or y_mm is not a list of numbers of -2000 to 2000";
        if (n_x != n_y || n_x == 0)
                return "x_mm and y_mm need one number each for every cell";
        if (p->n_cells > 0 && p->n_cells != n_x)
                return "x_mm and y_mm do not have one number for every cell of the mat";
        p->n_cells = n_x;
        return open || p->rows > 0 || p->format->cells > 0 ? NULL : "this format needs rows and cols";
}

static const char *choose_lists(struct layout_plan *p) {
        if (!places_list(p->device->row_list, &p->row_list) || !places_list(p->device->col_list, &p->col_list))
                return "row_list or col_list is not a list of numbers 0 to 63";
        if ((p->row_list.n > 0 && p->rows == 0) || (p->col_list.n > 0 && p->cols == 0))
                return "row_list needs rows, col_list needs cols";
        if (p->row_list.n > 0 && !places_permute(&p->row_list, layout_rows(p)))
                return "row_list must name every row once";
        if (p->col_list.n > 0 && !places_permute(&p->col_list, layout_cols(p)))
                return "col_list must name every column once";
        return NULL;
}

static const char *choose_mask(struct layout_plan *p) {
        bool quarter = p->device->rotate == 90 || p->device->rotate == 270;
        uint32_t rows = *p->x_mm ? 0 : layout_rows(p), cols = layout_cols(p);
        uint8_t masked[CELLS_MAX] = {0};
        const char *wrong;

        p->mask = *p->device->mask ? p->device->mask : p->format->mask_cells;
        if (p->n_cells == 0) /* seen later */
                return places_mask_reads(p->mask) ? NULL : "mask is not a list of cells, rows and columns";
        wrong = places_mask(p->mask, quarter && rows > 0 ? cols : rows, quarter ? rows : cols, p->n_cells, masked);
        return wrong || memchr(masked, 0, p->n_cells) ? wrong : "mask leaves no cell";
}

const char *layout_plan(const struct format *f, const struct settings_device *d, uint32_t seen,
                        struct layout_plan *ret) {
        struct layout_plan p = {.format = f, .device = d};
        bool own = *d->x_mm || *d->y_mm;
        const char *wrong;

        if (d->rotate != 0 && d->rotate != 90 && d->rotate != 180 && d->rotate != 270)
                return "rotate must be 0, 90, 180 or 270";
        if (d->pitch_x_mm < 0 || d->pitch_y_mm < 0 || d->full_scale < 0)
                return "pitch or full scale is negative";
        p.x_mm = own ? d->x_mm : f->x_mm;
        p.y_mm = own ? d->y_mm : f->y_mm;
        wrong = choose_size(&p, seen);
        wrong = wrong ? wrong : choose_boards(&p);
        wrong = wrong ? wrong : choose_cells(&p, seen);
        wrong = wrong ? wrong : choose_lists(&p);
        wrong = wrong ? wrong : choose_mask(&p);
        if (!wrong)
                *ret = p;
        return wrong;
}
