/* SPDX-License-Identifier: MIT */
#include "core/describe/describe.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/describe/lanes.h"

static const float MOMENT_S = 0.7F;          /* movement is the change from the map about this long ago */
static const float SMOOTH_S = 0.5F;          /* movement and speed: smoothing */
static const float GAP_S = 3;                /* after a longer silence nothing is known of movement */
static const float PPI_CM2 = 9.5F;           /* peak pressure index: 9-10 cm2 (BodiTrak manual, ISO/TR 16840-9) */
static const float FRONT_SHARE = 13.0F / 32; /* 13 front columns of a 32 x 32 mat carry 30 % of an upright sitter */
static const uint64_t DETAIL_US = 45000;     /* details at most twenty times a second: nobody moves faster */
static const uint64_t BONES_US = 90000;      /* the pair is searched for ten times a second */
static const float MOVING_LEAST_CM2 = 0.5F;  /* below it a movement relative to the load means nothing */

static const float BAND_MM = 24;
static const float ALONG_MM = 20, ALONG_FROM_MM = -240;
static const float ALONG_PITCH_MOST_MM = 40; /* coarser rows cannot be cut into bands of 20 mm */

/* ---- marginals: position, quantiles and shares of the load along one direction; empty or unplaced: NAN ---- */

/* Both ends of the sensing area. */
static float marginal_begin(const struct marginal *m) {
        return m->n ? m->first_mm - m->pitch_mm / 2 : NAN;
}

static float marginal_end(const struct marginal *m) {
        return m->n ? m->first_mm + ((float)m->n - 0.5F) * m->pitch_mm : NAN;
}

static float position_in(const struct marginal *m, uint32_t bin, float share) {
        return marginal_begin(m) + m->pitch_mm * ((float)bin + share);
}

/* Load-weighted mean position, and the positions behind which 5 and 95 % of the load lie (it is spread evenly within a
 * bin); NAN unless total > 0. */
struct spread {
        float mean_mm, from_mm, to_mm;
};

/* One pass for all three numbers: each addition waits for the one before, but not for those of the other sum. */
static struct spread marginal_spread(const struct marginal *m, float total) {
        const float from = 0.05F * total, to = 0.95F * total;
        struct spread ret = {NAN, marginal_end(m), marginal_end(m)};
        float moment = 0, below = 0;
        bool has_from = false, has_to = false;

        if (m->n == 0 || !(total > 0))
                return (struct spread){NAN, NAN, NAN};
        for (uint32_t i = 0; i < m->n; i++) {
                const float part = m->load[i], upto = below + part;

                moment += (float)i * part;
                if (!has_from && part > 0 && upto >= from) {
                        ret.from_mm = position_in(m, i, (from - below) / part);
                        has_from = true;
                }
                if (!has_to && part > 0 && upto >= to) {
                        ret.to_mm = position_in(m, i, (to - below) / part);
                        has_to = true;
                }
                below = upto;
        }
        ret.mean_mm = m->first_mm + m->pitch_mm * (moment / total);
        return ret;
}

/* A position in bins from the beginning, within 0..n. */
static float bins_before(const struct marginal *m, float mm) {
        float at = (mm - marginal_begin(m)) / m->pitch_mm;

        at = at > 0 ? at : 0;
        return at < (float)m->n ? at : (float)m->n;
}

/* Load between two positions. */
static float marginal_between(const struct marginal *m, float from_mm, float to_mm) {
        float from, to, sum = 0;

        if (m->n == 0)
                return NAN;
        from = bins_before(m, from_mm);
        to = bins_before(m, to_mm);
        for (uint32_t i = (uint32_t)from; i < m->n && (float)i < to; i++) {
                float begin = (float)i > from ? (float)i : from;
                float end = (float)(i + 1) < to ? (float)(i + 1) : to;

                sum += m->load[i] * (end - begin);
        }
        return sum;
}

/* ---- the sums of a map ---- */

static void init_bins(struct marginal *m, uint16_t *bins, const float *at, float pitch, uint32_t n) {
        float least = at[0], most = at[0];

        for (uint32_t i = 1; i < n; i++) {
                least = at[i] < least ? at[i] : least;
                most = at[i] > most ? at[i] : most;
        }
        if ((most - least) / pitch > CELLS_MAX - 2) /* cells much smaller than their distances: wider bins */
                pitch = (most - least) / (CELLS_MAX - 2);
        m->first_mm = least;
        m->pitch_mm = pitch;
        m->n = (uint32_t)((most - least) / pitch + 0.5F) + 1;
        for (uint32_t i = 0; i < n; i++)
                bins[i] = (uint16_t)((at[i] - least) / pitch + 0.5F);
}

