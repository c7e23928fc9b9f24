/* SPDX-License-Identifier: MIT */
/* A held pose or a taught posture takes ten quiet seconds after the command. Each second has its mean; the pose is the
 * mean of those and their standard deviation. A second in which the sitter moved does not count. */
#ifndef CORE_ESTIMATE_POSE_AVERAGE_H
#define CORE_ESTIMATE_POSE_AVERAGE_H

#include <stdbool.h>

#include "sitbone/command.h"
#include "sitbone/profile.h"

struct gather {
        enum learning_phase phase;
        enum calibrate_pose pose;
        enum command_result why;                                                       /* of a refusal */
        float quiet_s, waited_s;                                                       /* counted; since the command */
        bool counted;                                                                  /* the last frame did */
        float second_s;                                                                /* of the running second */
        float sum_s[MEMORY_REFERENCE_N], sum[MEMORY_REFERENCE_N];                      /* its values, by time */
        float n[MEMORY_REFERENCE_N], mean[MEMORY_REFERENCE_N], m2[MEMORY_REFERENCE_N]; /* over the seconds */
};

/* The sitter takes the pose now. A gathering that runs is given up for it. */
void gather_start(struct gather *g, enum calibrate_pose pose);
/* The sitter left, or the mat fell silent. */
void gather_cancel(struct gather *g, enum command_result why);
/* One frame of a person, value as in the reference vector. quiet: not shifting. True = it is done, once. */
bool gather_step(struct gather *g, const float value[MEMORY_REFERENCE_N], bool quiet, float dt);
/* What was gathered. Values that were missing for half of the time are NAN. */
void gather_take(const struct gather *g, struct pose_record *ret);
/* Quiet seconds still to come. */
float gather_left_s(const struct gather *g);

#endif
