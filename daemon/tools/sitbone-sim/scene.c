/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/scene.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double PLACE_S = 1.0, HAND_S = 0.5;

void sim_scene_init(struct sim_scene *s, const struct sim_scenario *scenario, uint64_t seed) {
        memset(s, 0, sizeof(*s));
        s->scenario = scenario;
        sim_sitter_init(&s->sitter, &scenario->person, seed);
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
                sim_sitter_do(&s->sitter, step, t);
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
                .squeeze = sim_sitter_squeeze(&s->sitter, s->now_s),
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
        if (sim_sitter_pose(&s->sitter, t, dt, &pose)) {
                sim_contact_sitter(&s->contact, &s->sitter.body, &pose);
                fill_person_truth(s, &pose, ret);
                return true;
        }
        double weight = s->object_there ? sim_motion_at(&s->object_weight, t) : 0;
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
