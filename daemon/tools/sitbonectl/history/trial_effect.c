/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/history/trial_effect.h"

#include <math.h>

static const double Z = 1.959964, TOLERANCE = 0.2, ARM_LEAST = 10;
static const double PROBABILITY[TRIAL_ARM_N] = {0.8, 0.2};

/* Student's 97.5 % quantile, by the expansion of Cornish and Fisher: error below 0.02 from 5 degrees of freedom. */
static double find_t(double freedom) {
        double z3 = Z * Z * Z, z5 = z3 * Z * Z;

        return Z + (z3 + Z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * Z) / (96 * freedom * freedom);
}

static void estimate_share(const struct trial_arm arms[TRIAL_ARM_N], double *ret_centre, double *ret_half) {
        double p[TRIAL_ARM_N], variance = 0;

        for (int a = 0; a < TRIAL_ARM_N; a++) {
                p[a] = (arms[a].sum + 1) / (arms[a].n + 2);
                variance += p[a] * (1 - p[a]) / (arms[a].n + 2);
        }
        *ret_centre = p[TRIAL_SHOWN] - p[TRIAL_WITHHELD];
        *ret_half = Z * sqrt(variance);
}

static double estimate_half_of_mean(const struct trial_arm arms[TRIAL_ARM_N]) {
        double variance = 0, freedom = 0;

        for (int a = 0; a < TRIAL_ARM_N; a++) {
                double n = arms[a].n, part;

                if (n <= 1)
                        return (double)NAN;
                part = fmax(arms[a].squares - arms[a].sum * arms[a].sum / n, 0) / (n - 1) / n;
                variance += part;
                freedom += part * part / (n - 1);
        }
        return variance > 0 ? find_t(variance * variance / freedom) * sqrt(variance) : variance;
}

/* The prompts that bring the half-width down to the tolerance, and each arm to its least number. */
static double count_missing(const struct trial_arm arms[TRIAL_ARM_N], double half, double tolerance, bool share) {
        double n = arms[TRIAL_SHOWN].n + arms[TRIAL_WITHHELD].n, more = 0;

        if (n == 0 && share)
                return ceil(pow(Z / 2 / TOLERANCE, 2) / (PROBABILITY[0] * PROBABILITY[1]));
        for (int a = 0; a < TRIAL_ARM_N; a++)
                if (arms[a].n < ARM_LEAST) {
                        half = share ? Z * sqrt(0.25 / (n * PROBABILITY[0]) + 0.25 / (n * PROBABILITY[1])) : half;
                        more = fmax(more, (ARM_LEAST - arms[a].n) / PROBABILITY[a]);
                }
        if (n == 0)
                return more;
        return ceil(fmax(more, n * (half * half / (tolerance * tolerance) - 1)) - 1e-9);
}

struct trial_effect trial_effect(const struct trial_arm arms[TRIAL_ARM_N], bool share) {
        struct trial_effect e;
        double half, centre, tolerance = TOLERANCE;

        for (int a = 0; a < TRIAL_ARM_N; a++)
                e.mean[a] = arms[a].n > 0 ? arms[a].sum / arms[a].n : (double)NAN;
        e.estimate = centre = e.mean[TRIAL_SHOWN] - e.mean[TRIAL_WITHHELD];
        if (share)
                estimate_share(arms, &centre, &half);
        else
                half = estimate_half_of_mean(arms);
        if (!share)
                tolerance *= fmax(1, e.mean[TRIAL_WITHHELD]);
        e.low = isnan(e.estimate) ? (double)NAN : fmax(centre - half, share ? -1 : -(double)INFINITY);
        e.high = isnan(e.estimate) ? (double)NAN : fmin(centre + half, share ? 1 : (double)INFINITY);
        e.more = count_missing(arms, half, tolerance, share);
        return e;
}