void describe_init(struct describe *d, const struct geometry *g) {
        memset(d, 0, offsetof(struct describe, previous)); /* the arrays are cleared only as far as they are used */
        memset(d->previous, 0, g->n_cells * sizeof(float));
        d->x.n = d->y.n = 0;
        d->geometry = g;
        fingerprint_init(&d->fingerprint, g);
        clinical_init(&d->clinical, g);
        d->movement = d->cop_speed_mm_s = d->slow_cop_x_mm = d->slow_cop_y_mm = NAN;
        if (g->kind == GEOMETRY_GRID) {
                d->x.n = g->cols;
                d->y.n = g->rows;
                d->x.first_mm = g->x_mm[0];
                d->y.first_mm = g->y_mm[0];
                d->x.pitch_mm = g->pitch_x_mm;
                d->y.pitch_mm = g->pitch_y_mm;
        } else if (g->kind == GEOMETRY_SCATTERED) {
                init_bins(&d->x, d->bin_x, g->x_mm, g->pitch_x_mm, g->n_cells);
                init_bins(&d->y, d->bin_y, g->y_mm, g->pitch_y_mm, g->n_cells);
        }
}

/* Sums and peaks of the columns: four rows at a time, so that both are fetched and stored a quarter as often. */
static void add_four_rows(struct describe *d, const float *restrict load, uint32_t n) {
        const float *restrict a = load, *restrict b = load + n, *restrict e = load + (size_t)2 * n,
                              *restrict f = load + (size_t)3 * n;
        float *restrict sums = d->x.load, *restrict peaks = d->peaks;

        for (uint32_t c = 0; c < n; c++) {
                const float ab = a[c] > b[c] ? a[c] : b[c], ef = e[c] > f[c] ? e[c] : f[c];
                const float most = ab > ef ? ab : ef;

                sums[c] = sums[c] + a[c] + b[c] + e[c] + f[c];
                peaks[c] = most > peaks[c] ? most : peaks[c];
        }
}

static void add_row(struct describe *d, const float *restrict load, uint32_t n) {
        float *restrict sums = d->x.load, *restrict peaks = d->peaks;

        for (uint32_t c = 0; c < n; c++) {
                sums[c] += load[c];
                peaks[c] = load[c] > peaks[c] ? load[c] : peaks[c];
        }
}

/* Number of columns and rows of the sweep; one row where there is no grid. */
static uint32_t cols_of(const struct describe *d) {
        return d->geometry->kind == GEOMETRY_GRID ? d->geometry->cols : d->geometry->n_cells;
}

static uint32_t rows_of(const struct describe *d) {
        return d->geometry->kind == GEOMETRY_GRID ? d->geometry->rows : 1;
}

/* The pass over the cells. Sets both marginals of a grid; otherwise d->x.load is the map. Returns the load. */
static float sweep_cells(struct describe *d, const struct map *map) {
        const uint32_t cols = cols_of(d), rows = rows_of(d);

        memset(d->x.load, 0, cols * sizeof(float));
        memset(d->peaks, 0, cols * sizeof(float));
        for (uint32_t r = 0; r < rows; r++) {
                const float *load = map->load + (size_t)r * cols;

                if (r % 4 == 0 && r + 4 <= rows)
                        add_four_rows(d, load, cols);
                else if (r >= rows / 4 * 4)
                        add_row(d, load, cols);
                d->y.load[r] = lanes_sum(load, cols);
        }
        return lanes_sum(d->x.load, cols);
}

/* Adds one row to the column sums: squares of the load, and its change from the slow map. */
static void compare_row(struct describe *d, const float *restrict load, uint32_t at, uint32_t n, float follow) {
        float *restrict squares = d->squares, *restrict changes = d->changes, *restrict previous = d->previous + at;

        for (uint32_t c = 0; c < n; c++) {
                float v = load[c], change = v - previous[c];

                previous[c] += follow * change;
                squares[c] += v * v;
                changes[c] += fabsf(change);
        }
}

struct totals {
        float load, squares, change, peak;
};

/* The second pass, for the details. */
static void compare_cells(struct describe *d, const struct map *map, float follow, struct totals *ret) {
        const uint32_t cols = cols_of(d), rows = rows_of(d);

        memset(d->squares, 0, cols * sizeof(float));
        memset(d->changes, 0, cols * sizeof(float));
        for (uint32_t r = 0; r < rows; r++)
                compare_row(d, map->load + (size_t)r * cols, r * cols, cols, follow);
        ret->squares = lanes_sum(d->squares, cols);
        ret->change = lanes_sum(d->changes, cols);
}

static void sort_into_bins(struct describe *d, const struct map *map) {
        memset(d->x.load, 0, d->x.n * sizeof(float));
        memset(d->y.load, 0, d->y.n * sizeof(float));
        for (uint32_t i = 0; i < map->n_cells; i++) {
                d->x.load[d->bin_x[i]] += map->load[i];
                d->y.load[d->bin_y[i]] += map->load[i];
        }
}

