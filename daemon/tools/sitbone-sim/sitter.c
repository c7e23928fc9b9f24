/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/sitter.h"

#include <math.h>
#include <string.h>

#define TURN 6.283185307179586

/* Recorded: the load rises from 10 to 90 % in 1.4 s. The trunk comes in bent forward and straightens
 * meanwhile. */
static const double sit_s = 2.5, straighten_s = 2.0, rise_lean_deg = 35;
static const double move_s = 1.6, sag_s = 4, scoot_s = 2.5;
static const double usual_slouch = 14, usual_arch = 8, usual_lean = 8, usual_forward = 30, usual_oblique = 4;
/* The pelvis follows a forward lean in part, to its own limit. */
static const double pelvis_follows = 0.3, pelvis_most_deg = 15;
/* Who leans far to a side lets go of the leg on the other, and rests an elbow. */
static const double lift_from_deg = 6, lift_mm_per_deg = 8, elbow_n_per_deg = 6;
static const double cross_mm = 100, perch_mm = 175, perch_knee_mm = -50, perch_legs_n = 60, perch_forward_deg = 10;
/* Sway of quiet sitting: slow and small; hands on a keyboard: fast and smaller. SD and time constant. */
static const double sway_deg = 0.5, sway_mm = 2, sway_s = 15, typing_mm = 0.5, typing_s = 0.12;
static const double breath_mm = 0.8, breath_share = 0.003;
static const double quarter_hour_s = 900;
/* Nobody squeezes twice alike, nor both sides; the pelvis rocks a little with it. No source: voluntary squeezes on a mat
 * were never published. */
static const double squeeze_s = 5, squeeze_rise_s = 0.5, squeeze_spread = 0.15, squeeze_uneven = 0.1,
                    squeeze_rock_deg = 0.4;

double sim_motion_at(const struct sim_motion *m, double t) {
        double u = m->length_s > 0 ? (t - m->start_s) / m->length_s : 1;
        u = u < 0 ? 0 : u > 1 ? 1 : u;
        return m->from + (m->to - m->from) * u * u * (3 - 2 * u);
}

static void motion_to(struct sim_motion *m, double to, double t, double length_s) {
        double now = sim_motion_at(m, t);
        *m = (struct sim_motion){.from = now, .to = to, .start_s = t, .length_s = length_s};
}

void sim_sitter_init(struct sim_sitter *s, const struct sim_person *person, uint64_t seed) {
        memset(s, 0, sizeof(*s));
        s->person = *person;
        sim_random_init(&s->random, seed, 1);
        sim_body_init(&s->body, person->mass_kg, person->height_cm * 10, person->bones_mm, person->woman > 0.5,
                      person->seat_mm);
        sim_contact_body(&s->body);
}

static double usual(double value, double otherwise) {
        return isnan(value) ? otherwise : value;
}

static void lean_side(double degrees, double part[SIM_PARTS]) {
        part[SIM_SIDE] = degrees;
        double far = fmax(fabs(degrees) - lift_from_deg, 0);
        part[degrees > 0 ? SIM_KNEE_LEFT : SIM_KNEE_RIGHT] = lift_mm_per_deg * far;
        part[SIM_LEGS] = elbow_n_per_deg * far;
}

/* Where every part of a posture is; returns how long it takes to get there. */
static double posture_parts(const struct sim_step *step, double part[SIM_PARTS]) {
        double degrees = step->value;
        switch (step->verb) {
        case SIM_SLOUCH:
                part[SIM_TILT] = -usual(degrees, usual_slouch);
                return sag_s;
        case SIM_ARCH:
                part[SIM_TILT] = usual(degrees, usual_arch);
                return move_s;
        case SIM_LEAN_LEFT:
                lean_side(-usual(degrees, usual_lean), part);
                return move_s;
        case SIM_LEAN_RIGHT:
                lean_side(usual(degrees, usual_lean), part);
                return move_s;
        case SIM_LEAN_FORWARD:
                part[SIM_FORWARD] = usual(degrees, usual_forward);
                part[SIM_TILT] = fmin(pelvis_follows * part[SIM_FORWARD], pelvis_most_deg);
                return move_s;
        case SIM_OBLIQUE_LEFT:
                part[SIM_OBLIQUE] = -usual(degrees, usual_oblique);
                return move_s;
        case SIM_OBLIQUE_RIGHT:
                part[SIM_OBLIQUE] = usual(degrees, usual_oblique);
                return move_s;
        case SIM_CROSS_LEFT:
                part[SIM_KNEE_LEFT] = cross_mm;
                return move_s;
        case SIM_CROSS_RIGHT:
                part[SIM_KNEE_RIGHT] = cross_mm;
                return move_s;
        case SIM_PERCH:
                part[SIM_Y] = perch_mm;
                part[SIM_KNEE_LEFT] = part[SIM_KNEE_RIGHT] = perch_knee_mm;
                part[SIM_LEGS] = perch_legs_n;
                part[SIM_FORWARD] = perch_forward_deg;
                return scoot_s;
        default:
                return move_s; /* upright: nothing is moved away */
        }
}

