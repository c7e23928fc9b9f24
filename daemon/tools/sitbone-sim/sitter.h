/* SPDX-License-Identifier: MIT */
/* The movements of the sitter: from the actions of a scenario to a pose at every moment, with breath, sway and fidgets. */
#ifndef TOOLS_SITBONE_SIM_SITTER_H
#define TOOLS_SITBONE_SIM_SITTER_H

#include <stdbool.h>

#include "tools/sitbone-sim/body.h"
#include "tools/sitbone-sim/random.h"
#include "tools/sitbone-sim/scenario.h"

enum sim_part {
        SIM_TILT,
        SIM_FORWARD,
        SIM_SIDE,
        SIM_OBLIQUE,
        SIM_X,
        SIM_Y,
        SIM_KNEE_LEFT,
        SIM_KNEE_RIGHT,
        SIM_LEGS, /* newtons carried by legs or an elbow */
        SIM_WEIGHT,
        SIM_PARTS,
};

/* A smooth change from one value to another. */
struct sim_motion {
        double from, to, start_s, length_s;
};

double sim_motion_at(const struct sim_motion *m, double t);

struct sim_sitter {
        struct sim_person person;
        struct sim_body body;
        struct sim_random random;
        bool seated;             /* from the beginning of sitting down to the end of standing up */
        enum sim_action posture; /* the last one of the scenario */
        struct sim_motion posture_motion[SIM_PARTS];
        struct sim_motion shift[SIM_PARTS]; /* small lasting changes */
        double fidget[SIM_PARTS], fidget_start_s, fidget_length_s;
        double resit_x, resit_y, resit_yaw;
        double sway_tilt, sway[2], typing[2];
        double squeeze[2], squeeze_tilt, squeeze_start_s, squeeze_length_s;
};

void sim_sitter_init(struct sim_sitter *s, const struct sim_person *person, uint64_t seed);
void sim_sitter_do(struct sim_sitter *s, const struct sim_step *step, double t);

/* The pose at t, dt after the last one. False: nobody touches the seat. */
bool sim_sitter_pose(struct sim_sitter *s, double t, double dt, struct sim_pose *ret);

/* Contraction of the glutes, 0..1. */
double sim_sitter_squeeze(const struct sim_sitter *s, double t);

#endif
