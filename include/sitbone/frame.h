/* SPDX-License-Identifier: MIT */
/* One scan of the mat: raw values as received, already in the order of the geometry. */
#ifndef SITBONE_FRAME_H
#define SITBONE_FRAME_H

#include <stdint.h>

enum {
        CELLS_MAX = 4096 /* 64 x 64, the largest mat of the format table; all cell arrays have this size */
};

struct frame {
        uint64_t seq;         /* counts accepted frames from 1; a gap means that sitbone lost frames */
        uint64_t arrived_us;  /* CLOCK_BOOTTIME when the last byte became readable */
        uint32_t n_cells;     /* <= CELLS_MAX, the geometry's count */
        float raw[CELLS_MAX]; /* wire units after mask, shift and inversion: 0 = no load, full_scale = saturated */
};

#endif
