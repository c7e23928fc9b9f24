/* SPDX-License-Identifier: MIT */
/* The family of models: what is not known of bodies and seats, as ranges from which each seed draws one sitter's
 * physics. Sources are listed beside the ranges in model.c. */
#ifndef TOOLS_SITBONE_SIM_MODEL_H
#define TOOLS_SITBONE_SIM_MODEL_H

#include <stddef.h>

#include "tools/sitbone-sim/random.h"

enum sim_law {
        SIM_HYPERBOLIC,  /* flesh p = E e / (1 - e / e_most) on foam p = k d */
        SIM_EXPONENTIAL, /* flesh p = E (exp(b e) - 1) / b on foam p = k d */
        SIM_BOTTOMING,   /* both springs are straight, and stiff once they are compressed by bottom_mm */
};

/* One sitter's physics. */
struct sim_physics {
        enum sim_law law;
        double flesh_kpa, foam_kpa_mm;
        double stiffening;        /* b of the exponential law */
        double bottom_mm;         /* of the law that bottoms out */
        double spread_mm;         /* of the load in skin and cover: SD */
        double axis_mm;           /* the pelvis turns about a line this far above the seat under the sit bones */
        double wide, deep, thick; /* buttock and thigh: breadth, depth, and flesh under the bones; 1 = usual */
        double flesh_follows;     /* share of a turn of the pelvis that the flesh follows */
        double trunk_follows;     /* share that the trunk follows */
        double cross_mm;          /* rise of the knee of a crossed leg */
        double slid_off;          /* share of the weight that is off the seat while the sitter slides, at least */
        double place_mm;          /* SD of the slide that comes with a change of posture */
};

extern const struct sim_physics sim_physics_usual;

/* Draws from the ranges of a model; the default has no range. The name is one of sim_model_name. */
void sim_model_draw(const char *name, struct sim_random *random, struct sim_physics *ret);
/* The first is the default. NULL = there are no more. */
const char *sim_model_name(size_t i);

#endif
