/* SPDX-License-Identifier: MIT */
#include "core/estimate/posture_class.h"

#include <math.h>

/* Standard deviations of what is compared with a threshold: repeat scatter of the same sitter in the same pose [judgement,
 * from recordings of leans and perches]; they make a distance from a threshold into a probability. */
static const float ASYMMETRY_SD = 0.06F;
static const float DILUTED_MOST = 0.3F; /* with less of the load from the sitter nothing is told apart */
static const float ZERO_MOST = 0.15F;   /* ordinary sitting stays within it */
static const float FRONT_SHARE_SD = 0.05F;
static const float BACK_EDGE_SD_MM = 20;
static const float PERCH_AREA_CM2 = 850; /* a perch has 400-600 cm2, a sit 900-1300: with more it is no perch */
static const float LEAN_LOAD = 0.8F;     /* of the reference: armrests take 12 % off, a deep forward lean 58-75 % */
static const float PLACE_MM = 5;         /* so far back the same place may be */
static const float LOAD_SD = 0.06F;      /* creep and armrests */
static const float LEAN_FRONT = 0.1F;    /* more on the front than upright */
static const float UNTARED = 0.85F;      /* an assumed baseline: everything is a bit less sure */

static const float MOVING = 2; /* times the dwell: what is seen in the middle of a movement may be only its way */
static const float QUICKEST = 0.25F; /* of the dwell: half a second, a few maps */

struct named {
        enum posture_class kind;
        float confidence;
};

/* Normal distribution function, logistic approximation (Bowling 2009: within 0.01). */
static float phi(float z) {
        return 1 / (1 + expf(-1.702F * z));
}

/* A threshold as it is now: easier to stay than to enter. */
static float held(const struct kind_judge *j, enum posture_class kind, float threshold, float hysteresis_pct) {
        return j->now == kind ? threshold * (1 - hysteresis_pct / 100) : threshold;
}

/* Who leant when the reference was gathered leans still: a zero beyond ordinary sitting is none. */
static float zero_asymmetry(const struct reference *r) {
        float zero = r->value[REFERENCE_ASYMMETRY];

        if (!r->valid || !r->same_sit || isnan(zero))
                return 0;
        return zero > ZERO_MOST ? ZERO_MOST : zero < -ZERO_MOST ? -ZERO_MOST : zero;
}

static struct named leaning(const struct kind_judge *j, const struct settings_posture *s,
                            const struct kind_evidence *e) {
        float off = e->features->asymmetry - zero_asymmetry(e->reference);
        enum posture_class side = off < 0 ? POSTURE_LEANING_LEFT : POSTURE_LEANING_RIGHT;
        /* what the mat shows by itself is even, and dilutes the sitter's part: so does it the threshold */
        float part = 1 - e->rest_share > DILUTED_MOST ? 1 - e->rest_share : DILUTED_MOST;
        float limit = part * held(j, side, s->lean_asymmetry, s->hysteresis_pct);

        return (struct named){side, isnan(off) ? 0 : phi((fabsf(off) - limit) / (part * ASYMMETRY_SD))};
}

static struct named perched(const struct kind_judge *j, const struct settings_posture *s,
                            const struct kind_evidence *e) {
        const struct features *f = e->features;
        float edge = s->perched_back_mm - (j->now == POSTURE_PERCHED ? s->hysteresis_pct / 100 * 100 : 0);
        bool little = f->contact_area_cm2 <= PERCH_AREA_CM2;

        return (struct named){POSTURE_PERCHED,
                              little && !isnan(f->back_y_mm) ? phi((f->back_y_mm - edge) / BACK_EDGE_SD_MM) : 0};
}

/* Where the mat lies under the sitter is not known before an upright of this sit: then at least so much more. */
static float own_front_limit(const struct kind_evidence *e, float limit) {
        float own = e->reference->value[REFERENCE_FRONT_SHARE] + LEAN_FRONT;

        return own > limit ? own : limit;
}

