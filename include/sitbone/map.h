/* SPDX-License-Identifier: MIT */
/* Conditioned load per cell: tare taken off, noise floor applied, cross-talk and creep taken off, cells that cannot be
 * measuring out, by the mat's own curves where they are known. */
#ifndef SITBONE_MAP_H
#define SITBONE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/frame.h"

/* Why the quality is below 1. */
enum map_flaw {
        FLAW_NOT_TARED = 1 << 0,     /* no empty seat seen: the baseline is assumed to be zero */
        FLAW_STUCK = 1 << 1,         /* cells that always read the same */
        FLAW_DEAD = 1 << 2,          /* cells, rows or columns that read nothing between loaded ones */
        FLAW_SATURATED = 1 << 3,     /* more than a tenth of the loaded cells at full scale */
        FLAW_SLOW = 1 << 4,          /* fewer than 2 frames a second */
        FLAW_DRIFTING = 1 << 5,      /* the empty mat reads other than when it was first tared */
        FLAW_UNPLACED = 1 << 6,      /* positions of the cells unknown */
        FLAW_PITCH_GUESSED = 1 << 7, /* nobody said how large the mat is */
        FLAW_MOVED = 1 << 8,         /* the sitter comes down elsewhere on it, sit after sit; see estimate/moved.h */
        FLAW_TURNED = 1 << 9,        /* the sitter faces another side of it, sit after sit */
        FLAW_N = 10
};

struct map {
        uint64_t seq;
        uint64_t arrived_us;
        uint32_t n_cells;
        uint32_t n_active;    /* cells above the noise floor */
        uint32_t n_saturated; /* cells at or above 98 % of full scale; counted at most twenty times a second */
        uint32_t
                n_stuck; /* cells masked because they stay loaded with nobody on the seat or never change while others do */
        uint32_t n_dead;       /* cells that read nothing for a minute while the cells on both sides carried load */
        uint32_t n_filled;     /* of the stuck and dead ones: estimated from their neighbours */
        bool tared;            /* an empty seat has been seen: the baseline is measured, not assumed zero */
        float floor;           /* noise floor in force, share of full scale */
        float unit_n;          /* newtons on a cell at load 1; NAN = no response curve known */
        float force_n;         /* newtons on the whole mat; NAN = no response curve known */
        float creep;           /* constant in force: gain of a steady reading in a decade of time; NAN = left in */
        float drift;           /* mean change of the empty mat since its first tare, share of full scale */
        float quality;         /* 0..1, how far the loads can be trusted as a whole; judged once a second */
        uint32_t flaws;        /* enum map_flaw, or-ed: why quality is below 1 */
        float load[CELLS_MAX]; /* share of full scale above the baseline, 0..1; exactly 0 below the floor or masked */
        const float
                *creep_share; /* of the reading, by cell: what is left of it when creep is taken off; NULL = all. Of
                                   * the stage, as it is now: read it before the next step */
        uint8_t trusted
                [CELLS_MAX]; /* 1 = measured; 0 = masked, stuck or dead: load is 0 there and means nothing, or is
                                     * estimated from the neighbours */
};

#endif