static uint32_t find_peak_cell(const struct describe *d, const struct map *map, float peak) {
        const uint32_t cols = cols_of(d), rows = rows_of(d);
        uint32_t c = 0;

        while (c + 1 < cols && d->peaks[c] < peak)
                c++;
        for (uint32_t r = 0; r < rows; r++)
                if (map->load[r * cols + c] >= peak)
                        return r * cols + c;
        return c;
}

/* Sums in another order may round past the ends of a ratio. */
static float clamp_between(float x, float least, float most) {
        return x < least ? least : x > most ? most : x;
}

/* Peak pressure index: mean over a disc of 9.5 cm2 round the largest cell; cells at its rim count by the part inside.
 * A cell larger than the disc counts for itself and, in part, its neighbours: on coarse mats the area is larger. */
static float measure_grid_ppi(const struct describe *d, const struct map *map, uint32_t peak) {
        const struct geometry *g = d->geometry;
        const float r = sqrtf(PPI_CM2 * 100 / 3.14159265F), px = g->pitch_x_mm, py = g->pitch_y_mm;
        const float edge = (px + py) / 4, reach = r + edge; /* half a cell */
        const int32_t row = (int32_t)(peak / g->cols), col = (int32_t)(peak % g->cols);
        const int32_t ry = reach / py < 64 ? (int32_t)(reach / py) : 64,
                      rx = reach / px < 64 ? (int32_t)(reach / px) : 64;
        float sum = 0, weights = 0;

        for (int32_t i = row - ry; i <= row + ry; i++)
                for (int32_t k = col - rx; k <= col + rx; k++) {
                        float dx = (float)(k - col) * px, dy = (float)(i - row) * py, w;

                        if (i < 0 || k < 0 || i >= (int32_t)g->rows || k >= (int32_t)g->cols)
                                continue;
                        w = (reach - sqrtf(dx * dx + dy * dy)) / (2 * edge);
                        w = w > 0 ? (w < 1 ? w : 1) : 0;
                        w *= map->trusted[(uint32_t)i * g->cols + (uint32_t)k];
                        sum += w * map->load[(uint32_t)i * g->cols + (uint32_t)k];
                        weights += w;
                }
        return weights > 0 ? clamp_between(sum / weights, 0, 1) : NAN;
}

static float measure_ppi(const struct describe *d, const struct map *map, float peak) {
        if (d->geometry->kind == GEOMETRY_GRID)
                return measure_grid_ppi(d, map, find_peak_cell(d, map, peak));
        /* no neighbours known: a cell of 9 cm2 or more is the disc itself, with smaller ones the index is unknown */
        return d->geometry->kind == GEOMETRY_SCATTERED && d->geometry->cell_cm2 >= 9 ? peak : NAN;
}

/* Coefficient of variation over the cells in contact: standard deviation / mean; lower = more even. */
static float measure_variation(const struct totals *t, uint32_t n) {
        float mean, variance;

        if (n == 0 || !(t->load > 0))
                return NAN;
        mean = t->load / (float)n;
        variance = t->squares / (float)n - mean * mean;
        return variance > 0 ? sqrtf(variance) / mean : 0;
}

static void measure_place(const struct describe *d, float total, struct features *ret) {
        const struct spread x = marginal_spread(&d->x, total), y = marginal_spread(&d->y, total);
        float left, front = marginal_end(&d->y);

        ret->cop_x_mm = x.mean_mm;
        ret->cop_y_mm = y.mean_mm;
        ret->back_y_mm = y.from_mm;
        ret->front_y_mm = y.to_mm;
        ret->width_mm = x.to_mm - x.from_mm;
        left = marginal_between(&d->x, marginal_begin(&d->x), 0);
        ret->asymmetry = total > 0 ? clamp_between(1 - 2 * left / total, -1, 1) : NAN;
        front -= FRONT_SHARE * (front - marginal_begin(&d->y));
        ret->front_share =
                total > 0 ? clamp_between(marginal_between(&d->y, front, marginal_end(&d->y)) / total, 0, 1) : NAN;
}

/* A mat that was never seen empty and is loaded everywhere, at its very sides too, shows that load without a sitter as
 * well. It is measured at the lighter of the outermost columns, because one side may be loaded. */
static float measure_rest_share(const struct describe *d, const struct map *map, float total) {
        const uint32_t n = d->x.n;
        float side;

        if (map->tared || d->geometry->kind != GEOMETRY_GRID || map->n_active < map->n_cells || !(total > 0))
                return 0;
        side = d->x.load[0] < d->x.load[n - 1] ? d->x.load[0] : d->x.load[n - 1];
        return clamp_between(side * (float)n / total, 0, 1);
}

