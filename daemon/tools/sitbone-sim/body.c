/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/body.h"

#include <math.h>

#define RAD(deg) ((deg)*0.017453292519943295)

/* Segment masses and lengths: Winter, Biomechanics and Motor Control of Human Movement, table 4.1 (Dempster): head,
 * arms and trunk 0.678 of the mass, a thigh 0.100 with its centre 0.433 from the hip; thigh 0.245 of the height. */
static const double SHARE_TRUNK = 0.678, SHARE_THIGH = 0.100, SHARE_THIGH_LENGTH = 0.245;
/* Desk and armrests carry a little of the trunk (about 12 % with full use), here a light rest. */
static const double SHARE_REST = 0.05;
static const double GRAVITY = 9.81;

/* A sit bone: an ellipsoid that rolls on its lower edge. Sagittal radius of curvature 58 mm, so that the contact moves
 * back 1 mm for each degree of slump; frontal 13 mm (MRI of seated people: about 10 to 20 mm). */
static const double BONE_SEMI[3] = {18, 38, 25};
/* The lower sacrum and coccyx: behind and above, touched only in a slump. */
static const double SACRUM_AT[2] = {-78, 30}, SACRUM_SEMI[3] = {22, 34, 18}, SACRUM_FLESH_MM = 20;
/* Buttock: gluteus and fat round each sit bone. Its middle lies outward and a little behind. */
static const double FLESH_SEMI[3] = {95, 112, 75}, FLESH_OUT_MM = 16, FLESH_BACK_MM = -8;
/* Hip joint centre from the sit bone's centre. */
static const double HIP_AT[2] = {26, 54};
/* Bone above which flesh is not squeezed: pelvic floor and acetabulum. */
static const double PELVIS_ROOF_MM = 55, FEMUR_RADIUS_MM = 17;
static const double ABDUCTION_DEG = 8;
/* Centre of mass of head, arms and trunk above the hips, share of the height (Winter: 0.626 of 0.288, and the arms
 * hang in front); sideways the spine bends above the pelvis, so that the lever is shorter. */
static const double TRUNK_LEVER = 0.180, TRUNK_SIDE_LEVER = 0.150;
/* Beyond this, in distances between the sit bones, an armrest must hold the trunk, or it falls over. */
static const double TRUNK_SIDE_MOST = 0.75;
static const double TRUNK_REST_Y_MM = -12;
static const double BLEND_MM = 14; /* buttock into thigh, no crease */

void sim_body_init(struct sim_body *b, double mass_kg, double height_mm, double bones_mm, bool woman, double seat_mm) {
        double build = sqrt(mass_kg / 78 * 1780 / height_mm); /* girth at the same height */
        double weight = mass_kg * GRAVITY;
        *b = (struct sim_body){
                .physics = sim_physics_usual,
                .mass_kg = mass_kg,
                .height_mm = height_mm,
                /* published: 112 +- 9 mm in men, women 13 mm more */
                .bones_mm = bones_mm > 0 ? bones_mm
                            : woman      ? 125
                                         : 112,
                .hips_mm = woman ? 166 : 172,
                .thigh_mm = SHARE_THIGH_LENGTH * height_mm,
                .thigh_radius_mm = {88 * build, 60 * sqrt(build)},
                .flesh_mm = 32 * build,
                .seat_mm = seat_mm,
                .trunk_n = (SHARE_TRUNK - SHARE_REST) * weight,
                .thigh_n = 2 * SHARE_THIGH * weight,
        };
}

void sim_ellipsoid_init(struct sim_ellipsoid *e, const double semi[3], double x, double y, double z, double turn) {
        double c = cos(turn), s = sin(turn), py = 1 / (semi[1] * semi[1]), pz = 1 / (semi[2] * semi[2]);
        *e = (struct sim_ellipsoid){.x = x, .y = y, .z = z};
        e->inv_xx = 1 / (semi[0] * semi[0]);
        e->a_yy = c * c * py + s * s * pz;
        e->a_yz = c * s * (py - pz);
        e->a_zz = s * s * py + c * c * pz;
}

bool sim_ellipsoid_at(const struct sim_ellipsoid *e, double x, double y, double *ret) {
        double dx = x - e->x, dy = y - e->y;
        double q = 1 - dx * dx * e->inv_xx;
        double root = e->a_yz * e->a_yz * dy * dy - e->a_zz * (e->a_yy * dy * dy - q);
        if (q <= 0 || root <= 0)
                return false;
        *ret = e->z - (e->a_yz * dy + sqrt(root)) / e->a_zz;
        return true;
}

/* The pelvis rolls on the sit bones without slipping (their centre moves by height x angle) or turns about a line above
 * the seat. turn is positive forward
 * (anterior), and a forward turn takes what is behind up. */
