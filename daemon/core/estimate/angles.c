/* SPDX-License-Identifier: MIT */
#include "core/estimate/angles.h"

#include <math.h>

/* Degrees for a share of the load that moved into each band of 20 mm, the first of which begins 60 mm behind the rear
 * edge of the contact at the reference. A pelvis that turns moves the load behind and under the bones; one that shifts
 * on the seat moves all of it; knees move the thighs' part. The weights are blind to shifts and knees as far as they
 * can be. They come from ridge regression over virtual sitters who shift, raise a knee, lean and cross their legs:
 * nine parts of sitbone-sim, and one part of two other models of contact with other mechanics and wide proportions
 * (neither the models nor the fit are stored here). Their error on the sitters of the fit is 3.6, 5.2 and 5.6 degrees,
 * where the error of "not turned" is 7.4, 9.3 and 9.2. Weights from sitbone-sim alone have an error of 2.9 on it, but
 * 14 elsewhere. */
enum { WEIGHTS = 16 };
static const float WEIGHT_DEG[WEIGHTS] = {-134, -140, -151, -15, 7,   78,  -55, 91,
                                          104,  -207, -106, 44,  317, 397, 81,  -200};
static const float WEIGHTS_FROM_MM = -60, ALONG_MM = 20;
/* A fit gives the likeliest angle of a sitter who may sit in any way: it is pulled to zero by the share of the
 * variance that the fit leaves (of the three models 24, 32 and 37 %). This is undone here, because tilt.c models how
 * people sit. */
static const float PULLED = 0.75F;
/* Errors besides slides and the gain between people: noise of cells, sway of the trunk, knees (ALONG_SD_DEG), and for
 * each mm by which creep moved the place (ALONG_DEG_MM). UNKNOWN_SD_DEG is the residual of the weights on
 * flesh, foam and pelvises that they were not fitted to: five poses of a calibration give a gain, but do not teach
 * those, so it is always there (tests/accuracy/fit). */
static const float ALONG_SD_DEG = 0.8F, UNKNOWN_SD_DEG = 3.5F, ALONG_DEG_MM = 0.6F;
/* The same for obliquity: feet, crossed legs, armrests, and an upright that is itself oblique. */
static const float UNKNOWN_ROLL_SD_DEG = 1.1F;
/* Roll that counts as half of a clear lean to a side. */
static const float LEANING_DEG = 3;
/* No pelvis turns this far on a seat: something else has moved, and the seat shows nothing of the pelvis. */
static const float TURNED_MOST_DEG = 35;

/* Population slopes, mm of displacement per degree, with the standard deviation between people as a share. They differ
 * about twofold between people, so no angle is trusted more closely than that before a personal calibration. */
struct slope {
        float mm_deg;   /* displacement per degree */
        float spread;   /* share, one standard deviation */
        float noise_mm; /* displacement without any turning: creep, breath, knees, cells */
};

/* Whole-seat COP, lateral: 2-4.5 mm per degree of trunk roll, about two thirds of which is the pelvis. */
static const struct slope ROLL_COP = {5, 0.35F, 4};
/* The same relative to the middle of the sit-bone pair, from another sit: the pair itself is known to some 5-10 mm. */
static const struct slope ROLL_PAIR = {5, 0.35F, 8};
/* Whole-seat COP, sagittal: 0.5-1 mm per degree of the trunk, somewhat more of the pelvis alone (a contact model:
 * 1.1-1.6); knees 12 mm higher move it as much as 6 degrees. */
static const struct slope PITCH_COP = {1.1F, 0.4F, 6};
/* Rear edge of the contact: a buttock rolls on the seat like a ball of 60 mm, all of its contact alike; knees and
 * thighs are far from it. A soft back rest or the end of the mat may hold it. */
static const struct slope PITCH_EDGE = {1.05F, 0.4F, 5};
/* Shape of the bands alone (other sit): the rolling peaks hide most of it. Little more than "unknown". */
static const struct slope PITCH_SHAPE = {0.4F, 0.6F, 6};

/* The range in which people turn: upright to slumped 10-20 degrees; mean standing obliquity 4.0 +- 2.8, and a sitter
 * who leans to a side turns as far as 15. */
static const float PITCH_PRIOR_DEG = 12, ROLL_PRIOR_DEG = 10;
/* Share of the reference's load: below it the trunk is carried elsewhere (58-75 % off in a deep forward lean) and the
 * seat shows nothing of the pelvis. */
static const float LOAD_LEAST = 0.35F;
static const float BAND_MM = 24;

/* Both measurements of tilt contain the same knees, creep and person, so they are not independent: two count as one
 * and a half. */
static const float SHARED = 4.0F / 3;

static const struct uncertain UNKNOWN = {NAN, NAN};

/* A displacement as an angle; lost_mm2: variance on top of the noise. */
static struct uncertain angle_of(float mm, const struct slope *slope, float lost_mm2) {
        const float angle = mm / slope->mm_deg, own = angle * slope->spread;
        const float noise = sqrtf(slope->noise_mm * slope->noise_mm + lost_mm2) / slope->mm_deg;

        if (!isfinite(angle))
                return UNKNOWN;
        return (struct uncertain){angle, sqrtf(own * own + noise * noise)};
}

/* Mean weighted by certainty; if one is unknown, the other. */
static struct uncertain fuse_angles(struct uncertain a, struct uncertain b) {
        float wa, wb;

        if (isnan(a.value) || isnan(b.value))
                return isnan(a.value) ? b : a;
        wa = 1 / (a.sd * a.sd);
        wb = 1 / (b.sd * b.sd);
        return (struct uncertain){(wa * a.value + wb * b.value) / (wa + wb), sqrtf(SHARED / (wa + wb))};
}

