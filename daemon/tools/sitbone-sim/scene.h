/* SPDX-License-Identifier: MIT */
/* A scenario as it plays: who or what is on the seat, the pressure, and the truth about it. */
#ifndef TOOLS_SITBONE_SIM_SCENE_H
#define TOOLS_SITBONE_SIM_SCENE_H

#include "sitbone/posture.h"
#include "tools/sitbone-sim/contact.h"
#include "tools/sitbone-sim/scenario.h"
#include "tools/sitbone-sim/sitter.h"

struct sim_truth {
        enum occupancy occupancy;
        enum posture_class posture;     /* UNKNOWN where sitbone has no word for it (legs crossed, a hip hitched) */
        double tilt_deg, obliquity_deg; /* NAN with nobody there, as are the sit bones */
        double left_mm[2], right_mm[2]; /* where the sit bones press */
        double load_n;
        double squeeze; /* how far the glutes are contracted, 0..1 */
};

struct sim_scene {
        const struct sim_scenario *scenario; /* not owned */
        struct sim_sitter sitter;
        struct sim_contact contact;
        struct sim_object object;
        struct sim_motion object_weight;
        bool object_there;
        int next_step;
        double started_s; /* of the present turn of a scenario that repeats */
        double now_s;
};

void sim_scene_init(struct sim_scene *s, const struct sim_scenario *scenario, uint64_t seed);

/* Goes on to t (seconds, never back) and writes contact. False: the scenario is over. */
bool sim_scene_step(struct sim_scene *s, double t, bool repeat, struct sim_truth *ret);

#endif
