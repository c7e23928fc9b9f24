/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/scene.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double PLACE_S = 1.0, HAND_S = 0.5;

/* ---- the sitter: from the actions of a scenario to a pose at every moment, with breath, sway and fidgets ---- */

#define TURN 6.283185307179586

/* Recorded: the load rises from 10 to 90 % in 1.4 s. The trunk comes in bent forward and straightens
 * meanwhile. */
static const double SIT_S = 2.5, STRAIGHTEN_S = 2.0, RISE_LEAN_DEG = 35;
static const double MOVE_S = 1.6, SAG_S = 4, SCOOT_S = 2.5;
static const double USUAL_SLOUCH = 14, USUAL_ARCH = 8, USUAL_LEAN = 8, USUAL_FORWARD = 30, USUAL_OBLIQUE = 4;
/* The pelvis follows a forward lean in part, to its own limit. */
static const double PELVIS_FOLLOWS = 0.3, PELVIS_MOST_DEG = 15;
/* Leaning far to a side lifts the leg on the other side, and an elbow is rested. */
static const double LIFT_FROM_DEG = 6, LIFT_MM_PER_DEG = 8, ELBOW_N_PER_DEG = 6;
static const double PERCH_MM = 175, PERCH_KNEE_MM = -50, PERCH_LEGS_N = 60, PERCH_FORWARD_DEG = 10;
/* Sway of quiet sitting: slow and small; hands on a keyboard: fast and smaller. SD and time constant. */
static const double SWAY_DEG = 0.5, SWAY_MM = 2, SWAY_S = 15, TYPING_MM = 0.5, TYPING_S = 0.12;
/* Feet put forward lower the knees; a foot on a rail lifts one [judgement]. Armrests carry 12 % of the weight with full
 * use; on one of them the trunk leans a little to its side [judgement]. */
static const double FEET_MM = 30, REST_N = 60, REST_SIDE_DEG_PER_N = 0.02;
static const double BREATH_MM = 0.8, BREATH_SHARE = 0.003;
static const double QUARTER_HOUR_S = 900;
/* No two squeezes are alike, nor are the two sides; the pelvis rocks a little with it. No source: voluntary squeezes on a
 * mat were never published. */
static const double SQUEEZE_S = 5, SQUEEZE_RISE_S = 0.5, SQUEEZE_SPREAD = 0.15, SQUEEZE_UNEVEN = 0.1,
                    SQUEEZE_ROCK_DEG = 0.4;

static double evaluate_motion(const struct sim_motion *m, double t) {
        double u = m->length_s > 0 ? (t - m->start_s) / m->length_s : 1;
        u = u < 0 ? 0 : u > 1 ? 1 : u;
        return m->from + (m->to - m->from) * u * u * (3 - 2 * u);
}

static void begin_motion(struct sim_motion *m, double to, double t, double length_s) {
        double now = evaluate_motion(m, t);
        *m = (struct sim_motion){.from = now, .to = to, .start_s = t, .length_s = length_s};
}

/* Gives a usual body other physics. */
static void vary_body(struct sim_body *b, const struct sim_physics *physics) {
        b->physics = *physics;
        b->flesh_mm *= physics->thick;
        b->hips_mm *= physics->wide;
        for (int i = 0; i < 2; i++)
                b->thigh_radius_mm[i] *= physics->wide;
}

static void init_sitter(struct sim_sitter *s, const struct sim_scenario *scenario, uint64_t seed) {
        const struct sim_person *person = &scenario->person;
        struct sim_physics physics;
        struct sim_random drawn;
        memset(s, 0, sizeof(*s));
        s->person = *person;
        sim_random_init(&s->random, seed, 1);
        sim_body_init(&s->body, person->mass_kg, person->height_cm * 10, person->bones_mm, person->woman > 0.5,
                      person->seat_mm);
        sim_random_init(&drawn, seed, 3);
        sim_model_draw(scenario->model, &drawn, &physics);
        vary_body(&s->body, &physics);
        sim_contact_body(&s->body);
}

static double value_or(double value, double otherwise) {
        return isnan(value) ? otherwise : value;
}

