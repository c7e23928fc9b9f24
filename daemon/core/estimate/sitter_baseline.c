/* SPDX-License-Identifier: MIT */
#include "core/estimate/sitter_baseline.h"

#include <math.h>

static const float REMEMBERED_SITS = 10;
static const float KNOWN_SHARE = 0.5F; /* a value must have been there for half of the time */

/* A calibration is stale after STALE_SITS sits whose mean is STALE_SDS standard deviations away. The calibrated
 * upright is one sit out of many, so its own deviation is that between sits. */
static const uint32_t STALE_SITS = 5;
static const float STALE_SDS = 2;   /* over all bands: by chance once in several thousand times */
static const float LOAD_FAR = 0.3F; /* logarithm: a third more or less; creep and clothes make a tenth to a fifth */

/* Standard deviations: WITHIN the sits of one person (the least), and BETWEEN people; loads and areas as logarithms.
 * Of 40 simulated sitters (45 to 130 kg), five sits each: within 0.015, 9.7 mm, 0.7 mm, 0.026 and 0.03 a band; between
 * 0.20, 7 mm, 8 mm, 0.08 and 0.02, so the shape of the profile distinguishes nobody. Clothes and creep make real sits
 * differ more in load and width. With these numbers, in households of one to four: 64 % of sits recognised, 36 %
 * nobody in particular, 0.1 % taken for another known sitter, and 8 % of strangers taken for somebody. */
static const float WITHIN[BASELINE_PROFILE] = {0.06F, 10, 2, 0.03F}, WITHIN_BAND = 0.03F;
static const float BETWEEN[BASELINE_PROFILE] = {0.2F, 10, 15, 0.1F};
static const int LIKENESS_LEAST = 3; /* values in common: load alone identifies nobody */
static const float STRANGERS = 3;    /* prior likelihood of a stranger relative to that of each known sitter */

static float within_sd(int i) {
        return i < BASELINE_PROFILE ? WITHIN[i] : WITHIN_BAND;
}

static void measure_baseline(const struct features *f, float ret[BASELINE_N]) {
        const struct sit_bones *b = &f->sit_bones;

        ret[BASELINE_LOAD] = f->load > 0 ? logf(f->load) : NAN;
        ret[BASELINE_BONES_MM] = b->valid ? b->right_mm[0] - b->left_mm[0] : NAN;
        ret[BASELINE_WIDTH_MM] = f->width_mm;
        ret[BASELINE_AREA] = f->contact_area_cm2 > 0 ? logf(f->contact_area_cm2) : NAN;
        for (int i = 0; i < PROFILE_BANDS; i++)
                ret[BASELINE_PROFILE + i] = f->profile[i];
}

bool sitter_baseline_step(struct baseline_average *a, const struct sitter_sample *sample, float reference_s) {
        const float dt = sample->dt_s;
        float now[BASELINE_N];

        if (a->done || !sample->quiet)
                return false;
        measure_baseline(sample->features, now);
        a->quiet_s += dt;
        for (int i = 0; i < BASELINE_N; i++) {
                if (!isfinite(now[i]) || !(dt > 0))
                        continue;
                a->sum_s[i] += dt;
                a->mean[i] += dt / a->sum_s[i] * (now[i] - a->mean[i]);
        }
        if (a->quiet_s < reference_s)
                return false;
        for (int i = 0; i < BASELINE_N; i++)
                if (!(a->sum_s[i] > KNOWN_SHARE * a->quiet_s))
                        a->mean[i] = NAN;
        a->done = true;
        return true;
}

/* Mean and variance are exponential: the weight of a sit is one tenth once ten were added. */
void sitter_baseline_add(struct sitter_baseline *b, const float sample[BASELINE_N]) {
        float weight;

        if (b->sits < UINT32_MAX)
                b->sits++;
        weight = 1 / fminf((float)b->sits, REMEMBERED_SITS);
        for (int i = 0; i < BASELINE_N; i++) {
                float away;

                if (!isfinite(sample[i]))
                        continue;
                if (b->sits == 1 || !isfinite(b->mean[i])) {
                        b->mean[i] = sample[i];
                        b->variance[i] = 0;
                        continue;
                }
                away = sample[i] - b->mean[i];
                b->mean[i] += weight * away;
                b->variance[i] = (1 - weight) * (b->variance[i] + weight * away * away);
        }
        if (b->sits == 1)
                for (int i = 0; i < BASELINE_N; i++)
                        if (!isfinite(sample[i]))
                                b->mean[i] = b->variance[i] = NAN;
}

static float variance_of(const struct sitter_baseline *b, int i) {
        float floor = within_sd(i) * within_sd(i);

        return isfinite(b->variance[i]) ? fmaxf(b->variance[i], floor) : floor;
}

enum stale_reason sitter_baseline_stale(const struct profile *p) {
        const struct pose_record *upright = &p->calibration.pose[POSE_UPRIGHT];
        const struct sitter_baseline *b = &p->baseline;
        const float share = 1 + 1 / REMEMBERED_SITS; /* one sit compared with the mean of ten */
        float sum = 0, load = upright->mean[REFERENCE_LOAD];
        int n = 0;

        if (!upright->taken || b->sits < STALE_SITS)
                return STALE_NOT;
        if (load > 0 && fabsf(b->mean[BASELINE_LOAD] - logf(load)) > LOAD_FAR)
                return STALE_LOAD;
        for (int i = 0; i < PROFILE_BANDS; i++) {
                float away = b->mean[BASELINE_PROFILE + i] - upright->mean[REFERENCE_PROFILE + i];

                if (!isfinite(away))
                        continue;
                sum += away * away / (share * variance_of(b, BASELINE_PROFILE + i));
                n++;
        }
        return n > 0 && sqrtf(sum / (float)n) > STALE_SDS ? STALE_UPRIGHT : STALE_NOT;
}

static float log_density(float away, float variance) {
        return -0.5F * (away * away / variance + logf(variance));
}

float sitter_baseline_likeness(const struct sitter_baseline *b, const float sample[BASELINE_N]) {
        float sum = 0;
        int n = 0;

        if (b->sits == 0)
                return -INFINITY;
        for (int i = 0; i < BASELINE_PROFILE; i++) {
                float away = sample[i] - b->mean[i], own = variance_of(b, i);

                if (!isfinite(away))
                        continue;
                sum += log_density(away, own) - log_density(away, own + BETWEEN[i] * BETWEEN[i]);
                n++;
        }
        return n >= LIKENESS_LEAST ? sum : -INFINITY;
}

int sitter_baseline_identify(const float likeness[], int n, float *ret_confidence) {
        float sum = STRANGERS;
        int best = -1;

        for (int i = 0; i < n; i++) {
                sum += expf(likeness[i]);
                if (best < 0 || likeness[i] > likeness[best])
                        best = i;
        }
        *ret_confidence = best < 0 ? 0 : expf(likeness[best]) / sum;
        return best;
}
