/* SPDX-License-Identifier: MIT */
#include "core/describe/orientation.h"

#include <math.h>

void facing_fill(const struct geometry *g, const struct map *map, struct features *ret) {
        float sum = 0, sum_x = 0, sum_y = 0;

        ret->facing_x_mm = ret->facing_y_mm = NAN;
        if (g->kind == GEOMETRY_UNPLACED)
                return;
        for (uint32_t i = 0; i < map->n_cells; i++) {
                const float x = g->x_mm[i] - ret->cop_x_mm, y = g->y_mm[i] - ret->cop_y_mm;
                const float moment = map->load[i] * (x * x + y * y);

                sum += moment;
                sum_x += moment * x;
                sum_y += moment * y;
        }
        if (!(sum > 0))
                return;
        ret->facing_x_mm = sum_x / sum;
        ret->facing_y_mm = sum_y / sum;
}
