/* SPDX-License-Identifier: MIT */
/* map -> features: measurement only, no classification. Formulas and sources are beside each feature in describe.c.
 *
 * One pass over the cells gives the marginals (sums along rows and columns); position, spread, edges and symmetry all
 * follow from those. Everything else is measured at most twenty times a second: on a faster mat the frames in between
 * keep the movement, shape, pair and clinical numbers of the last detailed frame. The sit-bone pair reads a few small
 * windows of the map. Cost: linear in the cells. */
#ifndef CORE_DESCRIBE_DESCRIBE_H
#define CORE_DESCRIBE_DESCRIBE_H

#include "core/describe/clinical.h"
#include "core/describe/fingerprint.h"
#include "core/describe/marginal.h"
#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

struct describe {
        const struct geometry *geometry; /* not owned */
        /* private state: the last detailed frame, for movement */
        bool has_previous, loaded;      /* there was one; something lay on the seat then */
        uint64_t previous_us;           /* its time */
        float movement, cop_speed_mm_s; /* smoothed; NAN = not known */
        struct sit_bones bones;         /* the last pair: the next search begins there */
        uint64_t bones_us;              /* its time */
        float slow_cop_x_mm, slow_cop_y_mm;
        struct features now;
        float previous[CELLS_MAX]; /* the map as it was a moment ago */
        struct fingerprint fingerprint;
        struct clinical_tracker clinical;
        struct marginal x, y;                        /* work space of a step */
        uint16_t bin_x[CELLS_MAX], bin_y[CELLS_MAX]; /* of scattered cells */
        /* Work space by column, or by cell where there is no grid. */
        float squares[CELLS_MAX], changes[CELLS_MAX], peaks[CELLS_MAX];
};

void describe_init(struct describe *d, const struct geometry *geometry);
/* creep_share: share of each reading that remains without creep; NULL = creep was not removed. It is read during the
 * call only. Sets every field of *ret. */
void describe_step(struct describe *d, const struct map *map, const float *creep_share, struct features *ret);

#endif
