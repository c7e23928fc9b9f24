#include "acquire/layout.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* A mat that does not say its pitch is taken to cover this much of a seat, both ways: seat mats and the seats under
 * them measure 380..450 mm (Sensing Tex, BodiTrak and JQ seat pads; ISO 7250-1 hip breadth sitting, P95 about 420). */
static const float ASSUMED_SPAN_MM = 400;
static const float UNPLACED_PITCH_MM = 10; /* makes cell_cm2 1: loads stay comparable within one mat */

struct grid {
        uint32_t rows, cols;
        float pitch_x_mm, pitch_y_mm;
        bool assumed;
};

/* Element of the wire at row, column of the format's own picture. */
static uint32_t wire_index(const struct format *f, const struct grid *g, uint32_t row, uint32_t col) {
        uint32_t r = f->order.flip_y ? g->rows - 1 - row : row;
        uint32_t c = f->order.flip_x ? g->cols - 1 - col : col;
        uint32_t line, at, length;

        if (f->order.n_listed > 0)
                r = f->order.row_list[r];
        line = f->order.column_major ? c : r;
        at = f->order.column_major ? r : c;
        length = f->order.column_major ? g->rows : g->cols;
        if (f->order.serpentine && line % 2 == 1)
                at = length - 1 - at;
        return line * length + at;
}

/* Where the user's picture (after rotate, then flip) takes its cell from in the format's picture. Rotation is
 * clockwise seen from above, with the back row at the bottom of that view. */
static void unturn(const struct settings_device *d, const struct grid *g, uint32_t row, uint32_t col,
                   uint32_t *ret_row, uint32_t *ret_col) {
        bool quarter = d->rotate == 90 || d->rotate == 270;
        uint32_t rows = quarter ? g->cols : g->rows, cols = quarter ? g->rows : g->cols;
        uint32_t r = d->flip_y ? rows - 1 - row : row, c = d->flip_x ? cols - 1 - col : col;

        switch (d->rotate) {
        case 90: /* x' = y, y' = -x */
                *ret_row = c;
                *ret_col = g->cols - 1 - r;
                return;
        case 180:
                *ret_row = g->rows - 1 - r;
                *ret_col = g->cols - 1 - c;
                return;
        case 270: /* x' = -y, y' = x */
                *ret_row = g->rows - 1 - c;
                *ret_col = r;
                return;
        default:
                *ret_row = r;
                *ret_col = c;
        }
}

/* Only the cells there are: what lies behind them is never touched, and costs no memory. */
static void clear_cells(struct geometry *g) {
        memset(g->x_mm, 0, g->n_cells * sizeof(*g->x_mm));
        memset(g->y_mm, 0, g->n_cells * sizeof(*g->y_mm));
        memset(g->masked, 0, g->n_cells * sizeof(*g->masked));
}

static void place_grid(const struct grid *g, bool quarter, struct geometry *ret) {
        ret->kind = GEOMETRY_GRID;
        ret->rows = quarter ? g->cols : g->rows;
        ret->cols = quarter ? g->rows : g->cols;
        ret->n_cells = g->rows * g->cols;
        ret->pitch_x_mm = quarter ? g->pitch_y_mm : g->pitch_x_mm;
        ret->pitch_y_mm = quarter ? g->pitch_x_mm : g->pitch_y_mm;
        ret->pitch_assumed = g->assumed;
        ret->cell_cm2 = g->pitch_x_mm * g->pitch_y_mm / 100;
        clear_cells(ret);
        for (uint32_t i = 0; i < ret->n_cells; i++) {
                uint32_t row = i / ret->cols, col = i % ret->cols;

                ret->x_mm[i] = ((float)col - (float)(ret->cols - 1) / 2) * ret->pitch_x_mm;
                ret->y_mm[i] = ((float)row - (float)(ret->rows - 1) / 2) * ret->pitch_y_mm;
        }
}

/* From cell_of, back to front. */
static void find_runs(struct layout *l, uint32_t n) {
        for (uint32_t k = n; k-- > 0;) {
                bool goes_on = k + 1 < n && l->cell_of[k + 1] == l->cell_of[k] + 1;

                l->run_of[k] = (uint16_t)(goes_on ? l->run_of[k + 1] + 1 : 1);
        }
}

static void invert_permutation(struct layout *l, uint32_t n) {
        for (uint32_t i = 0; i < n; i++)
                l->cell_of[l->wire_of[i]] = (uint16_t)i;
        find_runs(l, n);
}