/* Pulls an angle to "not turned" as far as the measurement is uncertain. */
static struct uncertain shrink_angle(struct uncertain a, float prior_deg) {
        const float prior = prior_deg * prior_deg, variance = a.sd * a.sd;

        return (struct uncertain){a.value * (prior / (prior + variance)),
                                  sqrtf(prior * variance / (prior + variance))};
}

static bool is_comparable(const struct reference *r, const float now[REFERENCE_N]) {
        return r->valid && now[REFERENCE_LOAD] >= LOAD_LEAST * r->value[REFERENCE_LOAD];
}

/* Centroid of the bands behind, under and just in front of the bones, mm from the line; thighs (bands 6, 7) left
 * out. */
static float profile_centroid(const float profile[PROFILE_BANDS]) {
        float sum = 0, moment = 0;

        for (int b = 0; b < 6; b++) {
                sum += profile[b];
                moment += profile[b] * ((float)b - 2.5F) * BAND_MM;
        }
        return sum > 0 ? moment / sum : NAN;
}

float angles_pitch(const float ref[REFERENCE_N], const float now[REFERENCE_N]) {
        const float at = (ref[REFERENCE_BACK_Y] + WEIGHTS_FROM_MM) / ALONG_MM + (float)ALONG_BANDS / 2;
        const float whole = floorf(at), part = at - whole;
        float sum = 0;

        if (isnan(at) || isnan(now[REFERENCE_ALONG]) || fabsf(whole) > ALONG_BANDS)
                return NAN;
        for (int i = 0; i <= WEIGHTS; i++) {
                const int band = (int)whole + i;
                const float weight =
                        (i < WEIGHTS ? (1 - part) * WEIGHT_DEG[i] : 0) + (i > 0 ? part * WEIGHT_DEG[i - 1] : 0);

                if (band >= 0 && band < ALONG_BANDS)
                        sum += weight * (now[REFERENCE_ALONG + band] - ref[REFERENCE_ALONG + band]);
        }
        return sum / PULLED;
}

float angles_roll(const float ref[REFERENCE_N], const float now[REFERENCE_N]) {
        return (now[REFERENCE_COP_X] - ref[REFERENCE_COP_X]) / ROLL_COP.mm_deg;
}

/* Pitch where the bands are too coarse: from the whole load's place and its rear edge. */
static struct uncertain pitch_from_place(const struct reference *r, const float now[REFERENCE_N], float gain) {
        const float cop = now[REFERENCE_COP_Y] - r->value[REFERENCE_COP_Y];
        const float edge = now[REFERENCE_BACK_Y] - r->value[REFERENCE_BACK_Y];

        return shrink_angle(fuse_angles(angle_of(gain * cop, &PITCH_COP, r->lost_mm2),
                                        angle_of(gain * edge, &PITCH_EDGE, r->lost_mm2)),
                            PITCH_PRIOR_DEG);
}

static float square(float x) {
        return x * x;
}

void angles_observe_tilt(const struct reference *r, const float origin[REFERENCE_N], const struct sitter_gain *gain,
                         const struct sitter_sample *sample, struct tilt_observation *ret) {
        const float *now = sample->vector;
        float lean2;

        *ret = (struct tilt_observation){.angle_deg = NAN,
                                         .load = now[REFERENCE_LOAD],
                                         .quiet = sample->quiet,
                                         .age_s = r->valid && r->same_sit ? r->age_s : INFINITY};
        if (!is_comparable(r, now) || !r->same_sit)
                return;
        ret->angle_deg = gain->tilt_gain * angles_pitch(origin, now);
        if (fabsf(ret->angle_deg) > TURNED_MOST_DEG)
                ret->angle_deg = NAN;
        ret->spread = gain->tilt_spread;
        ret->noise_deg = sqrtf(square(ALONG_SD_DEG) + square(ALONG_DEG_MM) * (r->lost_mm2 - r->moved_mm2));
        ret->unknown_deg = UNKNOWN_SD_DEG;
        lean2 = square(angles_roll(r->value, now) / LEANING_DEG);
        ret->lean = isnan(lean2) ? 0 : square(lean2) / (1 + square(lean2));
}

struct uncertain angles_coarse_tilt(const struct reference *r, const struct sitter_gain *gain,
                                    const float now[REFERENCE_N]) {
        float shape;

        if (!is_comparable(r, now))
                return UNKNOWN;
        shape = profile_centroid(now + REFERENCE_PROFILE) - profile_centroid(r->value + REFERENCE_PROFILE);
        if (!r->same_sit)
                return shrink_angle(angle_of(shape, &PITCH_SHAPE, 0), PITCH_PRIOR_DEG);
        if (!isnan(angles_pitch(r->value, now)))
                return UNKNOWN;
        return pitch_from_place(r, now, gain->tilt_gain);
}

struct uncertain angles_obliquity(const struct reference *r, const float now[REFERENCE_N]) {
        struct uncertain ret;
        float mm;

        if (!is_comparable(r, now))
                return UNKNOWN;
        mm = now[REFERENCE_COP_X] - r->value[REFERENCE_COP_X];
        if (!r->same_sit)
                mm -= now[REFERENCE_MIDDLE_X] - r->value[REFERENCE_MIDDLE_X];
        ret = shrink_angle(r->same_sit ? angle_of(mm, &ROLL_COP, r->lost_mm2) : angle_of(mm, &ROLL_PAIR, 0),
                           ROLL_PRIOR_DEG);
        ret.sd = hypotf(ret.sd, UNKNOWN_ROLL_SD_DEG);
        return ret;
}
