/* SPDX-License-Identifier: MIT */
/* map -> features: pure measurement, no judgement. Formulas and sources stand beside each feature in describe.c.
 *
 * One pass over the cells makes the marginals (sums along rows and columns); position, spread, edges and symmetry all
 * follow from those. All else takes a closer look, at most twenty times a second: on a faster mat the frames in between
 * keep the movement, shape, pair and clinical numbers of the last one. The sit-bone pair looks at a few small windows of
 * the map. Cost: linear in the cells. */
#ifndef CORE_DESCRIBE_DESCRIBE_H
#define CORE_DESCRIBE_DESCRIBE_H

#include "core/describe/clinical.h"
#include "core/describe/fingerprint.h"
#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

/* Load along one direction, in bins of equal width. Scattered cells are sorted into bins as well. */
struct marginal {
        uint32_t n;     /* 0 = no positions */
        float first_mm; /* centre of bin 0 */
        float pitch_mm; /* > 0 */
        float load[CELLS_MAX];
};

struct describe {
        const struct geometry *geometry; /* not owned */
        /* private state: the map as it was a moment ago, for movement */
        bool has_previous, loaded;      /* a closer look was taken; something lay there */
        uint64_t previous_us;           /* when */
        float movement, cop_speed_mm_s; /* smoothed; NAN = not known */
        struct sit_bones bones;         /* found last: where to begin looking */
        uint64_t bones_us;              /* when */
        float slow_cop_x_mm, slow_cop_y_mm;
        struct features now;
        float previous[CELLS_MAX];
        struct pattern pattern;
        struct clinic_watch clinic;
        struct marginal x, y;                        /* work space of a step */
        uint16_t bin_x[CELLS_MAX], bin_y[CELLS_MAX]; /* of scattered cells */
        float squares[CELLS_MAX], changes[CELLS_MAX],
                peaks[CELLS_MAX]; /* by column, or by cell where there is no grid */
};

void describe_init(struct describe *d, const struct geometry *geometry);
void describe_step(struct describe *d, const struct map *map, struct features *ret);

#endif
