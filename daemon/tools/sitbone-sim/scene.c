/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/scene.h"

#include <math.h>
#include <string.h>

static const double place_s = 1.0, hand_s = 0.5;

void sim_scene_init(struct sim_scene *s, const struct sim_scenario *scenario, uint64_t seed) {
        memset(s, 0, sizeof(*s));
        s->scenario = scenario;
        sim_sitter_init(&s->sitter, &scenario->person, seed);
        sim_contact_init(&s->contact);
}

static void lump(struct sim_object *o, double rx, double ry, double rz, double x, double y, double lift) {
        const double semi[3] = {rx, ry, rz};
        sim_ellipsoid_init(&o->lump[o->n_lumps++], semi, x, y, rz + lift, 0);
}

/* A rucksack of 6 kg that has sagged into three heaps; a cat of 4.5 kg curled up; a palm and fingers pressing. */
static void make_object(struct sim_object *o, const struct sim_step *step, struct sim_random *r) {
        double n = step->verb == SIM_PLACE_BAG ? 60 : step->verb == SIM_PLACE_CAT ? 44 : 80;
        *o = (struct sim_object){
                .weight_n = isnan(step->value) ? n : step->value, .stiffness_kpa = 60, .thickness_mm = 20};
        o->x_mm = 50 * sim_random_normal(r);
        o->y_mm = 40 * sim_random_normal(r);
        o->yaw_deg = 40 * sim_random_normal(r);
        if (step->verb == SIM_PLACE_BAG) {
                lump(o, 150, 75, 60, 0, 0, 0);
                lump(o, 60, 60, 40, -70, 25, -4);
                lump(o, 45, 50, 40, 80, -20, -2);
        } else if (step->verb == SIM_PLACE_CAT) {
                o->stiffness_kpa = 8;
                lump(o, 130, 95, 70, 0, 0, 0);
                lump(o, 45, 35, 30, 85, 60, 2);
        } else {
                o->stiffness_kpa = 80;
                o->yaw_deg /= 2;
                lump(o, 36, 32, 28, 0, 0, 0);
                for (int i = 0; i < 4; i++)
                        lump(o, 9, 36, 12, -33 + 22 * i, 68 + (i == 1 || i == 2 ? 8 : 0), 0);
                lump(o, 28, 10, 12, 62, 12, 2);
        }
}

static void take(struct sim_scene *s, const struct sim_step *step, double t) {
        bool hand = step->verb == SIM_PLACE_HAND;
        switch (step->verb) {
        case SIM_PLACE_BAG:
        case SIM_PLACE_CAT:
        case SIM_PLACE_HAND:
                make_object(&s->object, step, &s->sitter.random);
                s->object_there = true;
                s->object_weight = (struct sim_motion){.to = 1, .start_s = t, .length_s = hand ? hand_s : place_s};
                break;
        case SIM_REMOVE:
                s->object_weight = (struct sim_motion){.from = 1, .start_s = t, .length_s = place_s};
                break;
        case SIM_END:
                break;
        default:
                sim_sitter_do(&s->sitter, step, t);
        }
}

static enum posture_class word(enum sim_verb verb) {
        switch (verb) {
        case SIM_UPRIGHT:
                return POSTURE_UPRIGHT;
        case SIM_SLOUCH:
                return POSTURE_SLOUCHED;
        case SIM_ARCH:
                return POSTURE_ARCHED;
        case SIM_LEAN_LEFT:
                return POSTURE_LEANING_LEFT;
        case SIM_LEAN_RIGHT:
                return POSTURE_LEANING_RIGHT;
        case SIM_LEAN_FORWARD:
                return POSTURE_LEANING_FORWARD;
        case SIM_PERCH:
                return POSTURE_PERCHED;
        default:
                return POSTURE_UNKNOWN;
        }
}

static void person_truth(const struct sim_scene *s, const struct sim_pose *p, struct sim_truth *ret) {
        struct sim_figure f;
        sim_body_figure(&s->sitter.body, p, s->contact.sink_mm, &f);
        double half = s->sitter.body.bones_mm / 2;
        *ret = (struct sim_truth){
                .occupancy = OCCUPANCY_PERSON,
                .posture = word(s->sitter.posture),
                .tilt_deg = p->tilt_deg,
                .obliquity_deg = s->contact.roll_deg,
                .left_mm = {p->x_mm - half * f.cos_yaw - f.contact_y * f.sin_yaw,
                            p->y_mm - half * f.sin_yaw + f.contact_y * f.cos_yaw},
                .right_mm = {p->x_mm + half * f.cos_yaw - f.contact_y * f.sin_yaw,
                             p->y_mm + half * f.sin_yaw + f.contact_y * f.cos_yaw},
                .load_n = s->contact.load_n,
                .squeeze = sim_sitter_squeeze(&s->sitter, s->now_s),
        };
}

static void nobody_truth(const struct sim_scene *s, bool object, struct sim_truth *ret) {
        *ret = (struct sim_truth){
                .occupancy = object ? OCCUPANCY_OBJECT : OCCUPANCY_VACANT,
                .posture = object ? POSTURE_UNKNOWN : POSTURE_VACANT,
                .tilt_deg = NAN,
                .obliquity_deg = NAN,
                .left_mm = {NAN, NAN},
                .right_mm = {NAN, NAN},
                .load_n = s->contact.load_n,
        };
}

/* The seat starts each turn empty. */
static void again(struct sim_scene *s) {
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
                again(s);
        }
        while (s->next_step < s->scenario->n_steps && s->scenario->step[s->next_step].t_s <= t - s->started_s)
                take(s, &s->scenario->step[s->next_step++], t);
        if (sim_sitter_pose(&s->sitter, t, dt, &pose)) {
                sim_contact_sitter(&s->contact, &s->sitter.body, &pose);
                person_truth(s, &pose, ret);
                return true;
        }
        double weight = s->object_there ? sim_motion_at(&s->object_weight, t) : 0;
        if (weight > 0.01) {
                /* Most objects lie still: settle only while the weight changes. */
                if (t <= s->object_weight.start_s + s->object_weight.length_s + 2 * dt)
                        sim_contact_object(&s->contact, &s->object, weight);
        } else {
                sim_contact_none(&s->contact);
        }
        nobody_truth(s, weight > 0.01, ret);
        return true;
}