static void lean_side(double degrees, double part[SIM_PARTS]) {
        part[SIM_SIDE] = degrees;
        double far = fmax(fabs(degrees) - LIFT_FROM_DEG, 0);
        part[degrees > 0 ? SIM_KNEE_LEFT : SIM_KNEE_RIGHT] = LIFT_MM_PER_DEG * far;
        part[SIM_LEGS] = ELBOW_N_PER_DEG * far;
}

/* The parts of a posture that differ from 0. Returns how long the movement takes. */
static double set_posture_parts(const struct sim_step *step, double cross_mm, double part[SIM_PARTS]) {
        double degrees = step->value;
        switch (step->action) {
        case SIM_SLOUCH:
                part[SIM_TILT] = -value_or(degrees, USUAL_SLOUCH);
                return SAG_S;
        case SIM_ARCH:
                part[SIM_TILT] = value_or(degrees, USUAL_ARCH);
                return MOVE_S;
        case SIM_LEAN_LEFT:
                lean_side(-value_or(degrees, USUAL_LEAN), part);
                return MOVE_S;
        case SIM_LEAN_RIGHT:
                lean_side(value_or(degrees, USUAL_LEAN), part);
                return MOVE_S;
        case SIM_LEAN_FORWARD:
                part[SIM_FORWARD] = value_or(degrees, USUAL_FORWARD);
                part[SIM_TILT] = fmin(PELVIS_FOLLOWS * part[SIM_FORWARD], PELVIS_MOST_DEG);
                return MOVE_S;
        case SIM_OBLIQUE_LEFT:
                part[SIM_OBLIQUE] = -value_or(degrees, USUAL_OBLIQUE);
                return MOVE_S;
        case SIM_OBLIQUE_RIGHT:
                part[SIM_OBLIQUE] = value_or(degrees, USUAL_OBLIQUE);
                return MOVE_S;
        case SIM_CROSS_LEFT:
                part[SIM_KNEE_LEFT] = cross_mm;
                return MOVE_S;
        case SIM_CROSS_RIGHT:
                part[SIM_KNEE_RIGHT] = cross_mm;
                return MOVE_S;
        case SIM_PERCH:
                part[SIM_Y] = PERCH_MM;
                part[SIM_KNEE_LEFT] = part[SIM_KNEE_RIGHT] = PERCH_KNEE_MM;
                part[SIM_LEGS] = PERCH_LEGS_N;
                part[SIM_FORWARD] = PERCH_FORWARD_DEG;
                return SCOOT_S;
        case SIM_UPRIGHT:
        case SIM_SIT:
        case SIM_STAND:
        case SIM_FEET_FLAT:
        case SIM_FEET_FORWARD:
        case SIM_FEET_LEFT:
        case SIM_FEET_RIGHT:
        case SIM_REST_OFF:
        case SIM_REST_LEFT:
        case SIM_REST_RIGHT:
        case SIM_REST_BOTH:
        case SIM_FIDGET:
        case SIM_SHIFT:
        case SIM_SQUEEZE:
        case SIM_PLACE_BAG:
        case SIM_PLACE_CAT:
        case SIM_PLACE_HAND:
        case SIM_REMOVE:
        case SIM_END:
                break; /* no part is moved */
        }
        return MOVE_S;
}

static void begin_posture(struct sim_sitter *s, const struct sim_step *step, double t) {
        double part[SIM_PARTS] = {[SIM_WEIGHT] = 1};
        double length = set_posture_parts(step, s->body.physics.cross_mm, part);
        /* While still sitting down, the sitter arrives in the posture. */
        bool arriving = evaluate_motion(&s->posture_motion[SIM_WEIGHT], t) < 0.5;
        s->posture = step->action;
        for (int i = SIM_X; i <= SIM_Y && !arriving && s->body.physics.place_mm > 0; i++) {
                double stay = s->person.resit_mm / (s->person.resit_mm + s->body.physics.place_mm);
                begin_motion(&s->shift[i],
                             stay * s->shift[i].to + s->body.physics.place_mm * sim_random_normal(&s->random), t,
                             length);
        }
        for (int i = 0; i < SIM_WEIGHT; i++) {
                if (arriving && i != SIM_FORWARD)
                        s->posture_motion[i] = (struct sim_motion){.from = part[i], .to = part[i], .start_s = t};
                else
                        begin_motion(&s->posture_motion[i], part[i], t, arriving ? STRAIGHTEN_S : length);
        }
}

