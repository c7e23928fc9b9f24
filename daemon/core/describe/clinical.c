/* SPDX-License-Identifier: MIT */
#include "core/describe/clinical.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/describe/marginal.h"

static const uint64_t EVERY_US = 200000;
static const float GAP_S = 3;            /* a longer silence counts as this long */
static const float LOAD_LEAST_CM2 = 2;   /* with less the seat is empty */
static const float REGION_LEAST = 0.02F; /* of the load: with less a region carries nothing */
static const float BONE_MM = 40;         /* radius of the area of a sit bone */
static const float SACRUM_FROM_MM = 40, SACRUM_TO_MM = 110;
static const float COP_S = 0.5F, VELOCITY_S = 60;
static const float SHIFT = 0.3F, RELIEF = 0.9F, HELD_S = 15;
static const float USUAL_S = 60, USUAL_UP_S = 5, USUAL_HELD_S = 900;

static void place_regions(struct clinical_tracker *t, const struct geometry *g) {
        float back = g->y_mm[0], front = g->y_mm[0];

        for (uint32_t i = 1; i < g->n_cells; i++) {
                back = g->y_mm[i] < back ? g->y_mm[i] : back;
                front = g->y_mm[i] > front ? g->y_mm[i] : front;
        }
        for (uint32_t i = 0; i < g->n_cells; i++) {
                float along = front > back ? (g->y_mm[i] - back) / (front - back) : 0;
                uint32_t third = along < 1.0F / 3 ? 0 : along < 2.0F / 3 ? 1 : 2;

                t->region_of[i] = (uint8_t)(2 * third + (g->x_mm[i] >= 0));
        }
}

static float distance_mm(const struct geometry *g, uint32_t i, uint32_t k) {
        return hypotf(g->x_mm[i] - g->x_mm[k], g->y_mm[i] - g->y_mm[k]);
}

/* Compares every pair once, at the start: some ten milliseconds for the largest mat. */
static void find_nearest(struct clinical_tracker *t, const struct geometry *g) {
        for (uint32_t i = 0; i < g->n_cells; i++) {
                float least = INFINITY;

                t->nearest[i] = (uint16_t)i;
                for (uint32_t k = 0; k < g->n_cells; k++) {
                        const float dx = g->x_mm[k] - g->x_mm[i], dy = g->y_mm[k] - g->y_mm[i];
                        const float square = dx * dx + dy * dy;

                        if (square < least && k != i) {
                                least = square;
                                t->nearest[i] = (uint16_t)k;
                        }
                }
        }
}

void clinical_init(struct clinical_tracker *t, const struct geometry *g) {
        memset(t, 0, offsetof(struct clinical_tracker, region_of));
        t->now.dispersion = t->now.gradient_per_cm = t->now.cop_path_mm = t->now.cop_velocity_mm_s = NAN;
        t->cop_x_mm = t->cop_y_mm = NAN;
        for (int i = 0; i < REGION_N; i++)
                t->now.region_load[i] = t->now.region_loaded_s[i] = NAN;
        if (g->kind != GEOMETRY_UNPLACED)
                place_regions(t, g);
        if (g->kind == GEOMETRY_SCATTERED)
                find_nearest(t, g);
}

/* Largest step of each column so far. */
static void update_steepest(float *restrict most, const float *restrict a, const float *restrict b, uint32_t n) {
        for (uint32_t c = 0; c < n; c++) {
                const float step = fabsf(b[c] - a[c]);

                most[c] = step > most[c] ? step : most[c];
        }
}

static float grid_gradient(const struct geometry *g, const float *load) {
        const uint32_t cols = g->cols;
        float along_x[CELLS_MAX], along_y[CELLS_MAX]; /* by column */

        memset(along_x, 0, cols * sizeof(float));
        memset(along_y, 0, cols * sizeof(float));
        for (uint32_t r = 0; r < g->rows; r++) {
                const float *row = load + (size_t)r * cols;

                update_steepest(along_x, row, row + 1, cols - 1);
                if (r + 1 < g->rows)
                        update_steepest(along_y, row, row + cols, cols);
        }
        return fmaxf(lanes_max(along_x, cols) / g->pitch_x_mm, lanes_max(along_y, cols) / g->pitch_y_mm) * 10;
}

static float measure_gradient(const struct clinical_tracker *t, const struct geometry *g, const float *load) {
        float most = 0;

        if (g->kind == GEOMETRY_GRID)
                return grid_gradient(g, load);
        for (uint32_t i = 0; i < g->n_cells && g->kind == GEOMETRY_SCATTERED; i++) {
                float mm = distance_mm(g, i, t->nearest[i]);

                if (mm > 0)
                        most = fmaxf(most, 10 * fabsf(load[i] - load[t->nearest[i]]) / mm);
        }
        return g->kind == GEOMETRY_SCATTERED ? most : NAN;
}

static bool is_near(const float mm[2], float x, float y) {
        return (x - mm[0]) * (x - mm[0]) + (y - mm[1]) * (y - mm[1]) <= BONE_MM * BONE_MM;
}

static bool is_under_bones(const struct sit_bones *b, float x, float y) {
        const float line = (b->left_mm[1] + b->right_mm[1]) / 2;

        return is_near(b->left_mm, x, y) || is_near(b->right_mm, x, y) ||
               (x > b->left_mm[0] && x < b->right_mm[0] && y < line - SACRUM_FROM_MM && y > line - SACRUM_TO_MM);
}

