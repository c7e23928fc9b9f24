#include "estimate/occupancy.h"

#include <math.h>

static const float WHOLE_SEAT_CM2 = 1000; /* a mat under the whole contact of a sitter; smaller ones see a part */
static const float OBJECT_S = 3;          /* a sit-down or a get-up passes through "object": no hurry to say so */

struct evidence {
        float area, load, scale;
};

static struct evidence weigh(const struct features *f) {
        bool placed = !isnan(f->contact_area_cm2);
        float cell = placed && f->n_active ? f->contact_area_cm2 / (float)f->n_active : 1;
        float mat = cell * (float)f->n_cells;

        return (struct evidence){placed ? f->contact_area_cm2 : (float)f->n_active, f->load,
                                 mat < WHOLE_SEAT_CM2 ? mat / WHOLE_SEAT_CM2 : 1};
}

static enum occupancy judge(const struct occupancy_judge *j, const struct settings_occupancy *s,
                            const struct features *f) {
        const struct evidence e = weigh(f);
        const float release = s->release_pct / 100;
        const float person = e.scale * (j->now == OCCUPANCY_PERSON ? release : 1);
        const float object = e.scale * (j->now == OCCUPANCY_PERSON || j->now == OCCUPANCY_OBJECT ? release : 1);

        if (e.area >= person * s->person_area_cm2 && e.load >= person * s->person_load_cm2)
                return OCCUPANCY_PERSON;
        return e.load >= object * s->object_load_cm2 ? OCCUPANCY_OBJECT : OCCUPANCY_VACANT;
}

static float dwell_s(const struct occupancy_judge *j, const struct settings_occupancy *s) {
        switch (j->candidate) {
        case OCCUPANCY_PERSON:
                return s->sit_s;
        case OCCUPANCY_OBJECT:
                return s->stand_s > OBJECT_S ? s->stand_s : OBJECT_S;
        default:
                return s->stand_s;
        }
}

/* Who gets up leaves when the seat stops reading a person, not when the last trace of load is gone. */
static uint64_t began(const struct occupancy_judge *j) {
        return j->now == OCCUPANCY_PERSON && j->candidate == OCCUPANCY_VACANT ? j->against_since_us
                                                                              : j->candidate_since_us;
}

static bool ripe(const struct occupancy_judge *j, const struct settings_occupancy *s, uint64_t now) {
        /* a person weighs something: an empty seat after silence is certain at once */
        if (j->now == OCCUPANCY_UNKNOWN && j->candidate == OCCUPANCY_VACANT)
                return true;
        return j->candidate_frames >= 2 && (float)(now - began(j)) >= dwell_s(j, s) * 1e6F;
}

void occupancy_step(struct occupancy_judge *j, const struct settings_occupancy *s, const struct features *f,
                    uint64_t now) {
        enum occupancy seen = judge(j, s, f);

        if (seen == j->now) {
                j->candidate = seen;
                j->candidate_frames = 0;
                return;
        }
        if (j->candidate == j->now)
                j->against_since_us = now;
        if (j->candidate != seen) {
                j->candidate = seen;
                j->candidate_since_us = now;
                j->candidate_frames = 0;
        }
        j->candidate_frames++;
        if (!ripe(j, s, now))
                return;
        j->since_us = began(j);
        j->now = seen;
        j->candidate_frames = 0;
}

void occupancy_lose(struct occupancy_judge *j, uint64_t since_us) {
        if (j->now != OCCUPANCY_UNKNOWN)
                j->since_us = since_us;
        j->now = j->candidate = OCCUPANCY_UNKNOWN;
        j->candidate_frames = 0;
}
