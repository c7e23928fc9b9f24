/* SPDX-License-Identifier: MIT */
/* The load along one direction, and sums over it: position, quantiles, shares. Empty or unplaced: NAN. */
#ifndef CORE_DESCRIBE_MARGINAL_H
#define CORE_DESCRIBE_MARGINAL_H

#include <stdint.h>

#include "sitbone/frame.h"

/* Load along one direction, in bins of equal width. Scattered cells are sorted into bins as well. */
struct marginal {
        uint32_t n;     /* 0 = no positions */
        float first_mm; /* centre of bin 0 */
        float pitch_mm; /* > 0 */
        float load[CELLS_MAX];
};

/* Sum in several independent lanes: vectorises without reordering by the compiler, the same result on every
 * machine. */
float lanes_sum(const float *values, uint32_t n);
float lanes_max(const float *values, uint32_t n);

/* Load-weighted mean position, and the positions behind which 5 and 95 % of the load lie (it is spread evenly within a
 * bin); NAN unless total > 0. */
struct spread {
        float mean_mm, from_mm, to_mm;
};
struct spread marginal_spread(const struct marginal *m, float total);

/* Load between two positions. */
float marginal_between(const struct marginal *m, float from_mm, float to_mm);

/* Both ends of the sensing area. */
float marginal_begin(const struct marginal *m);
float marginal_end(const struct marginal *m);

#endif