static void take_posture(struct sim_sitter *s, const struct sim_step *step, double t) {
        double part[SIM_PARTS] = {[SIM_WEIGHT] = 1};
        double length = posture_parts(step, part);
        /* Whoever is still on the way down takes the posture as he arrives. */
        bool arriving = sim_motion_at(&s->posture_motion[SIM_WEIGHT], t) < 0.5;
        s->posture = step->verb;
        for (int i = 0; i < SIM_WEIGHT; i++) {
                if (arriving && i != SIM_FORWARD)
                        s->posture_motion[i] = (struct sim_motion){.from = part[i], .to = part[i], .start_s = t};
                else
                        motion_to(&s->posture_motion[i], part[i], t, arriving ? straighten_s : length);
        }
}

static void sit(struct sim_sitter *s, double t) {
        struct sim_random *r = &s->random;
        memset(s->posture_motion, 0, sizeof(s->posture_motion));
        memset(s->shift, 0, sizeof(s->shift));
        s->seated = true;
        s->fidget_length_s = 0;
        s->resit_x = s->person.resit_mm * sim_random_normal(r);
        s->resit_y = s->person.resit_mm * sim_random_normal(r);
        s->resit_yaw = s->person.resit_mm / 6 * sim_random_normal(r);
        s->posture_motion[SIM_FORWARD].from = s->posture_motion[SIM_FORWARD].to = rise_lean_deg;
        take_posture(s, &(struct sim_step){.verb = SIM_UPRIGHT}, t);
        motion_to(&s->posture_motion[SIM_WEIGHT], 1, t, sit_s);
}

static void stand(struct sim_sitter *s, double t) {
        motion_to(&s->posture_motion[SIM_FORWARD], rise_lean_deg, t, straighten_s);
        motion_to(&s->posture_motion[SIM_WEIGHT], 0, t, sit_s);
}

/* Out and back: a hand to the mouse, a look round, a buttock eased. */
static void fidget(struct sim_sitter *s, double t) {
        struct sim_random *r = &s->random;
        memset(s->fidget, 0, sizeof(s->fidget));
        s->fidget_start_s = t;
        s->fidget_length_s = 1.2 + 1.8 * sim_random_uniform(r);
        s->fidget[SIM_TILT] = 2.5 * sim_random_normal(r);
        s->fidget[SIM_SIDE] = 3 * sim_random_normal(r);
        s->fidget[SIM_FORWARD] = 4 * fabs(sim_random_normal(r));
        s->fidget[SIM_WEIGHT] = -0.15 * sim_random_uniform(r);
}

/* A new place for good: millimetres and a degree or so, on the way there a third or more of the weight taken off (WiSAT
 * counts a load drop of 30 % as an in-seat movement). */
static void shift(struct sim_sitter *s, double t) {
        static const double sd[SIM_WEIGHT] = {[SIM_TILT] = 1.2, [SIM_SIDE] = 0.8,    [SIM_X] = 6,
                                              [SIM_Y] = 8,      [SIM_KNEE_LEFT] = 4, [SIM_KNEE_RIGHT] = 4};
        fidget(s, t);
        s->fidget[SIM_WEIGHT] = -0.3 - 0.2 * sim_random_uniform(&s->random);
        for (int i = 0; i < SIM_WEIGHT; i++)
                motion_to(&s->shift[i], sd[i] * sim_random_normal(&s->random), t, move_s);
}

static void squeeze(struct sim_sitter *s, double seconds, double t) {
        struct sim_random *r = &s->random;
        double share = s->person.squeeze / 100 * (1 + squeeze_spread * sim_random_normal(r));
        double uneven = squeeze_uneven * sim_random_normal(r);
        s->squeeze[LEFT] = share * (1 - uneven);
        s->squeeze[RIGHT] = share * (1 + uneven);
        s->squeeze_tilt = squeeze_rock_deg * sim_random_normal(r);
        s->squeeze_start_s = t;
        s->squeeze_length_s = usual(seconds, squeeze_s);
}

