/* SPDX-License-Identifier: MIT */
#include "core/acquire/layout.h"

#include <math.h>
#include <string.h>

/* A mat of unknown pitch is assumed to cover this much of a seat, in both directions: seat mats and the seats under
 * them measure 380..450 mm (Sensing Tex, BodiTrak and JQ seat pads; ISO 7250-1 hip breadth sitting, P95 about 420). */
static const float ASSUMED_SPAN_MM = 400;
static const float UNPLACED_PITCH_MM = 10; /* makes cell_cm2 1: loads stay comparable within one mat */

struct layout_plan {
        const struct format *format;
        const struct settings_device *device;
        uint32_t rows, cols; /* of one board as the wire has it; 0 = no grid */
        uint32_t n_cells;    /* 0 = not known yet */
        struct board_list boards;
        struct index_list row_list, col_list; /* the user's */
        const char *x_mm, *y_mm;              /* "" = a grid, or unplaced */
        const char *mask;
};

/* Rows and columns of all boards together, before rotate and flip of the settings. */
static inline uint32_t total_rows(const struct layout_plan *p) {
        return p->boards.n > 0 ? p->rows * (p->boards.n / p->boards.across) : p->rows;
}

static inline uint32_t total_cols(const struct layout_plan *p) {
        return p->boards.n > 0 ? p->cols * p->boards.across : p->cols;
}

/* --- the plan: settings over format, checked --- */

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

        if (!cell_lists_parse_boards(text, &p->boards))
                return "boards is not a list of board numbers, each once, with rows of the same length";
        if (p->boards.n > 0 && p->format->board_at == 0)
                return "boards is for formats that say which board a frame comes from";
        if (p->boards.n > 0 && p->rows * p->cols == 0)
                return "boards needs rows and cols, of one board";
        return (uint64_t)total_rows(p) * total_cols(p) > CELLS_MAX ? "the boards have more than 4096 cells" : NULL;
}

/* When another number of cells was seen, the mat has no rows and columns after all. */
static const char *choose_cells(struct layout_plan *p, uint32_t seen) {
        bool scattered = *p->x_mm || *p->y_mm, is_text = p->format->framing == FRAMING_TEXT;
        uint32_t n_x, n_y;

        if (seen > 0 && total_rows(p) * total_cols(p) != seen)
                p->rows = p->cols = 0;
        p->n_cells = seen > 0 ? seen : p->rows > 0 && p->cols > 0 ? total_rows(p) * total_cols(p) : p->format->cells;
        if (!scattered)
                return p->n_cells == 0 && !is_text ? "this format needs rows and cols" : NULL;
        if (!cell_lists_parse_positions(p->x_mm, CELLS_MAX, NULL, &n_x) ||
            !cell_lists_parse_positions(p->y_mm, CELLS_MAX, NULL, &n_y))
                return "x_mm or y_mm is not a list of numbers of -2000 to 2000";
        if (n_x != n_y || n_x == 0)
                return "x_mm and y_mm need one number each for every cell";
        if (p->n_cells > 0 && p->n_cells != n_x)
                return "x_mm and y_mm do not have one number for every cell of the mat";
        p->n_cells = n_x;
        return is_text || p->rows > 0 || p->format->cells > 0 ? NULL : "this format needs rows and cols";
}

static const char *choose_lists(struct layout_plan *p) {
        if (!cell_lists_parse_indices(p->device->row_list, &p->row_list) ||
            !cell_lists_parse_indices(p->device->col_list, &p->col_list))
                return "row_list or col_list is not a list of numbers 0 to 63";
        if ((p->row_list.n > 0 && p->rows == 0) || (p->col_list.n > 0 && p->cols == 0))
                return "row_list needs rows, col_list needs cols";
        if (p->row_list.n > 0 && !cell_lists_is_permutation(&p->row_list, total_rows(p)))
                return "row_list must name every row once";
        if (p->col_list.n > 0 && !cell_lists_is_permutation(&p->col_list, total_cols(p)))
                return "col_list must name every column once";
        return NULL;
}

static const char *choose_mask(struct layout_plan *p) {
        bool quarter = p->device->rotate == 90 || p->device->rotate == 270;
        uint32_t rows = *p->x_mm ? 0 : total_rows(p), cols = total_cols(p);
        uint8_t masked[CELLS_MAX] = {0};
        const char *wrong;

        p->mask = *p->device->mask ? p->device->mask : p->format->mask_cells;
        if (p->n_cells == 0) /* the first frame sets it */
                return cell_lists_check_mask(p->mask) ? NULL : "mask is not a list of cells, rows and columns";
        wrong = cell_lists_apply_mask(p->mask, quarter && rows > 0 ? cols : rows, quarter ? rows : cols, p->n_cells,
                                      masked);
        return wrong || memchr(masked, 0, p->n_cells) ? wrong : "mask leaves no cell";
}

