/* SPDX-License-Identifier: MIT */
/* Before the first tare: does a load that was there since the first frame belong to the empty seat or to a sitter?
 *
 * A mat under a cover, on foam or in a divider reads above zero when it is empty: anything up to full scale, alike in
 * all cells or of another level in each. A sitter of whom the mat sees only a part reads the same. So a load that is
 * still and even, and that was there since the first frame, counts as unknown (FIRST_RESTS) until something happens
 * that shows which it is:
 *   a shape        the load of neighbouring cells is alike, that of an uneven empty mat is not; where there are too few
 *                  cells for that, some of them read nearly nothing: it is no empty seat, and thresholds decide
 *                  (FIRST_OPEN)
 *   movement       a sitter sways: means of five seconds change by more than their noise explains, and not steadily
 *                  in one direction, as drift does
 *   a step up      somebody sat down on it: the level before the step is the empty seat (FIRST_EMPTY)
 *   a step down    to another still and even level: the sitter left, and that level is the empty seat
 *   ten seconds    without any movement, where there are cells enough to exclude a shape
 * All cells near full scale since the first frame suggest that the readings fall under load: then no step down is
 * trusted as getting up. If most of them fall from a level without movement, and not to nothing, somebody sat down
 * (FIRST_FALLS).
 *
 * All of this costs a few short passes over the cells per frame until the seat is tared, and nothing after that. */
#ifndef CORE_CONDITION_FIRST_EMPTY_H
#define CORE_CONDITION_FIRST_EMPTY_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/frame.h"
#include "sitbone/geometry.h"

enum first_verdict {
        FIRST_OPEN,  /* thresholds decide */
        FIRST_RESTS, /* unknown */
        FIRST_EMPTY, /* level is the empty seat */
        FIRST_FALLS, /* the same, and readings fall under load */
};

enum { BLOCK_MEANS = 3, MOTIONS = 8 };

/* The means of the last blocks of frames. */
struct first_blocks {
        uint32_t frames, blocks; /* in the present block; complete, saturating */
        uint64_t since_us;       /* of the present block */
        float sum[CELLS_MAX], mean[BLOCK_MEANS][CELLS_MAX];
};

struct first_empty {
        const struct geometry *geometry; /* not owned; NULL = begin with the next frame */
        /* private state, in the units of x */
        bool even, high, sitter; /* of the last block; of the first one; movement or a shape was seen */
        uint32_t changes;        /* in noise, saturating */
        uint32_t uneven; /* two for each uneven short block, one less for each even one; at most UNEVEN_BLOCKS */
        uint32_t calm, settled;          /* short blocks in a row without movement, and after a step down */
        uint32_t motionless, motions;    /* long blocks in a row; in motion, saturating */
        uint64_t level_until_us;         /* a step from the level is one until then */
        float moved, fast;               /* long and short blocks with movement, fading */
        float quantum;                   /* least change of any cell: the step of the converter */
        float top_cm2;                   /* largest level */
        float motion[MOTIONS];           /* of the last long blocks: change relative to the noise */
        struct first_blocks brief, wide; /* half a second; five, in which a sitter's sway exceeds the noise */
        float before[CELLS_MAX];
        float noise[CELLS_MAX]; /* mean absolute change from frame to frame */
        float top[CELLS_MAX];   /* the largest level */
        float level[CELLS_MAX]; /* while nothing moves, half a second late */
};

/* f->geometry is NULL before the first frame. x: readings, 0 to full scale; floor: noise floor of each cell, share of full scale. */
enum first_verdict first_empty_step(struct first_empty *f, const struct geometry *geometry, const float *x,
                                    const float *floor, uint64_t now_us);

/* After the first tare, once a second: a sit hides the drift of the empty mat except in the cells beside the sitter. It
 * is drift if a tenth and a quarter of the cells rose alike, and by less than 2 floors; otherwise it would remain as an
 * object after the sit. Moves the baseline. x: mean readings of the last seconds. */
void first_empty_follow_drift(const struct geometry *geometry, const float *x, const uint8_t *trusted, float floor,
                              float *baseline);

/* All readings were near full scale since the first frame, and no sitter was detected. */
bool first_empty_reads_high(const struct first_empty *f);

#endif