static void place_pelvis(const struct sim_body *b, double turn, struct sim_figure *f) {
        double c = cos(turn), s = sin(turn);
        double low = sqrt(BONE_SEMI[1] * BONE_SEMI[1] * s * s + BONE_SEMI[2] * BONE_SEMI[2] * c * c);
        double middle_y = (BONE_SEMI[2] - b->physics.axis_mm) * turn, middle_z = low;
        f->contact_y = middle_y + (BONE_SEMI[1] * BONE_SEMI[1] - BONE_SEMI[2] * BONE_SEMI[2]) * s * c / low;
        double flesh_z = FLESH_SEMI[2] - b->flesh_mm - BONE_SEMI[2]; /* from the sit bone's centre */
        double ft = turn * b->physics.flesh_follows;
        double semi[3] = {FLESH_SEMI[0] * b->physics.wide, FLESH_SEMI[1] * b->physics.deep, FLESH_SEMI[2]};
        for (int side = LEFT; side <= RIGHT; side++) {
                double sign = side == LEFT ? -1 : 1, x = sign * b->bones_mm / 2;
                sim_ellipsoid_init(&f->bone[side], BONE_SEMI, x, middle_y, middle_z, -turn);
                sim_ellipsoid_init(&f->flesh[side], semi, x + sign * FLESH_OUT_MM,
                                   middle_y + FLESH_BACK_MM * cos(ft) + flesh_z * sin(ft),
                                   middle_z + flesh_z * cos(ft) - FLESH_BACK_MM * sin(ft), -ft);
        }
        double y = middle_y + SACRUM_AT[0] * c + SACRUM_AT[1] * s;
        double z = middle_z + SACRUM_AT[1] * c - SACRUM_AT[0] * s;
        double over[3] = {SACRUM_SEMI[0] + 2 * SACRUM_FLESH_MM, SACRUM_SEMI[1] + SACRUM_FLESH_MM,
                          SACRUM_SEMI[2] + SACRUM_FLESH_MM};
        sim_ellipsoid_init(&f->sacrum, SACRUM_SEMI, 0, y, z, -turn);
        sim_ellipsoid_init(&f->sacrum_flesh, over, 0, y, z, -turn);
}

static void place_thighs(const struct sim_body *b, const struct sim_pose *p, double turn, double sink_mm,
                         struct sim_figure *f) {
        double c = cos(turn), s = sin(turn);
        double y = f->bone[LEFT].y + HIP_AT[0] * c + HIP_AT[1] * s;
        double z = f->bone[LEFT].z + HIP_AT[1] * c - HIP_AT[0] * s;
        f->hip_y = y;
        for (int side = LEFT; side <= RIGHT; side++) {
                double sign = side == LEFT ? -1 : 1;
                /* The length of the shank decides how high the knee is above the unloaded seat. */
                double knee_z = b->thigh_radius_mm[1] - b->seat_mm + p->knee_mm[side] - sink_mm;
                f->thigh[side] = (struct sim_thigh){
                        .x = sign * b->hips_mm / 2,
                        .y = y,
                        .z = z,
                        .dx = sign * b->thigh_mm * sin(RAD(ABDUCTION_DEG)),
                        .dy = b->thigh_mm * cos(RAD(ABDUCTION_DEG)),
                        .dz = knee_z - z,
                        .r0 = b->thigh_radius_mm[0],
                        .r1 = b->thigh_radius_mm[1],
                };
        }
}

void sim_body_figure(const struct sim_body *b, const struct sim_pose *p, double sink_mm, struct sim_figure *ret) {
        double turn = RAD(p->tilt_deg);
        place_pelvis(b, turn, ret);
        place_thighs(b, p, turn, sink_mm, ret);
        double lever = TRUNK_LEVER * b->height_mm;
        ret->trunk_y = TRUNK_REST_Y_MM + p->sway_mm[1] +
                       lever * sin(RAD(p->forward_deg + b->physics.trunk_follows * p->tilt_deg));
        double side = TRUNK_SIDE_LEVER * b->height_mm * sin(RAD(p->side_deg)) + p->oblique_deg * b->mm_per_oblique_deg;
        double most = TRUNK_SIDE_MOST * b->bones_mm;
        ret->trunk_x = p->sway_mm[0] + fmin(fmax(side, -most), most);
        ret->cos_yaw = cos(RAD(p->yaw_deg));
        ret->sin_yaw = sin(RAD(p->yaw_deg));
}

/* A tapered cylinder, closed by a ball at the hip. */
static bool find_thigh(const struct sim_thigh *t, double x, double y, double *ret_flesh, double *ret_bone) {
        double s = (y - t->y) / t->dy, behind = 0;
        if (s < 0) {
                behind = y - t->y;
                s = 0;
        }
        double r = t->r0 + (t->r1 - t->r0) * s, d = x - t->x - s * t->dx;
        double root = r * r - d * d - behind * behind;
        if (root <= 0 || s > 1)
                return false;
        double axis = t->z + s * t->dz;
        *ret_flesh = axis - sqrt(root);
        *ret_bone = fabs(d) < FEMUR_RADIUS_MM ? axis - FEMUR_RADIUS_MM : axis;
        return true;
}

/* Smooth minimum (polynomial, Quilez): flesh has no creases. */
static double blend_heights(double a, double b) {
        double h = BLEND_MM - fabs(a - b);
        return (a < b ? a : b) - (h > 0 ? h * h / (4 * BLEND_MM) : 0);
}

bool sim_figure_at(const struct sim_figure *f, double x, double y, double *ret_flesh, double *ret_bone) {
        double flesh = (double)INFINITY, bone = f->bone[LEFT].z + PELVIS_ROOF_MM, z, femur;
        int side = x < 0 ? LEFT : RIGHT;
        for (int i = LEFT; i <= RIGHT; i++)
                if (sim_ellipsoid_at(&f->flesh[i], x, y, &z))
                        flesh = isinf(flesh) ? z : blend_heights(flesh, z);
        if (find_thigh(&f->thigh[side], x, y, &z, &femur)) {
                flesh = isinf(flesh) ? z : blend_heights(flesh, z);
                if (y > f->hip_y)
                        bone = femur;
        }
        if (y < 0 && sim_ellipsoid_at(&f->sacrum_flesh, x, y, &z))
                flesh = isinf(flesh) ? z : blend_heights(flesh, z);
        if (isinf(flesh))
                return false;
        if (sim_ellipsoid_at(&f->bone[side], x, y, &z))
                bone = fmin(bone, z);
        if (y < 0 && sim_ellipsoid_at(&f->sacrum, x, y, &z))
                bone = fmin(bone, z);
        *ret_flesh = flesh;
        *ret_bone = bone;
        return true;
}
