/* SPDX-License-Identifier: MIT */
/* A scenario in progress: the sitter or object on the seat, the pressure, and the truth about it. */
#ifndef TOOLS_SITBONE_SIM_SCENE_H
#define TOOLS_SITBONE_SIM_SCENE_H

#include "sitbone/posture.h"
#include "tools/sitbone-sim/contact.h"
#include "tools/sitbone-sim/scenario.h"
#include "tools/sitbone-sim/sitter.h"

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