static void begin_sitting(struct sim_sitter *s, double t) {
        struct sim_random *r = &s->random;
        memset(s->posture_motion, 0, sizeof(s->posture_motion));
        memset(s->shift, 0, sizeof(s->shift));
        s->seated = true;
        s->fidget_length_s = 0;
        s->resit_x = s->person.resit_mm * sim_random_normal(r);
        s->resit_y = s->person.resit_mm * sim_random_normal(r);
        s->resit_yaw = s->person.resit_mm / 6 * sim_random_normal(r);
        s->posture_motion[SIM_FORWARD].from = s->posture_motion[SIM_FORWARD].to = RISE_LEAN_DEG;
        begin_posture(s, &(struct sim_step){.action = SIM_UPRIGHT}, t);
        begin_motion(&s->posture_motion[SIM_WEIGHT], 1, t, SIT_S);
}

static void begin_standing(struct sim_sitter *s, double t) {
        begin_motion(&s->posture_motion[SIM_FORWARD], RISE_LEAN_DEG, t, STRAIGHTEN_S);
        begin_motion(&s->posture_motion[SIM_WEIGHT], 0, t, SIT_S);
}

/* A movement out and back: a hand to the mouse, a look round, a buttock eased. */
static void begin_fidget(struct sim_sitter *s, double t) {
        struct sim_random *r = &s->random;
        memset(s->fidget, 0, sizeof(s->fidget));
        s->fidget_start_s = t;
        s->fidget_length_s = 1.2 + 1.8 * sim_random_uniform(r);
        s->fidget[SIM_TILT] = 2.5 * sim_random_normal(r);
        s->fidget[SIM_SIDE] = 3 * sim_random_normal(r);
        s->fidget[SIM_FORWARD] = 4 * fabs(sim_random_normal(r));
        s->fidget[SIM_WEIGHT] = -0.15 * sim_random_uniform(r);
}

/* A lasting change of place by millimetres and about a degree. During the movement a part of the weight is off the
 * seat. */
static void begin_shift(struct sim_sitter *s, double t) {
        static const double sd[SIM_WEIGHT] = {[SIM_TILT] = 1.2, [SIM_SIDE] = 0.8,    [SIM_X] = 6,
                                              [SIM_Y] = 8,      [SIM_KNEE_LEFT] = 4, [SIM_KNEE_RIGHT] = 4};
        begin_fidget(s, t);
        s->fidget[SIM_WEIGHT] = -s->body.physics.slid_off - 0.2 * sim_random_uniform(&s->random);
        for (int i = 0; i < SIM_WEIGHT; i++)
                begin_motion(&s->shift[i], sd[i] * sim_random_normal(&s->random), t, MOVE_S);
}

/* Feet and armrests, until they change. */
static void begin_support(struct sim_sitter *s, const struct sim_step *step, double t) {
        const enum sim_action what = step->action;
        const double mm = value_or(step->value, FEET_MM), n = value_or(step->value, REST_N);
        double part[SIM_PARTS] = {0};
        bool feet = what <= SIM_FEET_RIGHT;
        if (what == SIM_FEET_FORWARD)
                part[SIM_KNEE_LEFT] = part[SIM_KNEE_RIGHT] = -mm;
        else if (feet && what != SIM_FEET_FLAT)
                part[what == SIM_FEET_LEFT ? SIM_KNEE_LEFT : SIM_KNEE_RIGHT] = mm;
        else if (!feet && what != SIM_REST_OFF)
                part[SIM_LEGS] = n;
        if (what == SIM_REST_LEFT || what == SIM_REST_RIGHT)
                part[SIM_SIDE] = (what == SIM_REST_LEFT ? -REST_SIDE_DEG_PER_N : REST_SIDE_DEG_PER_N) * n;
        for (int i = 0; i < SIM_PARTS; i++)
                if (feet == (i == SIM_KNEE_LEFT || i == SIM_KNEE_RIGHT))
                        begin_motion(&s->support[i], part[i], t, MOVE_S);
}

