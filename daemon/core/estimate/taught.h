/* SPDX-License-Identifier: MIT */
/* Postures that the sitter taught: "sit so for ten seconds", recognised from then on, on any mat, with an honest "none
 * of these". Positions are not needed.
 *
 * A pattern (describe/pattern.h) is compared as x = log(load + offset): a cell that takes half of the load differs as much
 * as one that takes double, whatever it measures, and what lies below the offset does not count. The offset is a quarter
 * of the mean load a cell at the first lesson, so that neither the mat's gain nor its full scale matters.
 *
 * A lesson leaves mean and variance of each number. How much a number varies within a posture is known badly from few
 * seconds, so half of it is taken from all postures together (shrinkage), and on top comes what a lesson cannot
 * show: sitting down again another day. The distance is that of Student's t, number by number,
 *
 *   d = mean of (NU + 1) log(1 + (x - mean)^2 / (NU variance)) + log variance
 *
 * since a fold of a coat changes a few cells a lot and must not outvote the others. The least distance wins; where its
 * first part is larger than NONE, it is none of them. No normalisation of the load wins on every mat [recordings of four
 * mats]; the logarithm with an offset, variances and heavy tails does without a choice.
 *
 * On top of a pattern fixed to the body comes less than on one fixed to the mat, since where the sitter came down does not
 * show in it: BODY_VARIANCE was the smallest that kept nine of ten simulated sits recognised; with twice as
 * much every untaught upright is taken for a crossed leg.
 *
 * How the constants were found: see tests/accuracy; each may be halved or doubled without much harm. */
#ifndef CORE_ESTIMATE_TAUGHT_H
#define CORE_ESTIMATE_TAUGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"

/* ---- learning: who takes the lesson decides when it begins, which frames belong to it, and when it is over ---- */

struct lesson {
        char name[POSTURE_NAME_MAX];
        uint32_t n_pattern;
        uint64_t at_us;       /* last pattern taken in */
        float seconds;        /* so far */
        float n[PATTERN_MAX]; /* patterns behind each number */
        float mean[PATTERN_MAX], m2[PATTERN_MAX];
};

/* False: no name, or not [A-Za-z0-9_-]. */
bool lesson_begin(struct lesson *l, const char *name);
/* One frame of it. The first frame of the first lesson chooses the profile's offset. */
void lesson_add(struct lesson *l, struct profile *profile, const struct features *f);
/* The lesson is over: into the profile, beside what was taught under this name before. COMMAND_OK, COMMAND_UNSTEADY (less
 * than two patterns), COMMAND_OUT_OF_RANGE (TAUGHT_MAX names are known already) or COMMAND_NO_FRAMES (another mat). */
enum command_result lesson_learn(const struct lesson *l, struct profile *profile);
/* False: no such name. */
bool taught_forget(struct profile *profile, const char *name);
/* Could it have been written by lesson_learn? */
bool taught_plausible(const struct profile *profile);

/* ---- recognising ---- */

struct recogniser {
        uint32_t n, n_pattern;
        float offset;
        int32_t now; /* -1 = none of them */
        float fit;
        uint64_t at_us;
        struct {
                char name[POSTURE_NAME_MAX];
                float mean[PATTERN_MAX], variance[PATTERN_MAX], log_variance[PATTERN_MAX];
        } of[TAUGHT_MAX];
};

/* What is known now; again after each change of the profile. */
void recogniser_know(struct recogniser *r, const struct profile *profile);
void recogniser_step(struct recogniser *r, const struct features *f);
/* The mat fell silent. */
void recogniser_lose(struct recogniser *r);
void recogniser_report(const struct recogniser *r, struct posture *ret);

#endif
