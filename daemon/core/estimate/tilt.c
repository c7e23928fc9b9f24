/* SPDX-License-Identifier: MIT */
#include "core/estimate/tilt.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The postures of people [judgement; published numbers are listed in estimate.h]: upright within a degree or two a
 * quarter of the time, most of the time while they lean to a side, and otherwise as far away as slumps of 10-20
 * degrees go. tests/accuracy/README.md lists how sensitive the result is to these numbers: ELSEWHERE_SD_DEG and
 * SLIDE_SD_DEG most, then UPRIGHT_SHARE. */
static const float UPRIGHT_SHARE = 0.25F, UPRIGHT_LEANING = 0.8F, UPRIGHT_SD_DEG = 1.5F, ELSEWHERE_SD_DEG = 11;
/* Added to the noise for a lifted leg and an elbow on the armrest. */
static const float LEANING_NOISE_DEG = 1.5F;
/* A slide goes to a new place near the first one: a standard deviation of 8 mm looks like 4 degrees. */
static const float SLIDE_SD_DEG = 4, FIRST_SD_DEG = 0.7F;
/* Chance that a movement ends in the posture in which it began, when weight went off (OFF) and when not (ON); and the
 * standard deviation by which the observed angle differs then. */
static const float SAME_OFF = 0.9F, SAME_ON = 0.5F, SAME_OFF_SD_DEG = 1.3F, SAME_ON_SD_DEG = 0.8F;
/* Weight went off when the load fell below this share of that before and after (in-seat movements show as a drop of 30
 * %; fidgets take off less); chances that the sitter slid then, and otherwise. */
static const float OFF = 0.8F, SLID_OFF = 0.95F, SLID_ON = 0.02F;
static const float HELD_S = 0.5F; /* a posture held for less is only passed through */
static const float RECENT_S = 5;  /* the means of a posture: two breaths */
static const float LOAD_S = 2;
/* A sitter who slumps slowly does not shift, but turns against a moment ago; breath and sway make half a degree. */
static const float SLOW_S = 1, TURNING_DEG = 1.5F, TURNING_LEAN = 0.25F, SETTLED_SHARE = 0.5F;

static float slide_deg(int i) {
        return (float)i - (float)(TILT_SLIDES - 1) / 2;
}

static float bell_value(float away, float sd) {
        return expf(-0.5F * (away / sd) * (away / sd));
}

static void scale_to_one(float p[TILT_SLIDES]) {
        float sum = 0;

        for (int i = 0; i < TILT_SLIDES; i++)
                sum += p[i];
        for (int i = 0; i < TILT_SLIDES; i++)
                p[i] = sum > 0 ? p[i] / sum : 1.0F / TILT_SLIDES;
}

void tilt_reset(struct tilt_belief *b) {
        memset(b, 0, sizeof(*b));
        for (int i = 0; i < TILT_SLIDES; i++)
                b->before[i] = bell_value(slide_deg(i), FIRST_SD_DEG);
        scale_to_one(b->before);
        memcpy(b->other, b->before, sizeof(b->other));
        b->before_deg = NAN;
}

/* Sum over previous slides of P(previous) x likelihood of the observed change, for a transition to slide `to`. */
static float transition_to(const float before[TILT_SLIDES], const float fits[2 * TILT_SLIDES - 1], int to) {
        float sum = 0;

        for (int from = 0; from < TILT_SLIDES; from++)
                sum += before[from] * fits[to - from + TILT_SLIDES - 1];
        return sum;
}

/* Updates the slides from the movement and from the angle observed after it. */
static void update_slides(struct tilt_belief *b) {
        const float slid = b->unweighted ? SLID_OFF : SLID_ON, leant = 1 - fabsf(b->lean - b->before_lean);
        const float same = isnan(b->before_deg) ? 0 : (b->unweighted ? SAME_OFF : SAME_ON) * leant * leant;
        const float moved = b->observed_deg - b->before_deg, sd = b->unweighted ? SAME_OFF_SD_DEG : SAME_ON_SD_DEG;
        float fits[2 * TILT_SLIDES - 1], near[TILT_SLIDES];

        for (int i = 0; i < TILT_SLIDES; i++)
                near[i] = bell_value(slide_deg(i), SLIDE_SD_DEG);
        scale_to_one(near);
        for (int i = 0; i < 2 * TILT_SLIDES - 1; i++)
                fits[i] = bell_value(moved - (float)(i - TILT_SLIDES + 1), sd) / sd;
        for (int i = 0; i < TILT_SLIDES; i++) {
                b->other[i] = (1 - same) * ((1 - slid) * b->before[i] + slid * near[i]);
                b->same[i] = same > 0 ? same * ((1 - slid) * b->before[i] * fits[TILT_SLIDES - 1] +
                                                slid * near[i] * transition_to(b->before, fits, i))
                                      : 0;
        }
}