static const char *make_plan(const struct format *f, const struct settings_device *d, uint32_t seen,
                             struct layout_plan *ret) {
        struct layout_plan p = {.format = f, .device = d};
        bool user_places = *d->x_mm || *d->y_mm;
        const char *wrong;

        if (d->rotate != 0 && d->rotate != 90 && d->rotate != 180 && d->rotate != 270)
                return "rotate must be 0, 90, 180 or 270";
        if (d->pitch_x_mm < 0 || d->pitch_y_mm < 0 || d->full_scale < 0)
                return "pitch or full scale is negative";
        p.x_mm = user_places ? d->x_mm : f->x_mm;
        p.y_mm = user_places ? d->y_mm : f->y_mm;
        wrong = choose_size(&p, seen);
        wrong = wrong ? wrong : choose_boards(&p);
        wrong = wrong ? wrong : choose_cells(&p, seen);
        wrong = wrong ? wrong : choose_lists(&p);
        wrong = wrong ? wrong : choose_mask(&p);
        if (!wrong)
                *ret = p;
        return wrong;
}

/* --- the order of the wire --- */

/* Position `at` of n, counted from the other end if `flip` is set. */
static uint32_t flip_position(bool flip, uint32_t at, uint32_t n) {
        return flip ? n - 1 - at : at;
}

/* Element of one board at row, column of the format's own picture of it. The user's lists hold wire numbers, so the
 * format's own lists and flips do not apply to them. */
static uint32_t find_board_element(const struct layout_plan *p, uint32_t row, uint32_t col) {
        const struct format *f = p->format;
        uint32_t r = flip_position(f->order.flip_y && p->row_list.n == 0, row, p->rows);
        uint32_t c = flip_position(f->order.flip_x && p->col_list.n == 0, col, p->cols), line, at, length;

        if (f->order.n_listed > 0 && p->row_list.n == 0)
                r = f->order.row_list[r];
        if (f->order.n_cols_listed > 0 && p->col_list.n == 0)
                c = f->order.col_list[c];
        line = f->order.column_major ? c : r;
        at = f->order.column_major ? r : c;
        length = f->order.column_major ? p->rows : p->cols;
        return line * length + flip_position(f->order.serpentine && line % 2 == 1, at, length);
}

/* Element of the wire at row, column of the picture of all boards. */
static uint32_t find_element(const struct layout_plan *p, uint32_t row, uint32_t col) {
        const struct board_list *b = &p->boards;
        uint32_t slot;

        row = p->row_list.n > 0 ? p->row_list.of[row] : row;
        col = p->col_list.n > 0 ? p->col_list.of[col] : col;
        if (b->n == 0)
                return find_board_element(p, row, col);
        slot = row / p->rows * b->across + col / p->cols;
        row = flip_position(b->of[slot].flip_y, row % p->rows, p->rows);
        col = flip_position(b->of[slot].flip_x, col % p->cols, p->cols);
        return b->of[slot].rank * p->rows * p->cols + find_board_element(p, row, col);
}

static bool is_quarter_turn(const struct settings_device *d) {
        return d->rotate == 90 || d->rotate == 270;
}

/* Turns row and column of the user's picture (after rotate, then flip) into those of the picture of rows x cols
 * before. Rotation is clockwise seen from above, with the back row at the bottom of that view. */
static void find_source_cell(const struct settings_device *d, uint32_t rows, uint32_t cols, uint32_t *row,
                             uint32_t *col) {
        uint32_t r = flip_position(d->flip_y, *row, is_quarter_turn(d) ? cols : rows);
        uint32_t c = flip_position(d->flip_x, *col, is_quarter_turn(d) ? rows : cols);

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

/* Clears the cells in use only: pages after them are never touched, and so cost no memory. */
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
        across = x > 0 ? x : y > 0 ? y : ASSUMED_SPAN_MM / (float)total_cols(p);
        down = y > 0 ? y : x > 0 ? x : ASSUMED_SPAN_MM / (float)total_rows(p);
        g->pitch_x_mm = is_quarter_turn(p->device) ? down : across;
        g->pitch_y_mm = is_quarter_turn(p->device) ? across : down;
        g->cell_cm2 = across * down / 100;
}

