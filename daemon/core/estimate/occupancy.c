/* SPDX-License-Identifier: MIT */
#include "core/estimate/occupancy.h"

#include <math.h>

static const float WHOLE_SEAT_CM2 = 1000;   /* a mat under the whole contact of a sitter; smaller ones see a part */
static const float UNPLACED_AREA_CM2 = 250; /* cells of unknown place lie where sitters press: a quarter of them */
static const float OBJECT_S = 3;            /* a sit-down passes through "object": there is no hurry to report it */
static const float HEAVY = 2.5F, HEAVY_AREA = 2.0F / 3; /* a load this heavy (25 kg) is no bag: a perch covers less */
static const float RESIDUE = 0.05F; /* of the sitter's load: sensors and foam creep back (4-19 % a decade of time) */
static const float RESIDUE_S = 30;  /* and half of it is gone after this long */
static const float SITTER_S = 2;    /* time constant of the sitter's load */
enum { CELLS_ENTER = 3, CELLS_STAY = 2 }; /* one stuck or pressed cell is no person */

/* Few cells (geometry.h) lie where the sitter presses, and read more than the mean of a whole seat: FSRs in a divider
 * 50-100 % of full scale under a sitter and up to 3 % while empty, velostat 7-20 % [judgement]. So a person is a mean
 * reading of 8 % with the default person_load_cm2, of 6 % where three cells agree; below 5 % is drift. */
/* times the mean of a whole seat under the lightest person */
static const float POINTS = 2, POINTS_AGREE = 1.5F, POINTS_OBJECT = 1.25F;
static const float POINTS_STAND = 0.5F; /* of the dwell, when they read next to nothing */
static const float POINTS_FALL_S = 20;  /* a sitter who leans away for seconds is still as heavy */
/* Of the sitter's reading: with less the sitter has got up, and the rest is residue. A deep lean leaves a quarter of the
 * load, and more than that of a reading that saturates. The next sitter must exceed the residue clearly. */
static const float POINTS_LEFT = 0.22F, POINTS_AGAIN = 0.35F, POINTS_RESIDUE_S = 120;

struct evidence {
        float area, load;
        float scale; /* of the thresholds: below 1 on a mat smaller than a seat */
        uint32_t cells;
        bool placed; /* area is known; otherwise a cell counts as 1 cm2 */
};

static struct evidence measure_evidence(const struct features *f) {
        const bool placed = !isnan(f->contact_area_cm2);
        float cell = placed && f->n_active ? f->contact_area_cm2 / (float)f->n_active : 1;
        float mat = cell * (float)f->n_cells;

        return (struct evidence){placed ? f->contact_area_cm2 : (float)f->n_active,
                                 f->reading > 0 ? f->reading * mat : f->load,
                                 mat < WHOLE_SEAT_CM2 ? mat / WHOLE_SEAT_CM2 : 1, f->n_active, placed};
}

static bool is_person(const struct occupancy_classifier *c, const struct settings_occupancy *s,
                      const struct evidence *e) {
        const bool stays = c->now == OCCUPANCY_PERSON;
        const float scale = e->scale * (stays ? s->release_pct / 100 : 1);
        const float least =
                e->placed || s->person_area_cm2 < UNPLACED_AREA_CM2 ? s->person_area_cm2 : UNPLACED_AREA_CM2;
        const float area = scale * least, load = scale * s->person_load_cm2;

        if (e->cells < (stays ? CELLS_STAY : CELLS_ENTER))
                return false;
        return (e->area >= area && e->load >= load) || (e->area >= HEAVY_AREA * area && e->load >= HEAVY * load);
}

/* Load that a sitter leaves behind in sensors and foam. It is no object, and it fades. */
static float residual_load(const struct occupancy_classifier *c, uint64_t now) {
        if (c->now == OCCUPANCY_PERSON)
                return RESIDUE * c->sitter_load;
        if (c->now != OCCUPANCY_VACANT || !(c->sitter_load > 0))
                return 0;
        return RESIDUE * c->sitter_load / (1 + (float)(now - c->since_us) * 1e-6F / RESIDUE_S);
}

/* Share of the sitter's reading that may still be residue. */
static float points_residue(const struct occupancy_classifier *c, float share, uint64_t now) {
        const float s = c->now == OCCUPANCY_PERSON ? 0 : (float)(now - c->since_us) * 1e-6F;

        return share * c->sitter_load / (1 + s / POINTS_RESIDUE_S);
}

static enum occupancy classify_points(const struct occupancy_classifier *c, const struct settings_occupancy *s,
                                      const struct features *f, uint64_t now) {
        const bool stays = c->now == OCCUPANCY_PERSON, agree = f->n_active >= CELLS_ENTER;
        const uint32_t cells = stays || f->can.n_cells < CELLS_ENTER ? 1 : CELLS_STAY;
        const float mean = s->person_load_cm2 / WHOLE_SEAT_CM2;
        float person = (agree ? POINTS_AGREE : POINTS) * mean, object = POINTS_OBJECT * mean;

        person = fmaxf(stays ? person * s->release_pct / 100 : person,
                       points_residue(c, stays ? POINTS_LEFT : POINTS_AGAIN, now));
        object = fmaxf(c->now == OCCUPANCY_OBJECT ? object * s->release_pct / 100 : object,
                       points_residue(c, POINTS_LEFT, now));
        if (f->n_active >= cells && f->reading >= person)
                return OCCUPANCY_PERSON;
        return f->reading >= object ? OCCUPANCY_OBJECT : OCCUPANCY_VACANT;
}

