/* SPDX-License-Identifier: MIT */
/* The sitter baseline: the upright of a sitter over many sits, one sample a sit from its first quiet seconds. It shows
 * whether a calibration still fits, and which of several known sitters sits there. */
#ifndef CORE_ESTIMATE_SITTER_BASELINE_H
#define CORE_ESTIMATE_SITTER_BASELINE_H

#include <stdbool.h>

#include "core/estimate/reference_vector.h"
#include "sitbone/profile.h"

/* The sample of one sit. Zero at the beginning of a sit. */
struct baseline_average {
        bool done;
        float quiet_s, sum_s[BASELINE_N], mean[BASELINE_N];
};

/* One sample of a person. True = the mean of this sit is complete (NAN where not measured); returned once a sit. */
bool sitter_baseline_step(struct baseline_average *a, const struct sitter_sample *sample, float reference_s);

/* Adds a sit. */
void sitter_baseline_add(struct sitter_baseline *b, const float sample[BASELINE_N]);

/* Do many sits contradict the calibration? Never STALE_MAT: that is detected when a profile is loaded. */
enum stale_reason sitter_baseline_stale(const struct profile *p);

/* Logarithm of the likelihood ratio of this sitter to a stranger; -INFINITY when too little is known of either. */
float sitter_baseline_likeness(const struct sitter_baseline *b, const float sample[BASELINE_N]);
/* The likeliest of n sitters, -1 = none, and the confidence in it: a stranger is possible, too. */
int sitter_baseline_identify(const float likeness[], int n, float *ret_confidence);

#endif
