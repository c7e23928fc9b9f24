/* SPDX-License-Identifier: MIT */
/* The sitter's body where it meets the seat: bones, the flesh on them, and the weights above. Millimetres, newtons,
 * degrees; x right, y forward, z up. Sources are listed beside the constants in body.c. Nothing here knows a sensor or
 * an estimator. */
#ifndef TOOLS_SITBONE_SIM_BODY_H
#define TOOLS_SITBONE_SIM_BODY_H

#include <stdbool.h>

#include "tools/sitbone-sim/model.h"

enum { LEFT, RIGHT };

/* The build of a sitter. */
struct sim_body {
        struct sim_physics physics;
        double mass_kg, height_mm;
        double bones_mm;           /* distance between the sit bones */
        double hips_mm;            /* distance between the hip joints */
        double thigh_mm;           /* hip joint to knee */
        double thigh_radius_mm[2]; /* at the hip, at the knee */
        double flesh_mm;           /* thickness under a sit bone, unloaded */
        double seat_mm;            /* seat higher (+) or lower (-) than the back of the knee */
        double trunk_n, thigh_n;   /* weight of head, arms and trunk; of both thighs */
        double mm_per_oblique_deg; /* the trunk moves this far for a degree of obliquity; see sim_contact_body() */
};

/* Everything that can move. */
struct sim_pose {
        double weight;      /* 0..1, share of the weight handed over to the seat while sitting down or standing up */
        double x_mm, y_mm;  /* middle between the sit bones, when upright, on the mat */
        double yaw_deg;     /* turned to the left = positive */
        double tilt_deg;    /* pelvis; positive = anterior */
        double forward_deg; /* trunk bent forward at the hips */
        double side_deg;    /* trunk bent to the right */
        double oblique_deg; /* right side lower, held by the spine */
        double sway_mm[2];  /* small movement of the trunk's centre of mass, x and y */
        double legs_n;      /* weight the legs take by pushing */
        double knee_mm[2];  /* knees higher than the seat asks for, left and right */
        /* Contraction of the glutes, left and right: at the same depth, the flesh under that sit bone presses this share
         * more (or less, if negative). */
        double squeeze[2];
};

/* A body of usual physics. */
void sim_body_init(struct sim_body *b, double mass_kg, double height_mm, double bones_mm, bool woman, double seat_mm);

/* An ellipsoid tilted about x, prepared for computing its lower surface at many places. */
struct sim_ellipsoid {
        double x, y, z;          /* centre */
        double inv_xx;           /* 1 / semi-axis^2 */
        double a_yy, a_yz, a_zz; /* tilted quadratic form */
};

/* turn: radians about x, front up. */
void sim_ellipsoid_init(struct sim_ellipsoid *e, const double semi[3], double x, double y, double z, double turn);

/* The height of its lower surface; false: it is not above this place. */
bool sim_ellipsoid_at(const struct sim_ellipsoid *e, double x, double y, double *ret);

struct sim_thigh {
        double x, y, z;    /* hip joint */
        double dx, dy, dz; /* to the knee */
        double r0, r1;
};

/* A body in a pose, before it sinks: z = 0 is the lowest point of the sit bones. */
struct sim_figure {
        struct sim_ellipsoid bone[2], flesh[2], sacrum, sacrum_flesh;
        struct sim_thigh thigh[2];
        double hip_y;            /* forward of the pose's y_mm */
        double contact_y;        /* lowest point of the sit bones, forward of the pose's y_mm */
        double trunk_x, trunk_y; /* centre of mass of the trunk beside the middle, and forward of the hips */
        double cos_yaw, sin_yaw;
};

/* sink_mm: height of the sit bones above the unloaded seat (negative: below). Shanks and floor hold the knees in place, so
 * the thighs turn about the hips as the pelvis sinks. */
void sim_body_figure(const struct sim_body *b, const struct sim_pose *p, double sink_mm, struct sim_figure *ret);

/* Heights of flesh and bone above (x, y), which is relative to the middle of the figure and turned with it. False: there is
 * no flesh. */
bool sim_figure_at(const struct sim_figure *f, double x, double y, double *ret_flesh, double *ret_bone);

#endif
