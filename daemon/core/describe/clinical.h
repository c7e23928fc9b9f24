/* SPDX-License-Identifier: MIT */
/* Numbers of the seating clinics that need more than the sums of one map, five times a second. Grids and scattered
 * cells alike; a number that needs positions is NAN without them.
 *
 *   dispersion   (load within 40 mm of the sit bones + load of the sacral area) / load; the sacral area lies between
 *                the bones, 40 to 110 mm behind their line. Index after BodiTrak's manual, areas after the landmarks
 *                of ISO/TR 16840-9 [judgement]. Clinics take a closer look above 50 %.
 *   gradient     max |p_i - p_k| / distance over neighbouring cells (of scattered cells: the nearest one).
 *   COP path     sum of the steps of the centre of pressure, smoothed over half a second, five steps a second: noise
 *                makes it longer, so compare it within one mat. Velocity: path / time, as in posturography.
 *   weight shift one side 30 % below its usual load for 15 s while somebody sits; pressure relief: the whole seat 90 %
 *                below (Sonenblum, Sprigle 2016, J Rehabil Res Dev 53:5). The usual load is the mean over the last
 *                minute. It does not follow while the load is below, for a quarter of an hour at most: after that it
 *                is another way of sitting.
 *   loaded for   by region of the mat, since the region was last 30 % below its usual load for 15 s. */
#ifndef CORE_DESCRIBE_CLINICAL_H
#define CORE_DESCRIBE_CLINICAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

/* One load and its usual size. */
struct offload {
        float usual, off_s, loaded_s;
        bool counted;
};

struct clinical_tracker {
        uint64_t at_us;                  /* 0 = none yet */
        float cop_x_mm, cop_y_mm, cop_s; /* smoothed; duration of the path */
        struct offload region[REGION_N], side[2], whole;
        struct clinical now;
        uint8_t region_of[CELLS_MAX];
        uint16_t nearest[CELLS_MAX]; /* of scattered cells */
};

void clinical_init(struct clinical_tracker *t, const struct geometry *geometry);
/* f: load, asymmetry, centre of pressure and sit bones of this map. */
void clinical_step(struct clinical_tracker *t, const struct geometry *geometry, const struct map *map,
                   const struct features *f, struct clinical *ret);

#endif