static float smooth_value(float old, float latest, float dt) {
        return isnan(old) ? latest : old + dt / (SMOOTH_S + dt) * (latest - old);
}

/* Share by which the map of a moment ago follows the new one. */
static float follow_share(float dt) {
        return isnan(dt) ? 1 : dt / (MOMENT_S + dt);
}

static void measure_movement(struct describe *d, const struct totals *t, float load_cm2, float dt,
                             const struct features *f) {
        const bool known = dt > 0 && t->load > 0 && load_cm2 >= MOVING_LEAST_CM2;
        const float follow = follow_share(dt);
        float dx = f->cop_x_mm - d->slow_cop_x_mm, dy = f->cop_y_mm - d->slow_cop_y_mm;

        /* change from an exponential past of MOMENT_S: the same at any frame rate, and noise averages out */
        d->movement = known ? smooth_value(d->movement, t->change / t->load / (MOMENT_S + dt), dt) : NAN;
        if (known && !isnan(dx) && !isnan(dy))
                d->cop_speed_mm_s = smooth_value(d->cop_speed_mm_s, sqrtf(dx * dx + dy * dy) / (MOMENT_S + dt), dt);
        else
                d->cop_speed_mm_s = NAN;
        d->slow_cop_x_mm = isnan(dx) ? f->cop_x_mm : d->slow_cop_x_mm + follow * dx;
        d->slow_cop_y_mm = isnan(dy) ? f->cop_y_mm : d->slow_cop_y_mm + follow * dy;
}

/* Seconds since the last detailed frame; NAN = there was none, or it is too old to compare with. */
static float elapsed_s(const struct describe *d, uint64_t now) {
        float dt = d->has_previous && now >= d->previous_us ? (float)(now - d->previous_us) * 1e-6F : NAN;

        return dt <= GAP_S ? dt : NAN;
}

/* ---- sit bones: the pair of pressure maxima under the ischial tuberosities, at sub-cell precision; grids only ---- */

/* The bones are 112 +- 9 mm apart in men, about 13 mm more in women; 135 mm in one recorded sitter: 80..170 mm holds
 * them all. */
static const float APART_LEAST_MM = 80, APART_MOST_MM = 170;
/* Prior knowledge of people, a standard deviation each: distance in men and women, and slant of a sitter who does not
 * sit askew. The *_CELLS are the errors of the measured pair when cells differ by a fifth, as a share of their
 * pitch. */
static const float APART_USUAL_MM = 118, APART_SD_MM = 12, SLANT_SD_MM = 5;
static const float APART_SD_CELLS = 0.4F, SLANT_SD_CELLS = 0.55F;
/* With a strong one-sided lean the unloaded bone cannot be found. */
static const float LEAN_MOST = 0.35F;
/* On a whole seat, a tenth of a sitter: with less load a pair of bumps is the mat's own. */
static const float BONES_LEAST_CM2 = 20, WHOLE_SEAT_CM2 = 1000;
static const float FROM_MIDDLE_LEAST_MM = 15, FROM_MIDDLE_MOST_MM = 120; /* of the contact: the search range */
static const float BLOCK_MM = 25;     /* first search: the width of a sit bone's pressure peak */
static const float WINDOW_MM = 36;    /* refinement: radius of the smoothing kernel */
static const float WINDOW_CELLS = 2;  /* at least: a coarse cell that reads high must not count alone */
static const float REAR_SHARE = 0.6F; /* of the contact's length: the bones are in the rear, the thighs in front */
static const float LEVEL_MM = 45;     /* a pair is level: turned on the seat by some 20 degrees at most */
static const float VALLEY = 0.3F;     /* depth of the valley between two clear peaks, relative to the lower one */
static const float FRONT_MM = 48, FRONT_FALL = 0.1F; /* the thighs are lower by at least this share */
static const float QUALITY_LEAST = 0.15F;

enum { STEPS = 12, WINDOW_MOST = 32 };

/* A map of a grid with its marginals: the search reads nothing else. */
struct bone_map {
        const struct geometry *geometry;
        const struct marginal *x, *y;
        const float *load;
};

struct spot {
        float x, y; /* mm */
        float height;
};

struct window {
        uint32_t row0, row1, col0, col1; /* half open */
};

static uint32_t bin_at(const struct marginal *m, float mm) {
        float at = (mm - marginal_begin(m)) / m->pitch_mm;

        if (!(at > 0))
                return 0;
        return at < (float)m->n ? (uint32_t)at : m->n;
}

static struct window window_at(const struct bone_map *m, float x, float y, float rx, float ry) {
        struct window w = {bin_at(m->y, y - ry), bin_at(m->y, y + ry) + 1, bin_at(m->x, x - rx),
                           bin_at(m->x, x + rx) + 1};

