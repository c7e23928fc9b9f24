/* SPDX-License-Identifier: MIT */
#include "core/condition/crosstalk.h"

#include <string.h>

/* Columns of a matrix without guarding share one path: each loaded cell pulls the readings of the others in its column
 * down. The published remedy (host programs of two makers of such mats): v' = v * Vmax / (v + Vmax - column sum).
 * With strength = full scale / Vmax, and shares of full scale: y' = y / (1 - strength * (column sum - y)).
 *
 * It is exact for a divider: cells of conductance a = y' / (1 - strength * y') on one path read
 * y = a / (1 + strength * sum of a), so that strength * sum of y stays below 1. A column that breaks this is no such
 * divider, or has another strength: the denominator is limited to a quarter, so that no reading grows more than
 * fourfold.
 *
 * No built-in format has a strength: of the two makers' values, 683 is below the column sums that the 32 x 32 pad of
 * the one really sends (1434 of 255 per cell), and the other is untested. A format file, or the user, may set one.
 *
 * Columns are those of the wire: where the mat is turned by 90 degrees they are rows of the map
 * (geometry.crosstalk_rows). */
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
