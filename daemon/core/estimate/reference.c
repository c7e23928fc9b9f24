/* SPDX-License-Identifier: MIT */
#include "core/estimate/reference.h"

#include <math.h>
#include <string.h>

#include "core/estimate/scoot.h"

static const float FIRST_S = 1;   /* of the quiet seconds: a first reference, which the others refine */
static const float BY_HAND_S = 3; /* quiet so long before a reference by hand: longer than a breath's sway */
/* What a reference loses: each shift moves the sitter by some millimetres on the mat, to a new place each time, so that
 * the error of the place grows to its full size within a few shifts and not further; foam and sensors creep 12-26 % a
 * decade of time, and a fifth of it not evenly, which over 200 mm of contact is 2 mm. */
static const float MOVED_MM = 5, MOVED_SHARE = 0.5F, CREEP_MM = 2, CREEP_FROM_S = 10;
static const float USUAL_S = 60; /* the usual load: slower than any posture that is noticed, faster than creep */
static const float USUAL_LEAST = 0.88F; /* of it: with less the trunk is carried elsewhere (armrests 12 %) */
static const float KNOWN_SHARE = 0.5F;  /* a value must have been there for half of the time */

void reference_vector(const struct features *f, float ret[REFERENCE_N]) {
        const struct sit_bones *b = &f->sit_bones;

        memcpy(ret + REFERENCE_PROFILE, f->profile, sizeof(f->profile));
        memcpy(ret + REFERENCE_ALONG, f->along, sizeof(f->along));
        ret[REFERENCE_LINE_Y] = b->valid ? (b->left_mm[1] + b->right_mm[1]) / 2 : NAN;
        ret[REFERENCE_MIDDLE_X] = b->valid ? (b->left_mm[0] + b->right_mm[0]) / 2 : NAN;
        ret[REFERENCE_BACK_Y] = f->back_y_mm;
        ret[REFERENCE_COP_X] = f->cop_x_mm;
        ret[REFERENCE_COP_Y] = f->cop_y_mm;
        ret[REFERENCE_LOAD] = f->load;
        ret[REFERENCE_FRONT_SHARE] = f->front_share;
        ret[REFERENCE_ASYMMETRY] = f->asymmetry;
}

static void forget_gathered(struct reference_keeper *k) {
        k->gathered_s = k->quiet_s = 0;
        k->settled = false;
        memset(k->sum_s, 0, sizeof(k->sum_s));
        for (int i = 0; i < REFERENCE_N; i++)
                k->mean[i] = NAN;
}

void reference_leave(struct reference_keeper *k) {
        forget_gathered(k);
        scoot_forget(&k->scoot);
        k->usual_load = NAN;
        k->held.valid = false;
        k->own.same_sit = false;
}

const struct reference *reference_current(const struct reference_keeper *k) {
        return k->held.valid ? &k->held : &k->own;
}

const float *reference_origin(const struct reference_keeper *k) {
        return k->scoot.lost > 0 ? k->scoot.origin : reference_current(k)->value;
}

static void keep(struct reference *r, const float value[REFERENCE_N]) {
        memcpy(r->value, value, sizeof(r->value));
        r->valid = true;
        r->same_sit = true;
        r->age_s = r->moved_mm2 = r->lost_mm2 = 0;
}

/* What the sitter says is not refined any more. */
static void hold(struct reference_keeper *k, const float value[REFERENCE_N]) {
        keep(&k->held, value);
        k->settled = true;
        scoot_forget(&k->scoot);
}

/* Mean over the quiet seconds, value by value: a pair that comes and goes does not spoil the others. */
static void gather(struct reference_keeper *k, const float now[REFERENCE_N], float dt) {
        k->gathered_s += dt;
        for (int i = 0; i < REFERENCE_N; i++) {
                if (isnan(now[i]) || !(dt > 0))
                        continue;
                k->mean[i] = k->sum_s[i] > 0 ? k->mean[i] + dt / (k->sum_s[i] + dt) * (now[i] - k->mean[i]) : now[i];
                k->sum_s[i] += dt;
        }
}

/* What makes a reference of this sit less and less sure. moved: a shift has ended. */
static void grow_old(struct reference *r, float dt, bool moved) {
        float creep;

        if (!r->valid || !r->same_sit)
                return;
        r->age_s += dt;
        if (moved)
                r->moved_mm2 += MOVED_SHARE * (MOVED_MM * MOVED_MM - r->moved_mm2);
        creep = CREEP_MM * log10f(1 + r->age_s / CREEP_FROM_S);
        r->lost_mm2 = r->moved_mm2 + creep * creep;
}

/* Load creeps up by a third within an hour; a trunk that leans on a desk or bends far forward takes more off at once. */
static void follow_load(struct reference_keeper *k, float load, float dt) {
        if (k->held.valid && isnan(k->usual_load))
                k->usual_load = k->held.value[REFERENCE_LOAD];
        if (load > USUAL_LEAST * k->usual_load)
                k->usual_load += dt / (USUAL_S + dt) * (load - k->usual_load);
}

/* Known from the first quiet seconds on, and better from second to second. */
static void refine(struct reference_keeper *k, const float now[REFERENCE_N], float dt, float reference_s) {
        float mean[REFERENCE_N];

        gather(k, now, dt);
        if (k->gathered_s < FIRST_S && k->gathered_s < reference_s)
                return;
        for (int i = 0; i < REFERENCE_N; i++)
                mean[i] = k->sum_s[i] < KNOWN_SHARE * k->gathered_s ? NAN : k->mean[i];
        keep(&k->held, mean);
        k->settled = k->gathered_s >= reference_s;
}

void reference_step(struct reference_keeper *k, const struct features *f, bool quiet, float dt, float reference_s) {
        float now[REFERENCE_N];

        reference_vector(f, now);
        if (scoot_step(&k->scoot, &k->held, now, quiet, dt))
                k->settled = true;
        grow_old(&k->held, dt, quiet && !(k->quiet_s > 0));
        grow_old(&k->own, dt, quiet && !(k->quiet_s > 0));
        k->quiet_s = quiet ? k->quiet_s + dt : 0;
        if (quiet)
                follow_load(k, f->load, dt);
        if (quiet && !k->settled)
                refine(k, now, dt, reference_s);
}

bool reference_by_hand(struct reference_keeper *k) {
        if (k->quiet_s < BY_HAND_S)
                return false;
        k->usual_load = k->scoot.recent[REFERENCE_LOAD];
        keep(&k->own, k->scoot.recent);
        hold(k, k->own.value);
        return true;
}

void reference_take(struct reference_keeper *k, const float value[REFERENCE_N], bool here) {
        keep(&k->own, value);
        k->own.same_sit = here;
        if (!here)
                return;
        k->usual_load = value[REFERENCE_LOAD];
        hold(k, value);
}