static enum occupancy classify_frame(const struct occupancy_classifier *c, const struct settings_occupancy *s,
                                     const struct features *f, uint64_t now) {
        const struct evidence e = measure_evidence(f);
        const float left = residual_load(c, now);
        float object = e.scale * s->object_load_cm2 * (c->now == OCCUPANCY_OBJECT ? s->release_pct / 100 : 1);

        if (f->resting)
                return OCCUPANCY_UNKNOWN;
        if (f->can.few)
                return classify_points(c, s, f, now);
        object = object > left ? object : left;
        if (is_person(c, s, &e))
                return OCCUPANCY_PERSON;
        return e.load >= object ? OCCUPANCY_OBJECT : OCCUPANCY_VACANT;
}

static float dwell_s(const struct occupancy_classifier *c, const struct settings_occupancy *s) {
        /* saturating cells show a sitter who rises only when nearly all of the weight is off */
        if (c->few && c->candidate == OCCUPANCY_VACANT)
                return POINTS_STAND * s->stand_s;
        if (c->candidate == OCCUPANCY_PERSON)
                return s->sit_s;
        if (c->candidate == OCCUPANCY_OBJECT && c->now != OCCUPANCY_PERSON)
                return s->stand_s > OBJECT_S ? s->stand_s : OBJECT_S;
        return s->stand_s;
}

/* Standing up is dated to the first frame that no longer looks like a person, whatever the following frames look
 * like. */
static uint64_t change_began(const struct occupancy_classifier *c) {
        return c->now == OCCUPANCY_PERSON ? c->against_since_us : c->candidate_since_us;
}

static bool dwell_is_over(const struct occupancy_classifier *c, const struct settings_occupancy *s, uint64_t now) {
        const uint32_t frames = c->now == OCCUPANCY_PERSON ? c->against_frames : c->candidate_frames;

        /* a person weighs something: an empty seat after silence is certain at once */
        if (c->now == OCCUPANCY_UNKNOWN && c->candidate == OCCUPANCY_VACANT)
                return true;
        return frames >= 2 && (float)(now - change_began(c)) >= dwell_s(c, s) * 1e6F;
}

static void confirm_occupancy(struct occupancy_classifier *c, uint64_t now) {
        const float dt = (float)(now - c->frame_us) * 1e-6F;

        c->candidate = c->now;
        c->candidate_frames = c->against_frames = 0;
        if (c->now == OCCUPANCY_PERSON) {
                const float span = c->few && c->frame_load < c->sitter_load ? POINTS_FALL_S : SITTER_S;

                c->sitter_load += dt / (span + dt) * (c->frame_load - c->sitter_load);
        }
}

static void change_occupancy(struct occupancy_classifier *c, enum occupancy next) {
        c->since_us = change_began(c);
        if (next == OCCUPANCY_PERSON)
                c->sitter_load = c->frame_load;
        else if (c->now != OCCUPANCY_PERSON)
                c->sitter_load = 0; /* the residue turned out to be an object */
        c->now = c->candidate = next;
        c->candidate_frames = c->against_frames = 0;
}

void occupancy_step(struct occupancy_classifier *c, const struct settings_occupancy *s, const struct features *f,
                    uint64_t now) {
        enum occupancy next = classify_frame(c, s, f, now);

        c->few = f->can.few;
        c->frame_load = c->few ? f->reading : f->load;
        if (next == c->now) {
                confirm_occupancy(c, now);
                c->frame_us = now;
                return;
        }
        c->frame_us = now;
        if (c->against_frames == 0)
                c->against_since_us = now;
        if (c->candidate != next) {
                c->candidate = next;
                c->candidate_since_us = now;
                c->candidate_frames = 0;
        }
        c->candidate_frames++;
        c->against_frames++;
        if (dwell_is_over(c, s, now))
                change_occupancy(c, next);
}

uint64_t occupancy_wait(struct occupancy_classifier *c, const struct settings_occupancy *s, uint64_t now) {
        uint64_t due;

        if (c->candidate == c->now)
                return UINT64_MAX;
        due = change_began(c) + (uint64_t)(dwell_s(c, s) * 1e6F);
        if (now >= due)
                change_occupancy(c, c->candidate);
        return due;
}

void occupancy_reset(struct occupancy_classifier *c, uint64_t since_us) {
        if (c->now != OCCUPANCY_UNKNOWN)
                c->since_us = since_us;
        c->now = c->candidate = OCCUPANCY_UNKNOWN;
        c->candidate_frames = c->against_frames = 0;
        c->sitter_load = 0;
}
