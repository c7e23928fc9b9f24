#include "describe/pattern.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const uint64_t EVERY_US = 200000; /* five a second are enough for a posture */
static const float MEAN_S = 1;           /* breath and noise; a posture is held for longer */
static const float MOVED = 0.25F;        /* of the load, moved elsewhere: another posture, its mean begins anew */
static const uint64_t GAP_US = 10000000; /* nor is what was before a longer silence part of the mean */

static uint32_t min_u32(uint32_t a, uint32_t b) {
        return a < b ? a : b;
}

void pattern_init(struct pattern *p, const struct geometry *g) {
        const bool grid = g->kind == GEOMETRY_GRID;

        memset(p, 0, offsetof(struct pattern, sums));
        p->rows = p->block_rows = grid ? g->rows : 1;
        p->cols = p->block_cols = grid ? g->cols : g->n_cells;
        if (g->n_cells <= PATTERN_MAX)
                return;
        p->block_rows = min_u32(p->rows, 12);
        p->block_cols = min_u32(p->cols, PATTERN_MAX / p->block_rows);
        p->block_rows = min_u32(p->rows, PATTERN_MAX / p->block_cols);
}

/* Sums along the columns of rows from..to; counts of the trusted cells in them. */
static void add_rows(struct pattern *p, const struct map *map, uint32_t from, uint32_t to) {
        float *restrict sums = p->sums, *restrict counts = p->counts;

        memset(p->sums, 0, p->cols * sizeof(float));
        memset(p->counts, 0, p->cols * sizeof(float));
        for (uint32_t r = from; r < to; r++) {
                const float *restrict load = map->load + (size_t)r * p->cols;
                const float *restrict share = map->creep_share ? map->creep_share + (size_t)r * p->cols : NULL;
                const uint8_t *restrict trusted = map->trusted + (size_t)r * p->cols;

                for (uint32_t c = 0; c < p->cols; c++) {
                        sums[c] += share && share[c] > 0 ? trusted[c] * load[c] / share[c] : trusted[c] * load[c];
                        counts[c] += trusted[c];
                }
        }
}

static void pool(struct pattern *p, const struct map *map, float *ret) {
        for (uint32_t i = 0; i < p->block_rows; i++) {
                add_rows(p, map, i * p->rows / p->block_rows, (i + 1) * p->rows / p->block_rows);
                for (uint32_t k = 0; k < p->block_cols; k++) {
                        const uint32_t to = (k + 1) * p->cols / p->block_cols;
                        float sum = 0, count = 0;

                        for (uint32_t c = k * p->cols / p->block_cols; c < to; c++) {
                                sum += p->sums[c];
                                count += p->counts[c];
                        }
                        *ret++ = count > 0 ? sum / count : NAN;
                }
        }
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

static void take(struct pattern *p, const struct map *map, uint32_t n, bool anew) {
        float value[PATTERN_MAX] = {0}, dt, follow;

        pool(p, map, value);
        dt = anew ? 0 : (float)(map->arrived_us - p->at_us) * 1e-6F;
        follow = anew || moved(p, value, n) ? 1 : dt / (MEAN_S + dt);
        for (uint32_t i = 0; i < n; i++) {
                bool fresh = isnan(value[i]) || isnan(p->value[i]);

                p->value[i] = fresh ? value[i] : p->value[i] + follow * (value[i] - p->value[i]);
        }
        p->at_us = map->arrived_us;
}

void pattern_step(struct pattern *p, const struct map *map, struct features *ret) {
        const uint32_t n = p->block_rows * p->block_cols;
        const uint64_t now = map->arrived_us;
        bool anew = p->at_us == 0 || now < p->at_us || now - p->at_us > GAP_US;

        ret->n_pattern = n;
        if (anew || now - p->at_us >= EVERY_US)
                take(p, map, n, anew);
        ret->pattern_at_us = p->at_us;
        memcpy(ret->pattern, p->value, n * sizeof(float));
}