static float measure_dispersion(const struct geometry *g, const float *load, const struct features *f) {
        const struct sit_bones *b = &f->sit_bones;
        const float back = fminf(b->left_mm[1], b->right_mm[1]) - SACRUM_TO_MM;
        const float front = fmaxf(b->left_mm[1], b->right_mm[1]) + BONE_MM;
        float under = 0;

        if (!b->valid || !(f->load > 0))
                return NAN;
        for (uint32_t r = 0; r < g->rows; r++) { /* a pair is found on grids only */
                const uint32_t from = r * g->cols;

                if (g->y_mm[from] < back || g->y_mm[from] > front)
                        continue;
                for (uint32_t i = from; i < from + g->cols; i++)
                        if (load[i] > 0 && is_under_bones(b, g->x_mm[i], g->y_mm[i]))
                                under += load[i];
        }
        return fminf(under * g->cell_cm2 / f->load, 1);
}

/* True once each time that the load stays below its usual size by the share for HELD_S. */
static bool step_offload(struct offload *o, float load, float least, float share, float dt) {
        const bool off = load < (1 - share) * o->usual;
        bool begun;

        o->off_s = off ? o->off_s + dt : 0;
        if (!off || o->off_s > USUAL_HELD_S)
                o->usual += dt / ((load > o->usual ? USUAL_UP_S : USUAL_S) + dt) * (load - o->usual);
        o->loaded_s = load < least || o->off_s >= HELD_S ? 0 : o->loaded_s + dt;
        begun = o->off_s >= HELD_S && !o->counted;
        o->counted = o->off_s >= HELD_S;
        return begun;
}

/* A weight shift is one side off-loaded; when both are, the sitter leans on the table, gets up, or is another one. */
static void count_weight_shifts(struct clinical_tracker *t, const struct features *f, float dt) {
        const float side[2] = {f->load * (1 - f->asymmetry) / 2, f->load * (1 + f->asymmetry) / 2};
        bool begun[2];

        for (int i = 0; i < 2; i++)
                begun[i] = step_offload(&t->side[i], side[i], 0, SHIFT, dt);
        t->now.weight_shifts += (begun[0] && !(t->side[1].off_s > 0)) || (begun[1] && !(t->side[0].off_s > 0));
}

static void track_offloads(struct clinical_tracker *t, const struct features *f, float dt) {
        const float least = fmaxf(REGION_LEAST * f->load, LOAD_LEAST_CM2 / REGION_N);

        t->now.reliefs += step_offload(&t->whole, f->load, 0, RELIEF, dt);
        if (!isnan(f->asymmetry))
                count_weight_shifts(t, f, dt);
        for (int i = 0; i < REGION_N && !isnan(t->now.region_load[i]); i++) {
                step_offload(&t->region[i], t->now.region_load[i], least, SHIFT, dt);
                t->now.region_loaded_s[i] = t->region[i].loaded_s;
        }
}

static void sum_regions(struct clinical_tracker *t, const struct geometry *g, const float *load) {
        float *sum = t->now.region_load;
        uint32_t middle = 0;

        memset(t->now.region_load, 0, sizeof(t->now.region_load));
        while (middle < g->cols && g->x_mm[middle] < 0)
                middle++;
        for (uint32_t r = 0; r < g->rows; r++) {
                const uint32_t from = r * g->cols, back = t->region_of[from] & ~1U;

                sum[back] += lanes_sum(load + from, middle);
                sum[back + 1] += lanes_sum(load + from + middle, g->cols - middle);
        }
        for (uint32_t i = 0; i < g->n_cells && g->kind != GEOMETRY_GRID; i++)
                sum[t->region_of[i]] += load[i];
        for (int k = 0; k < REGION_N; k++)
                sum[k] *= g->cell_cm2;
}

static void track_cop(struct clinical_tracker *t, const struct features *f, float dt) {
        float dx = f->cop_x_mm - t->cop_x_mm, dy = f->cop_y_mm - t->cop_y_mm, step;
        const float follow = dt / (COP_S + dt);

        if (!(f->load >= LOAD_LEAST_CM2) || isnan(f->cop_x_mm)) {
                t->now.cop_path_mm = t->now.cop_velocity_mm_s = t->cop_x_mm = t->cop_y_mm = NAN;
        } else if (isnan(dx)) {
                t->cop_x_mm = f->cop_x_mm;
                t->cop_y_mm = f->cop_y_mm;
                t->now.cop_path_mm = t->now.cop_velocity_mm_s = t->cop_s = 0;
        } else if (dt > 0) {
                t->cop_x_mm += follow * dx;
                t->cop_y_mm += follow * dy;
                step = follow * hypotf(dx, dy);
                t->cop_s = fminf(t->cop_s + dt, VELOCITY_S);
                t->now.cop_path_mm += step;
                t->now.cop_velocity_mm_s += dt / t->cop_s * (step / dt - t->now.cop_velocity_mm_s);
        }
}

void clinical_step(struct clinical_tracker *t, const struct geometry *g, const struct map *map,
                   const struct features *f, struct clinical *ret) {
        const uint64_t now = map->arrived_us;
        const bool first = t->at_us == 0 || now < t->at_us;

        if (first || now - t->at_us >= EVERY_US) {
                float dt = first ? 0 : (float)(now - t->at_us) * 1e-6F;

                dt = dt < GAP_S ? dt : GAP_S;
                t->at_us = now;
                t->now.gradient_per_cm = measure_gradient(t, g, map->load);
                t->now.dispersion = measure_dispersion(g, map->load, f);
                if (g->kind != GEOMETRY_UNPLACED)
                        sum_regions(t, g, map->load);
                track_cop(t, f, dt);
                track_offloads(t, f, dt);
        }
        *ret = t->now;
}