static void begin_squeeze(struct sim_sitter *s, double seconds, double t) {
        struct sim_random *r = &s->random;
        double share = s->person.squeeze / 100 * (1 + SQUEEZE_SPREAD * sim_random_normal(r));
        double uneven = SQUEEZE_UNEVEN * sim_random_normal(r);
        s->squeeze[LEFT] = share * (1 - uneven);
        s->squeeze[RIGHT] = share * (1 + uneven);
        s->squeeze_tilt = SQUEEZE_ROCK_DEG * sim_random_normal(r);
        s->squeeze_start_s = t;
        s->squeeze_length_s = value_or(seconds, SQUEEZE_S);
}

/* Contraction of the glutes, 0..1. */
static double evaluate_squeeze(const struct sim_sitter *s, double t) {
        double in = t - s->squeeze_start_s, out = s->squeeze_start_s + s->squeeze_length_s - t;
        double u = fmin(in, out) / SQUEEZE_RISE_S;
        u = u < 0 ? 0 : u > 1 ? 1 : u;
        return s->squeeze_length_s > 0 ? u * u * (3 - 2 * u) : 0;
}

static void begin_action(struct sim_sitter *s, const struct sim_step *step, double t) {
        if (step->action == SIM_SIT) {
                begin_sitting(s, t);
        } else if (step->action == SIM_STAND) {
                begin_standing(s, t);
        } else if (step->action >= SIM_FEET_FLAT && step->action <= SIM_REST_BOTH) {
                begin_support(s, step, t);
        } else if (step->action == SIM_FIDGET) {
                begin_fidget(s, t);
        } else if (step->action == SIM_SHIFT) {
                begin_shift(s, t);
        } else if (step->action == SIM_SQUEEZE) {
                begin_squeeze(s, step->value, t);
        } else {
                begin_posture(s, step, t);
                if (step->action == SIM_PERCH) {
                        begin_fidget(s, t); /* the scoot eases the seat */
                        s->fidget_length_s = SCOOT_S;
                        s->fidget[SIM_WEIGHT] = -0.4;
                }
        }
}

/* An Ornstein-Uhlenbeck process with a standard deviation and a time constant. */
static void step_wander(double *v, struct sim_random *r, double sd, double tau_s, double dt) {
        double keep = exp(-dt / tau_s);
        *v = *v * keep + sd * sqrt(1 - keep * keep) * sim_random_normal(r);
}

static void step_restlessness(struct sim_sitter *s, double t, double dt) {
        double sway = s->person.sway;
        step_wander(&s->sway_tilt, &s->random, SWAY_DEG * sway, SWAY_S, dt);
        for (int i = 0; i < 2; i++) {
                step_wander(&s->sway[i], &s->random, SWAY_MM * sway, SWAY_S, dt);
                step_wander(&s->typing[i], &s->random, TYPING_MM * sway, TYPING_S, dt);
        }
        double fidgets = sim_random_uniform(&s->random) * QUARTER_HOUR_S, shifts = sim_random_uniform(&s->random);
        if (t < s->fidget_start_s + s->fidget_length_s || s->posture_motion[SIM_WEIGHT].to < 1)
                return;
        if (fidgets < s->person.fidgets * dt)
                begin_fidget(s, t);
        else if (shifts * QUARTER_HOUR_S < s->person.shifts * dt)
                begin_shift(s, t);
}

