/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/model.h"

#include <string.h>

/* Gluteal flesh at light load: 26 +- 19 kPa in 21 men (Isogai 2022, J Phys Ther Sci 34:777), with large spread; the lower
 * part of that range halves the thickness over the sit bone under body weight, as MRI shows (Makhsous 2011, Clin Anat
 * 24:638). Seat foam: about 175 N on the 323 cm2 plate of ISO 2439 at 40 mm is 0.135 kPa/mm; an office chair's thin
 * moulded pad on a board is up to twice as stiff. Shear in skin and cover spreads pressure over about a finger's
 * breadth before a sensor on top can feel it. */
const struct sim_physics sim_physics_usual = {
        .law = SIM_HYPERBOLIC,
        .flesh_kpa = 13,
        .foam_kpa_mm = 0.24,
        .spread_mm = 8,
        .wide = 1,
        .deep = 1,
        .thick = 1,
        .flesh_follows = 0.5,  /* flesh pressed against the seat follows the turning pelvis only in part */
        .trunk_follows = 0.25, /* the spine bends for the rest and the head stays over */
        .cross_mm = 100,
        .slid_off = 0.3, /* WiSAT counts a load drop of 30 % as an in-seat movement */
};

/* A member of the family. Ranges that differ from member to member are columns; the others are listed below. */
struct member {
        const char *name;
        enum sim_law law;
        double flesh_kpa[2]; /* the published spread, see above */
        double foam_kpa_mm[2];
        double spread_mm[2]; /* a thin cover to a thick one [judgement] */
        double axis_mm[2];   /* rolling on the seat (0) to turning about a point below the hip joint [judgement] */
        double slid_off[2];  /* skin sticks and must be lifted, or clothes glide [judgement] */
        double place_mm[2];  /* sitters creep forward as they slump [judgement] */
};

enum { MEMBERS = 7 };
static const struct member FAMILY[MEMBERS] = {
        {"exponential", SIM_EXPONENTIAL, {7, 20}, {0.13, 0.3}, {5, 12}, {0, 20}, {0.3, 0.4}, {0, 3}},
        {"exponential-axis", SIM_EXPONENTIAL, {7, 20}, {0.13, 0.3}, {8, 20}, {20, 40}, {0, 0.3}, {0, 5}},
        {"bottoming", SIM_BOTTOMING, {10, 30}, {0.1, 0.25}, {5, 12}, {20, 40}, {0.3, 0.4}, {0, 3}},
        {"bottoming-soft", SIM_BOTTOMING, {7, 20}, {0.1, 0.2}, {12, 20}, {0, 20}, {0, 0.3}, {0, 5}},
        {"hyperbolic-axis", SIM_HYPERBOLIC, {8, 25}, {0.13, 0.3}, {5, 15}, {15, 40}, {0, 0.3}, {0, 5}},
        {"gliding", SIM_HYPERBOLIC, {8, 25}, {0.13, 0.3}, {5, 20}, {0, 25}, {0, 0}, {3, 8}},
        {"sticking", SIM_EXPONENTIAL, {7, 25}, {0.13, 0.3}, {5, 20}, {0, 40}, {0.35, 0.45}, {0, 0}},
};

/* For every member. Exponent of soft tissue: 4 to 10 (Fung's law for skin and fat, wide [judgement]). Hip breadth when
 * seated: men 360 +- 29 mm, women 370 +- 38 mm (Pheasant, Bodyspace), so 85 to 117 % from the 5th to the 95th
 * percentile; depth of the buttock and thickness of the flesh spread at least as much [judgement]. */
static const double STIFFENING[2] = {4, 10}, BOTTOM_MM[2] = {30, 55}, WIDE[2] = {0.85, 1.17}, DEEP[2] = {0.82, 1.18},
                    THICK[2] = {0.75, 1.3}, FLESH_FOLLOWS[2] = {0.2, 1}, TRUNK_FOLLOWS[2] = {0, 0.5},
                    CROSS_MM[2] = {50, 110};

const char *sim_model_name(size_t i) {
        return i == 0 ? "default" : i <= MEMBERS ? FAMILY[i - 1].name : NULL;
}

static double draw_between(struct sim_random *r, const double range[2]) {
        return range[0] + (range[1] - range[0]) * sim_random_uniform(r);
}

static void draw_physics(const struct member *m, struct sim_random *r, struct sim_physics *ret) {
        *ret = (struct sim_physics){.law = m->law};
        ret->flesh_kpa = draw_between(r, m->flesh_kpa);
        ret->foam_kpa_mm = draw_between(r, m->foam_kpa_mm);
        ret->spread_mm = draw_between(r, m->spread_mm);
        ret->axis_mm = draw_between(r, m->axis_mm);
        ret->slid_off = draw_between(r, m->slid_off);
        ret->place_mm = draw_between(r, m->place_mm);
        ret->stiffening = draw_between(r, STIFFENING);
        ret->bottom_mm = draw_between(r, BOTTOM_MM);
        ret->wide = draw_between(r, WIDE);
        ret->deep = draw_between(r, DEEP);
        ret->thick = draw_between(r, THICK);
        ret->flesh_follows = draw_between(r, FLESH_FOLLOWS);
        ret->trunk_follows = draw_between(r, TRUNK_FOLLOWS);
        ret->cross_mm = draw_between(r, CROSS_MM);
}

void sim_model_draw(const char *name, struct sim_random *random, struct sim_physics *ret) {
        *ret = sim_physics_usual;
        for (int i = 0; i < MEMBERS; i++)
                if (strcmp(name, FAMILY[i].name) == 0)
                        draw_physics(&FAMILY[i], random, ret);
}
