/* SPDX-License-Identifier: MIT */
#include "core/acquire/layout.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/acquire/layout_inside.h"

/* A mat that does not say its pitch is taken to cover this much of a seat, both ways: seat mats and the seats under
 * them measure 380..450 mm (Sensing Tex, BodiTrak and JQ seat pads; ISO 7250-1 hip breadth sitting, P95 about 420). */
static const float ASSUMED_SPAN_MM = 400;
static const float UNPLACED_PITCH_MM = 10; /* makes cell_cm2 1: loads stay comparable within one mat */

/* Position of cell `at` of n when it is counted the other way. */
static uint32_t flipped(bool flip, uint32_t at, uint32_t n) {
        return flip ? n - 1 - at : at;
}

/* Element of one board at row, column of the format's own picture of it. What the user lists is in the wire's own
 * numbers already. */
static uint32_t board_wire(const struct layout_plan *p, uint32_t row, uint32_t col) {
        const struct format *f = p->format;
        uint32_t r = flipped(f->order.flip_y && p->row_list.n == 0, row, p->rows);
        uint32_t c = flipped(f->order.flip_x && p->col_list.n == 0, col, p->cols), line, at, length;

        if (f->order.n_listed > 0 && p->row_list.n == 0)
                r = f->order.row_list[r];
        if (f->order.n_cols_listed > 0 && p->col_list.n == 0)
                c = f->order.col_list[c];
        line = f->order.column_major ? c : r;
        at = f->order.column_major ? r : c;
        length = f->order.column_major ? p->rows : p->cols;
        return line * length + flipped(f->order.serpentine && line % 2 == 1, at, length);
}

uint32_t layout_wire(const struct layout_plan *p, uint32_t row, uint32_t col) {
        const struct places_boards *b = &p->boards;
        uint32_t slot;

        row = p->row_list.n > 0 ? p->row_list.of[row] : row;
        col = p->col_list.n > 0 ? p->col_list.of[col] : col;
        if (b->n == 0)
                return board_wire(p, row, col);
        slot = row / p->rows * b->across + col / p->cols;
        row = flipped(b->of[slot].flip_y, row % p->rows, p->rows);
        col = flipped(b->of[slot].flip_x, col % p->cols, p->cols);
        return b->of[slot].rank * p->rows * p->cols + board_wire(p, row, col);
}

static bool quarter_turn(const struct settings_device *d) {
        return d->rotate == 90 || d->rotate == 270;
}

/* Where the user's picture (after rotate, then flip) takes its cell from in the picture of rows x cols. Rotation is
 * clockwise seen from above, with the back row at the bottom of that view. */
static void unturn(const struct settings_device *d, uint32_t rows, uint32_t cols, uint32_t *row, uint32_t *col) {
        uint32_t r = flipped(d->flip_y, *row, quarter_turn(d) ? cols : rows);
        uint32_t c = flipped(d->flip_x, *col, quarter_turn(d) ? rows : cols);

        switch (d->rotate) {
        case 90: /* x' = y, y' = -x */
                *row = c;
                *col = cols - 1 - r;
                return;
        case 180:
                *row = rows - 1 - r;
                *col = cols - 1 - c;
                return;
        case 270: /* x' = -y, y' = x */
                *row = rows - 1 - c;
                *col = r;
                return;
        default:
                *row = r;
                *col = c;
        }
}

/* Only the cells there are: what lies behind them is never touched, and costs no memory. */
static void clear_cells(struct geometry *g) {
        memset(g->x_mm, 0, g->n_cells * sizeof(*g->x_mm));
        memset(g->y_mm, 0, g->n_cells * sizeof(*g->y_mm));
        memset(g->masked, 0, g->n_cells * sizeof(*g->masked));
}

static void choose_pitch(const struct layout_plan *p, struct geometry *g) {
        float x = p->device->pitch_x_mm > 0 ? p->device->pitch_x_mm : p->format->pitch_x_mm;
        float y = p->device->pitch_y_mm > 0 ? p->device->pitch_y_mm : p->format->pitch_y_mm;
        float across, down;

        g->pitch_assumed = !(x > 0) && !(y > 0);
        across = x > 0 ? x : y > 0 ? y : ASSUMED_SPAN_MM / (float)layout_cols(p);
        down = y > 0 ? y : x > 0 ? x : ASSUMED_SPAN_MM / (float)layout_rows(p);
        g->pitch_x_mm = quarter_turn(p->device) ? down : across;
        g->pitch_y_mm = quarter_turn(p->device) ? across : down;
        g->cell_cm2 = across * down / 100;
}