/* The pose at t, dt after the last one. False: nobody touches the seat. */
static bool make_pose(struct sim_sitter *s, double t, double dt, struct sim_pose *ret) {
        double part[SIM_PARTS], u = 2, breath = sin(TURN * t * s->person.breaths / 60) * s->person.sway;
        if (!s->seated)
                return false;
        step_restlessness(s, t, dt);
        if (s->fidget_length_s > 0)
                u = (t - s->fidget_start_s) / s->fidget_length_s;
        double out = u >= 0 && u < 1 ? (1 - cos(TURN * u)) / 2 : 0;
        for (int i = 0; i < SIM_PARTS; i++)
                part[i] = evaluate_motion(&s->posture_motion[i], t) + evaluate_motion(&s->shift[i], t) +
                          evaluate_motion(&s->support[i], t) + s->fidget[i] * out;
        double squeezed = evaluate_squeeze(s, t);
        const struct sim_motion *weight = &s->posture_motion[SIM_WEIGHT];
        if (weight->to <= 0 && t >= weight->start_s + weight->length_s)
                s->seated = false;
        *ret = (struct sim_pose){
                .weight = fmin(fmax(part[SIM_WEIGHT], 0), 1) * (1 + BREATH_SHARE * breath),
                .x_mm = s->person.x_mm + s->resit_x + part[SIM_X],
                .y_mm = s->person.y_mm + s->resit_y + part[SIM_Y],
                .yaw_deg = s->resit_yaw,
                .tilt_deg = part[SIM_TILT] + s->sway_tilt + squeezed * s->squeeze_tilt,
                .forward_deg = part[SIM_FORWARD],
                .side_deg = part[SIM_SIDE],
                .oblique_deg = part[SIM_OBLIQUE],
                .sway_mm = {s->sway[0] + s->typing[0], s->sway[1] + s->typing[1] + BREATH_MM * breath},
                .legs_n = part[SIM_LEGS],
                .knee_mm = {part[SIM_KNEE_LEFT], part[SIM_KNEE_RIGHT]},
                .squeeze = {squeezed * s->squeeze[LEFT], squeezed * s->squeeze[RIGHT]},
        };
        return s->seated && ret->weight > 0.002;
}

/* ---- the scene ---- */

void sim_scene_init(struct sim_scene *s, const struct sim_scenario *scenario, uint64_t seed) {
        memset(s, 0, sizeof(*s));
        s->scenario = scenario;
        init_sitter(&s->sitter, scenario, seed);
        sim_contact_init(&s->contact);
}

struct lump {
        double semi[3]; /* mm; semi-axes along x, y and z */
        double x, y, lift;
};

static void add_lumps(struct sim_object *o, const struct lump *lumps, int n) {
        for (int i = 0; i < n; i++)
                sim_ellipsoid_init(&o->lump[o->n_lumps++], lumps[i].semi, lumps[i].x, lumps[i].y,
                                   lumps[i].semi[2] + lumps[i].lift, 0);
}

static const struct lump BAG[] = {{{150, 75, 60}, 0, 0, 0}, {{60, 60, 40}, -70, 25, -4}, {{45, 50, 40}, 80, -20, -2}};
static const struct lump CAT[] = {{{130, 95, 70}, 0, 0, 0}, {{45, 35, 30}, 85, 60, 2}};
/* Palm, four fingers and thumb. */
static const struct lump HAND[] = {{{36, 32, 28}, 0, 0, 0},  {{9, 36, 12}, -33, 68, 0}, {{9, 36, 12}, -11, 76, 0},
                                   {{9, 36, 12}, 11, 76, 0}, {{9, 36, 12}, 33, 68, 0},  {{28, 10, 12}, 62, 12, 2}};

/* A rucksack of 6 kg that has sagged into three heaps; a cat of 4.5 kg curled up; a palm and fingers pressing. */
static void make_object(struct sim_object *o, const struct sim_step *step, struct sim_random *r) {
        double n = step->action == SIM_PLACE_BAG ? 60 : step->action == SIM_PLACE_CAT ? 44 : 80;
        *o = (struct sim_object){
                .weight_n = isnan(step->value) ? n : step->value, .stiffness_kpa = 60, .thickness_mm = 20};
        o->x_mm = 50 * sim_random_normal(r);
        o->y_mm = 40 * sim_random_normal(r);
        o->yaw_deg = 40 * sim_random_normal(r);
        if (step->action == SIM_PLACE_BAG) {
                add_lumps(o, BAG, sizeof(BAG) / sizeof(*BAG));
        } else if (step->action == SIM_PLACE_CAT) {
                o->stiffness_kpa = 8;
                add_lumps(o, CAT, sizeof(CAT) / sizeof(*CAT));
        } else {
                o->stiffness_kpa = 80;
                o->yaw_deg /= 2;
                add_lumps(o, HAND, sizeof(HAND) / sizeof(*HAND));
        }
}

static void begin_step(struct sim_scene *s, const struct sim_step *step, double t) {
        bool hand = step->action == SIM_PLACE_HAND;

        if (hand || step->action == SIM_PLACE_BAG || step->action == SIM_PLACE_CAT) {
                make_object(&s->object, step, &s->sitter.random);
                s->object_there = true;
                s->object_weight = (struct sim_motion){.to = 1, .start_s = t, .length_s = hand ? HAND_S : PLACE_S};
        } else if (step->action == SIM_REMOVE) {
                s->object_weight = (struct sim_motion){.from = 1, .start_s = t, .length_s = PLACE_S};
        } else if (step->action != SIM_END) {
                begin_action(&s->sitter, step, t);
        }
}

