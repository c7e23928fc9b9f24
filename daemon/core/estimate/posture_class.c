/* SPDX-License-Identifier: MIT */
#include "core/estimate/posture_class.h"

#include <math.h>

#include "core/estimate/normal.h"
#include "core/estimate/posture_evidence.h"

/* Standard deviations of the values that are compared with a threshold: repeat scatter of the same sitter in the same
 * pose [judgement, from recordings of leans and perches]. They turn the distance from a threshold into a
 * probability. */
static const float ASYMMETRY_SD = 0.06F;
static const float DILUTED_MOST = 0.3F; /* with less of the load from the sitter nothing can be distinguished */
static const float ZERO_MOST = 0.15F;   /* ordinary sitting stays within it */
static const float FRONT_SHARE_SD = 0.05F;
static const float BACK_EDGE_SD_MM = 20;
static const float PERCH_AREA_CM2 = 850; /* a perch has 400-600 cm2, a sit 900-1300: with more it is no perch */
/* A position has no natural zero, so its hysteresis is a share of a length: 20 % are 20 mm, one BACK_EDGE_SD_MM. */
static const float PERCH_SCALE_MM = 100;
static const float LEAN_LOAD = 0.8F;  /* of the reference: armrests take 12 % off, a deep forward lean 58-75 % */
static const float PLACE_MM = 5;      /* a COP this far back may still be the same place */
static const float LOAD_SD = 0.06F;   /* creep and armrests */
static const float LEAN_FRONT = 0.1F; /* more on the front than upright */
/* One thigh is off the seat and the trunk does not lean: the legs are crossed, which looks like a turned pelvis. Of
 * sitters of the family of simulators (tests/accuracy/fit) 95 % exceed 0.24 with their legs crossed; 95 % stay below
 * 0.14 upright, with one foot higher than the other too, and below 0.22 slouched. */
static const float CROSSED = 0.24F;
static const float UNTARED = 0.85F; /* an assumed baseline makes everything a bit less certain */

static const float MOVING = 2;       /* times the dwell: a posture in the middle of a movement may be passed through */
static const float QUICKEST = 0.25F; /* of the dwell: half a second, a few maps */

/* A threshold with hysteresis: it is easier to stay in a class than to enter it. */
static float threshold_now(const struct posture_classifier *c, enum posture_class posture_class, float threshold,
                           float hysteresis_pct) {
        return c->now == posture_class ? threshold * (1 - hysteresis_pct / 100) : threshold;
}

/* If the reference was taken while leaning, its asymmetry is not zero: clamp it to the range of ordinary sitting. */
static float zero_asymmetry(const struct reference *r) {
        float zero = r->value[REFERENCE_ASYMMETRY];

        if (!r->valid || !r->same_sit || isnan(zero))
                return 0;
        return zero > ZERO_MOST ? ZERO_MOST : zero < -ZERO_MOST ? -ZERO_MOST : zero;
}

static struct posture_candidate score_leaning(const struct posture_classifier *c, const struct settings_posture *s,
                                              const struct posture_evidence *e) {
        float off = e->features->asymmetry - zero_asymmetry(e->reference);
        enum posture_class side = off < 0 ? POSTURE_LEANING_LEFT : POSTURE_LEANING_RIGHT;
        /* the load that the mat shows by itself is even and dilutes the sitter's part, so the threshold shrinks too */
        float part = 1 - e->rest_share > DILUTED_MOST ? 1 - e->rest_share : DILUTED_MOST;
        float limit = part * threshold_now(c, side, s->lean_asymmetry, s->hysteresis_pct);

        return (struct posture_candidate){side,
                                          isnan(off) ? 0 : normal_cdf((fabsf(off) - limit) / (part * ASYMMETRY_SD))};
}

static struct posture_candidate score_perched(const struct posture_classifier *c, const struct settings_posture *s,
                                              const struct posture_evidence *e) {
        const struct features *f = e->features;
        const float ease = c->now == POSTURE_PERCHED ? s->hysteresis_pct / 100 * PERCH_SCALE_MM : 0;
        const bool little = f->contact_area_cm2 <= PERCH_AREA_CM2;

        if (!little || isnan(f->back_y_mm))
                return (struct posture_candidate){POSTURE_PERCHED, 0};
        return (struct posture_candidate){POSTURE_PERCHED,
                                          normal_cdf((f->back_y_mm - (s->perched_back_mm - ease)) / BACK_EDGE_SD_MM)};
}

/* The limit relative to the sitter's own upright, which shows where the mat lies under the sitter. */
static float own_front_limit(const struct posture_evidence *e, float limit) {
        float own = e->reference->value[REFERENCE_FRONT_SHARE] + LEAN_FRONT;

        return own > limit ? own : limit;
}