static void place_grid(const struct layout_plan *p, struct geometry *g) {
        bool quarter = quarter_turn(p->device);

        g->kind = GEOMETRY_GRID;
        g->rows = quarter ? layout_cols(p) : layout_rows(p);
        g->cols = quarter ? layout_rows(p) : layout_cols(p);
        g->n_cells = g->rows * g->cols;
        choose_pitch(p, g);
        clear_cells(g);
        for (uint32_t i = 0; i < g->n_cells; i++) {
                uint32_t row = i / g->cols, col = i % g->cols;

                g->x_mm[i] = ((float)col - (float)(g->cols - 1) / 2) * g->pitch_x_mm;
                g->y_mm[i] = ((float)row - (float)(g->rows - 1) / 2) * g->pitch_y_mm;
        }
}

/* From cell_of, back to front. */
static void find_runs(struct layout *l, uint32_t n) {
        for (uint32_t k = n; k-- > 0;) {
                bool goes_on = k + 1 < n && l->cell_of[k + 1] == l->cell_of[k] + 1;

                l->run_of[k] = (uint16_t)(goes_on ? l->run_of[k + 1] + 1 : 1);
        }
}

static bool goes_by_columns(const struct layout *l) {
        const uint32_t rows = l->geometry.rows, cols = l->geometry.cols;

        for (uint32_t i = 0; i < l->geometry.n_cells; i++)
                if (l->wire_of[i] != i % cols * rows + i / cols)
                        return false;
        return true;
}

static void build_grid(const struct layout_plan *p, struct layout *ret) {
        uint32_t cols;

        place_grid(p, &ret->geometry);
        cols = ret->geometry.cols;
        for (uint32_t i = 0; i < ret->geometry.n_cells; i++) {
                uint32_t row = i / cols, col = i % cols, k;

                unturn(p->device, layout_rows(p), layout_cols(p), &row, &col);
                k = layout_wire(p, row, col);
                ret->wire_of[i] = (uint16_t)k;
                ret->cell_of[k] = (uint16_t)i;
        }
        find_runs(ret, ret->geometry.n_cells);
        ret->by_columns = goes_by_columns(ret);
}

static void build_unplaced(uint32_t n, struct layout *ret) {
        ret->geometry.kind = GEOMETRY_UNPLACED;
        ret->geometry.n_cells = n;
        ret->geometry.pitch_x_mm = ret->geometry.pitch_y_mm = UNPLACED_PITCH_MM;
        ret->geometry.cell_cm2 = 1;
        clear_cells(&ret->geometry);
        for (uint32_t i = 0; i < CELLS_MAX; i++)
                ret->wire_of[i] = ret->cell_of[i] = (uint16_t)i;
        find_runs(ret, CELLS_MAX);
}

static void start(const struct settings_device *d, float full_scale, bool inverted, struct layout *ret) {
        memset(&ret->geometry, 0, offsetof(struct geometry, x_mm));
        ret->geometry.full_scale = d->full_scale > 0 ? d->full_scale : full_scale;
        ret->inverted = inverted || d->inverted;
        ret->rows = ret->cols = ret->line = ret->n_boards = 0;
        ret->by_columns = false;
}

/* 0 - x: no -0 for people to read. */
static void turn_point(const struct settings_device *d, float x, float y, float *ret_x, float *ret_y) {
        float tx = d->rotate == 90 ? y : d->rotate == 180 ? 0 - x : d->rotate == 270 ? 0 - y : x;
        float ty = d->rotate == 90 ? 0 - x : d->rotate == 180 ? 0 - y : d->rotate == 270 ? x : y;

        *ret_x = d->flip_x ? 0 - tx : tx;
        *ret_y = d->flip_y ? 0 - ty : ty;
}

/* Side p of the square a cell stands for when n cells share the rectangle they span, half a cell of rim included:
 * n p^2 = (w + p)(h + p). */
static float shared_pitch(uint32_t n, const float *x, const float *y) {
        float x0 = x[0], x1 = x[0], y0 = y[0], y1 = y[0], w, h, p;

        for (uint32_t i = 1; i < n; i++) {
                x0 = x[i] < x0 ? x[i] : x0;
                x1 = x[i] > x1 ? x[i] : x1;
                y0 = y[i] < y0 ? y[i] : y0;
                y1 = y[i] > y1 ? y[i] : y1;
        }
        w = x1 - x0;
        h = y1 - y0;
        if (n < 2 || !(w + h > 0))
                return UNPLACED_PITCH_MM;
        p = ((w + h) + sqrtf((w + h) * (w + h) + 4 * (float)(n - 1) * w * h)) / (2 * (float)(n - 1));
        return p;
}