        w.row1 = w.row1 < m->y->n ? w.row1 : m->y->n;
        w.col1 = w.col1 < m->x->n ? w.col1 : m->x->n;
        if (w.row1 - w.row0 >
            WINDOW_MOST) /* cells of a millimetre: no seat mat has them, but a format file may define them */
                w.row1 = w.row0 + WINDOW_MOST;
        if (w.col1 - w.col0 > WINDOW_MOST)
                w.col1 = w.col0 + WINDOW_MOST;
        return w;
}

static float window_radius(const struct geometry *g) {
        float pitch = g->pitch_x_mm > g->pitch_y_mm ? g->pitch_x_mm : g->pitch_y_mm;

        return WINDOW_MM > WINDOW_CELLS * pitch ? WINDOW_MM : WINDOW_CELLS * pitch;
}

/* A smooth window along one direction: the weights 1 - d2/h2 of its bins, the same times d, and the sum of the
 * weights. */
struct kernel {
        float weight[WINDOW_MOST], moment[WINDOW_MOST], sum;
};

static void set_kernel(const struct marginal *m, uint32_t from, uint32_t to, float at, float h, struct kernel *ret) {
        const float first = m->first_mm - at, pitch = m->pitch_mm, inverse = 1 / (h * h);
        float sum = 0;

        for (uint32_t i = from; i < to; i++) {
                float d = first + (float)i * pitch, k = 1 - d * d * inverse;

                k = k > 0 ? k : 0;
                ret->weight[i - from] = k;
                ret->moment[i - from] = k * d;
                sum += k;
        }
        ret->sum = sum;
}

/* One mean-shift step: the centroid under a smooth window, whose fixed points are the maxima of the smoothed map
 * (Comaniciu & Meer 2002). The window is a product, so that columns add up first and the inner loop vectorises. */
static struct spot shift_spot(const struct bone_map *m, struct spot at) {
        const float h = window_radius(m->geometry);
        const struct window w = window_at(m, at.x, at.y, h, h);
        const uint32_t n = w.col1 - w.col0;
        struct kernel x, y;
        float sums[WINDOW_MOST], moments[WINDOW_MOST], sum = 0, sum_x = 0, sum_y = 0;

        set_kernel(m->x, w.col0, w.col1, at.x, h, &x);
        set_kernel(m->y, w.row0, w.row1, at.y, h, &y);
        for (uint32_t c = 0; c < n; c++) /* not the whole arrays: n is 3 to 13 */
                sums[c] = moments[c] = 0;
        for (uint32_t r = w.row0; r < w.row1; r++) {
                const float *restrict load = m->load + (size_t)r * m->x->n + w.col0;
                const float row_weight = y.weight[r - w.row0], row_moment = y.moment[r - w.row0];

                for (uint32_t c = 0; c < n; c++) {
                        sums[c] += row_weight * load[c];
                        moments[c] += row_moment * load[c];
                }
        }
        for (uint32_t c = 0; c < n; c++) {
                // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): set_kernel() has written 0..n-1
                sum += x.weight[c] * sums[c];
                sum_x += x.moment[c] * sums[c];
                sum_y += x.weight[c] * moments[c];
        }
        if (!(sum > 0))
                return (struct spot){at.x, at.y, 0};
        return (struct spot){at.x + sum_x / sum, at.y + sum_y / sum, sum / (x.sum * y.sum)};
}

/* Climbs to the nearest maximum. */
static struct spot climb_from(const struct bone_map *m, struct spot at) {
        for (int i = 0; i < STEPS; i++) {
                struct spot next = shift_spot(m, at);
                bool there = fabsf(next.x - at.x) + fabsf(next.y - at.y) < 0.2F;

                at = next;
                if (there)
                        break;
        }
        return at;
}

struct search {
        struct spot left, right;
};

/* Columns of one side, and the heaviest block found in them so far. */
struct side {
        uint32_t from, to;
        uint32_t row, col;
        float most;
};

static void search_row(struct side *side, const float *columns, uint32_t block, uint32_t row) {
        for (uint32_t c = side->from; c + block <= side->to; c += block) {
                float sum = 0;

                for (uint32_t k = 0; k < block; k++)
                        sum += columns[c + k];
                if (sum > side->most) {
                        side->most = sum;
                        side->row = row;
                        side->col = c;
                }
        }
}

static struct spot spot_of(const struct bone_map *m, const struct side *s, uint32_t block_x, uint32_t block_y) {
        return (struct spot){m->x->first_mm + ((float)s->col + (float)(block_x - 1) / 2) * m->x->pitch_mm,
                             m->y->first_mm + ((float)s->row + (float)(block_y - 1) / 2) * m->y->pitch_mm, s->most};
}

static void add_columns(float *restrict columns, const float *restrict load, uint32_t n) {
        for (uint32_t c = 0; c < n; c++)
                columns[c] += load[c];
}