/* Probability that the trunk's weight is off the seat, while the remaining load is not further back. */
static float score_unloaded(const struct posture_classifier *c, const struct settings_posture *s,
                            const struct posture_evidence *e) {
        const float *ref = e->reference->value;
        float limit = LEAN_LOAD;

        if (!e->reference->valid || !e->reference->same_sit || isnan(e->expected_load) ||
            !(e->features->cop_y_mm > ref[REFERENCE_COP_Y] - PLACE_MM))
                return 0;
        if (c->now == POSTURE_LEANING_FORWARD)
                limit += (1 - limit) * s->hysteresis_pct / 100;
        return normal_cdf((limit - e->features->load / e->expected_load) / LOAD_SD);
}

static struct posture_candidate score_forward(const struct posture_classifier *c, const struct settings_posture *s,
                                              const struct posture_evidence *e) {
        const float share = e->features->front_share, unloaded = score_unloaded(c, s, e);
        const float limit = threshold_now(c, POSTURE_LEANING_FORWARD, s->forward_front_share, s->hysteresis_pct);
        float in_front = 0;

        if (!isnan(share) && e->reference->valid && e->reference->same_sit)
                in_front = normal_cdf((share - own_front_limit(e, limit)) / FRONT_SHARE_SD);
        return (struct posture_candidate){POSTURE_LEANING_FORWARD, in_front > unloaded ? in_front : unloaded};
}

/* Few cells are never matched, so only a change of the balance counts. Balances are (a - b) / (a + b) of two halves.
 * All numbers [judgement, from simulated sitters on four to ten cells]. */
static const float BALANCE_SD = 0.06F;     /* repeat scatter of the same sitter in the same pose, as on larger mats */
static const float BALANCE_NOISE = 0.004F; /* of a balance of readings: two or three counts of 1023 */
static const float GUESS_SD = 0.3F;        /* without an upright of this sit: spread of unmatched cells */
static const float CENTRED = 0.75F;        /* of the threshold of a lean: an upright balance stays within it */
static const float OPEN_LEAST = 0.02F;

struct balance {
        float off;   /* from upright; NAN = not known */
        float sd;    /* of off */
        float scale; /* a balance of loads may have changed by up to 1/scale of that of the readings */
};

/* The reading of a divider changes by 1 - reading of a change of the load. The kind of cell is only known where
 * the response is set: otherwise cells may be dividers, and a small change of readings a large one of the load. */
static float least_scale(const struct features *f) {
        const float level = f->n_active > 0 ? f->reading * (float)f->can.n_cells / (float)f->n_active : 1;

        return f->straight ? 1 : fmaxf(1 - level, OPEN_LEAST);
}

static struct balance compare_balance(const struct posture_evidence *e, float now, float upright) {
        const bool known = e->reference->valid && e->reference->same_sit && !isnan(upright);

        return (struct balance){known ? now - upright : now, known ? BALANCE_SD : GUESS_SD, least_scale(e->features)};
}

/* A lean to the positive or the negative side of one direction. */
static struct posture_candidate score_lean(enum posture_class now, const struct settings_posture *s,
                                           const struct balance *b, enum posture_class minus,
                                           enum posture_class plus) {
        const enum posture_class side = b->off < 0 ? minus : plus;
        const float limit = s->lean_asymmetry * (now == side ? 1 - s->hysteresis_pct / 100 : 1);

        return (struct posture_candidate){side, isnan(b->off) ? 0 : normal_cdf((fabsf(b->off) - limit) / b->sd)};
}

/* Probability that there is no lean in this direction. */
static float score_centred(const struct settings_posture *s, const struct balance *b) {
        const float limit = CENTRED * s->lean_asymmetry, sd = hypotf(b->sd, BALANCE_NOISE / b->scale);

        return isnan(b->off) ? 0 : normal_cdf((limit - fabsf(b->off) / b->scale) / sd);
}

/* The posture class on a mat of few cells: leans in the directions in which there are cells, from the balance of the
 * load relative to the sitter's own upright; otherwise upright, or unknown where a lean could have been missed. */
static struct posture_candidate classify_balance(enum posture_class now, const struct settings_posture *s,
                                                 const struct posture_evidence *e) {
        const struct features *f = e->features;
        const float *upright = e->reference->value;
        const struct balance x = compare_balance(e, f->asymmetry, upright[REFERENCE_ASYMMETRY]);
        const struct balance y = compare_balance(e, 2 * f->front_share - 1, 2 * upright[REFERENCE_FRONT_SHARE] - 1);
        struct posture_candidate ret = score_lean(now, s, &x, POSTURE_LEANING_LEFT, POSTURE_LEANING_RIGHT);
        const struct posture_candidate along = score_lean(now, s, &y, POSTURE_LEANING_BACK, POSTURE_LEANING_FORWARD);

        if (along.confidence > ret.confidence)
                ret = along;
        if (ret.confidence >= 0.5F)
                return ret;
        if (!(f->can.measures & MEASURE_LEANS) ||
            4 * f->n_saturated > f->n_active) /* cells at full scale hide every lean */
                return (struct posture_candidate){POSTURE_UNKNOWN, 0};
        return (struct posture_candidate){POSTURE_UPRIGHT, score_centred(s, &x) * score_centred(s, &y)};
}