/* The positions stand in the geometry: turned where they lie, each for a square of its share. */
static void scatter(const struct settings_device *d, float pitch_mm, struct geometry *g) {
        g->kind = GEOMETRY_SCATTERED;
        g->pitch_assumed = !(pitch_mm > 0);
        g->pitch_x_mm = g->pitch_y_mm = pitch_mm > 0 ? pitch_mm : shared_pitch(g->n_cells, g->x_mm, g->y_mm);
        g->cell_cm2 = g->pitch_x_mm * g->pitch_y_mm / 100;
        for (uint32_t i = 0; i < g->n_cells; i++)
                turn_point(d, g->x_mm[i], g->y_mm[i], &g->x_mm[i], &g->y_mm[i]);
}

static void build_scattered(const struct layout_plan *p, struct layout *ret) {
        float x = p->device->pitch_x_mm > 0 ? p->device->pitch_x_mm : p->format->pitch_x_mm;
        float y = p->device->pitch_y_mm > 0 ? p->device->pitch_y_mm : p->format->pitch_y_mm;
        uint32_t n;

        build_unplaced(p->n_cells, ret);
        places_positions(p->x_mm, CELLS_MAX, ret->geometry.x_mm, &n);
        places_positions(p->y_mm, CELLS_MAX, ret->geometry.y_mm, &n);
        scatter(p->device, x > 0 ? x : y, &ret->geometry);
}

static void build(const struct layout_plan *p, struct layout *ret) {
        struct geometry *g = &ret->geometry;

        start(p->device, p->format->full_scale, p->format->inverted, ret);
        g->crosstalk = p->format->crosstalk;
        g->crosstalk_rows = p->device->rotate == 90 || p->device->rotate == 270;
        if (*p->x_mm)
                build_scattered(p, ret);
        else if (p->rows > 0 && p->cols > 0)
                build_grid(p, ret);
        else
                build_unplaced(p->n_cells, ret);
        if (p->rows > 0 && p->cols > 0) {
                ret->rows = p->rows;
                ret->cols = p->cols;
                ret->line = p->format->order.column_major ? p->rows : p->cols;
        }
        ret->n_boards = p->boards.n;
        for (uint8_t i = 0; i < p->boards.n; i++)
                ret->boards[p->boards.of[i].rank] = p->boards.of[i].number;
        places_mask(p->mask, g->rows, g->cols, g->n_cells, g->masked);
}

const char *layout_check(const struct format *format, const struct settings_device *device) {
        struct layout_plan plan;

        return layout_plan(format, device, 0, &plan);
}

const char *layout_build(const struct format *format, const struct settings_device *device, struct layout *ret) {
        struct layout_plan plan;
        const char *wrong = layout_plan(format, device, 0, &plan);

        if (!wrong)
                build(&plan, ret);
        return wrong;
}

const char *layout_learn(const struct format *format, const struct settings_device *device, uint32_t n_cells,
                         struct layout *ret) {
        struct layout_plan plan;
        const char *wrong;

        if (n_cells == 0 || n_cells > CELLS_MAX)
                return "not 1 to 4096 cells";
        wrong = layout_plan(format, device, n_cells, &plan);
        if (!wrong)
                build(&plan, ret);
        return wrong;
}

uint32_t layout_part_cells(const struct format *format, const struct layout *l) {
        switch (format->part.kind) {
        case PART_NONE:
                break;
        case PART_INDEX_U8:
                return format->part.cells > 0 ? format->part.cells : l->line;
        case PART_START_U16LE:
                return format->part.cells;
        }
        return l->n_boards > 0 ? l->geometry.n_cells / l->n_boards : l->geometry.n_cells;
}

const char *layout_scatter(const struct settings_device *device, uint32_t n, const float *x_mm, const float *y_mm,
                           float pitch_mm, float full_scale, struct layout *ret) {
        struct geometry *g = &ret->geometry;

        start(device, full_scale, false, ret);
        build_unplaced(n, ret);
        memcpy(g->x_mm, x_mm, n * sizeof(*x_mm));
        memcpy(g->y_mm, y_mm, n * sizeof(*y_mm));
        scatter(device, pitch_mm, g);
        return places_mask(device->mask, 0, 0, n, g->masked);
}
