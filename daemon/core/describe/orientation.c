/* SPDX-License-Identifier: MIT */
#include "core/describe/orientation.h"

#include <math.h>

void orientation_measure(const struct geometry *g, const struct map *map, const float cop_mm[2], float ret_mm[2]) {
        float sum = 0, sum_x = 0, sum_y = 0;

        ret_mm[0] = ret_mm[1] = NAN;
        if (g->kind == GEOMETRY_UNPLACED)
                return;
        for (uint32_t i = 0; i < map->n_cells; i++) {
                const float x = g->x_mm[i] - cop_mm[0], y = g->y_mm[i] - cop_mm[1];
                const float moment = map->load[i] * (x * x + y * y);

                sum += moment;
                sum_x += moment * x;
                sum_y += moment * y;
        }
        if (!(sum > 0))
                return;
        ret_mm[0] = sum_x / sum;
        ret_mm[1] = sum_y / sum;
}
