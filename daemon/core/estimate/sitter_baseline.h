/* SPDX-License-Identifier: MIT */
/* What a sitter's upright usually is: one sample a sit, from its first quiet seconds. Tells whether a calibration still
 * fits, and who of several known sitters sits there. */
#ifndef CORE_ESTIMATE_SITTER_BASELINE_H
#define CORE_ESTIMATE_SITTER_BASELINE_H

#include <stdbool.h>

#include "sitbone/features.h"
#include "sitbone/profile.h"

struct usual_gather {
        bool done;
        float quiet_s, sum_s[USUAL_N], mean[USUAL_N];
};

void usual_forget(struct usual_gather *g);
/* A frame of a person. True = the sample of this sit is there (mean, NAN where not seen), once a sit. */
bool usual_step(struct usual_gather *g, const struct features *f, bool quiet, float dt, float reference_s);

/* A sit more. */
void usual_add(struct usual_upright *u, const float sample[USUAL_N]);

/* Do many sits speak against the calibration? Never STALE_MAT: that is seen when a profile is taken up. */
enum stale_reason usual_stale(const struct profile *p);

/* Logarithm of how much likelier the sample is for this sitter than for a stranger; -INFINITY when too little is known
 * of either. */
float usual_likeness(const struct usual_upright *u, const float sample[USUAL_N]);
/* The likeliest of n, -1 = none, and how sure: a stranger is possible, too. */
int usual_whose(const float likeness[], int n, float *ret_confidence);

#endif
