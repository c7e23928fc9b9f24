/* SPDX-License-Identifier: MIT */
#include "core/describe/fingerprint.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const uint64_t EVERY_US = 200000; /* five a second are enough for a posture */
static const float MEAN_S = 1;           /* breath and noise; a posture is held for longer */
static const float MOVED = 0.25F;        /* share of the load that moved elsewhere: another posture, a new mean */
static const uint64_t GAP_US = 10000000; /* after a longer silence the mean starts again, too */

/* Windows fixed to the body: enough for thighs and sit bones of a large sitter, coarse enough to tolerate a turn.
 * Patches much smaller than a seat get smaller windows. */
enum { SIDE = 11, CELLS_SMALL = 100 };
static const float STEP_MM = 40, STEPS_ALONG = 10;
static const float REACH_CELLS = 1.6F;  /* with less the numbers of a coarse mat depend on where its cells lie */
static const float WEIGHT_LEAST = 0.1F; /* share of a window on trusted cells */

_Static_assert(SIDE *SIDE == FINGERPRINT_BODY, "windows");

static void place_windows(struct fingerprint *p, const struct geometry *g) {
        const float long_mm = fmaxf((float)g->cols * g->pitch_x_mm, (float)g->rows * g->pitch_y_mm);
        const float step = fminf(STEP_MM, long_mm / STEPS_ALONG);

        p->n = FINGERPRINT_BODY;
        p->step_x_mm = fmaxf(step, g->pitch_x_mm);
        p->step_y_mm = fmaxf(step, g->pitch_y_mm);
        p->reach_x_mm = fmaxf(p->step_x_mm, REACH_CELLS * g->pitch_x_mm);
        p->reach_y_mm = fmaxf(p->step_y_mm, REACH_CELLS * g->pitch_y_mm);
        p->weight = p->reach_x_mm / g->pitch_x_mm * p->reach_y_mm / g->pitch_y_mm;
}

void fingerprint_init(struct fingerprint *p, const struct geometry *g) {
        memset(p, 0, offsetof(struct fingerprint, sums));
        p->geometry = g;
        p->body = g->kind == GEOMETRY_GRID && g->n_cells > CELLS_SMALL;
        if (g->n_cells == 0) /* a text mat whose number of cells is not known yet */
                return;
        p->group = (g->n_cells + FINGERPRINT_MAX - 1) / FINGERPRINT_MAX;
        p->n = (g->n_cells + p->group - 1) / p->group;
        if (p->body)
                place_windows(p, g);
}

static void pool_cells(const struct fingerprint *p, const struct fingerprint_map *in, float *ret) {
        const struct map *map = in->map;

        for (uint32_t i = 0; i < p->n; i++) {
                float sum = 0, count = 0;

                for (uint32_t k = i * p->group; k < (i + 1) * p->group && k < map->n_cells; k++) {
                        float share = in->creep_share ? in->creep_share[k] : 1;

                        sum += map->trusted[k] * (share > 0 ? map->load[k] / share : map->load[k]);
                        count += map->trusted[k];
                }
                ret[i] = count > 0 ? sum / count : NAN;
        }
}

/* Rows or columns of a grid. */
struct line {
        float first_mm, pitch_mm;
        uint32_t n;
};

static float window_weight(const struct line *l, uint32_t i, float at_mm, float reach_mm) {
        float w = 1 - fabsf(l->first_mm + (float)i * l->pitch_mm - at_mm) / reach_mm;

        return w > 0 ? w : 0;
}

/* The first row or column within reach of a place, and the one after the last. */
static uint32_t first_near(const struct line *l, float at_mm, float reach_mm) {
        float first = ceilf((at_mm - reach_mm - l->first_mm) / l->pitch_mm);

        return first > 0 ? (uint32_t)fminf(first, (float)l->n) : 0;
}

static uint32_t end_near(const struct line *l, float at_mm, float reach_mm) {
        float end = floorf((at_mm + reach_mm - l->first_mm) / l->pitch_mm) + 1;

        return end > 0 ? (uint32_t)fminf(end, (float)l->n) : 0;
}

