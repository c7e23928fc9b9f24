/* SPDX-License-Identifier: MIT */
#include "core/estimate/occupancy.h"

#include <math.h>

static const float WHOLE_SEAT_CM2 = 1000;   /* a mat under the whole contact of a sitter; smaller ones see a part */
static const float UNPLACED_AREA_CM2 = 250; /* cells of unknown place lie where sitters press: a quarter of them */
static const float OBJECT_S = 3;            /* a sit-down passes through "object": no hurry to say so */
static const float HEAVY = 2.5F, HEAVY_AREA = 2.0F / 3; /* so heavy (25 kg) is no bag: a perch may cover less */
static const float RESIDUE = 0.05F; /* of the sitter's load: sensors and foam creep back (4-19 % a decade of time) */
static const float RESIDUE_S = 30;  /* ... and half of it is gone after so long */
static const float SITTER_S = 2;    /* the sitter's load: mean over so long */
enum { CELLS_ENTER = 3, CELLS_STAY = 2 }; /* one stuck or pressed cell is nobody */

struct evidence {
        float area, load, scale;
        uint32_t cells;
};

static struct evidence weigh(const struct features *f) {
        bool placed = !isnan(f->contact_area_cm2);
        float cell = placed && f->n_active ? f->contact_area_cm2 / (float)f->n_active : 1;
        float mat = cell * (float)f->n_cells;

        return (struct evidence){placed ? f->contact_area_cm2 : (float)f->n_active, f->load,
                                 mat < WHOLE_SEAT_CM2 ? mat / WHOLE_SEAT_CM2 : 1, f->n_active};
}

static bool is_person(const struct occupancy_judge *j, const struct settings_occupancy *s, const struct evidence *e,
                      bool placed) {
        const bool stays = j->now == OCCUPANCY_PERSON;
        const float scale = e->scale * (stays ? s->release_pct / 100 : 1);
        const float least = placed || s->person_area_cm2 < UNPLACED_AREA_CM2 ? s->person_area_cm2 : UNPLACED_AREA_CM2;
        const float area = scale * least, load = scale * s->person_load_cm2;

        if (e->cells < (stays ? CELLS_STAY : CELLS_ENTER))
                return false;
        return (e->area >= area && e->load >= load) || (e->area >= HEAVY_AREA * area && e->load >= HEAVY * load);
}

/* What a sitter leaves behind in sensors and foam is nothing; it fades. */
static float residue(const struct occupancy_judge *j, uint64_t now) {
        if (j->now == OCCUPANCY_PERSON)
                return RESIDUE * j->sitter_load;
        if (j->now != OCCUPANCY_VACANT || !(j->sitter_load > 0))
                return 0;
        return RESIDUE * j->sitter_load / (1 + (float)(now - j->since_us) * 1e-6F / RESIDUE_S);
}

static enum occupancy judge(const struct occupancy_judge *j, const struct settings_occupancy *s,
                            const struct features *f, uint64_t now) {
        const struct evidence e = weigh(f);
        const float left = residue(j, now);
        float object = e.scale * s->object_load_cm2 * (j->now == OCCUPANCY_OBJECT ? s->release_pct / 100 : 1);

        object = object > left ? object : left;
        if (is_person(j, s, &e, !isnan(f->contact_area_cm2)))
                return OCCUPANCY_PERSON;
        return e.load >= object ? OCCUPANCY_OBJECT : OCCUPANCY_VACANT;
}

static float dwell_s(const struct occupancy_judge *j, const struct settings_occupancy *s) {
        if (j->candidate == OCCUPANCY_PERSON)
                return s->sit_s;
        if (j->candidate == OCCUPANCY_OBJECT && j->now != OCCUPANCY_PERSON)
                return s->stand_s > OBJECT_S ? s->stand_s : OBJECT_S;
        return s->stand_s;
}

/* Who gets up leaves when the seat stops reading a person, whatever it reads instead and however that changes. */
static uint64_t began(const struct occupancy_judge *j) {
        return j->now == OCCUPANCY_PERSON ? j->against_since_us : j->candidate_since_us;
}

static bool ripe(const struct occupancy_judge *j, const struct settings_occupancy *s, uint64_t now) {
        const uint32_t frames = j->now == OCCUPANCY_PERSON ? j->against_frames : j->candidate_frames;

        /* a person weighs something: an empty seat after silence is certain at once */
        if (j->now == OCCUPANCY_UNKNOWN && j->candidate == OCCUPANCY_VACANT)
                return true;
        return frames >= 2 && (float)(now - began(j)) >= dwell_s(j, s) * 1e6F;
}

static void agree(struct occupancy_judge *j, const struct features *f, uint64_t now) {
        const float dt = (float)(now - j->seen_us) * 1e-6F;

        j->candidate = j->now;
        j->candidate_frames = j->against_frames = 0;
        if (j->now == OCCUPANCY_PERSON)
                j->sitter_load += dt / (SITTER_S + dt) * (f->load - j->sitter_load);
}

static void change(struct occupancy_judge *j, enum occupancy seen, const struct features *f) {
        j->since_us = began(j);
        if (seen == OCCUPANCY_PERSON)
                j->sitter_load = f->load;
        else if (j->now != OCCUPANCY_PERSON)
                j->sitter_load = 0; /* what he left behind is found to be something */
        j->now = j->candidate = seen;
        j->candidate_frames = j->against_frames = 0;
}

void occupancy_step(struct occupancy_judge *j, const struct settings_occupancy *s, const struct features *f,
                    uint64_t now) {
        enum occupancy seen = judge(j, s, f, now);

        if (seen == j->now) {
                agree(j, f, now);
                j->seen_us = now;
                return;
        }
        j->seen_us = now;
        if (j->against_frames == 0)
                j->against_since_us = now;
        if (j->candidate != seen) {
                j->candidate = seen;
                j->candidate_since_us = now;
                j->candidate_frames = 0;
        }
        j->candidate_frames++;
        j->against_frames++;
        if (ripe(j, s, now))
                change(j, seen, f);
}

void occupancy_lose(struct occupancy_judge *j, uint64_t since_us) {
        if (j->now != OCCUPANCY_UNKNOWN)
                j->since_us = since_us;
        j->now = j->candidate = OCCUPANCY_UNKNOWN;
        j->candidate_frames = j->against_frames = 0;
        j->sitter_load = 0;
}