double sim_sitter_squeeze(const struct sim_sitter *s, double t) {
        double in = t - s->squeeze_start_s, out = s->squeeze_start_s + s->squeeze_length_s - t;
        double u = fmin(in, out) / squeeze_rise_s;
        u = u < 0 ? 0 : u > 1 ? 1 : u;
        return s->squeeze_length_s > 0 ? u * u * (3 - 2 * u) : 0;
}

void sim_sitter_do(struct sim_sitter *s, const struct sim_step *step, double t) {
        switch (step->verb) {
        case SIM_SIT:
                sit(s, t);
                break;
        case SIM_STAND:
                stand(s, t);
                break;
        case SIM_FIDGET:
                fidget(s, t);
                break;
        case SIM_SHIFT:
                shift(s, t);
                break;
        case SIM_SQUEEZE:
                squeeze(s, step->value, t);
                break;
        default:
                take_posture(s, step, t);
                if (step->verb == SIM_PERCH) {
                        fidget(s, t); /* the scoot eases the seat */
                        s->fidget_length_s = scoot_s;
                        s->fidget[SIM_WEIGHT] = -0.4;
                }
        }
}

/* Ornstein-Uhlenbeck: wanders with a standard deviation and forgets with a time constant. */
static void wander(double *v, struct sim_random *r, double sd, double tau_s, double dt) {
        double keep = exp(-dt / tau_s);
        *v = *v * keep + sd * sqrt(1 - keep * keep) * sim_random_normal(r);
}

static void restless(struct sim_sitter *s, double t, double dt) {
        double sway = s->person.sway;
        wander(&s->sway_tilt, &s->random, sway_deg * sway, sway_s, dt);
        for (int i = 0; i < 2; i++) {
                wander(&s->sway[i], &s->random, sway_mm * sway, sway_s, dt);
                wander(&s->typing[i], &s->random, typing_mm * sway, typing_s, dt);
        }
        double fidgets = sim_random_uniform(&s->random) * quarter_hour_s, shifts = sim_random_uniform(&s->random);
        if (t < s->fidget_start_s + s->fidget_length_s || s->posture_motion[SIM_WEIGHT].to < 1)
                return;
        if (fidgets < s->person.fidgets * dt)
                fidget(s, t);
        else if (shifts * quarter_hour_s < s->person.shifts * dt)
                shift(s, t);
}

bool sim_sitter_pose(struct sim_sitter *s, double t, double dt, struct sim_pose *ret) {
        double part[SIM_PARTS], u = 2, breath = sin(TURN * t * s->person.breaths / 60) * s->person.sway;
        if (!s->seated)
                return false;
        restless(s, t, dt);
        if (s->fidget_length_s > 0)
                u = (t - s->fidget_start_s) / s->fidget_length_s;
        double out = u >= 0 && u < 1 ? (1 - cos(TURN * u)) / 2 : 0;
        for (int i = 0; i < SIM_PARTS; i++)
                part[i] =
                        sim_motion_at(&s->posture_motion[i], t) + sim_motion_at(&s->shift[i], t) + s->fidget[i] * out;
        double squeezed = sim_sitter_squeeze(s, t);
        const struct sim_motion *weight = &s->posture_motion[SIM_WEIGHT];
        if (weight->to <= 0 && t >= weight->start_s + weight->length_s)
                s->seated = false;
        *ret = (struct sim_pose){
                .weight = fmin(fmax(part[SIM_WEIGHT], 0), 1) * (1 + breath_share * breath),
                .x_mm = s->person.x_mm + s->resit_x + part[SIM_X],
                .y_mm = s->person.y_mm + s->resit_y + part[SIM_Y],
                .yaw_deg = s->resit_yaw,
                .tilt_deg = part[SIM_TILT] + s->sway_tilt + squeezed * s->squeeze_tilt,
                .forward_deg = part[SIM_FORWARD],
                .side_deg = part[SIM_SIDE],
                .oblique_deg = part[SIM_OBLIQUE],
                .sway_mm = {s->sway[0] + s->typing[0], s->sway[1] + s->typing[1] + breath_mm * breath},
                .legs_n = part[SIM_LEGS],
                .knee_mm = {part[SIM_KNEE_LEFT], part[SIM_KNEE_RIGHT]},
                .squeeze = {squeezed * s->squeeze[LEFT], squeezed * s->squeeze[RIGHT]},
        };
        return s->seated && ret->weight > 0.002;
}
