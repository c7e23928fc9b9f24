/* SPDX-License-Identifier: MIT */
#include "core/estimate/tilt.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* What people do [judgement; what is published stands in estimate.h]: upright within a degree or two a quarter of the time,
 * mostly so while they lean to a side, and otherwise as far away as slumps of 10-20 degrees go. How sharp the numbers here
 * are stands in tests/accuracy/README.md: ELSEWHERE_SD_DEG and SLIDE_SD_DEG most, then UPRIGHT_SHARE. */
static const float UPRIGHT_SHARE = 0.25F, UPRIGHT_LEANING = 0.8F, UPRIGHT_SD_DEG = 1.5F, ELSEWHERE_SD_DEG = 11;
/* A lifted leg and an elbow on the armrest: on top of the noise. */
static const float LEANING_NOISE_DEG = 1.5F;
/* A slide goes to a new place near the first one: 8 mm of a standard deviation look like 4 degrees. */
static const float SLIDE_SD_DEG = 4, FIRST_SD_DEG = 0.7F;
/* Chance that a movement ends in the posture that it began in; what is seen differs by so much then, when weight went off
 * and when not. */
static const float SAME_OFF = 0.9F, SAME_ON = 0.5F, SAME_OFF_SD_DEG = 1.3F, SAME_ON_SD_DEG = 0.8F;
/* Weight went off below this share of the load before and after it (in-seat movements show as a drop of 30 %; fidgets
 * take off less). Slid then, and otherwise: chances. */
static const float OFF = 0.8F, SLID_OFF = 0.95F, SLID_ON = 0.02F;
static const float HELD_S = 0.5F; /* shorter is no posture, but on the way */
static const float RECENT_S = 5;  /* of a posture: two breaths */
static const float LOAD_S = 2;
/* Who slumps slowly does not shift; breath and sway make half a degree. */
static const float SLOW_S = 1, TURNING_DEG = 1.5F, TURNING_LEAN = 0.25F, SETTLED_SHARE = 0.5F;

static float slide_deg(int i) {
        return (float)i - (float)(TILT_SLIDES - 1) / 2;
}

static float bell(float away, float sd) {
        return expf(-0.5F * (away / sd) * (away / sd));
}

static void scale_to_one(float p[TILT_SLIDES]) {
        float sum = 0;

        for (int i = 0; i < TILT_SLIDES; i++)
                sum += p[i];
        for (int i = 0; i < TILT_SLIDES; i++)
                p[i] = sum > 0 ? p[i] / sum : 1.0F / TILT_SLIDES;
}

void tilt_forget(struct tilt_belief *b) {
        memset(b, 0, sizeof(*b));
        for (int i = 0; i < TILT_SLIDES; i++)
                b->before[i] = bell(slide_deg(i), FIRST_SD_DEG);
        scale_to_one(b->before);
        memcpy(b->other, b->before, sizeof(b->other));
        b->before_deg = NAN;
}

/* Slides from before that explain, each, what is seen now in the same posture: the sum over all of them. */
static float explained(const float before[TILT_SLIDES], const float fits[2 * TILT_SLIDES - 1], int to) {
        float sum = 0;

        for (int from = 0; from < TILT_SLIDES; from++)
                sum += before[from] * fits[to - from + TILT_SLIDES - 1];
        return sum;
}

/* By what happened in the movement, and by what is seen after it. */
static void widen(struct tilt_belief *b) {
        const float slid = b->off ? SLID_OFF : SLID_ON, leant = 1 - fabsf(b->lean - b->before_lean);
        const float same = isnan(b->before_deg) ? 0 : (b->off ? SAME_OFF : SAME_ON) * leant * leant;
        const float moved = b->seen_deg - b->before_deg, sd = b->off ? SAME_OFF_SD_DEG : SAME_ON_SD_DEG;
        float fits[2 * TILT_SLIDES - 1], near[TILT_SLIDES];

        for (int i = 0; i < TILT_SLIDES; i++)
                near[i] = bell(slide_deg(i), SLIDE_SD_DEG);
        scale_to_one(near);
        for (int i = 0; i < 2 * TILT_SLIDES - 1; i++)
                fits[i] = bell(moved - (float)(i - TILT_SLIDES + 1), sd) / sd;
        for (int i = 0; i < TILT_SLIDES; i++) {
                b->other[i] = (1 - same) * ((1 - slid) * b->before[i] + slid * near[i]);
                b->same[i] = same > 0 ? same * ((1 - slid) * b->before[i] * fits[TILT_SLIDES - 1] +
                                                slid * near[i] * explained(b->before, fits, i))
                                      : 0;
        }
}

/* How likely it is that the sitter is turned like this, as one normal distribution, and that this is seen. */
struct turned {
        float likely, value, variance;
};