/* Weighted sums along the columns of the rows near y; weights of the trusted cells in them. */
static void add_rows(struct fingerprint *p, const struct fingerprint_map *in, const struct line *rows, float y_mm) {
        const uint32_t cols = p->geometry->cols, to = end_near(rows, y_mm, p->reach_y_mm);
        float *restrict sums = p->sums, *restrict counts = p->counts;

        memset(p->sums, 0, cols * sizeof(float));
        memset(p->counts, 0, cols * sizeof(float));
        for (uint32_t r = first_near(rows, y_mm, p->reach_y_mm); r < to; r++) {
                const float *restrict load = in->map->load + (size_t)r * cols;
                const float *restrict share = in->creep_share ? in->creep_share + (size_t)r * cols : NULL;
                const uint8_t *restrict trusted = in->map->trusted + (size_t)r * cols;
                const float w = window_weight(rows, r, y_mm, p->reach_y_mm);

                for (uint32_t c = 0; c < cols; c++) {
                        float t = w * trusted[c];

                        sums[c] += share && share[c] > 0 ? t * load[c] / share[c] : t * load[c];
                        counts[c] += t;
                }
        }
}

static float add_columns(const struct fingerprint *p, const struct line *cols, float x_mm) {
        const uint32_t to = end_near(cols, x_mm, p->reach_x_mm);
        float sum = 0, count = 0;

        for (uint32_t c = first_near(cols, x_mm, p->reach_x_mm); c < to; c++) {
                float w = window_weight(cols, c, x_mm, p->reach_x_mm);

                sum += w * p->sums[c];
                count += w * p->counts[c];
        }
        return count > WEIGHT_LEAST * p->weight ? sum / count : NAN;
}

static void pool_windows(struct fingerprint *p, const struct fingerprint_map *in, float *ret) {
        const struct geometry *g = p->geometry;
        const struct line rows = {g->y_mm[0], g->pitch_y_mm, g->rows}, cols = {g->x_mm[0], g->pitch_x_mm, g->cols};

        for (int i = -SIDE / 2; i <= SIDE / 2; i++) {
                add_rows(p, in, &rows, in->cop_y_mm + (float)i * p->step_y_mm);
                for (int k = -SIDE / 2; k <= SIDE / 2; k++)
                        *ret++ = add_columns(p, &cols, in->cop_x_mm + (float)k * p->step_x_mm);
        }
}

static void measure_numbers(struct fingerprint *p, const struct fingerprint_map *in, float *ret) {
        if (!p->body)
                pool_cells(p, in, ret);
        else if (isnan(in->cop_x_mm)) /* empty: no load anywhere */
                memset(ret, 0, p->n * sizeof(float));
        else
                pool_windows(p, in, ret);
}

static bool has_moved(const struct fingerprint *p, const float *now, uint32_t n) {
        float change = 0, before = 0, after = 0, more;

        for (uint32_t i = 0; i < n; i++) {
                if (isnan(now[i]) || isnan(p->value[i]))
                        continue;
                change += fabsf(now[i] - p->value[i]);
                before += p->value[i];
                after += now[i];
        }
        more = before > after ? before : after;
        return change > MOVED * more;
}

static void update_mean(struct fingerprint *p, const struct fingerprint_map *in, bool restart) {
        const uint32_t n = p->n;
        float value[FINGERPRINT_MAX] = {0}, dt, follow;

        measure_numbers(p, in, value);
        dt = restart ? 0 : (float)(in->map->arrived_us - p->at_us) * 1e-6F;
        follow = restart || has_moved(p, value, n) ? 1 : dt / (MEAN_S + dt);
        for (uint32_t i = 0; i < n; i++) {
                bool fresh = isnan(value[i]) || isnan(p->value[i]);

                p->value[i] = fresh ? value[i] : p->value[i] + follow * (value[i] - p->value[i]);
        }
        p->at_us = in->map->arrived_us;
}

void fingerprint_step(struct fingerprint *p, const struct fingerprint_map *in, struct features *ret) {
        const uint64_t now = in->map->arrived_us;
        const bool restart = p->at_us == 0 || now < p->at_us || now - p->at_us > GAP_US;

        if (restart || now - p->at_us >= EVERY_US)
                update_mean(p, in, restart);
        ret->n_fingerprint = p->n;
        ret->fingerprint_at_us = p->at_us;
        memcpy(ret->fingerprint, p->value, p->n * sizeof(float));
}
