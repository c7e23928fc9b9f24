/* SPDX-License-Identifier: MIT */
#include "core/estimate/reference.h"

#include <math.h>
#include <string.h>

#include "core/estimate/angles.h"

void reference_vector(const struct features *f, float ret[REFERENCE_N]) {
        const struct sit_bones *b = &f->sit_bones;

        memcpy(ret + REFERENCE_PROFILE, f->profile, sizeof(f->profile));
        memcpy(ret + REFERENCE_ALONG, f->along, sizeof(f->along));
        ret[REFERENCE_LINE_Y] = b->valid ? (b->left_mm[1] + b->right_mm[1]) / 2 : NAN;
        ret[REFERENCE_MIDDLE_X] = b->valid ? (b->left_mm[0] + b->right_mm[0]) / 2 : NAN;
        ret[REFERENCE_BACK_Y] = f->back_y_mm;
        /* between few cells the centre of pressure hardly moves, and a lean would look like a slide */
        ret[REFERENCE_COP_X] = f->can.few ? NAN : f->cop_x_mm;
        ret[REFERENCE_COP_Y] = f->can.few ? NAN : f->cop_y_mm;
        ret[REFERENCE_LOAD] = f->load;
        ret[REFERENCE_FRONT_SHARE] = f->front_share;
        ret[REFERENCE_ASYMMETRY] = f->asymmetry;
}

/* ---- slides ---- */

static const float RECENT_S = 2;    /* the mean of how the sitter sits spans this long, */
static const float LAG_S = 1;       /* and the mean before a movement is this old: it began before it was noticed */
static const float OFF = 0.8F;      /* of the load: fidgets take off less, a sitter who slides a third or more */
static const float BACK_ON = 0.85F; /* of the load: with less the sitter leans on something */
static const float SETTLED_S = 3;
/* A sitter slides by 8 mm at a time, which looks like 4 degrees of tilt. More than twice that is something else. */
static const float MOST_DEG = 10, MOST_MM = 20;
/* Within a second or two: with more the sitter was on the way into another posture. */
static const float REST_DEG = 1.2F, REST_MM = 3;
/* Variance of the error that one slide adds to the reference, as a share of the variance of where people sit: they
 * stay within some centimetres of where they came down, while the errors of many slides would add up without end. */
static const float LOST = 0.4F;

/* Positions on the mat, which move with a slide. The rest of the vector is the same at any place, except the bands
 * along the seat, which only count from where they were learnt (tilt.h). */
static const enum reference_index POSITIONS[] = {REFERENCE_LINE_Y, REFERENCE_MIDDLE_X, REFERENCE_BACK_Y,
                                                 REFERENCE_COP_X,  REFERENCE_COP_Y,    REFERENCE_FRONT_SHARE};

/* Updates the means of how the sitter sits now and sat a moment ago. */
static void average_quiet(struct slide_tracker *s, const float now[REFERENCE_N], float dt) {
        const float past = s->quiet_s < RECENT_S ? s->quiet_s : RECENT_S, part = s->quiet_s > 0 ? dt / (past + dt) : 1;

        for (int i = 0; i < REFERENCE_N; i++) {
                const float mean = s->recent[i] + part * (now[i] - s->recent[i]);

                s->recent[i] = isnan(mean) ? now[i] : mean;
        }
        if (!(s->quiet_s > 0)) {
                memcpy(s->mark, s->recent, sizeof(s->mark));
                s->mark_s = 0;
        }
        s->quiet_s += dt;
        s->mark_s += dt;
        if (s->mark_s < LAG_S && s->quiet_s > dt)
                return;
        memcpy(s->lagged, s->mark, sizeof(s->lagged));
        memcpy(s->mark, s->recent, sizeof(s->mark));
        s->mark_s = 0;
}

static bool is_within(const float a[REFERENCE_N], const float b[REFERENCE_N], float most_deg, float most_mm) {
        const float pitch = angles_pitch(a, b);

        return fabsf(b[REFERENCE_COP_X] - a[REFERENCE_COP_X]) <= most_mm &&
               fabsf(b[REFERENCE_COP_Y] - a[REFERENCE_COP_Y]) <= most_mm && !(fabsf(pitch) > most_deg);
}

/* Is it the same way of sitting, a little elsewhere? */
static bool is_slide(const float before[REFERENCE_N], const float after[REFERENCE_N]) {
        return after[REFERENCE_LOAD] >= BACK_ON * before[REFERENCE_LOAD] &&
               is_within(before, after, MOST_DEG, MOST_MM);
}

