/* SPDX-License-Identifier: MIT */
#include "core/estimate/scoot.h"

#include <math.h>
#include <string.h>

#include "core/estimate/angles.h"

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

void scoot_reset(struct scoot *s) {
        memset(s, 0, sizeof(*s));
}

/* Updates the means of how the sitter sits now and sat a moment ago. */
static void average_quiet(struct scoot *s, const float now[REFERENCE_N], float dt) {
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
static void carry_positions(const struct scoot *s, float ret[REFERENCE_N]) {
        for (size_t i = 0; i < sizeof(POSITIONS) / sizeof(*POSITIONS); i++) {
                const enum reference_index p = POSITIONS[i];
                const float moved = s->recent[p] - s->before[p];

                ret[p] = s->anchor[p] + (isnan(moved) ? 0 : moved);
        }
}

/* Kalman's gain over all slides together: of the first slide 7 parts in 10 count, of many half. */
static void pull_to_origin(struct scoot *s, float moved[REFERENCE_N]) {
        const float lost = s->anchor_lost + LOST, kept = 1 / (1 + lost);

        if (!(s->anchor_lost > 0))
                memcpy(s->origin, s->anchor, sizeof(s->origin));
        for (int i = 0; i < REFERENCE_N; i++)
                if (!isnan(s->origin[i]))
                        moved[i] = s->origin[i] + kept * (moved[i] - s->origin[i]);
        s->lost = kept * lost;
}

/* Movements with no rest between them are one movement. */
static void track_movement(struct scoot *s, const struct reference *r, float load) {
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

bool scoot_step(struct scoot *s, struct reference *r, const struct sitter_sample *sample) {
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
