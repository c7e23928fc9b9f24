/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/values.h"

#include <math.h>
#include <string.h>

#include "contract/live_fields.h"
#include "contract/live_fill.h"

void view_clear(struct view *v) {
        memset(v, 0, sizeof(*v));
        live_values_clear(&v->live);
        v->kind = GEOMETRY_UNPLACED;
}

void view_from_snapshot(struct view *v, const struct snapshot *s, const struct settings *settings) {
        const struct geometry *g = s->geometry;

        view_clear(v);
        live_values_fill(&v->live, s, 0, settings, NULL);
        v->kind = g->kind;
        v->live.pitch_x_mm = (double)g->pitch_x_mm;
        v->live.pitch_y_mm = (double)g->pitch_y_mm;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                v->level[i] = s->map.trusted[i] || s->map.load[i] > 0 ? s->map.load[i] : NAN;
                v->x_mm[i] = (double)g->x_mm[i];
                v->y_mm[i] = (double)g->y_mm[i];
        }
        view_settle(v);
}

void view_settle(struct view *v) {
        const double unknown = (double)NAN;
        struct live_values *l = &v->live;

        if (!l->mat_online) { /* the last map is old */
                for (uint32_t i = 0; i < l->n_cells; i++)
                        v->level[i] *= 0; /* a cell that is not measured stays so */
                l->load = l->contact_area_cm2 = l->peak = unknown;
        }
        if (strcmp(l->occupancy, "person") == 0)
                return;
        l->asymmetry = l->sit_bone_quality = unknown;
        l->ppi = l->cov = l->dispersion = l->gradient_per_cm = l->cop_path_mm = l->cop_velocity_mm_s = unknown;
        live_array_clear(&l->region_loaded_s);
        live_array_clear(&l->sit_bones);
        if (strcmp(l->occupancy, "object") != 0)
                l->cop_x_mm = l->cop_y_mm = l->front_share = unknown;
}

uint32_t view_cols(const struct view *v) {
        if (v->kind == GEOMETRY_GRID)
                return v->live.cols;
        return v->live.n_cells < 6    ? v->live.n_cells
               : v->live.n_cells < 36 ? 6
                                      : (uint32_t)ceil(sqrt(v->live.n_cells));
}

uint32_t view_rows(const struct view *v) {
        uint32_t cols = view_cols(v);

        if (v->kind == GEOMETRY_GRID)
                return v->live.rows;
        return cols ? (v->live.n_cells + cols - 1) / cols : 0;
}

static struct view_extent scattered_extent(const struct view *v) {
        const double far = (double)INFINITY;
        double x0 = far, x1 = -far, y0 = far, y1 = -far;

        for (uint32_t i = 0; i < v->live.n_cells; i++) {
                x0 = fmin(x0, v->x_mm[i]);
                x1 = fmax(x1, v->x_mm[i]);
                y0 = fmin(y0, v->y_mm[i]);
                y1 = fmax(y1, v->y_mm[i]);
        }
        return (struct view_extent){(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0 + v->live.pitch_x_mm,
                                    y1 - y0 + v->live.pitch_y_mm};
}

struct view_extent view_extent(const struct view *v) {
        if (v->live.n_cells == 0)
                return (struct view_extent){0, 0, 1, 1};
        if (v->kind == GEOMETRY_SCATTERED)
                return scattered_extent(v);
        return (struct view_extent){0, 0, view_cols(v) * v->live.pitch_x_mm, view_rows(v) * v->live.pitch_y_mm};
}

uint32_t view_unmeasured(const struct view *v) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < v->live.n_cells; i++)
                n += isnan(v->level[i]) != 0;
        return n;
}

float view_shade(const struct view *v, float level) {
        /* A tenth of full scale at least: noise on an empty seat must not glow like a person. */
        float full = v->live.peak > 0.1 ? (float)v->live.peak : 0.1f;
        float shade = level / full;

        if (isnan(level))
                return VIEW_UNMEASURED;
        return shade > 1 ? 1 : shade > 0 ? shade : 0;
}