/* The sitter differs from the reference as much as before the slide: ret = after - (before - anchor). */
static void carry_positions(const struct slide_tracker *s, float ret[REFERENCE_N]) {
        for (size_t i = 0; i < sizeof(POSITIONS) / sizeof(*POSITIONS); i++) {
                const enum reference_index p = POSITIONS[i];
                const float moved = s->recent[p] - s->before[p];

                ret[p] = s->anchor[p] + (isnan(moved) ? 0 : moved);
        }
}

/* Kalman's gain over all slides together: of the first slide 7 parts in 10 count, of many half. */
static void pull_to_origin(struct slide_tracker *s, float moved[REFERENCE_N]) {
        const float lost = s->anchor_lost + LOST, kept = 1 / (1 + lost);

        if (!(s->anchor_lost > 0))
                memcpy(s->origin, s->anchor, sizeof(s->origin));
        for (int i = 0; i < REFERENCE_N; i++)
                if (!isnan(s->origin[i]))
                        moved[i] = s->origin[i] + kept * (moved[i] - s->origin[i]);
        s->lost = kept * lost;
}

/* Movements with no rest between them are one movement. */
static void track_movement(struct slide_tracker *s, const struct reference *r, float load) {
        if (s->quiet_s >= (s->unweighted ? SETTLED_S : LAG_S)) {
                memcpy(s->before, s->lagged, sizeof(s->before));
                memcpy(s->anchor, r->value, sizeof(s->anchor));
                s->anchor_lost = s->lost;
                s->anchored = r->valid && r->same_sit && is_within(s->lagged, s->mark, REST_DEG, REST_MM);
                s->unweighted = false;
        }
        s->quiet_s = 0;
        if (s->anchored && load < OFF * s->before[REFERENCE_LOAD])
                s->unweighted = true;
}

/* Moves *r, if it is of this sit, while the sitter settles. Returns whether the movement is explained by a slide. */
static bool follow_slide(struct slide_tracker *s, struct reference *r, const struct sitter_sample *sample) {
        float moved[REFERENCE_N];

        if (!sample->quiet) {
                track_movement(s, r, sample->vector[REFERENCE_LOAD]);
                return false;
        }
        average_quiet(s, sample->vector, sample->dt_s);
        if (!s->unweighted || s->quiet_s > SETTLED_S)
                return false;
        memcpy(r->value, s->anchor, sizeof(r->value));
        s->lost = s->anchor_lost;
        if (!is_slide(s->before, s->recent) || !is_within(s->lagged, s->recent, REST_DEG, REST_MM))
                return false;
        memcpy(moved, s->anchor, sizeof(moved));
        carry_positions(s, moved);
        pull_to_origin(s, moved);
        memcpy(r->value, moved, sizeof(r->value));
        return true;
}

/* ---- the reference ---- */

static const float FIRST_S = 1;   /* quiet seconds of the first reference, which later ones refine */
static const float BY_HAND_S = 3; /* quiet time before a reference by hand: longer than a breath's sway */
/* A reference loses accuracy with time: each shift moves the sitter by some millimetres on the mat, to a new place
 * each time, so that the error of the place grows to its full size within a few shifts and not further; foam and
 * sensors creep 12-26 % a decade of time, and a fifth of it not evenly, which over 200 mm of contact is 2 mm. */
static const float MOVED_MM = 5, MOVED_SHARE = 0.5F, CREEP_MM = 2, CREEP_FROM_S = 10;
/* Time constant of the expected load: slower than any posture that is noticed, faster than creep. */
static const float EXPECTED_S = 60;
/* Share of the expected load: with less the trunk is carried elsewhere (armrests take 12 %). */
static const float EXPECTED_LEAST = 0.88F;
static const float KNOWN_SHARE = 0.5F; /* a value must have been there for half of the time */

static void clear_gathered(struct reference_tracker *t) {
        t->gathered_s = t->quiet_s = 0;
        t->settled = false;
        memset(t->sum_s, 0, sizeof(t->sum_s));
        for (int i = 0; i < REFERENCE_N; i++)
                t->mean[i] = NAN;
}

void reference_leave(struct reference_tracker *t) {
        clear_gathered(t);
        memset(&t->slide, 0, sizeof(t->slide));
        t->expected_load = NAN;
        t->this_sit.valid = false;
        t->own.same_sit = false;
}

