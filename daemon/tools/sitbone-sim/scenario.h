/* SPDX-License-Identifier: MIT */
/* Scenario files: the sitter, the mat, and a readable timeline. The syntax is described in sim_scenario_help. */
#ifndef TOOLS_SITBONE_SIM_SCENARIO_H
#define TOOLS_SITBONE_SIM_SCENARIO_H

#include <stddef.h>

#include "tools/sitbone-sim/sensor.h"

enum { SIM_STEPS_MAX = 4096, SIM_ERROR_MAX = 512 };

enum sim_action {
        SIM_SIT,
        SIM_STAND,
        SIM_UPRIGHT,
        SIM_SLOUCH,
        SIM_ARCH,
        SIM_LEAN_LEFT,
        SIM_LEAN_RIGHT,
        SIM_LEAN_FORWARD,
        SIM_OBLIQUE_LEFT,
        SIM_OBLIQUE_RIGHT,
        SIM_CROSS_LEFT,
        SIM_CROSS_RIGHT,
        SIM_PERCH,
        SIM_FEET_FLAT,
        SIM_FEET_FORWARD,
        SIM_FEET_LEFT, /* the left foot is higher */
        SIM_FEET_RIGHT,
        SIM_REST_OFF,
        SIM_REST_LEFT,
        SIM_REST_RIGHT,
        SIM_REST_BOTH,
        SIM_FIDGET,
        SIM_SHIFT,
        SIM_SQUEEZE,
        SIM_PLACE_BAG,
        SIM_PLACE_CAT,
        SIM_PLACE_HAND,
        SIM_REMOVE,
        SIM_END,
};

struct sim_step {
        double t_s;
        enum sim_action action;
        double value; /* degrees, seconds of a squeeze, or newtons on an object; NAN = the default */
        int line;
};

struct sim_person {
        double mass_kg, height_cm, bones_mm, woman;
        double seat_mm;         /* seat higher than the back of the knee */
        double x_mm, y_mm;      /* mean place of the sit bones */
        double resit_mm;        /* SD of that place from sit to sit */
        double fidgets, shifts; /* a quarter of an hour */
        double breaths;         /* a minute */
        double sway;            /* 1 = usual; 0 = as still as a dummy */
        double squeeze;         /* change of the pressure under the sit bones by a squeeze of the glutes, percent */
};

struct sim_scenario {
        const char *model; /* of sim_model_name(), not owned */
        struct sim_person person;
        struct sim_mat mat;
        double end_s;
        int n_steps;
        struct sim_step step[SIM_STEPS_MAX];
};

extern const char sim_scenario_help[];

/* 0, or -EINVAL with "FILE:LINE: problem; legal words" in ret_error. */
int sim_scenario_parse(const char *name, const char *text, size_t n, struct sim_scenario *ret,
                       char ret_error[SIM_ERROR_MAX]);

#endif