static uint32_t block_of(float pitch_mm) {
        float n = BLOCK_MM / pitch_mm + 0.5F;

        return n < 1 ? 1 : n < (float)CELLS_MAX ? (uint32_t)n : CELLS_MAX;
}

/* The middle of the contact, not of the load: one side may carry more. */
static float middle_of(const struct bone_map *m, float total) {
        const struct spread x = marginal_spread(m->x, total);

        return (x.from_mm + x.to_mm) / 2;
}

/* A person's weight is on the mat; mats smaller than a seat measure a part of it. */
static bool carries_pair(const struct geometry *g, float load) {
        float mat = g->cell_cm2 * (float)g->n_cells;

        return load >= BONES_LEAST_CM2 * (mat < WHOLE_SEAT_CM2 ? mat / WHOLE_SEAT_CM2 : 1);
}

/* Finds the heaviest block on each side. */
static struct search search_blocks(const struct bone_map *m, const struct features *f) {
        const float middle = middle_of(m, f->load / m->geometry->cell_cm2);
        const uint32_t begin = bin_at(m->y, f->back_y_mm - BLOCK_MM);
        const uint32_t end = bin_at(m->y, f->back_y_mm + REAR_SHARE * (f->front_y_mm - f->back_y_mm));
        const uint32_t block_x = block_of(m->x->pitch_mm), block_y = block_of(m->y->pitch_mm);
        struct side left = {.from = bin_at(m->x, middle - FROM_MIDDLE_MOST_MM),
                            .to = bin_at(m->x, middle - FROM_MIDDLE_LEAST_MM)};
        struct side right = {.from = bin_at(m->x, middle + FROM_MIDDLE_LEAST_MM),
                             .to = bin_at(m->x, middle + FROM_MIDDLE_MOST_MM)};
        float columns[CELLS_MAX];

        for (uint32_t r = begin; r + block_y <= end; r += block_y) {
                memcpy(columns, m->load + (size_t)r * m->x->n, m->x->n * sizeof(float));
                for (uint32_t k = 1; k < block_y; k++)
                        add_columns(columns, m->load + (size_t)(r + k) * m->x->n, m->x->n);
                search_row(&left, columns, block_x, r);
                search_row(&right, columns, block_x, r);
        }
        return (struct search){spot_of(m, &left, block_x, block_y), spot_of(m, &right, block_x, block_y)};
}

static float clamp_to_unit(float x) {
        return x > 0 ? (x < 1 ? x : 1) : 0;
}

static float height_at(const struct bone_map *m, float x, float y) {
        return shift_spot(m, (struct spot){x, y, 0}).height;
}

/* Two bumps, not two plateaus: depth of the valley between them, and of the fall from each to the thigh in front of
 * it, relative to the lower one; 0..1. */
static float measure_prominence(const struct bone_map *m, const struct search *s) {
        const struct spot *l = &s->left, *r = &s->right;
        const float lower = l->height < r->height ? l->height : r->height;
        const float between = height_at(m, (l->x + r->x) / 2, (l->y + r->y) / 2);
        const float front_left = l->height - height_at(m, l->x, l->y + FRONT_MM);
        const float front_right = r->height - height_at(m, r->x, r->y + FRONT_MM);
        const float front = front_left < front_right ? front_left : front_right;

        return clamp_to_unit((lower - between) / (VALLEY * lower)) * clamp_to_unit(front / (FRONT_FALL * lower));
}

static float score_pair(const struct bone_map *m, const struct search *s) {
        const float apart = s->right.x - s->left.x, slant = fabsf(s->right.y - s->left.y);

        if (!(s->left.height > 0 && s->right.height > 0) || apart < APART_LEAST_MM || apart > APART_MOST_MM)
                return 0;
        return measure_prominence(m, s) * clamp_to_unit(1.5F - slant / LEVEL_MM) *
               clamp_to_unit(0.5F + (apart - APART_LEAST_MM) / 20) *
               clamp_to_unit(0.5F + (APART_MOST_MM - apart) / 20);
}

static float trust_in(float usual_sd, float measured_sd) {
        return usual_sd * usual_sd / (usual_sd * usual_sd + measured_sd * measured_sd);
}

/* Pulls the pair towards a level one at the usual distance, as far as the cells are coarse. */
static void level_pair(const struct geometry *g, struct search *s) {
        const float pitch = g->pitch_x_mm > g->pitch_y_mm ? g->pitch_x_mm : g->pitch_y_mm;
        const float apart = s->right.x - s->left.x, slant = s->right.y - s->left.y;
        const float wider = (1 - trust_in(APART_SD_MM, APART_SD_CELLS * pitch)) * (APART_USUAL_MM - apart) / 2;
        const float lower = (1 - trust_in(SLANT_SD_MM, SLANT_SD_CELLS * pitch)) * slant / 2;

        s->left.x -= wider;
        s->right.x += wider;
        s->left.y += lower;
        s->right.y -= lower;
}