static void build_grid(const struct format *f, const struct settings_device *d, const struct grid *g,
                       struct layout *ret) {
        uint32_t cols;

        place_grid(g, d->rotate == 90 || d->rotate == 270, &ret->geometry);
        ret->rows = g->rows;
        ret->cols = g->cols;
        ret->line = f->order.column_major ? g->rows : g->cols;
        cols = ret->geometry.cols;
        for (uint32_t i = 0; i < ret->geometry.n_cells; i++) {
                uint32_t row, col;

                unturn(d, g, i / cols, i % cols, &row, &col);
                ret->wire_of[i] = (uint16_t)wire_index(f, g, row, col);
        }
        invert_permutation(ret, ret->geometry.n_cells);
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

/* 0, or what is wrong; nothing is written then. */
static const char *choose_grid(const struct format *f, const struct settings_device *d, struct grid *ret) {
        bool fixed = f->rows > 0 && !f->resizable;

        if (d->rotate != 0 && d->rotate != 90 && d->rotate != 180 && d->rotate != 270)
                return "rotate must be 0, 90, 180 or 270";
        if (d->rows < 0 || d->cols < 0)
                return "rows or cols is negative";
        if (fixed && ((d->rows > 0 && d->rows != f->rows) || (d->cols > 0 && d->cols != f->cols)))
                return "this format has a fixed number of rows and cols: leave both at 0";
        ret->rows = d->rows > 0 ? (uint32_t)d->rows : f->rows;
        ret->cols = d->cols > 0 ? (uint32_t)d->cols : f->cols;
        if ((uint64_t)ret->rows * ret->cols > CELLS_MAX)
                return "rows x cols is more than 4096 cells";
        if (f->cells > 0 && (d->rows > 0 || d->cols > 0) && ret->rows * ret->cols != f->cells)
                return "rows x cols is not the number of cells of this format";
        if (d->pitch_x_mm < 0 || d->pitch_y_mm < 0 || d->full_scale < 0)
                return "pitch or full scale is negative";
        return NULL;
}

const char *layout_check(const struct format *format, const struct settings_device *device) {
        struct grid grid = {0};
        const char *wrong = choose_grid(format, device, &grid);

        if (wrong)
                return wrong;
        return (grid.rows == 0 || grid.cols == 0) && format->framing != FRAMING_TEXT && format->cells == 0
                       ? "this format needs rows and cols"
                       : NULL;
}

static void choose_pitch(const struct format *f, const struct settings_device *d, struct grid *g) {
        float x = d->pitch_x_mm > 0 ? d->pitch_x_mm : f->pitch_x_mm;
        float y = d->pitch_y_mm > 0 ? d->pitch_y_mm : f->pitch_y_mm;

        g->assumed = !(x > 0) && !(y > 0);
        g->pitch_x_mm = x > 0 ? x : y > 0 ? y : ASSUMED_SPAN_MM / (float)g->cols;
        g->pitch_y_mm = y > 0 ? y : x > 0 ? x : ASSUMED_SPAN_MM / (float)g->rows;
}

static void start(const struct settings_device *d, float full_scale, bool inverted, struct layout *ret) {
        memset(&ret->geometry, 0, offsetof(struct geometry, x_mm));
        ret->geometry.full_scale = d->full_scale > 0 ? d->full_scale : full_scale;
        ret->inverted = inverted || d->inverted;
        ret->rows = ret->cols = ret->line = 0;
}

const char *layout_build(const struct format *format, const struct settings_device *device, struct layout *ret) {
        struct grid grid = {0};
        const char *wrong = layout_check(format, device);

        if (wrong)
                return wrong;
        choose_grid(format, device, &grid);
        if (grid.rows == 0 || grid.cols == 0) {
                start(device, format->full_scale, format->inverted, ret);
                build_unplaced(format->cells, ret);
                return NULL;
        }
        choose_pitch(format, device, &grid);
        start(device, format->full_scale, format->inverted, ret);
        build_grid(format, device, &grid, ret);
        return NULL;
}

const char *layout_learn(const struct format *format, const struct settings_device *device, uint32_t n_cells,
                         struct layout *ret) {
        struct grid grid = {0};
        const char *wrong = choose_grid(format, device, &grid);

        if (wrong)
                return wrong;
        if (n_cells == 0 || n_cells > CELLS_MAX)
                return "not 1 to 4096 cells";
        if (grid.rows == 0 && grid.cols > 0)
                grid.rows = n_cells / grid.cols;
        else if (grid.cols == 0 && grid.rows > 0)
                grid.cols = n_cells / grid.rows;
        start(device, format->full_scale, format->inverted, ret);
        if (grid.rows == 0 || grid.cols == 0 || grid.rows * grid.cols != n_cells) {
                build_unplaced(n_cells, ret);
                return NULL;
        }
        choose_pitch(format, device, &grid);
        build_grid(format, device, &grid, ret);
        return NULL;
}

static void turn_point(const struct settings_device *d, float x, float y, float *ret_x, float *ret_y) {
        float tx = d->rotate == 90 ? y : d->rotate == 180 ? -x : d->rotate == 270 ? -y : x;
        float ty = d->rotate == 90 ? -x : d->rotate == 180 ? -y : d->rotate == 270 ? x : y;

        *ret_x = d->flip_x ? -tx : tx;
        *ret_y = d->flip_y ? -ty : ty;
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

void layout_scatter(const struct settings_device *device, uint32_t n, const float *x_mm, const float *y_mm,
                    float pitch_mm, float full_scale, struct layout *ret) {
        struct geometry *g = &ret->geometry;

        start(device, full_scale, false, ret);
        build_unplaced(n, ret);
        if (!x_mm || !y_mm)
                return;
        g->kind = GEOMETRY_SCATTERED;
        g->pitch_assumed = !(pitch_mm > 0);
        g->pitch_x_mm = g->pitch_y_mm = pitch_mm > 0 ? pitch_mm : shared_pitch(n, x_mm, y_mm);
        g->cell_cm2 = g->pitch_x_mm * g->pitch_y_mm / 100;
        for (uint32_t i = 0; i < n; i++)
                turn_point(device, x_mm[i], y_mm[i], &g->x_mm[i], &g->y_mm[i]);
}
