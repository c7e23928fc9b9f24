/* SPDX-License-Identifier: MIT */
#include "core/describe/describe.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/describe/capabilities.h"
#include "core/describe/sit_bones.h"

static const float MOMENT_S = 0.7F;          /* movement is the change from the map about this long ago */
static const float SMOOTH_S = 0.5F;          /* movement and speed: smoothing */
static const float GAP_S = 3;                /* after a longer silence nothing is known of movement */
static const float PPI_CM2 = 9.5F;           /* peak pressure index: 9-10 cm2 (BodiTrak manual, ISO/TR 16840-9) */
static const float FRONT_SHARE = 13.0F / 32; /* 13 front columns of a 32 x 32 mat carry 30 % of an upright sitter */
static const uint64_t DETAIL_US = 45000;     /* details at most twenty times a second: nobody moves faster */
static const uint64_t BONES_US = 90000;      /* the pair is searched for ten times a second */
static const float LOAD_LEAST_CM2 = 0.5F;    /* below it a movement relative to the load means nothing */

static const float READING_LEAST = 0.03F; /* the same for few cells, whose area says nothing */

static const float MIDDLE_MM = 5; /* of few cells */
static const float BAND_MM = 24;
static const float ALONG_MM = 20, ALONG_FROM_MM = -240;
static const float ALONG_PITCH_MOST_MM = 40; /* coarser rows cannot be cut into bands of 20 mm */

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
        d->now.can = capabilities_find(g);
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
static float clamp_ratio(float x, float least, float most) {
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
        return weights > 0 ? clamp_ratio(sum / weights, 0, 1) : NAN;
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
        ret->asymmetry = total > 0 ? clamp_ratio(1 - 2 * left / total, -1, 1) : NAN;
        front -= FRONT_SHARE * (front - marginal_begin(&d->y));
        ret->front_share =
                total > 0 ? clamp_ratio(marginal_between(&d->y, front, marginal_end(&d->y)) / total, 0, 1) : NAN;
}

/* A mat that was never seen empty and is loaded everywhere, at its very sides too, shows that load without a sitter as
 * well. It is measured at the lighter of the outermost columns, because one side may be loaded. */
static float measure_rest_share(const struct describe *d, const struct map *map, float total) {
        const uint32_t n = d->x.n;
        float side;

        if (map->tared || d->geometry->kind != GEOMETRY_GRID || map->n_active < map->n_cells || !(total > 0))
                return 0;
        side = d->x.load[0] < d->x.load[n - 1] ? d->x.load[0] : d->x.load[n - 1];
        return clamp_ratio(side * (float)n / total, 0, 1);
}

static float smooth_value(float old, float latest, float dt) {
        return isnan(old) ? latest : old + dt / (SMOOTH_S + dt) * (latest - old);
}

/* Share by which the map of a moment ago follows the new one. */
static float follow_share(float dt) {
        return isnan(dt) ? 1 : dt / (MOMENT_S + dt);
}

static void measure_movement(struct describe *d, const struct totals *t, float dt, const struct features *f) {
        const bool enough = f->can.few ? f->reading >= READING_LEAST : f->load >= LOAD_LEAST_CM2;
        const bool known = dt > 0 && t->load > 0 && enough;
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

/* The search costs as much as everything else; bones do not move within BONES_US. A lean or a lost load counts at
 * once. */
static struct sit_bones find_pair(struct describe *d, const struct map *map, const struct features *f) {
        const bool recent = map->arrived_us >= d->bones_us && map->arrived_us - d->bones_us < BONES_US;

        if (!recent || !d->bones.valid || !sit_bones_possible(d->geometry, f)) {
                const struct bone_map bones = {d->geometry, &d->x, &d->y, map->load};

                d->bones = sit_bones_find(&bones, f, &d->bones);
                d->bones_us = map->arrived_us;
        }
        return d->bones;
}

/* Are the details (movement, shape, bones, clinical numbers) due? A lasting state waits for its turn; the beginning or
 * end of a load, or of a lean under which no bones are found, does not. USB adapters hold bytes back, and the frames
 * of a fast mat then arrive two at a time: the second of them waits, too. */
static bool details_are_due(const struct describe *d, const struct features *now, uint64_t now_us) {
        const bool waited = !d->has_previous || now_us < d->previous_us || now_us - d->previous_us >= DETAIL_US;

        return waited || (now->load > 0) != d->loaded || (d->bones.valid && !sit_bones_possible(d->geometry, now));
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
                measure_movement(d, t, dt, f);
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

/* Share of the load beyond the middle; what lies within MIDDLE_MM of it belongs to neither side. */
static float share_beyond(const float *load, const float *at_mm, uint32_t n, float middle_mm) {
        float before = 0, beyond = 0;

        for (uint32_t i = 0; i < n; i++) {
                before += at_mm[i] < middle_mm - MIDDLE_MM ? load[i] : 0;
                beyond += at_mm[i] > middle_mm + MIDDLE_MM ? load[i] : 0;
        }
        return before + beyond > 0 ? beyond / (before + beyond) : NAN;
}

static void clear_bands(float *band, int n) {
        for (int i = 0; i < n; i++)
                band[i] = NAN;
}

/* Few cells are points: between them, anything may be. The balance is what is left of a map. */
static void describe_few(const struct describe *d, const struct map *map, struct features *f) {
        const struct geometry *g = d->geometry;

        f->asymmetry = f->can.measures & MEASURE_SIDES
                               ? 2 * share_beyond(map->load, g->x_mm, map->n_cells, f->can.middle_x_mm) - 1
                               : NAN;
        f->front_share = f->can.measures & MEASURE_LEANS
                                 ? share_beyond(map->load, g->y_mm, map->n_cells, f->can.middle_y_mm)
                                 : NAN;
        if (!(f->can.measures & MEASURE_LEANS))
                f->cop_x_mm = f->cop_y_mm = f->clinical.cop_path_mm = f->clinical.cop_velocity_mm_s = NAN;
        f->contact_area_cm2 = f->back_y_mm = f->front_y_mm = f->width_mm = NAN;
        f->ppi = f->orientation_x_mm = f->orientation_y_mm = NAN;
        f->sit_bones = (struct sit_bones){.left_mm = {NAN, NAN}, .right_mm = {NAN, NAN}, .press = {NAN, NAN}};
        clear_bands(f->profile, PROFILE_BANDS);
        clear_bands(f->along, ALONG_BANDS);
        f->clinical.dispersion = f->clinical.gradient_per_cm = NAN;
        clear_bands(f->clinical.region_load, REGION_N);
        clear_bands(f->clinical.region_loaded_s, REGION_N);
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
        f->resting = map->resting;
        f->reading = map->reading;
        f->straight = map->straight;
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
        if (f->can.few)
                describe_few(d, map, ret);
}
