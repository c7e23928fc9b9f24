/* SPDX-License-Identifier: MIT */
#include "core/estimate/balance_class.h"

#include <math.h>

#include "core/estimate/normal.h"

/* Few cells are never matched, so only a change of the balance counts. Balances are (a - b) / (a + b) of two halves.
 * All numbers [judgement, from simulated sitters on four to ten cells]. */
static const float SD = 0.06F;      /* repeat scatter of the same sitter in the same pose, as on larger mats */
static const float NOISE = 0.004F;  /* of a balance of readings: two or three counts of 1023 */
static const float GUESS_SD = 0.3F; /* without an upright of this sit: spread of unmatched cells */
static const float CENTRED = 0.75F; /* of the threshold of a lean: an upright balance stays within it */
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

        return (struct balance){known ? now - upright : now, known ? SD : GUESS_SD, least_scale(e->features)};
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
        const float limit = CENTRED * s->lean_asymmetry, sd = hypotf(b->sd, NOISE / b->scale);

        return isnan(b->off) ? 0 : normal_cdf((limit - fabsf(b->off) / b->scale) / sd);
}

struct posture_candidate balance_class(enum posture_class now, const struct settings_posture *s,
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
