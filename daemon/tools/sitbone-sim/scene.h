/* SPDX-License-Identifier: MIT */
/* A scenario in progress: the sitter or object on the seat, the pressure, and the truth about it. */
#ifndef TOOLS_SITBONE_SIM_SCENE_H
#define TOOLS_SITBONE_SIM_SCENE_H

#include "sitbone/posture.h"
#include "tools/sitbone-sim/contact.h"
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

struct sim_sitter {
        struct sim_person person;
        struct sim_body body;
        struct sim_random random;
        bool seated;             /* from the beginning of sitting down to the end of standing up */
        enum sim_action posture; /* the last one of the scenario */
        struct sim_motion posture_motion[SIM_PARTS];
        struct sim_motion shift[SIM_PARTS];   /* small lasting changes */
        struct sim_motion support[SIM_PARTS]; /* feet and armrests */
        double fidget[SIM_PARTS], fidget_start_s, fidget_length_s;
        double resit_x, resit_y, resit_yaw;
        double sway_tilt, sway[2], typing[2];
        double squeeze[2], squeeze_tilt, squeeze_start_s, squeeze_length_s;
};

struct sim_truth {
        enum occupancy occupancy;
        enum posture_class posture; /* UNKNOWN if it is no posture class of sitbone (legs crossed, a hip hitched) */
        double tilt_deg, obliquity_deg; /* NAN with nobody there, as are the sit bones */
        double left_mm[2], right_mm[2]; /* contact points of the sit bones */
        double load_n;
        double squeeze; /* contraction of the glutes, 0..1 */
};

struct sim_scene {
        const struct sim_scenario *scenario; /* not owned */
        struct sim_sitter sitter;
        struct sim_contact contact;
        struct sim_object object;
        struct sim_motion object_weight;
        bool object_there;
        int next_step;
        double started_s; /* begin of the current repetition */
        double now_s;
};

void sim_scene_init(struct sim_scene *s, const struct sim_scenario *scenario, uint64_t seed);

/* Advances to t (seconds, never back) and updates contact. False: the scenario is over. */
bool sim_scene_step(struct sim_scene *s, double t, bool repeat, struct sim_truth *ret);

#endif
