/* The map as at most PATTERN_MAX numbers, each the mean load over a group of cells: a small mat's cells as they are; of a
 * larger grid blocks of neighbours, 12 x 12 of them; of other cells groups in the order of their numbers. No positions
 * needed. Creep is left in: its constant is learnt as time goes, and what was taught must mean the same next year. A mean over about a second that begins anew when the sitter moves, at a few maps a second. */
#ifndef DESCRIBE_PATTERN_H
#define DESCRIBE_PATTERN_H

#include <stdint.h>

#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

struct pattern {
        uint32_t rows, cols;             /* of the mat; one row where there is no grid */
        uint32_t block_rows, block_cols; /* product <= PATTERN_MAX */
        uint64_t at_us;                  /* 0 = none yet */
        float value[PATTERN_MAX];
        float sums[CELLS_MAX], counts[CELLS_MAX]; /* work space: a row of blocks, by column */
};

void pattern_init(struct pattern *p, const struct geometry *geometry);
void pattern_step(struct pattern *p, const struct map *map, struct features *ret);

#endif
