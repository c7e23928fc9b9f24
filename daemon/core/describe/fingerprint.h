/* SPDX-License-Identifier: MIT */
/* The map as at most FINGERPRINT_MAX numbers, for recognising taught postures.
 *  - A small mat: its cells as they are, wherever they lie. (On a real mat of 9 x 9 cells the cells themselves
 *    distinguish postures better.)
 *  - A grid of more than 100 cells: FINGERPRINT_BODY windows fixed to the body, 11 x 11 of them 40 mm apart round the
 *    centre of pressure. Each is the mean of the load round its middle with weights that fall off linearly, so that a
 *    sitter who comes down elsewhere the next time, by any part of a cell, gives the same numbers; NAN where a window
 *    lies off the mat.
 *  - More cells of another mat: groups in the order of their numbers.
 * Creep is left in, because its constant is learnt as time goes and a taught posture must mean the same next year. The
 * numbers are a mean over about a second that starts again when the sitter moves, at a few maps a second. */
#ifndef CORE_DESCRIBE_FINGERPRINT_H
#define CORE_DESCRIBE_FINGERPRINT_H

#include <stdint.h>

#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

struct fingerprint {
        const struct geometry *geometry; /* not owned */
        bool body;                       /* fixed to the body */
        uint32_t n;                      /* numbers */
        uint32_t group;                  /* cells in each, where it is not fixed to the body */
        float step_x_mm, step_y_mm;      /* between windows */
        float reach_x_mm, reach_y_mm;    /* of a window, to each side */
        float weight;                    /* of all cells of a window together */
        uint64_t at_us;                  /* 0 = none yet */
        float value[FINGERPRINT_MAX];
        float sums[CELLS_MAX], counts[CELLS_MAX]; /* work space: a row of windows, by column */
};

/* A map as the fingerprint reads it. */
struct fingerprint_map {
        const struct map *map;
        const float *creep_share; /* of each reading: the load without creep; NULL = creep was not removed */
        float cop_x_mm, cop_y_mm; /* centre of pressure; NAN = empty */
};

void fingerprint_init(struct fingerprint *p, const struct geometry *geometry);
/* Sets n_fingerprint, fingerprint and fingerprint_at_us of *ret. */
void fingerprint_step(struct fingerprint *p, const struct fingerprint_map *in, struct features *ret);

#endif
