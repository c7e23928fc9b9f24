/* SPDX-License-Identifier: MIT */
/* Cells that cannot be measuring, and their replacement.
 *
 * Stuck: reads high with nobody on the seat, or never changes while the others come and go. Dead line: a matrix fails
 * by row or column. A line that reads nothing at all while the lines on both sides carry load at the same places is
 * dead after a minute of that. Up to two lines side by side. Dead cell: reads nothing while all four neighbours carry
 * load, for a minute. A cell that was never loaded is not dead: a third of a seat mat's cells never carry anything, so
 * only neighbours with a clear load count: half as much as the mean of the loaded cells, and four noise floors. A cell
 * that reads anything again is alive.
 *
 * On a grid a masked cell gets the mean of the nearest good cells on opposite sides, along row, column or both; where
 * there are none (edges, other mats), it stays masked: its load is 0. */
#ifndef CORE_CONDITION_FAULTS_H
#define CORE_CONDITION_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/geometry.h"
#include "sitbone/map.h"

enum { FAULTS_FILLED_MAX = 256 };

struct faults_fill {
        uint16_t cell, n;
        uint16_t from[4];
};

struct faults {
        const struct geometry *geometry; /* not owned */
        /* private state */
        uint32_t n_dead, n_filled;
        uint8_t silent_s[CELLS_MAX];                /* seconds without a reading among loaded neighbours, saturating */
        uint8_t row_s[CELLS_MAX], col_s[CELLS_MAX]; /* the same for whole lines */
        struct faults_fill fill[FAULTS_FILLED_MAX];
};

void faults_init(struct faults *f, const struct geometry *geometry);

/* Once a second, with the loads as measured. */
void faults_observe(struct faults *f, const float *load, float floor);

bool faults_is_dead(const struct faults *f, uint32_t cell);
/* The cell reads something again. */
void faults_revive(struct faults *f, uint32_t cell);

/* Plans the replacement of each masked cell; call it after faults_observe(). trusted: 1 = measuring. */
void faults_plan_fill(struct faults *f, const uint8_t *trusted);

/* Replaces masked cells in place, every frame. */
void faults_fill(const struct faults *f, float *load);

#endif
