/* SPDX-License-Identifier: MIT */
/* Flesh against cushion: pressure where a body touches, and the depth and roll at which it rests.
 *
 * Flesh and cushion are two springs on top of each other at every place: flesh of thickness T between bone and skin,
 * p = E e / (1 - e / e_most) with e its compression, and foam, p = k d (other laws: model.h). Together they are compressed by the depth of
 * the body below the unloaded seat. The body rests where force and moments balance: the seat and the knees (over shanks and feet) share
 * the weight like two props under a beam, and sideways the load is centred under the trunk. */
#ifndef TOOLS_SITBONE_SIM_CONTACT_H
#define TOOLS_SITBONE_SIM_CONTACT_H

#include <stdbool.h>

#include "tools/sitbone-sim/body.h"

enum { SIM_GRID = 64 }; /* places along each side of the seat */
#define SIM_GRID_MM 7.5 /* their distance: the seat is 480 mm square */
#define SIM_SEAT_MM (SIM_GRID * SIM_GRID_MM)

/* An object on the seat: lumps at fixed heights above its lowest point. */
enum { SIM_LUMPS_MAX = 8 };
struct sim_object {
        double weight_n;
        double x_mm, y_mm, yaw_deg;
        double stiffness_kpa, thickness_mm;
        int n_lumps;
        struct sim_ellipsoid lump[SIM_LUMPS_MAX];
};

struct sim_contact {
        double sink_mm, roll_deg; /* the result; roll positive = right side lower */
        double load_n;
        double kpa[SIM_GRID][SIM_GRID]; /* row 0 = back, column 0 = the sitter's left */
        /* private: warm start */
        bool warm;
        double inverse[2][2];
};

void sim_contact_init(struct sim_contact *c);

/* Finds the depth and roll at which the body rests, and the pressure there. */
void sim_contact_sitter(struct sim_contact *c, const struct sim_body *b, const struct sim_pose *p);
void sim_contact_object(struct sim_contact *c, const struct sim_object *o, double weight);
void sim_contact_none(struct sim_contact *c);

/* Computes mm_per_oblique_deg of the body. */
void sim_contact_body(struct sim_body *b);

#endif
