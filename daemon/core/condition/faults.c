/* SPDX-License-Identifier: MIT */
#include "core/condition/faults.h"

#include <stddef.h>
#include <string.h>

static const uint8_t SURE_S = 60;     /* the gaps of a posture last less */
static const float FLOORS = 4;        /* a neighbour with this many noise floors is loaded */
static const float OF_MEAN = 0.5F;    /* and with this share of the mean of the loaded cells */
static const uint32_t GAP_MAX = 3;    /* lines to the next good one at most: two dead ones side by side */
static const uint32_t LINE_LEAST = 3; /* places along a line that must be loaded on both sides */

void faults_init(struct faults *f, const struct geometry *geometry) {
        const uint32_t n = geometry->n_cells;

        memset(f, 0, offsetof(struct faults, silent_s));
        memset(f->silent_s, 0, n);
        memset(f->row_s, 0, n);
        memset(f->col_s, 0, n);
        f->geometry = geometry;
}

/* A line of cells: n of them from the first, step apart. */
struct line {
        uint32_t first, n, step;
};

static struct line row_line(const struct geometry *g, uint32_t row) {
        return (struct line){row * g->cols, g->cols, 1};
}

static struct line col_line(const struct geometry *g, uint32_t col) {
        return (struct line){col, g->rows, g->cols};
}

static bool is_empty(struct line l, const float *load) {
        for (uint32_t k = 0; k < l.n; k++)
                if (load[l.first + k * l.step] > 0)
                        return false;
        return true;
}

static void count_up(uint8_t *seconds) {
        if (*seconds < UINT8_MAX)
                ++*seconds;
}

/* The nearest line with load, up (by = 1) or down (by = -1); UINT32_MAX = none near. */
static uint32_t find_loaded_line(const uint8_t *empty, uint32_t n, uint32_t at, int by) {
        for (uint32_t k = 1; k <= GAP_MAX; k++) {
                uint32_t i = by > 0 ? at + k : at - k;

                if (i >= n) /* also below 0 */
                        return UINT32_MAX;
                if (!empty[i])
                        return i;
        }
        return UINT32_MAX;
}

static uint32_t count_loaded_places(struct line a, struct line b, const float *load, float enough) {
        uint32_t places = 0;

        for (uint32_t k = 0; k < a.n; k++)
                places += load[a.first + k * a.step] >= enough && load[b.first + k * b.step] >= enough;
        return places;
}

/* Counts the seconds of those rows (or columns) that are empty between loaded ones. */
static void observe_lines(const struct geometry *g, bool rows, const float *load, float enough, uint8_t *seconds) {
        struct line (*line)(const struct geometry *, uint32_t) = rows ? row_line : col_line;
        const uint32_t n = rows ? g->rows : g->cols;
        uint8_t empty[CELLS_MAX];

        for (uint32_t i = 0; i < n; i++)
                empty[i] = is_empty(line(g, i), load);
        for (uint32_t i = 0; i < n; i++) {
                uint32_t below = find_loaded_line(empty, n, i, -1), above = find_loaded_line(empty, n, i, 1);

                if (!empty[i])
                        seconds[i] = 0;
                else if (below != UINT32_MAX && above != UINT32_MAX && above - below <= GAP_MAX &&
                         count_loaded_places(line(g, below), line(g, above), load, enough) >= LINE_LEAST)
                        count_up(&seconds[i]);
        }
}

static void observe_cells(struct faults *f, const float *load, float enough) {
        const struct geometry *g = f->geometry;

        for (uint32_t r = 1; r + 1 < g->rows; r++)
                for (uint32_t k = r * g->cols + 1; k + 1 < (r + 1) * g->cols; k++)
                        if (load[k] > 0)
                                f->silent_s[k] = 0;
                        else if (load[k - 1] >= enough && load[k + 1] >= enough && load[k - g->cols] >= enough &&
                                 load[k + g->cols] >= enough)
                                count_up(&f->silent_s[k]);
}

void faults_observe(struct faults *f, const float *load, float floor) {
        const struct geometry *g = f->geometry;
        float sum = 0, enough;
        uint32_t active = 0;

        for (uint32_t i = 0; i < g->n_cells; i++) {
                sum += load[i];
                active += load[i] > 0;
        }
        if (g->kind != GEOMETRY_GRID || active == 0)
                return;
        enough = OF_MEAN * sum / (float)active;
        enough = enough > FLOORS * floor ? enough : FLOORS * floor;
        observe_lines(g, true, load, enough, f->row_s);
        observe_lines(g, false, load, enough, f->col_s);
        observe_cells(f, load, enough);
}

bool faults_is_dead(const struct faults *f, uint32_t cell) {
        const uint32_t cols = f->geometry->cols;

        if (f->geometry->kind != GEOMETRY_GRID)
                return false;
        return f->silent_s[cell] >= SURE_S || f->row_s[cell / cols] >= SURE_S || f->col_s[cell % cols] >= SURE_S;
}

void faults_revive(struct faults *f, uint32_t cell) {
        if (f->geometry->kind != GEOMETRY_GRID)
                return;
        f->silent_s[cell] = f->row_s[cell / f->geometry->cols] = f->col_s[cell % f->geometry->cols] = 0;
}

/* Finds the nearest good cell, at most GAP_MAX - 1 steps of `step` cells away and `room` of them on the mat; or
 * UINT32_MAX. */
static uint32_t find_good_cell(const uint8_t *trusted, uint32_t cell, int step, uint32_t room) {
        for (uint32_t k = 1; k < GAP_MAX && k <= room; k++) {
                uint32_t at = (uint32_t)((int)cell + (int)k * step);

                if (trusted[at])
                        return at;
        }
        return UINT32_MAX;
}

static void add_pair(struct faults_fill *fill, uint32_t a, uint32_t b) {
        if (a == UINT32_MAX || b == UINT32_MAX)
                return;
        fill->from[fill->n++] = (uint16_t)a;
        fill->from[fill->n++] = (uint16_t)b;
}

void faults_plan_fill(struct faults *f, const uint8_t *trusted) {
        const struct geometry *g = f->geometry;
        const int cols = (int)g->cols;

        f->n_filled = 0;
        for (uint32_t i = 0; g->kind == GEOMETRY_GRID && i < g->n_cells && f->n_filled < FAULTS_FILLED_MAX; i++) {
                struct faults_fill *fill = &f->fill[f->n_filled];
                const uint32_t row = i / g->cols, col = i % g->cols;

                if (trusted[i] || g->masked[i])
                        continue;
                *fill = (struct faults_fill){.cell = (uint16_t)i};
                add_pair(fill, find_good_cell(trusted, i, -1, col), find_good_cell(trusted, i, 1, g->cols - 1 - col));
                add_pair(fill, find_good_cell(trusted, i, -cols, row),
                         find_good_cell(trusted, i, cols, g->rows - 1 - row));
                f->n_filled += fill->n > 0;
        }
}

void faults_fill(const struct faults *f, float *load) {
        for (uint32_t i = 0; i < f->n_filled; i++) {
                const struct faults_fill *fill = &f->fill[i];
                float sum = 0;

                for (uint32_t k = 0; k < fill->n; k++)
                        sum += load[fill->from[k]];
                load[fill->cell] = sum / (float)fill->n;
        }
}
