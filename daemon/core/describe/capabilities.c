/* SPDX-License-Identifier: MIT */
#include "core/describe/capabilities.h"

#include <math.h>

static const float MIDDLE_MM = 5; /* cells that all lie nearer to one line have no two sides */

/* The line between two sides of the seat. People measure the places of cells from a corner of the seat as well: then it
 * is the middle of the cells. False = there are no two sides. */
static bool find_middle(const struct geometry *g, const float *at_mm, float *ret_mm) {
        float least = INFINITY, most = -INFINITY;

        for (uint32_t i = 0; i < g->n_cells; i++)
                if (!g->masked[i]) {
                        least = at_mm[i] < least ? at_mm[i] : least;
                        most = at_mm[i] > most ? at_mm[i] : most;
                }
        *ret_mm = least < -MIDDLE_MM && most > MIDDLE_MM ? 0 : (least + most) / 2;
        return most - least > 2 * MIDDLE_MM && g->kind != GEOMETRY_UNPLACED;
}

struct capabilities capabilities_find(const struct geometry *g) {
        struct capabilities ret = {.measures = MEASURE_SITTING};
        const bool sides = find_middle(g, g->x_mm, &ret.middle_x_mm);
        const bool ends = find_middle(g, g->y_mm, &ret.middle_y_mm);

        for (uint32_t i = 0; i < g->n_cells; i++)
                ret.n_cells += !g->masked[i];
        ret.few = ret.n_cells <= FEW_CELLS_MAX;
        ret.measures |= sides ? MEASURE_SIDES : 0;
        ret.measures |= sides && ends && ret.n_cells >= LEAN_CELLS_LEAST ? MEASURE_LEANS : 0;
        ret.measures |= ret.n_cells >= LEAN_CELLS_LEAST ? MEASURE_TAUGHT : 0;
        ret.measures |= sides && ends && !ret.few ? MEASURE_ANGLES : 0;
        ret.measures |= sides && ends && !ret.few && g->kind == GEOMETRY_GRID ? MEASURE_SIT_BONES : 0;
        return ret;
}
