/* SPDX-License-Identifier: MIT */
/* The mean of a held pose. A pose of the calibration, or a taught posture, takes ten quiet seconds after the command.
 * Each second has its mean; the pose is the mean of those and their standard deviation. A second in which the sitter
 * moved does not count. */
#ifndef CORE_ESTIMATE_POSE_AVERAGE_H
#define CORE_ESTIMATE_POSE_AVERAGE_H

#include <stdbool.h>

#include "core/estimate/reference_vector.h"
#include "sitbone/command.h"
#include "sitbone/profile.h"

struct pose_average {
        enum learning_phase phase;
        enum calibrate_pose pose;
        enum command_result why;  /* of a refusal */
        float quiet_s, waited_s;  /* counted; since the command */
        bool counted;             /* the last sample did */
        float second_s;           /* length of the present second so far */
        float sum_s[REFERENCE_N]; /* its values: seconds behind each */
        float sum[REFERENCE_N];   /* and their sums, weighted by time */
        float n[REFERENCE_N];     /* over the seconds: count, */
        float mean[REFERENCE_N];  /* mean */
        float m2[REFERENCE_N];    /* and sum of squared deviations (Welford) */
};

/* The sitter takes the pose now. A pose that is being averaged is given up for it. */
void pose_average_start(struct pose_average *a, enum calibrate_pose pose);
/* The sitter left, the mat fell silent, or something else began. */
void pose_average_cancel(struct pose_average *a, enum command_result why);
/* One sample of a person. True = the average is complete; returned once. */
bool pose_average_step(struct pose_average *a, const struct sitter_sample *sample);
/* The complete average. Values that were missing for half of the time are NAN. */
void pose_average_result(const struct pose_average *a, struct pose_record *ret);
/* Quiet seconds still to come. */
float pose_average_left_s(const struct pose_average *a);

#endif
