/* SPDX-License-Identifier: MIT */
/* The map as at most PATTERN_MAX numbers, for recognising whatever was taught. A small mat's cells as they are, wherever they
 * lie. Of a grid of more than 100 cells PATTERN_BODY windows fixed to the body: 11 x 11 of them 40 mm apart round the
 * centre of pressure, each the mean of the load round its middle with weights that fall off linearly, so that who comes
 * down elsewhere the next time, by whatever part of a cell, shows the same numbers; NAN where a window lies off the
 * mat. (On a real mat of 9 x 9 cells the cells themselves tell postures apart better.) Of more other cells
 * groups in the order of their numbers. Creep is left in: its constant is learnt as time goes, and what was taught must mean
 * the same next year. A mean over about a second that begins anew when the sitter moves, at a few maps a second. */
#ifndef CORE_DESCRIBE_FINGERPRINT_H
#define CORE_DESCRIBE_FINGERPRINT_H

#include <stdint.h>

#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

struct pattern {
        const struct geometry *geometry; /* not owned */
        bool body;                       /* fixed to the body */
        uint32_t n;                      /* numbers */
        uint32_t group;                  /* cells in each, where it is not fixed to the body */
        float step_x_mm, step_y_mm;      /* between windows */
        float reach_x_mm, reach_y_mm;    /* of a window, to each side */
        float weight;                    /* of all cells of a window together */
        uint64_t at_us;                  /* 0 = none yet */
        float value[PATTERN_MAX];
        float sums[CELLS_MAX], counts[CELLS_MAX]; /* work space: a row of windows, by column */
};

void pattern_init(struct pattern *p, const struct geometry *geometry);
/* Takes the centre of pressure from *ret. */
void pattern_step(struct pattern *p, const struct map *map, struct features *ret);

#endif
