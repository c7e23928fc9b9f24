/* SPDX-License-Identifier: MIT */
/* The effect of prompts in a micro-randomised trial: shown minus withheld, with a 95 % interval.
 *
 * Every outcome has the weight 1 / (probability of its arm), 1 / 0.8 or 1 / 0.2, and the weights are normalised. That is the
 * weighted and centred least squares estimator of Boruvka et al., J Am Stat Assoc 2018;113:1112 (PMC6241330) without
 * moderators. The probability is constant, so the weights cancel and the estimate is the difference of the arms' means. It
 * has no model of the sitter: an effect that fades is averaged over the prompts.
 *   share   interval of Agresti and Caffo, Am Stat 2000;54:280: one success and one failure are added to each arm. Wald's
 *           covers 80 to 93 % with 15 withheld prompts
 *   mean    interval of Welch, with Student's quantile
 * Known: 10 prompts in each arm [judgement], and a half-width of at most 0.2, of a mean at most 0.2 times what it is
 * when the prompt is withheld (or 1, if that is more). The half-width falls with the square root of the prompts. */
#ifndef TOOLS_SITBONECTL_HISTORY_TRIAL_EFFECT_H
#define TOOLS_SITBONECTL_HISTORY_TRIAL_EFFECT_H

#include <stdbool.h>

/* Sums over the prompts of an arm. The outcome of a share is 0 or 1. */
struct trial_arm {
        double n, sum, squares;
};

enum { TRIAL_SHOWN, TRIAL_WITHHELD, TRIAL_ARM_N };

struct trial_effect {
        double mean[TRIAL_ARM_N];   /* NAN = no prompts */
        double estimate, low, high; /* NAN = cannot be estimated */
        double more;                /* further prompts needed, about; 0 = known */
};

struct trial_effect trial_effect(const struct trial_arm arms[TRIAL_ARM_N], bool share);

#endif