static struct turned turned(float away, float share, float sd, float noise2) {
        const float sum = sd * sd + noise2;

        return (struct turned){share * expf(-0.5F * away * away / sum) / sqrtf(sum), away * sd * sd / sum,
                               sd * sd * noise2 / sum};
}

/* Of all slides: the angle; after, when asked for: how likely each of them is then. */
static struct uncertain explain(const struct tilt_belief *b, float seen, float spread, float noise, float lean,
                                float after[TILT_SLIDES]) {
        const float share = UPRIGHT_SHARE + (UPRIGHT_LEANING - UPRIGHT_SHARE) * lean;
        const float noise2 = noise * noise + lean * LEANING_NOISE_DEG * LEANING_NOISE_DEG;
        float sum = 0, first = 0, second = 0;

        for (int i = 0; i < TILT_SLIDES; i++) {
                const float away = seen - slide_deg(i), gain = spread * seen;
                const struct turned as[] = {
                        turned(away, share, UPRIGHT_SD_DEG, noise2),
                        turned(away, 1 - share, ELSEWHERE_SD_DEG, noise2 + gain * gain),
                };
                float likely = 0;
                const float each = b->other[i] + b->same[i] / fmaxf(as[0].likely + as[1].likely, FLT_MIN);

                for (int k = 0; k < 2; k++) {
                        const float p = each * as[k].likely;

                        likely += p;
                        first += p * as[k].value;
                        second += p * (as[k].value * as[k].value + as[k].variance);
                }
                sum += likely;
                if (after)
                        after[i] = likely;
        }
        if (!(sum > 0)) /* beyond all that is thought of */
                return (struct uncertain){NAN, NAN};
        first /= sum;
        return (struct uncertain){first, sqrtf(fmaxf(second / sum - first * first, 0))};
}

/* One movement after the other, with no rest between, is one. */
static void begin_movement(struct tilt_belief *b) {
        if (b->held_s >= HELD_S) {
                float after[TILT_SLIDES];

                if (!isnan(explain(b, b->seen_deg, b->spread, b->noise_deg, b->lean, after).value)) {
                        memcpy(b->before, after, sizeof(b->before));
                        scale_to_one(b->before);
                        b->before_deg = b->seen_deg;
                        b->before_lean = b->lean;
                }
                b->off = false;
                b->rest_load = b->load;
        }
        b->moving = true;
        b->least_load = INFINITY;
}

static void end_movement(struct tilt_belief *b, float load) {
        const float usual = b->rest_load > 0 && b->rest_load < load ? b->rest_load : load;

        b->off |= b->least_load < OFF * usual;
        b->moving = false;
        b->held_s = b->load = 0;
}

static void hold(struct tilt_belief *b, const struct tilt_seen *s, float dt) {
        const float age = b->held_s < RECENT_S ? b->held_s : RECENT_S, part = b->held_s > 0 ? dt / (age + dt) : 1;

        b->load = b->load > 0 ? b->load + dt / (LOAD_S + dt) * (s->load - b->load) : s->load;
        if (isnan(s->angle_deg))
                return;
        b->seen_deg += part * (s->angle_deg - b->seen_deg);
        b->lean += part * (s->lean - b->lean);
        b->spread = s->spread;
        b->noise_deg = s->noise_deg;
        if (b->held_s < RECENT_S)
                widen(b);
        b->held_s += dt;
}

/* Against a moment ago: on the way into another posture. */
static bool turning(struct tilt_belief *b, const struct tilt_seen *s, float dt) {
        const float most = b->moving ? SETTLED_SHARE : 1, part = dt / (SLOW_S + dt);

        if (isnan(s->angle_deg))
                return false;
        b->slow_deg += part * (s->angle_deg - b->slow_deg);
        b->slow_lean += part * (s->lean - b->slow_lean);
        return fabsf(s->angle_deg - b->slow_deg) > most * TURNING_DEG ||
               fabsf(s->lean - b->slow_lean) > most * TURNING_LEAN;
}

struct uncertain tilt_step(struct tilt_belief *b, const struct tilt_seen *s, float dt) {
        struct uncertain tilt;

        if (s->age_s < b->age_s)
                tilt_forget(b);
        b->age_s = s->age_s;
        if (turning(b, s, dt) || !s->quiet) {
                if (!b->moving)
                        begin_movement(b);
                b->least_load = fminf(b->least_load, s->load);
        } else {
                if (b->moving)
                        end_movement(b, s->load);
                hold(b, s, dt);
        }
        if (isnan(s->angle_deg))
                return (struct uncertain){NAN, NAN};
        tilt = explain(b, s->angle_deg, s->spread, s->noise_deg, s->lean, NULL);
        tilt.sd = hypotf(tilt.sd, s->unknown_deg);
        return tilt;
}
