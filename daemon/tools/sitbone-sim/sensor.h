/* SPDX-License-Identifier: MIT */
/* A mat of pressure-sensitive foil with all its imperfections: from pressure to readings. */
#ifndef TOOLS_SITBONE_SIM_SENSOR_H
#define TOOLS_SITBONE_SIM_SENSOR_H

#include "sitbone/geometry.h"
#include "tools/sitbone-sim/contact.h"
#include "tools/sitbone-sim/random.h"

/* Each imperfection can be set alone; the member imperfection multiplies all of them (0 = none, 1 = an ordinary mat). */
struct sim_mat {
        double imperfection;
        double full_scale_kpa; /* pressure of a saturated cell */
        double gain;           /* spread from cell to cell (CV) at light load; half as much near saturation */
        double curve;          /* 0 = straight; how much the response flattens towards saturation */
        double noise;          /* SD, share of full scale */
        double offset;         /* mean reading of an empty cell, share of full scale */
        double rest;           /* the same for a mat under tension or in a divider: all cells, imperfect or not */
        double rest_spread;    /* half the range of the levels of the cells, share of rest */
        double drift;          /* of rest, share of full scale per minute; may be negative */
        double falls;          /* 1 = the readings fall under load */
        double creep;          /* gain of the reading for each decade of time under load */
        double dead, stuck;    /* share of the cells that read nothing, or always the same */
        double dead_rows;      /* number of whole rows that read nothing */
        double crosstalk;      /* share of a cell's reading that leaks along its row and column */
};

extern const struct sim_mat sim_mat_usual;

enum { SIM_CREEP_DECADES = 4 };

struct sim_cell {
        double gain, creep, offset, rest;
        double stuck; /* reading, or negative */
        bool dead;
        double crept[SIM_CREEP_DECADES];
};

struct sim_sensor {
        struct sim_mat mat;
        const struct geometry *geometry; /* not owned */
        struct sim_random random;
        struct sim_cell cell[CELLS_MAX];
        double reading[CELLS_MAX]; /* share of full scale */
        double age_s;
};

void sim_sensor_init(struct sim_sensor *s, const struct sim_mat *mat, const struct geometry *geometry, uint64_t seed);

/* dt seconds after the last scan; raw: whole ADC steps, 0..full scale of the geometry. */
void sim_sensor_scan(struct sim_sensor *s, const struct sim_contact *contact, double dt, float *ret_raw);

#endif
