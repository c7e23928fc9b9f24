/* SPDX-License-Identifier: MIT */
#include "core/condition/response.h"

#include <math.h>

/* Reading -> load by measured curves: straight lines between the known points and from nothing to the first one.
 * Beyond the last point the last piece is extended, up to twice the largest known load. Loads stay shares: 1 is the
 * load that the mean curve has at full scale, unit_n newtons on a cell, so that thresholds in shares keep about the
 * same meaning.
 *
 * A curve is a sum of pieces, slope * (the part of the reading between two knots), which compilers vectorise: one
 * short pass over the cells for each known load. No piece subtracts what another added, so nothing is lost to
 * rounding. */
static const float BEYOND = 2; /* times the largest known load */

static float mean_value(const float *value, uint32_t n) {
        double sum = 0;

        for (uint32_t i = 0; i < n; i++)
                sum += (double)value[i];
        return (float)(sum / n);
}

/* Load of the mean curve at full scale, newtons. */
static float full_load_n(const struct response *s, const struct geometry *g) {
        const uint32_t last = s->n_points - 1;
        const float v1 = mean_value(s->value[last], s->n_cells), n0 = last > 0 ? s->load_n[last - 1] : 0;
        const float v0 = last > 0 ? mean_value(s->value[last - 1], s->n_cells) : 0;
        float full = s->load_n[last] + (g->full_scale - v1) * (s->load_n[last] - n0) / (v1 - v0);

        full = full > s->load_n[last] ? full : s->load_n[last];
        return full < BEYOND * s->load_n[last] ? full : BEYOND * s->load_n[last];
}

static void prepare_cell(struct response_curves *r, const struct response *s, uint32_t i, float full_scale) {
        const uint32_t from = s->n_cells == 1 ? 0 : i;
        float x0 = 0, n0 = 0;

        for (uint32_t k = 0; k < s->n_points; k++) {
                const float x1 = s->value[k][from] / full_scale, n1 = s->load_n[k] / r->unit_n;

                r->knot[k][i] = x0;
                r->slope[k][i] = (n1 - n0) / (x1 - x0);
                x0 = x1;
                n0 = n1;
        }
        r->knot[s->n_points][i] = INFINITY;
}

bool response_prepare(struct response_curves *r, const struct response *s, const struct geometry *g) {
        r->n_knots = 0;
        r->n_cells = g->n_cells;
        r->unit_n = NAN;
        if (!s || s->n_cells == 0)
                return true;
        if (s->n_cells != 1 && s->n_cells != g->n_cells)
                return false;
        r->n_knots = s->n_points;
        r->unit_n = full_load_n(s, g);
        for (uint32_t i = 0; i < g->n_cells; i++)
                prepare_cell(r, s, i, g->full_scale);
        return true;
}

/* Cells are processed in blocks that stay in the first cache, so that the sums need no second array of the size of the
 * mat. */
enum { BLOCK = 64 };

static void apply_block(const struct response_curves *r, uint32_t first, uint32_t n, float *restrict load) {
        float sum[BLOCK] = {0};

        for (uint32_t k = 0; k < r->n_knots; k++) {
                const float *restrict from = r->knot[k] + first, *restrict to = r->knot[k + 1] + first;
                const float *restrict slope = r->slope[k] + first;

                for (uint32_t i = 0; i < n; i++) {
                        const float low = load[i] < from[i] ? load[i] : from[i];
                        const float high = load[i] < to[i] ? load[i] : to[i];

                        sum[i] += slope[i] * (high - low);
                }
        }
        for (uint32_t i = 0; i < n; i++)
                load[i] = sum[i] < 1 ? sum[i] : 1;
}

void response_apply(const struct response_curves *r, float *load) {
        if (r->n_knots == 0)
                return;
        for (uint32_t at = 0; at < r->n_cells; at += BLOCK)
                apply_block(r, at, r->n_cells - at < BLOCK ? r->n_cells - at : BLOCK, load + at);
}

/* A divider reads y = G / (G + fixed G), so it saturates. Its conductance G, which rises in proportion to the load, is
 * y / (1 - y). Beyond READING_MOST a count more may be any load. Loads stay shares: 1 is a reading of READING_MOST. */
static const float READING_MOST = 0.98F;

static float measure_conductance(float reading) {
        const float y = reading < READING_MOST ? reading : READING_MOST;

        return y / (1 - y) * (1 - READING_MOST) / READING_MOST;
}

void divider_apply(const float *restrict baseline, const float *restrict gain, uint32_t n, float *restrict load) {
        for (uint32_t i = 0; i < n; i++) {
                const float rest = baseline[i] * gain[i];

                load[i] = load[i] > 0 ? measure_conductance(rest + load[i]) - measure_conductance(rest) : 0;
        }
}
