/* SPDX-License-Identifier: MIT */
/* Learns a profile of the sitter from parts of the recording itself: taught postures (--teach NAME=FROM-TO) and a guided
 * calibration (--calibrate POSE=FROM-TO), FROM and TO in seconds of the recording. The recording is replayed once to learn,
 * and then again with the profile. */
#ifndef TOOLS_SITBONECTL_REPLAY_LEARN_H
#define TOOLS_SITBONECTL_REPLAY_LEARN_H

#include "sitbone/profile.h"
#include "sitbone/snapshot.h"
#include "tools/sitbonectl/commands.h"

struct replay_learner;

/* STATUS_DONE, or another status after a complaint. *ret is NULL if the options name nothing to learn. */
int replay_learner_new(const struct options *options, struct replay_learner **ret);

/* To be called after each decision of the first run. */
void replay_learner_decided(void *userdata, const struct snapshot *s);

/* Fills the profile. STATUS_DONE, or STATUS_FAILED after a complaint. */
int replay_learner_finish(struct replay_learner *l, uint32_t n_cells, struct profile *ret);
void replay_learner_free(struct replay_learner *l);

#endif
