/* SPDX-License-Identifier: MIT */
/* What is learnt of the sitter while the estimator runs: the guided calibration pose by pose, and what the sitter's
 * upright usually is. The profile itself is in struct estimate; who keeps it looks at learning.profile_changed. */
#ifndef CORE_ESTIMATE_LEARN_H
#define CORE_ESTIMATE_LEARN_H

#include "core/estimate/estimate.h"

/* One frame of a person; called by estimate_step(). */
void learn_step(struct estimate *e, const struct features *f, float dt);
/* The person left, or another sat down. */
void learn_leave(struct estimate *e);

/* Which sitter it was before a restart; the name only. */
void learn_recall(struct estimate *e, const char sitter[SITTER_NAME_MAX]);

/* Takes up all that is known of a sitter. confidence: 1 = said by hand, NAN = nobody in particular. The profile of a mat
 * with another number of cells gives its name only. */
void estimate_know(struct estimate *e, const struct profile *profile, float confidence, uint32_t n_cells);

/* True once in a sit, when its first quiet seconds are there. */
bool estimate_sat_upright(struct estimate *e, float ret[USUAL_N]);
/* Counts this sit to what is usual for the sitter. */
void estimate_note_sit(struct estimate *e);

/* The sitter takes the pose now, for the next seconds; upright counts at once, too. COMMAND_OK, COMMAND_NOBODY_SEATED,
 * COMMAND_NO_FRAMES or COMMAND_UNSTEADY. */
enum command_result estimate_calibrate(struct estimate *e, enum calibrate_pose pose, uint64_t now_us);

/* The sitter sits so for the next seconds: joins what was taught under this name before. Further refusals:
 * COMMAND_MALFORMED (no legal name), COMMAND_FULL. */
enum command_result estimate_teach(struct estimate *e, const char *name, uint64_t now_us);
/* COMMAND_OK or COMMAND_NO_SUCH_NAME. */
enum command_result estimate_unteach(struct estimate *e, const char *name);

/* Five squeezes from now on, at the beat of learning.cue. COMMAND_OK, COMMAND_NOBODY_SEATED or COMMAND_NO_FRAMES. */
enum command_result estimate_squeeze(struct estimate *e, uint64_t now_us);

/* Sets every field; a change is told once. */
void estimate_learning(struct estimate *e, struct learning *ret);

#endif
