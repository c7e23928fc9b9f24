/* Conditioned load per cell: tare taken off, noise floor applied, stuck cells out. */
#ifndef SITBONE_MAP_H
#define SITBONE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/frame.h"

struct map {
        uint64_t seq;
        uint64_t arrived_us;
        uint32_t n_cells;
        uint32_t n_active;    /* cells above the noise floor */
        uint32_t n_saturated; /* cells at or above 98 % of full scale */
        uint32_t
                n_stuck; /* cells masked because they stay loaded with nobody on the seat or never change while others do */
        bool tared;      /* an empty seat has been seen: the baseline is measured, not assumed zero */
        float floor;           /* noise floor in force, share of full scale */
        float load[CELLS_MAX]; /* share of full scale above the baseline, 0..1; exactly 0 below the floor or masked */
        uint8_t trusted[CELLS_MAX]; /* 1 = measured, 0 = masked or stuck: load is 0 there and means nothing */
};

#endif
