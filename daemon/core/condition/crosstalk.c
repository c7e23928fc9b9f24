/* SPDX-License-Identifier: MIT */
#include "core/condition/crosstalk.h"

#include <string.h>

static const float LEAST_DENOMINATOR = 0.25F;

static float correct_load(float load, float strength, float sum) {
        float denominator = 1 - strength * (sum - load), y;

        denominator = denominator > LEAST_DENOMINATOR ? denominator : LEAST_DENOMINATOR;
        y = load / denominator;
        return y < 1 ? y : 1;
}

static void correct_columns(const struct geometry *g, float strength, float *restrict load) {
        float sum[CELLS_MAX];

        memset(sum, 0, g->cols * sizeof(float));
        for (uint32_t r = 0; r < g->rows; r++)
                for (uint32_t k = 0; k < g->cols; k++)
                        sum[k] += load[r * g->cols + k];
        for (uint32_t r = 0; r < g->rows; r++)
                for (uint32_t k = 0; k < g->cols; k++)
                        load[r * g->cols + k] = correct_load(load[r * g->cols + k], strength, sum[k]);
}

static void correct_rows(const struct geometry *g, float strength, float *load) {
        for (uint32_t r = 0; r < g->rows; r++) {
                float sum = 0;

                for (uint32_t k = 0; k < g->cols; k++)
                        sum += load[r * g->cols + k];
                for (uint32_t k = 0; k < g->cols; k++)
                        load[r * g->cols + k] = correct_load(load[r * g->cols + k], strength, sum);
        }
}

void crosstalk_remove(const struct geometry *g, float strength, float *load) {
        if (g->kind != GEOMETRY_GRID || !(strength > 0))
                return;
        if (g->crosstalk_rows)
                correct_rows(g, strength, load);
        else
                correct_columns(g, strength, load);
}