/* Begins at the previous place when the search ends in its neighbourhood: two steps instead of ten. */
static struct spot begin_at(const struct spot *found, const struct sit_bones *previous, const float mm[2]) {
        bool near = previous->valid && fabsf(found->x - mm[0]) < BLOCK_MM && fabsf(found->y - mm[1]) < BLOCK_MM;

        return near ? (struct spot){mm[0], mm[1], found->height} : *found;
}

/* Enough load and no strong lean: a search makes sense. */
static bool can_find_bones(const struct geometry *g, const struct features *f) {
        return g->kind == GEOMETRY_GRID && carries_pair(g, f->load) && fabsf(f->asymmetry) <= LEAN_MOST;
}

/* f: load, asymmetry and edges of this map. previous: the last pair, where the search begins. */
static struct sit_bones find_bones(const struct bone_map *m, const struct features *f,
                                   const struct sit_bones *previous) {
        struct sit_bones ret = {.left_mm = {NAN, NAN}, .right_mm = {NAN, NAN}, .press = {NAN, NAN}};
        struct search s;

        if (!can_find_bones(m->geometry, f))
                return ret;
        s = search_blocks(m, f);
        if (!(s.left.height > 0 && s.right.height > 0))
                return ret;
        s.left = climb_from(m, begin_at(&s.left, previous, previous->left_mm));
        s.right = climb_from(m, begin_at(&s.right, previous, previous->right_mm));
        ret.press[0] = s.left.height;
        ret.press[1] = s.right.height;
        ret.quality = score_pair(m, &s);
        if (ret.quality < QUALITY_LEAST)
                return ret;
        level_pair(m->geometry, &s);
        ret.valid = true;
        ret.left_mm[0] = s.left.x;
        ret.left_mm[1] = s.left.y;
        ret.right_mm[0] = s.right.x;
        ret.right_mm[1] = s.right.y;
        return ret;
}

/* ---- the features ---- */

/* The search costs as much as everything else; bones do not move within BONES_US. A lean or a lost load counts at
 * once. */
static struct sit_bones find_pair(struct describe *d, const struct map *map, const struct features *f) {
        const bool recent = map->arrived_us >= d->bones_us && map->arrived_us - d->bones_us < BONES_US;

        if (!recent || !d->bones.valid || !can_find_bones(d->geometry, f)) {
                const struct bone_map bones = {d->geometry, &d->x, &d->y, map->load};

                d->bones = find_bones(&bones, f, &d->bones);
                d->bones_us = map->arrived_us;
        }
        return d->bones;
}

/* Are the details (movement, shape, bones, clinical numbers) due? A lasting state waits for its turn; the beginning or
 * end of a load, or of a lean under which no bones are found, does not. USB adapters hold bytes back, and the frames
 * of a fast mat then arrive two at a time: the second of them waits, too. */
static bool details_are_due(const struct describe *d, const struct features *now, uint64_t now_us) {
        const bool waited = !d->has_previous || now_us < d->previous_us || now_us - d->previous_us >= DETAIL_US;

        return waited || (now->load > 0) != d->loaded || (d->bones.valid && !can_find_bones(d->geometry, now));
}

/* Load along y in bands fixed to the body (features.h): band b covers line_y + (b - 3) * 24 mm .. + 24 mm, where
 * line_y is the mean y of the sit-bone pair. Values are shares of the load inside the eight bands (they sum to 1), not
 * of the whole load: knees, armrests and thighs further in front change the whole but not the shape near the bones.
 *
 * Why bands and not one number: the pressure peaks themselves roll back about 1 mm per degree of slump, so "centre of
 * pressure minus the line through the peaks" hides the very change that it should show. */
static void measure_body_profile(const struct marginal *y, const struct sit_bones *pair, float ret[PROFILE_BANDS]) {
        float line = (pair->left_mm[1] + pair->right_mm[1]) / 2, sum = 0;

        for (int b = 0; b < PROFILE_BANDS; b++) {
                float from = line + (float)(b - 3) * BAND_MM;

                ret[b] = pair->valid ? marginal_between(y, from, from + BAND_MM) : NAN;
                sum += ret[b];
        }
        for (int b = 0; b < PROFILE_BANDS; b++)
                ret[b] = sum > 0 ? ret[b] / sum : NAN;
}