/* The posture class of each action that is a posture; the others are POSTURE_UNKNOWN (0). */
static const enum posture_class POSTURE_OF[SIM_END + 1] = {
        [SIM_UPRIGHT] = POSTURE_UPRIGHT,
        [SIM_SLOUCH] = POSTURE_SLOUCHED,
        [SIM_ARCH] = POSTURE_ARCHED,
        [SIM_LEAN_LEFT] = POSTURE_LEANING_LEFT,
        [SIM_LEAN_RIGHT] = POSTURE_LEANING_RIGHT,
        [SIM_LEAN_FORWARD] = POSTURE_LEANING_FORWARD,
        [SIM_PERCH] = POSTURE_PERCHED,
};
static_assert(POSTURE_UNKNOWN == 0, "the rest of the table is 0");

static void fill_person_truth(const struct sim_scene *s, const struct sim_pose *p, struct sim_truth *ret) {
        struct sim_figure f;
        sim_body_figure(&s->sitter.body, p, s->contact.sink_mm, &f);
        double half = s->sitter.body.bones_mm / 2;
        *ret = (struct sim_truth){
                .occupancy = OCCUPANCY_PERSON,
                .posture = POSTURE_OF[s->sitter.posture],
                .tilt_deg = p->tilt_deg,
                .obliquity_deg = s->contact.roll_deg,
                .left_mm = {p->x_mm - half * f.cos_yaw - f.contact_y * f.sin_yaw,
                            p->y_mm - half * f.sin_yaw + f.contact_y * f.cos_yaw},
                .right_mm = {p->x_mm + half * f.cos_yaw - f.contact_y * f.sin_yaw,
                             p->y_mm + half * f.sin_yaw + f.contact_y * f.cos_yaw},
                .load_n = s->contact.load_n,
                .squeeze = evaluate_squeeze(&s->sitter, s->now_s),
        };
}

static void fill_vacant_truth(const struct sim_scene *s, bool object, struct sim_truth *ret) {
        *ret = (struct sim_truth){
                .occupancy = object ? OCCUPANCY_OBJECT : OCCUPANCY_VACANT,
                .posture = object ? POSTURE_UNKNOWN : POSTURE_VACANT,
                .tilt_deg = (double)NAN,
                .obliquity_deg = (double)NAN,
                .left_mm = {(double)NAN, (double)NAN},
                .right_mm = {(double)NAN, (double)NAN},
                .load_n = s->contact.load_n,
        };
}

/* The seat is empty at the beginning of each repetition. */
static void begin_again(struct sim_scene *s) {
        s->started_s += s->scenario->end_s;
        s->next_step = 0;
        s->sitter.seated = false;
        s->object_there = false;
}

bool sim_scene_step(struct sim_scene *s, double t, bool repeat, struct sim_truth *ret) {
        struct sim_pose pose;
        double dt = t - s->now_s;
        s->now_s = t;
        while (t - s->started_s >= s->scenario->end_s) {
                if (!repeat)
                        return false;
                begin_again(s);
        }
        while (s->next_step < s->scenario->n_steps && s->scenario->step[s->next_step].t_s <= t - s->started_s)
                begin_step(s, &s->scenario->step[s->next_step++], t);
        if (make_pose(&s->sitter, t, dt, &pose)) {
                sim_contact_sitter(&s->contact, &s->sitter.body, &pose);
                fill_person_truth(s, &pose, ret);
                return true;
        }
        double weight = s->object_there ? evaluate_motion(&s->object_weight, t) : 0;
        if (weight > 0.01) {
                /* An object does not move: compute its contact only while its weight changes. */
                if (t <= s->object_weight.start_s + s->object_weight.length_s + 2 * dt)
                        sim_contact_object(&s->contact, &s->object, weight);
        } else {
                sim_contact_none(&s->contact);
        }
        fill_vacant_truth(s, weight > 0.01, ret);
        return true;
}
