/* SPDX-License-Identifier: MIT */
/* Creep of the foil: a steady load reads more and more, by about the same amount in every decade of time, and a cell
 * that was just loaded reads low beside one that has been loaded for long. Common creep cancels in ratios; after a
 * shift of weight it does not: the centre of pressure lags for minutes. So each cell's reading is brought back to the
 * reading of a fresh load.
 *
 * Model: reading = load + constant * (sum of lags of the load at 3, 30 and 300 s), a sum of exponentials that lies
 * within a few per cent of a logarithm of time from 1 s to 10 min (linear viscoelasticity; Findley, Lai and Onaran,
 * Creep and Relaxation of Nonlinear Viscoelastic Materials, 1976, ch. 5). A lag counts at most as much as the load
 * itself, and decays ten times faster than it builds up: of three velostat cells released after 94 s none read more
 * than before.
 *
 * The constant, gain per decade, depends on the mat, its cover and the room's warmth: foils 0.12..0.26, commercial
 * mats 0.04..0.19. It is learnt from the mat itself: while somebody sits still the sum of all cells should not change
 * except by creep, so its slope over the age of the load is the constant. The prior has little weight against that:
 * two presses of one cell by a robot, minutes apart, had constants of 0.12 and 0.23.
 *
 * Cost: two operations per cell and frame; the lags are updated four times a second. */
#ifndef CORE_CONDITION_CREEP_H
#define CORE_CONDITION_CREEP_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/frame.h"

enum { CREEP_LAGS = 3 };

/* A stretch of time in which the whole load did not change: means and co-moments of the reading (in units of the load
 * at its beginning) over the age of the load, weighted by time. */
struct creep_stretch {
        bool open;
        float first, recent;        /* load at the beginning; mean over about two seconds */
        float length_s;             /* so far */
        float age, reading;         /* means */
        float age2, both, reading2; /* co-moments, seconds */
};

struct creep {
        uint32_t n_cells;
        bool started;
        bool learnt; /* the constant is from this mat, now or in an earlier run */
        uint64_t ticked_us;
        float constant; /* in force: gain per decade */
        float prior;    /* the constant before this stretch */
        struct creep_stretch stretch;
        float share[CELLS_MAX];           /* of the reading that is load; creep has added the rest */
        float lag[CREEP_LAGS][CELLS_MAX]; /* of the reading, share of full scale */
};

void creep_init(struct creep *c, uint32_t n_cells);

/* Updates the lags. reading: shares of full scale with creep, as for creep_remove(). still: nobody moves, as far as
 * the cells show. */
void creep_tick(struct creep *c, const float *reading, bool still, uint64_t now_us);

/* Removes creep in place. */
void creep_remove(const struct creep *c, float *reading);

/* Restores the constant of an earlier run; false = out of range, nothing changed. */
bool creep_recall(struct creep *c, float constant);

#endif