/* Walks along the marginal once: the load behind each boundary, bins cut evenly. */
static void sum_bands(const struct marginal *y, float total, float ret[ALONG_BANDS]) {
        const float n = (float)y->n, step = ALONG_MM / y->pitch_mm;
        float at = (ALONG_FROM_MM - marginal_begin(y)) / y->pitch_mm, behind = 0, before = 0;
        uint32_t i = 0;

        for (int b = 0; b <= ALONG_BANDS; b++) {
                const float edge = at > 0 ? (at < n ? at : n) : 0;
                float sum;

                while ((float)(i + 1) <= edge)
                        behind += y->load[i++];
                sum = i < y->n ? behind + (edge - (float)i) * y->load[i] : behind;
                if (b > 0)
                        ret[b - 1] = (sum - before) / total;
                before = sum;
                at += step;
        }
}

/* Load along y in bands of 20 mm fixed to the mat (features.h), shares of the whole load. */
static void measure_mat_profile(const struct marginal *y, float total, float ret[ALONG_BANDS]) {
        if (y->n > 0 && y->pitch_mm <= ALONG_PITCH_MOST_MM && total > 0) {
                sum_bands(y, total, ret);
                return;
        }
        for (int b = 0; b < ALONG_BANDS; b++)
                ret[b] = NAN;
}

/* The direction in which the sitter faces on the mat. The bones press on one end of the contact, the thighs run out to
 * the other: the load is skewed towards the knees. orientation = sum(load r2 r) / sum(load r2), r from the centre of
 * pressure: the third moment of the load as a length, a vector that turns as the sitter does. Simulated sitters (55 to
 * 105 kg, 12 mm SD from sit to sit): 16 to 23 mm forward, within some ten degrees. NAN without positions or load. */
static void measure_orientation(const struct geometry *g, const struct map *map, struct features *f) {
        const float cop_x = f->cop_x_mm, cop_y = f->cop_y_mm;
        float sum = 0, sum_x = 0, sum_y = 0;

        f->orientation_x_mm = f->orientation_y_mm = NAN;
        if (g->kind == GEOMETRY_UNPLACED)
                return;
        for (uint32_t i = 0; i < map->n_cells; i++) {
                const float x = g->x_mm[i] - cop_x, y = g->y_mm[i] - cop_y;
                const float moment = map->load[i] * (x * x + y * y);

                sum += moment;
                sum_x += moment * x;
                sum_y += moment * y;
        }
        if (!(sum > 0))
                return;
        f->orientation_x_mm = sum_x / sum;
        f->orientation_y_mm = sum_y / sum;
}

/* Out of line, so that the frames without details do not pay for its registers: 1 % of a step on 16 x 16 cells. */
__attribute__((noinline)) static void measure_details(struct describe *d, const struct map *map,
                                                      const float *creep_share, struct totals *t) {
        const float dt = elapsed_s(d, map->arrived_us);
        struct features *f = &d->now;
        const struct fingerprint_map input = {map, creep_share, f->cop_x_mm, f->cop_y_mm};

        d->has_previous = true;
        d->previous_us = map->arrived_us;
        d->loaded = f->load > 0;
        compare_cells(d, map, follow_share(dt), t);
        f->ppi = t->peak > 0 ? measure_ppi(d, map, t->peak) : NAN;
        f->cov = measure_variation(t, map->n_active);
        if (dt != 0)
                measure_movement(d, t, f->load, dt, f);
        f->movement = d->movement;
        f->cop_speed_mm_s = d->cop_speed_mm_s;
        f->sit_bones = find_pair(d, map, f);
        measure_body_profile(&d->y, &f->sit_bones, f->profile);
        measure_mat_profile(&d->y, d->geometry->kind == GEOMETRY_GRID ? t->load : 0, f->along);
        fingerprint_step(&d->fingerprint, &input, f);
        if (f->fingerprint_at_us == map->arrived_us)
                measure_orientation(d->geometry, map, f);
        clinical_step(&d->clinical, d->geometry, map, f, &f->clinical);
}

void describe_step(struct describe *d, const struct map *map, const float *creep_share, struct features *ret) {
        const float area = d->geometry->cell_cm2;
        struct totals t = {.load = sweep_cells(d, map)};
        struct features *f = &d->now;

        t.peak = lanes_max(d->peaks, cols_of(d));
        if (d->geometry->kind == GEOMETRY_SCATTERED)
                sort_into_bins(d, map);
        f->seq = map->seq;
        f->arrived_us = map->arrived_us;
        f->tared = map->tared;
        f->n_active = map->n_active;
        f->n_saturated = map->n_saturated;
        f->n_cells = map->n_cells;
        f->load = t.load * area;
        f->contact_area_cm2 = d->geometry->kind != GEOMETRY_UNPLACED ? (float)map->n_active * area : NAN;
        f->peak = t.peak;
        measure_place(d, t.load, f);
        f->rest_share = measure_rest_share(d, map, t.load);
        if (details_are_due(d, f, map->arrived_us))
                measure_details(d, map, creep_share, &t);
        *ret = *f;
}
