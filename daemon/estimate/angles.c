#include "estimate/angles.h"

#include <math.h>

#include "estimate/reference.h"

/* Population slopes, mm of displacement a degree, with the standard deviation between people as a share. They differ
 * about twofold between people, so no angle is trusted closer than that before a personal calibration. */
struct slope {
        float mm_deg;   /* displacement a degree */
        float spread;   /* share, one standard deviation */
        float noise_mm; /* what moves the same value without any turning: creep, breath, knees, cells */
};

/* Whole-seat COP, lateral: 2-4.5 mm a degree of roll. */
static const struct slope ROLL_COP = {3.3F, 0.3F, 4};
/* The same against the middle of the sit-bone pair, from another sit: the pair itself is known to some 5-10 mm. */
static const struct slope ROLL_PAIR = {3.3F, 0.3F, 8};
/* Whole-seat COP, sagittal: 0.5-1 mm a degree of the trunk, somewhat more of the pelvis alone (a contact model: 1.1-1.6);
 * knees 12 mm higher move it as much as 6 degrees. */
static const struct slope PITCH_COP = {1.1F, 0.4F, 6};
/* Centroid of the bands round the sit bones, held against its own place at the reference: the peaks roll back about 1 mm
 * a degree of slump and the load behind them grows, both the same way; thighs do not count. The pair is noisy. */
static const struct slope PITCH_LOCAL = {0.9F, 0.5F, 5};
/* Rear edge of the contact: a buttock rolls on the seat like a ball of 60 mm, all of its contact alike; knees and thighs
 * are far from it. A soft back rest or the end of the mat may hold it. */
static const struct slope PITCH_EDGE = {1.05F, 0.4F, 5};
/* Shape of the bands alone (other sit): the rolling peaks hide most of it. Little more than "unknown". */
static const struct slope PITCH_SHAPE = {0.4F, 0.6F, 6};

/* How far people turn at all: upright to slumped 10-20 degrees; mean standing obliquity 4.0 +- 2.8. */
static const float PITCH_PRIOR_DEG = 12, ROLL_PRIOR_DEG = 8;
static const float LOAD_LEAST =
        0.35F; /* of the reference: below it the trunk is carried elsewhere (58-75 % off in a deep
                                          forward lean) and the seat says nothing about the pelvis */
static const float BAND_MM = 24;

/* Both measurements of tilt see the same knees, creep and person: not independent. Two count as one and a half. */
static const float SHARED = 4.0F / 3;

/* A displacement as an angle; lost_mm2: on top of the noise. */
static struct uncertain turned(float mm, const struct slope *slope, float lost_mm2) {
        const float angle = mm / slope->mm_deg, own = angle * slope->spread;
        const float noise = sqrtf(slope->noise_mm * slope->noise_mm + lost_mm2) / slope->mm_deg;

        if (!isfinite(angle))
                return (struct uncertain){NAN, NAN};
        return (struct uncertain){angle, sqrtf(own * own + noise * noise)};
}

/* Weighted by certainty; one that is unknown leaves the other. */
static struct uncertain fused(struct uncertain a, struct uncertain b) {
        float wa, wb;

        if (isnan(a.value) || isnan(b.value))
                return isnan(a.value) ? b : a;
        wa = 1 / (a.sd * a.sd);
        wb = 1 / (b.sd * b.sd);
        return (struct uncertain){(wa * a.value + wb * b.value) / (wa + wb), sqrtf(SHARED / (wa + wb))};
}

/* Towards "not turned", as far as the measurement is uncertain. */
static struct uncertain shrunk(struct uncertain a, float prior_deg) {
        const float prior = prior_deg * prior_deg, variance = a.sd * a.sd;

        return (struct uncertain){a.value * (prior / (prior + variance)),
                                  sqrtf(prior * variance / (prior + variance))};
}

static bool grounded(const struct reference *r, const struct features *f) {
        return r->valid && f->load >= LOAD_LEAST * r->value[REFERENCE_LOAD];
}

/* Centroid of the bands behind, under and just in front of the bones, mm from the line; thighs (bands 6, 7) left out. */
static float centroid(const float profile[PROFILE_BANDS]) {
        float sum = 0, moment = 0;

        for (int b = 0; b < 6; b++) {
                sum += profile[b];
                moment += profile[b] * ((float)b - 2.5F) * BAND_MM;
        }
        return sum > 0 ? moment / sum : NAN;
}

struct uncertain angles_tilt(const struct reference *r, const struct features *f) {
        float now[REFERENCE_N], old, shape, line, cop, edge;
        struct uncertain whole;

        if (!grounded(r, f))
                return (struct uncertain){NAN, NAN};
        reference_vector(f, now);
        shape = centroid(now + REFERENCE_PROFILE) - centroid(r->value + REFERENCE_PROFILE);
        if (!r->same_sit)
                return shrunk(turned(shape, &PITCH_SHAPE, 0), PITCH_PRIOR_DEG);
        line = now[REFERENCE_LINE_Y] - r->value[REFERENCE_LINE_Y];
        cop = now[REFERENCE_COP_Y] - r->value[REFERENCE_COP_Y];
        edge = now[REFERENCE_BACK_Y] - r->value[REFERENCE_BACK_Y];
        old = r->lost_mm2;
        whole = fused(turned(cop, &PITCH_COP, old), turned(edge, &PITCH_EDGE, old));
        return shrunk(fused(turned(shape + line, &PITCH_LOCAL, old), whole), PITCH_PRIOR_DEG);
}

struct uncertain angles_obliquity(const struct reference *r, const struct features *f) {
        float now[REFERENCE_N], old;

        if (!grounded(r, f))
                return (struct uncertain){NAN, NAN};
        reference_vector(f, now);
        if (r->same_sit)
                return shrunk(turned(now[REFERENCE_COP_X] - r->value[REFERENCE_COP_X], &ROLL_COP, r->lost_mm2),
                              ROLL_PRIOR_DEG);
        old = r->value[REFERENCE_COP_X] - r->value[REFERENCE_MIDDLE_X];
        return shrunk(turned(now[REFERENCE_COP_X] - now[REFERENCE_MIDDLE_X] - old, &ROLL_PAIR, 0), ROLL_PRIOR_DEG);
}
