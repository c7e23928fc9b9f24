/* SPDX-License-Identifier: MIT */
#include "core/describe/fingerprint.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const uint64_t EVERY_US = 200000; /* five a second are enough for a posture */
static const float MEAN_S = 1;           /* breath and noise; a posture is held for longer */
static const float MOVED = 0.25F;        /* of the load, moved elsewhere: another posture, its mean begins anew */
static const uint64_t GAP_US = 10000000; /* nor is what was before a longer silence part of the mean */

/* Windows fixed to the body: enough for thighs and sit bones of a large sitter, coarse enough to forgive a turn. Patches much
 * smaller than a seat get smaller ones. */
enum { SIDE = 11, CELLS_SMALL = 100 };
static const float STEP_MM = 40, STEPS_ALONG = 10;
static const float REACH_CELLS = 1.6F;  /* less, and a coarse mat's numbers depend on where the cells lie */
static const float WEIGHT_LEAST = 0.1F; /* share of a window on trusted cells */

_Static_assert(SIDE *SIDE == PATTERN_BODY, "windows");

static void place_windows(struct pattern *p, const struct geometry *g) {
        const float long_mm = fmaxf((float)g->cols * g->pitch_x_mm, (float)g->rows * g->pitch_y_mm);
        const float step = fminf(STEP_MM, long_mm / STEPS_ALONG);

        p->n = PATTERN_BODY;
        p->step_x_mm = fmaxf(step, g->pitch_x_mm);
        p->step_y_mm = fmaxf(step, g->pitch_y_mm);
        p->reach_x_mm = fmaxf(p->step_x_mm, REACH_CELLS * g->pitch_x_mm);
        p->reach_y_mm = fmaxf(p->step_y_mm, REACH_CELLS * g->pitch_y_mm);
        p->weight = p->reach_x_mm / g->pitch_x_mm * p->reach_y_mm / g->pitch_y_mm;
}

void pattern_init(struct pattern *p, const struct geometry *g) {
        memset(p, 0, offsetof(struct pattern, sums));
        p->geometry = g;
        p->body = g->kind == GEOMETRY_GRID && g->n_cells > CELLS_SMALL;
        if (g->n_cells == 0) /* a text mat that has not said yet how many it has */
                return;
        p->group = (g->n_cells + PATTERN_MAX - 1) / PATTERN_MAX;
        p->n = (g->n_cells + p->group - 1) / p->group;
        if (p->body)
                place_windows(p, g);
}

static void pool_cells(const struct pattern *p, const struct map *map, float *ret) {
        for (uint32_t i = 0; i < p->n; i++) {
                float sum = 0, count = 0;

                for (uint32_t k = i * p->group; k < (i + 1) * p->group && k < map->n_cells; k++) {
                        float share = map->creep_share ? map->creep_share[k] : 1;

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

static float weight(const struct line *l, uint32_t i, float at_mm, float reach_mm) {
        float w = 1 - fabsf(l->first_mm + (float)i * l->pitch_mm - at_mm) / reach_mm;

        return w > 0 ? w : 0;
}

/* First, and one behind the last, that lies within reach of a place. */
static uint32_t first_near(const struct line *l, float at_mm, float reach_mm) {
        float first = ceilf((at_mm - reach_mm - l->first_mm) / l->pitch_mm);

        return first > 0 ? (uint32_t)fminf(first, (float)l->n) : 0;
}

static uint32_t behind_near(const struct line *l, float at_mm, float reach_mm) {
        float behind = floorf((at_mm + reach_mm - l->first_mm) / l->pitch_mm) + 1;

        return behind > 0 ? (uint32_t)fminf(behind, (float)l->n) : 0;
}

/* Weighted sums along the columns of the rows near y; weights of the trusted cells in them. */
static void add_rows(struct pattern *p, const struct map *map, const struct line *rows, float y_mm) {
        const uint32_t cols = p->geometry->cols, to = behind_near(rows, y_mm, p->reach_y_mm);
        float *restrict sums = p->sums, *restrict counts = p->counts;

        memset(p->sums, 0, cols * sizeof(float));
        memset(p->counts, 0, cols * sizeof(float));
        for (uint32_t r = first_near(rows, y_mm, p->reach_y_mm); r < to; r++) {
                const float *restrict load = map->load + (size_t)r * cols;
                const float *restrict share = map->creep_share ? map->creep_share + (size_t)r * cols : NULL;
                const uint8_t *restrict trusted = map->trusted + (size_t)r * cols;
                const float w = weight(rows, r, y_mm, p->reach_y_mm);

                for (uint32_t c = 0; c < cols; c++) {
                        float t = w * trusted[c];

                        sums[c] += share && share[c] > 0 ? t * load[c] / share[c] : t * load[c];
                        counts[c] += t;
                }
        }
}

static float add_columns(const struct pattern *p, const struct line *cols, float x_mm) {
        const uint32_t to = behind_near(cols, x_mm, p->reach_x_mm);
        float sum = 0, count = 0;

        for (uint32_t c = first_near(cols, x_mm, p->reach_x_mm); c < to; c++) {
                float w = weight(cols, c, x_mm, p->reach_x_mm);

                sum += w * p->sums[c];
                count += w * p->counts[c];
        }
        return count > WEIGHT_LEAST * p->weight ? sum / count : NAN;
}

static void pool_windows(struct pattern *p, const struct map *map, float cop_x_mm, float cop_y_mm, float *ret) {
        const struct geometry *g = p->geometry;
        const struct line rows = {g->y_mm[0], g->pitch_y_mm, g->rows}, cols = {g->x_mm[0], g->pitch_x_mm, g->cols};

        for (int i = -SIDE / 2; i <= SIDE / 2; i++) {
                add_rows(p, map, &rows, cop_y_mm + (float)i * p->step_y_mm);
                for (int k = -SIDE / 2; k <= SIDE / 2; k++)
                        *ret++ = add_columns(p, &cols, cop_x_mm + (float)k * p->step_x_mm);
        }
}

static void pool(struct pattern *p, const struct map *map, const struct features *f, float *ret) {
        if (!p->body)
                pool_cells(p, map, ret);
        else if (isnan(f->cop_x_mm)) /* empty: no load, wherever */
                memset(ret, 0, p->n * sizeof(float));
        else
                pool_windows(p, map, f->cop_x_mm, f->cop_y_mm, ret);
}

static bool moved(const struct pattern *p, const float *now, uint32_t n) {
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

static void take(struct pattern *p, const struct map *map, const struct features *f, bool anew) {
        const uint32_t n = p->n;
        float value[PATTERN_MAX] = {0}, dt, follow;

        pool(p, map, f, value);
        dt = anew ? 0 : (float)(map->arrived_us - p->at_us) * 1e-6F;
        follow = anew || moved(p, value, n) ? 1 : dt / (MEAN_S + dt);
        for (uint32_t i = 0; i < n; i++) {
                bool fresh = isnan(value[i]) || isnan(p->value[i]);

                p->value[i] = fresh ? value[i] : p->value[i] + follow * (value[i] - p->value[i]);
        }
        p->at_us = map->arrived_us;
}

void pattern_step(struct pattern *p, const struct map *map, struct features *ret) {
        const uint32_t n = p->n;
        const uint64_t now = map->arrived_us;
        bool anew = p->at_us == 0 || now < p->at_us || now - p->at_us > GAP_US;

        ret->n_pattern = n;
        if (anew || now - p->at_us >= EVERY_US)
                take(p, map, ret, anew);
        ret->pattern_at_us = p->at_us;
        memcpy(ret->pattern, p->value, n * sizeof(float));
}