static void place_grid(const struct layout_plan *p, struct geometry *g) {
        bool quarter = is_quarter_turn(p->device);

        g->kind = GEOMETRY_GRID;
        g->rows = quarter ? total_cols(p) : total_rows(p);
        g->cols = quarter ? total_rows(p) : total_cols(p);
        g->n_cells = g->rows * g->cols;
        choose_pitch(p, g);
        clear_cells(g);
        for (uint32_t i = 0; i < g->n_cells; i++) {
                uint32_t row = i / g->cols, col = i % g->cols;

                g->x_mm[i] = ((float)col - (float)(g->cols - 1) / 2) * g->pitch_x_mm;
                g->y_mm[i] = ((float)row - (float)(g->rows - 1) / 2) * g->pitch_y_mm;
        }
}

/* Fills run_of from cell_of, back to front. */
static void find_runs(struct layout *l, uint32_t n) {
        for (uint32_t k = n; k-- > 0;) {
                bool goes_on = k + 1 < n && l->cell_of[k + 1] == l->cell_of[k] + 1;

                l->run_of[k] = (uint16_t)(goes_on ? l->run_of[k + 1] + 1 : 1);
        }
}

static bool is_by_columns(const struct layout *l) {
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

                find_source_cell(p->device, total_rows(p), total_cols(p), &row, &col);
                k = find_element(p, row, col);
                ret->wire_of[i] = (uint16_t)k;
                ret->cell_of[k] = (uint16_t)i;
        }
        find_runs(ret, ret->geometry.n_cells);
        ret->by_columns = is_by_columns(ret);
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

static void init_layout(const struct settings_device *d, float full_scale, bool inverted, struct layout *ret) {
        memset(&ret->geometry, 0, offsetof(struct geometry, x_mm));
        ret->geometry.full_scale = d->full_scale > 0 ? d->full_scale : full_scale;
        ret->inverted = inverted || d->inverted;
        ret->rows = ret->cols = ret->line = ret->n_boards = 0;
        ret->by_columns = false;
}

/* Uses 0 - x instead of -x, so that no -0 is printed. */
static void turn_point(const struct settings_device *d, float x, float y, float *ret_x, float *ret_y) {
        float tx = d->rotate == 90 ? y : d->rotate == 180 ? 0 - x : d->rotate == 270 ? 0 - y : x;
        float ty = d->rotate == 90 ? 0 - x : d->rotate == 180 ? 0 - y : d->rotate == 270 ? x : y;

        *ret_x = d->flip_x ? 0 - tx : tx;
        *ret_y = d->flip_y ? 0 - ty : ty;
}

/* Side p of the square that each of n cells covers when they share the rectangle they span, with a rim of half a cell:
 * n p^2 = (w + p)(h + p). */
