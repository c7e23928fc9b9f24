/* SPDX-License-Identifier: MIT */
/* Conditioned load per cell: tare subtracted, noise floor applied, cross-talk and creep removed, cells that cannot be
 * measuring masked, and response curves of the mat applied where they are known. */
#ifndef SITBONE_MAP_H
#define SITBONE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/frame.h"

/* Reasons for a quality below 1. */
enum map_flaw {
        FLAW_NOT_TARED = 1 << 0,     /* no empty seat seen: the baseline is assumed to be zero */
        FLAW_STUCK = 1 << 1,         /* cells that always read the same */
        FLAW_DEAD = 1 << 2,          /* cells, rows or columns that read nothing between loaded ones */
        FLAW_SATURATED = 1 << 3,     /* more than a tenth of the loaded cells at full scale */
        FLAW_SLOW = 1 << 4,          /* fewer than 2 frames a second */
        FLAW_DRIFTING = 1 << 5,      /* the empty mat reads other than when it was first tared */
        FLAW_UNPLACED = 1 << 6,      /* positions of the cells unknown */
        FLAW_PITCH_GUESSED = 1 << 7, /* size of the mat unknown */
        FLAW_WAITING = 1 << 10,      /* resting: the first empty seat has not been seen */
        FLAW_FALLS = 1 << 11,        /* the readings fall under load, as with pull-ups: [device] inverted */
        /* The following are never set in a map. Publishers add them from posture.place: an empty seat looks the same
         * everywhere, so only the estimator can detect them. */
        FLAW_MOVED = 1 << 8,  /* the sitter comes down elsewhere on the mat, sit after sit */
        FLAW_TURNED = 1 << 9, /* the sitter faces another side of the mat, sit after sit */
        FLAW_N = 12
};

struct map {
        uint64_t seq;
        uint64_t arrived_us;
        uint32_t n_cells;
        uint32_t n_active;    /* cells above the noise floor */
        uint32_t n_saturated; /* cells at or above 98 % of full scale; counted at most twenty times a second */
        /* Cells masked because they stay loaded with nobody on the seat, or never change while others do. */
        uint32_t n_stuck;
        bool resting;      /* still, even, there since the first frame: the empty seat or a sitter */
        uint32_t n_dead;   /* cells that read nothing for a minute while the cells on both sides carried load */
        uint32_t n_filled; /* stuck and dead cells whose load is estimated from their neighbours */
        bool tared;        /* an empty seat has been seen: the baseline is measured, not assumed zero */
        /* Mean reading of the trusted cells before a response curve spread it, share of full scale above the baseline;
         * NAN unless the cells are few or a divider: the loads of such mats say little of occupancy. */
        float reading;
        bool straight;         /* a response is set: loads are proportional to weight, readings may not be */
        float floor;           /* noise floor in force, share of full scale */
        float unit_n;          /* newtons on a cell at load 1; NAN = no response curve known */
        float force_n;         /* newtons on the whole mat; NAN = no response curve known */
        float creep;           /* constant in force: gain of a steady reading in a decade of time; NAN = not removed */
        float drift;           /* mean change of the empty mat since its first tare, share of full scale */
        float quality;         /* 0..1, trust in the loads as a whole; computed once a second */
        uint32_t flaws;        /* enum map_flaw, or-ed: the reasons for a quality below 1 */
        float load[CELLS_MAX]; /* share of full scale above the baseline, 0..1; exactly 0 below the floor or masked */
        /* 1 = measured; 0 = masked, stuck or dead: the load is 0 and means nothing, or is estimated from
         * neighbours. */
        uint8_t trusted[CELLS_MAX];
};

#endif
