/* SPDX-License-Identifier: MIT */
/* Numbers of the seating clinics that need more than the sums of one map, five times a second. Grids and scattered cells
 * alike; what needs positions is NAN without them.
 *
 *   dispersion   (load within 40 mm of the sit bones + load of the sacral area) / load; the sacral area lies between the
 *                bones, 40 to 110 mm behind their line. Index after BodiTrak's manual, areas after ISO/TR 16840-9's
 *                landmarks [judgement]. Clinics look twice above 50 %.
 *   gradient     max |p_i - p_k| / distance over neighbouring cells (of scattered cells: the nearest one).
 *   COP path     sum of the steps of the centre of pressure, smoothed over half a second, five steps a second: noise
 *                makes it longer, so compare it within one mat. Velocity: path / time, as in posturography.
 *   weight shift one side 30 % below its usual load for 15 s while somebody sits; pressure relief: the whole seat 90 %
 *                below (Sonenblum, Sprigle 2016, J Rehabil Res Dev 53:5). Usual: mean over the last minute, held while below,
 *                for a quarter of an hour at most: then it is another way of sitting.
 *   loaded for   by region of the mat, since it was last 30 % below its usual load for 15 s. */
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

struct clinic_watch {
        uint64_t at_us;                  /* 0 = none yet */
        float cop_x_mm, cop_y_mm, cop_s; /* smoothed; followed for so long */
        struct offload region[REGION_N], side[2], whole;
        struct clinic now;
        uint8_t region_of[CELLS_MAX];
        uint16_t nearest[CELLS_MAX]; /* of scattered cells */
};

void clinic_init(struct clinic_watch *w, const struct geometry *geometry);
/* Reads what is in *ret already. */
void clinic_step(struct clinic_watch *w, const struct geometry *geometry, const struct map *map, struct features *ret);

#endif