static float compute_shared_pitch(uint32_t n, const float *x, const float *y) {
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

/* Turns the positions, which are in the geometry already, and gives each cell a square of the same size. */
static void place_scattered(const struct settings_device *d, float pitch_mm, struct geometry *g) {
        g->kind = GEOMETRY_SCATTERED;
        g->pitch_assumed = !(pitch_mm > 0);
        g->pitch_x_mm = g->pitch_y_mm = pitch_mm > 0 ? pitch_mm : compute_shared_pitch(g->n_cells, g->x_mm, g->y_mm);
        g->cell_cm2 = g->pitch_x_mm * g->pitch_y_mm / 100;
        for (uint32_t i = 0; i < g->n_cells; i++)
                turn_point(d, g->x_mm[i], g->y_mm[i], &g->x_mm[i], &g->y_mm[i]);
}

static void build_scattered(const struct layout_plan *p, struct layout *ret) {
        float x = p->device->pitch_x_mm > 0 ? p->device->pitch_x_mm : p->format->pitch_x_mm;
        float y = p->device->pitch_y_mm > 0 ? p->device->pitch_y_mm : p->format->pitch_y_mm;
        uint32_t n;

        build_unplaced(p->n_cells, ret);
        cell_lists_parse_positions(p->x_mm, CELLS_MAX, ret->geometry.x_mm, &n);
        cell_lists_parse_positions(p->y_mm, CELLS_MAX, ret->geometry.y_mm, &n);
        place_scattered(p->device, x > 0 ? x : y, &ret->geometry);
}

static void build_planned(const struct layout_plan *p, struct layout *ret) {
        struct geometry *g = &ret->geometry;

        init_layout(p->device, p->format->full_scale, p->format->inverted, ret);
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
        cell_lists_apply_mask(p->mask, g->rows, g->cols, g->n_cells, g->masked);
}

const char *layout_check(const struct format *format, const struct settings_device *device) {
        struct layout_plan plan;

        return make_plan(format, device, 0, &plan);
}

const char *layout_build(const struct format *format, const struct settings_device *device, struct layout *ret) {
        struct layout_plan plan;
        const char *wrong = make_plan(format, device, 0, &plan);

        if (!wrong)
                build_planned(&plan, ret);
        return wrong;
}

const char *layout_learn(const struct format *format, const struct settings_device *device, uint32_t n_cells,
                         struct layout *ret) {
        struct layout_plan plan;
        const char *wrong;

        if (n_cells == 0 || n_cells > CELLS_MAX)
                return "not 1 to 4096 cells";
        wrong = make_plan(format, device, n_cells, &plan);
        if (!wrong)
                build_planned(&plan, ret);
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

const char *layout_scatter(const struct settings_device *device, const struct layout_points *points,
                           struct layout *ret) {
        struct geometry *g = &ret->geometry;

        init_layout(device, points->full_scale, false, ret);
        build_unplaced(points->n, ret);
        memcpy(g->x_mm, points->x_mm, points->n * sizeof(*points->x_mm));
        memcpy(g->y_mm, points->y_mm, points->n * sizeof(*points->y_mm));
        place_scattered(device, points->pitch_mm, g);
        return cell_lists_apply_mask(device->mask, 0, 0, points->n, g->masked);
}
/* ---- from the order of the wire into the order of the geometry ---- */

enum { RUN_MIN = 8 }; /* copying a shorter run costs more than moving each cell by itself */

/* Four floats in one register. */
typedef float four __attribute__((vector_size(16)));

/* Transposes four cells of each of four columns: columns are `length` cells apart, the rows of the result `width`. */
static inline void transpose_square(const float *columns, size_t length, float *ret, size_t width) {
        four column[4], row[4], low[2], high[2];

        for (size_t k = 0; k < 4; k++)
                memcpy(&column[k], columns + k * length, sizeof(column[k]));
        for (size_t k = 0; k < 2; k++) {
                low[k] = __builtin_shufflevector(column[2 * k], column[2 * k + 1], 0, 4, 1, 5);
                high[k] = __builtin_shufflevector(column[2 * k], column[2 * k + 1], 2, 6, 3, 7);
        }
        row[0] = __builtin_shufflevector(low[0], low[1], 0, 1, 4, 5);
        row[1] = __builtin_shufflevector(low[0], low[1], 2, 3, 6, 7);
        row[2] = __builtin_shufflevector(high[0], high[1], 0, 1, 4, 5);
        row[3] = __builtin_shufflevector(high[0], high[1], 2, 3, 6, 7);
        for (size_t k = 0; k < 4; k++)
                memcpy(ret + k * width, &row[k], sizeof(row[k]));
}

/* Transposes four columns side by side, of at least four rows. When the number of rows is no multiple of four, the
 * last square overlaps the one before. */
static inline void transpose_four(const float *restrict columns, size_t rows, float *restrict ret, size_t width) {
        float *to = ret;

        for (size_t r = 0; r + 4 <= rows; r += 4, to += 4 * width)
                transpose_square(columns + r, rows, to, width);
        if (rows % 4 > 0)
                transpose_square(columns + rows - 4, rows, ret + (rows - 4) * width, width);
}

/* Columns become rows; there are at least four of both. */
static void transpose_columns(const float *restrict columns, size_t rows, size_t cols, float *restrict ret) {
        for (size_t c = 0; c + 4 <= cols; c += 4)
                transpose_four(columns + c * rows, rows, ret + c, cols);
        if (cols % 4 > 0)
                transpose_four(columns + (cols - 4) * rows, rows, ret + cols - 4, cols);
}

/* Runs are copied as long as they are long enough; from the first short one on, each cell is moved by itself. */
void layout_apply(const struct layout *l, const float *restrict elements, size_t n, float *restrict ret) {
        const uint16_t *from = l->wire_of;
        size_t i = 0;

        if (l->by_columns && l->geometry.rows >= 4 && l->geometry.cols >= 4) {
                transpose_columns(elements, l->geometry.rows, l->geometry.cols, ret);
                return;
        }
        for (size_t run; i < n && l->run_of[from[i]] >= RUN_MIN; i += run) {
                run = l->run_of[from[i]] < n - i ? l->run_of[from[i]] : n - i;
                memcpy(ret + i, elements + from[i], run * sizeof(*ret));
        }
        for (; i + 4 <= n; i += 4) {
                ret[i] = elements[from[i]];
                ret[i + 1] = elements[from[i + 1]];
                ret[i + 2] = elements[from[i + 2]];
                ret[i + 3] = elements[from[i + 3]];
        }
        for (; i < n; i++)
                ret[i] = elements[from[i]];
}