const struct reference *reference_current(const struct reference_tracker *t) {
        return t->this_sit.valid ? &t->this_sit : &t->own;
}

const float *reference_origin(const struct reference_tracker *t) {
        return t->slide.lost > 0 ? t->slide.origin : reference_current(t)->value;
}

static void store_value(struct reference *r, const float value[REFERENCE_N]) {
        memcpy(r->value, value, sizeof(r->value));
        r->valid = true;
        r->same_sit = true;
        r->age_s = r->moved_mm2 = r->lost_mm2 = 0;
}

/* Sets the reference of this sit for good: a reference from the sitter is not refined. */
static void settle_on(struct reference_tracker *t, const float value[REFERENCE_N]) {
        store_value(&t->this_sit, value);
        t->settled = true;
        memset(&t->slide, 0, sizeof(t->slide));
}

/* Mean over the quiet seconds, value by value: a pair that comes and goes does not spoil the others. */
static void gather_sample(struct reference_tracker *t, const float now[REFERENCE_N], float dt) {
        t->gathered_s += dt;
        for (int i = 0; i < REFERENCE_N; i++) {
                if (isnan(now[i]) || !(dt > 0))
                        continue;
                t->mean[i] = t->sum_s[i] > 0 ? t->mean[i] + dt / (t->sum_s[i] + dt) * (now[i] - t->mean[i]) : now[i];
                t->sum_s[i] += dt;
        }
}

/* A reference of this sit becomes less certain with time and with each shift. shifted: a shift has just ended. */
static void age_reference(struct reference *r, float dt, bool shifted) {
        float creep;

        if (!r->valid || !r->same_sit)
                return;
        r->age_s += dt;
        if (shifted)
                r->moved_mm2 += MOVED_SHARE * (MOVED_MM * MOVED_MM - r->moved_mm2);
        creep = CREEP_MM * log10f(1 + r->age_s / CREEP_FROM_S);
        r->lost_mm2 = r->moved_mm2 + creep * creep;
}

/* Load creeps up by a third within an hour; a trunk that leans on a desk or bends far forward takes more off at
 * once. */
static void track_expected_load(struct reference_tracker *t, float load, float dt) {
        if (t->this_sit.valid && isnan(t->expected_load))
                t->expected_load = t->this_sit.value[REFERENCE_LOAD];
        if (load > EXPECTED_LEAST * t->expected_load)
                t->expected_load += dt / (EXPECTED_S + dt) * (load - t->expected_load);
}

/* The automatic reference is known after the first quiet seconds and becomes better from second to second. */
static void refine_reference(struct reference_tracker *t, const float now[REFERENCE_N], float dt, float reference_s) {
        float mean[REFERENCE_N];

        gather_sample(t, now, dt);
        if (t->gathered_s < FIRST_S && t->gathered_s < reference_s)
                return;
        for (int i = 0; i < REFERENCE_N; i++)
                mean[i] = t->sum_s[i] < KNOWN_SHARE * t->gathered_s ? NAN : t->mean[i];
        store_value(&t->this_sit, mean);
        t->settled = t->gathered_s >= reference_s;
}

void reference_step(struct reference_tracker *t, const struct sitter_sample *sample, float reference_s) {
        const float dt = sample->dt_s;
        const bool shifted = sample->quiet && !(t->quiet_s > 0);

        if (follow_slide(&t->slide, &t->this_sit, sample))
                t->settled = true;
        age_reference(&t->this_sit, dt, shifted);
        age_reference(&t->own, dt, shifted);
        t->quiet_s = sample->quiet ? t->quiet_s + dt : 0;
        if (sample->quiet)
                track_expected_load(t, sample->vector[REFERENCE_LOAD], dt);
        if (sample->quiet && !t->settled)
                refine_reference(t, sample->vector, dt, reference_s);
}

bool reference_set_by_hand(struct reference_tracker *t) {
        if (t->quiet_s < BY_HAND_S)
                return false;
        t->expected_load = t->slide.recent[REFERENCE_LOAD];
        store_value(&t->own, t->slide.recent);
        settle_on(t, t->own.value);
        return true;
}

void reference_set(struct reference_tracker *t, const float value[REFERENCE_N], bool here) {
        store_value(&t->own, value);
        t->own.same_sit = here;
        if (!here)
                return;
        t->expected_load = value[REFERENCE_LOAD];
        settle_on(t, value);
}