static struct posture_candidate score_tilt(const struct posture_classifier *c, const struct settings_posture *s,
                                           const struct posture_evidence *e) {
        const struct uncertain *t = &e->tilt_deg;
        float slouched, arched;

        if (isnan(t->value) || !(t->sd > 0))
                return (struct posture_candidate){POSTURE_UNKNOWN, 0};
        if (fabsf(e->thighs) > threshold_now(c, POSTURE_UNKNOWN, CROSSED, s->hysteresis_pct))
                return (struct posture_candidate){POSTURE_UNKNOWN, 0};
        slouched = normal_cdf((-threshold_now(c, POSTURE_SLOUCHED, s->slouched_deg, s->hysteresis_pct) - t->value) /
                              t->sd);
        arched = normal_cdf((t->value - threshold_now(c, POSTURE_ARCHED, s->arched_deg, s->hysteresis_pct)) / t->sd);
        if (slouched >= 0.5F)
                return (struct posture_candidate){POSTURE_SLOUCHED, slouched};
        if (arched >= 0.5F)
                return (struct posture_candidate){POSTURE_ARCHED, arched};
        return (struct posture_candidate){POSTURE_UPRIGHT, 1 - fmaxf(slouched, arched)}; /* than the likelier one */
}

/* Perched, leaning and forward take precedence over classes derived from tilt, in this order. */
static struct posture_candidate classify_posture(const struct posture_classifier *c, const struct settings_posture *s,
                                                 const struct posture_evidence *e) {
        const struct posture_candidate coarse[] = {score_perched(c, s, e), score_leaning(c, s, e),
                                                   score_forward(c, s, e)};
        const float trust = e->features->tared ? 1 : UNTARED;
        struct posture_candidate ret = score_tilt(c, s, e);

        if (e->features->can.few)
                ret = classify_balance(c->now, s, e);
        for (int i = 2; i >= 0 && !e->features->can.few; i--)
                if (coarse[i].confidence >= 0.5F)
                        ret = coarse[i];
        ret.confidence *= trust;
        if (ret.confidence < s->min_confidence)
                ret.posture_class = POSTURE_UNKNOWN;
        return ret;
}

/* Share of the dwell that a change takes: all of it for an even guess, less the more certain it is. */
static float dwell_share(float confidence, bool shifting) {
        const float wait = 2 * (1 - confidence);

        return (shifting ? MOVING : 1) * (wait < QUICKEST ? QUICKEST : wait > 1 ? 1 : wait);
}

/* The balance of few cells may waver between other classes; then the present one ends nevertheless. */
static bool has_lapsed(const struct posture_classifier *c, const struct settings_posture *s, uint64_t now) {
        return (float)(now - c->agreed_us) >= MOVING * s->dwell_s * 1e6F;
}

void posture_class_set(struct posture_classifier *c, enum posture_class posture_class, uint64_t since_us) {
        if (c->now != posture_class)
                c->since_us = since_us;
        c->now = c->candidate = posture_class;
        c->agreed_us = since_us;
        c->confidence = posture_class == POSTURE_VACANT ? 1 : 0;
}

void posture_class_step(struct posture_classifier *c, const struct settings_posture *s,
                        const struct posture_evidence *e, uint64_t now) {
        const struct posture_candidate best = classify_posture(c, s, e);

        if (best.posture_class != c->candidate)
                c->candidate_since_us = now;
        c->candidate = best.posture_class;
        if (best.posture_class == c->now) {
                c->agreed_us = now;
                if (!e->shifting || best.confidence < c->confidence)
                        c->confidence = best.confidence;
                return;
        }
        /* on the way to another class the present one loses the confidence that the next one gains */
        if (c->confidence > 1 - best.confidence)
                c->confidence = 1 - best.confidence;
        if (!(e->features->can.few && has_lapsed(c, s, now)) &&
            (float)(now - c->candidate_since_us) < dwell_share(best.confidence, e->shifting) * s->dwell_s * 1e6F)
                return;
        c->now = best.posture_class;
        c->agreed_us = now;
        c->since_us = c->candidate_since_us;
        c->confidence = best.confidence;
}