/* The trunk's weight is off the seat, and what is left is not further back. */
static float unloaded(const struct kind_judge *j, const struct settings_posture *s, const struct kind_evidence *e) {
        const float *ref = e->reference->value;
        float limit = LEAN_LOAD;

        if (!e->reference->valid || !e->reference->same_sit || isnan(e->usual_load) ||
            !(e->features->cop_y_mm > ref[REFERENCE_COP_Y] - PLACE_MM))
                return 0;
        if (j->now == POSTURE_LEANING_FORWARD)
                limit += (1 - limit) * s->hysteresis_pct / 100;
        return phi((limit - e->features->load / e->usual_load) / LOAD_SD);
}

static struct named forward(const struct kind_judge *j, const struct settings_posture *s,
                            const struct kind_evidence *e) {
        const float share = e->features->front_share, off = unloaded(j, s, e);
        float limit = held(j, POSTURE_LEANING_FORWARD, s->forward_front_share, s->hysteresis_pct), on;

        on = isnan(share) || !e->reference->valid || !e->reference->same_sit
                     ? 0
                     : phi((share - own_front_limit(e, limit)) / FRONT_SHARE_SD);
        return (struct named){POSTURE_LEANING_FORWARD, on > off ? on : off};
}

static struct named tilted(const struct kind_judge *j, const struct settings_posture *s,
                           const struct kind_evidence *e) {
        const struct uncertain *t = &e->tilt_deg;
        float slouched, arched, upright;

        if (isnan(t->value) || !(t->sd > 0))
                return (struct named){POSTURE_UNKNOWN, 0};
        slouched = phi((-held(j, POSTURE_SLOUCHED, s->slouched_deg, s->hysteresis_pct) - t->value) / t->sd);
        arched = phi((t->value - held(j, POSTURE_ARCHED, s->arched_deg, s->hysteresis_pct)) / t->sd);
        upright = 1 - slouched - arched;
        if (slouched >= 0.5F)
                return (struct named){POSTURE_SLOUCHED, slouched};
        if (arched >= 0.5F)
                return (struct named){POSTURE_ARCHED, arched};
        return (struct named){POSTURE_UPRIGHT, upright > 0 ? upright : 0};
}

/* The coarse ones first: who leans or perches is not judged by tilt. */
static struct named name(const struct kind_judge *j, const struct settings_posture *s, const struct kind_evidence *e) {
        const struct named coarse[] = {perched(j, s, e), leaning(j, s, e), forward(j, s, e)};
        const float trust = e->features->tared ? 1 : UNTARED;
        struct named ret = tilted(j, s, e);

        for (int i = 2; i >= 0; i--)
                if (coarse[i].confidence >= 0.5F)
                        ret = coarse[i];
        ret.confidence *= trust;
        if (ret.confidence < s->min_confidence)
                ret.kind = POSTURE_UNKNOWN;
        return ret;
}

/* Of the dwell: all of it for an even guess, the less the surer. */
static float patience(float confidence, bool shifting) {
        const float wait = 2 * (1 - confidence);

        return (shifting ? MOVING : 1) * (wait < QUICKEST ? QUICKEST : wait > 1 ? 1 : wait);
}

void kind_set(struct kind_judge *j, enum posture_class kind, uint64_t since_us) {
        if (j->now != kind)
                j->since_us = since_us;
        j->now = j->candidate = kind;
        j->confidence = kind == POSTURE_VACANT ? 1 : 0;
}

void kind_step(struct kind_judge *j, const struct settings_posture *s, const struct kind_evidence *e, uint64_t now) {
        struct named seen;

        seen = name(j, s, e);
        if (seen.kind != j->candidate)
                j->candidate_since_us = now;
        j->candidate = seen.kind;
        if (seen.kind == j->now) {
                if (!e->shifting)
                        j->confidence = seen.confidence;
                return;
        }
        /* on the way to another name the old one loses what the new one wins */
        if (j->confidence > 1 - seen.confidence && !e->shifting)
                j->confidence = 1 - seen.confidence;
        if ((float)(now - j->candidate_since_us) < patience(seen.confidence, e->shifting) * s->dwell_s * 1e6F)
                return;
        j->now = seen.kind;
        j->since_us = j->candidate_since_us;
        j->confidence = seen.confidence;
}