/* One normal distribution of the turned part: its likelihood given the observation, and the posterior mean and
 * variance. */
struct turned {
        float likely, value, variance;
};

static struct turned explain_as_turned(float away, float share, float sd, float noise2) {
        const float sum = sd * sd + noise2;

        return (struct turned){share * expf(-0.5F * away * away / sum) / sqrtf(sum), away * sd * sd / sum,
                               sd * sd * noise2 / sum};
}

/* Marginalises over all slides. Returns the posterior mean and SD of the tilt; if `ret_after` is set, also the
 * unnormalised posterior of each slide. */
static struct uncertain explain_angle(const struct tilt_belief *b, float observed, float spread, float noise,
                                      float lean, float ret_after[TILT_SLIDES]) {
        const float share = UPRIGHT_SHARE + (UPRIGHT_LEANING - UPRIGHT_SHARE) * lean;
        const float noise2 = noise * noise + lean * LEANING_NOISE_DEG * LEANING_NOISE_DEG;
        float sum = 0, first = 0, second = 0;

        for (int i = 0; i < TILT_SLIDES; i++) {
                const float away = observed - slide_deg(i), gain = spread * observed;
                const struct turned as[] = {
                        explain_as_turned(away, share, UPRIGHT_SD_DEG, noise2),
                        explain_as_turned(away, 1 - share, ELSEWHERE_SD_DEG, noise2 + gain * gain),
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
                if (ret_after)
                        ret_after[i] = likely;
        }
        if (!(sum > 0)) /* beyond everything that the model covers */
                return (struct uncertain){NAN, NAN};
        first /= sum;
        return (struct uncertain){first, sqrtf(fmaxf(second / sum - first * first, 0))};
}

/* Movements with no rest between them are one movement. */
static void begin_movement(struct tilt_belief *b) {
        if (b->held_s >= HELD_S) {
                float after[TILT_SLIDES];

                if (!isnan(explain_angle(b, b->observed_deg, b->spread, b->noise_deg, b->lean, after).value)) {
                        memcpy(b->before, after, sizeof(b->before));
                        scale_to_one(b->before);
                        b->before_deg = b->observed_deg;
                        b->before_lean = b->lean;
                }
                b->unweighted = false;
                b->rest_load = b->load;
        }
        b->moving = true;
        b->least_load = INFINITY;
}

static void end_movement(struct tilt_belief *b, float load) {
        const float rest = b->rest_load > 0 && b->rest_load < load ? b->rest_load : load;

        b->unweighted |= b->least_load < OFF * rest;
        b->moving = false;
        b->held_s = b->load = 0;
}

static void average_posture(struct tilt_belief *b, const struct tilt_observation *s, float dt) {
        const float age = b->held_s < RECENT_S ? b->held_s : RECENT_S, part = b->held_s > 0 ? dt / (age + dt) : 1;

        b->load = b->load > 0 ? b->load + dt / (LOAD_S + dt) * (s->load - b->load) : s->load;
        if (isnan(s->angle_deg))
                return;
        b->observed_deg += part * (s->angle_deg - b->observed_deg);
        b->lean += part * (s->lean - b->lean);
        b->spread = s->spread;
        b->noise_deg = s->noise_deg;
        if (b->held_s < RECENT_S)
                update_slides(b);
        b->held_s += dt;
}

/* Compared with a moment ago: is the sitter on the way into another posture? */
static bool is_turning(struct tilt_belief *b, const struct tilt_observation *s, float dt) {
        const float most = b->moving ? SETTLED_SHARE : 1, part = dt / (SLOW_S + dt);

        if (isnan(s->angle_deg))
                return false;
        b->slow_deg += part * (s->angle_deg - b->slow_deg);
        b->slow_lean += part * (s->lean - b->slow_lean);
        return fabsf(s->angle_deg - b->slow_deg) > most * TURNING_DEG ||
               fabsf(s->lean - b->slow_lean) > most * TURNING_LEAN;
}

struct uncertain tilt_step(struct tilt_belief *b, const struct tilt_observation *observation, float dt) {
        struct uncertain tilt;

        if (observation->age_s < b->age_s)
                tilt_reset(b);
        b->age_s = observation->age_s;
        if (is_turning(b, observation, dt) || !observation->quiet) {
                if (!b->moving)
                        begin_movement(b);
                b->least_load = fminf(b->least_load, observation->load);
        } else {
                if (b->moving)
                        end_movement(b, observation->load);
                average_posture(b, observation, dt);
        }
        if (isnan(observation->angle_deg))
                return (struct uncertain){NAN, NAN};
        tilt = explain_angle(b, observation->angle_deg, observation->spread, observation->noise_deg, observation->lean,
                             NULL);
        tilt.sd = hypotf(tilt.sd, observation->unknown_deg);
        return tilt;
}
