/* SPDX-License-Identifier: MIT */
#include "core/estimate/sitter_baseline.h"

#include <math.h>
#include <string.h>

#include "core/estimate/estimate.h"

static const float REMEMBERED_SITS = 10;
static const float KNOWN_SHARE = 0.5F; /* a value must have been there for half of the time */

/* Stale: so many sits, and their mean so many standard deviations away. The calibrated upright is one sit out of many,
 * so its own deviation is that between sits. */
static const uint32_t STALE_SITS = 5;
static const float STALE_SDS = 2;   /* over all bands: by chance once in some thousand times */
static const float LOAD_FAR = 0.3F; /* logarithm: a third more or less; creep and clothes make a tenth to a fifth */

/* Between the sits of one person at least, and between people; loads and areas as logarithms. Of 40 simulated sitters (45
 * to 130 kg), five sits each: within 0.015, 9.7 mm, 0.7 mm, 0.026 and 0.03 a band; between 0.20, 7 mm, 8 mm, 0.08 and
 * 0.02: the shape of the profile tells nobody apart. Clothes and creep make real sits differ more in load and width.
 * With these, households of one to four: 64 % of sits recognised, 36 % nobody in particular, 0.1 % taken for another
 * who is known, and 8 % of strangers taken for somebody. */
static const float WITHIN[USUAL_PROFILE] = {0.06F, 10, 2, 0.03F}, WITHIN_BAND = 0.03F;
static const float BETWEEN[USUAL_PROFILE] = {0.2F, 10, 15, 0.1F};
static const int LIKENESS_LEAST = 3; /* values in common: load alone tells nobody */
static const float STRANGERS = 3;    /* a stranger is so many times as likely beforehand as each one who is known */

static float within(int i) {
        return i < USUAL_PROFILE ? WITHIN[i] : WITHIN_BAND;
}

void usual_forget(struct usual_gather *g) {
        memset(g, 0, sizeof(*g));
}

static void sample_of(const struct features *f, float ret[USUAL_N]) {
        const struct sit_bones *b = &f->sit_bones;

        ret[USUAL_LOAD] = f->load > 0 ? logf(f->load) : NAN;
        ret[USUAL_BONES_MM] = b->valid ? b->right_mm[0] - b->left_mm[0] : NAN;
        ret[USUAL_WIDTH_MM] = f->width_mm;
        ret[USUAL_AREA] = f->contact_area_cm2 > 0 ? logf(f->contact_area_cm2) : NAN;
        for (int i = 0; i < PROFILE_BANDS; i++)
                ret[USUAL_PROFILE + i] = f->profile[i];
}

bool usual_step(struct usual_gather *g, const struct features *f, bool quiet, float dt, float reference_s) {
        float now[USUAL_N];

        if (g->done || !quiet)
                return false;
        sample_of(f, now);
        g->quiet_s += dt;
        for (int i = 0; i < USUAL_N; i++) {
                if (!isfinite(now[i]) || !(dt > 0))
                        continue;
                g->sum_s[i] += dt;
                g->mean[i] += dt / g->sum_s[i] * (now[i] - g->mean[i]);
        }
        if (g->quiet_s < reference_s)
                return false;
        for (int i = 0; i < USUAL_N; i++)
                if (!(g->sum_s[i] > KNOWN_SHARE * g->quiet_s))
                        g->mean[i] = NAN;
        g->done = true;
        return true;
}

/* Mean and variance that forget: the weight of a sit is one tenth once ten were seen. */
void usual_add(struct usual_upright *u, const float sample[USUAL_N]) {
        float weight;

        if (u->sits < UINT32_MAX)
                u->sits++;
        weight = 1 / fminf((float)u->sits, REMEMBERED_SITS);
        for (int i = 0; i < USUAL_N; i++) {
                float away;

                if (!isfinite(sample[i]))
                        continue;
                if (u->sits == 1 || !isfinite(u->mean[i])) {
                        u->mean[i] = sample[i];
                        u->variance[i] = 0;
                        continue;
                }
                away = sample[i] - u->mean[i];
                u->mean[i] += weight * away;
                u->variance[i] = (1 - weight) * (u->variance[i] + weight * away * away);
        }
        if (u->sits == 1)
                for (int i = 0; i < USUAL_N; i++)
                        if (!isfinite(sample[i]))
                                u->mean[i] = u->variance[i] = NAN;
}

static float variance_of(const struct usual_upright *u, int i) {
        float floor = within(i) * within(i);

        return isfinite(u->variance[i]) ? fmaxf(u->variance[i], floor) : floor;
}

enum stale_reason usual_stale(const struct profile *p) {
        const struct pose_record *upright = &p->calibration.pose[POSE_UPRIGHT];
        const struct usual_upright *u = &p->usual;
        const float share = 1 + 1 / REMEMBERED_SITS; /* one sit against the mean of ten */
        float sum = 0, load = upright->mean[REFERENCE_LOAD];
        int n = 0;

        if (!upright->taken || u->sits < STALE_SITS)
                return STALE_NOT;
        if (load > 0 && fabsf(u->mean[USUAL_LOAD] - logf(load)) > LOAD_FAR)
                return STALE_LOAD;
        for (int i = 0; i < PROFILE_BANDS; i++) {
                float away = u->mean[USUAL_PROFILE + i] - upright->mean[REFERENCE_PROFILE + i];

                if (!isfinite(away))
                        continue;
                sum += away * away / (share * variance_of(u, USUAL_PROFILE + i));
                n++;
        }
        return n > 0 && sqrtf(sum / (float)n) > STALE_SDS ? STALE_UPRIGHT : STALE_NOT;
}

static float log_density(float away, float variance) {
        return -0.5F * (away * away / variance + logf(variance));
}

float usual_likeness(const struct usual_upright *u, const float sample[USUAL_N]) {
        float sum = 0;
        int n = 0;

        if (u->sits == 0)
                return -INFINITY;
        for (int i = 0; i < USUAL_PROFILE; i++) {
                float away = sample[i] - u->mean[i], own = variance_of(u, i);

                if (!isfinite(away))
                        continue;
                sum += log_density(away, own) - log_density(away, own + BETWEEN[i] * BETWEEN[i]);
                n++;
        }
        return n >= LIKENESS_LEAST ? sum : -INFINITY;
}

int usual_whose(const float likeness[], int n, float *ret_confidence) {
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
