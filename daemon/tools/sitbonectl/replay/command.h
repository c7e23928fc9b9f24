/* SPDX-License-Identifier: MIT */
/* replay: a recording through pipeline_step() in virtual time; sinks turn each decision into lines, a summary or a
 * picture. */
#ifndef TOOLS_SITBONECTL_REPLAY_COMMAND_H
#define TOOLS_SITBONECTL_REPLAY_COMMAND_H

#include <stdio.h>

#include "core/acquire/recording.h"
#include "sitbone/profile.h"
#include "sitbone/snapshot.h"
#include "tools/sitbonectl/commands.h"

struct settings;

/* Recordings begin at 1 s of virtual time, see acquire/recording.h. */
double replay_time_s(const struct snapshot *s);

/* After every decision, whether a frame came or only time passed. */
typedef void (*replay_fn)(void *userdata, const struct snapshot *snapshot);

/* Lessons out of the recording itself: --teach NAME=FROM-TO, seconds of the recording. The recording is run through once
 * to learn, and then again with what was learnt. */
struct replay_lessons;
/* STATUS_DONE, or a complaint and STATUS_USAGE. *ret is NULL when there are none. */
int replay_lessons_new(const struct options *options, struct replay_lessons **ret);
void replay_lessons_decided(void *userdata, const struct snapshot *s);
/* Into the profile; STATUS_DONE, or a complaint and STATUS_FAILED. */
int replay_lessons_learn(struct replay_lessons *l, struct profile *ret);
void replay_lessons_free(struct replay_lessons *l);

/* A guided calibration out of the recording itself: --calibrate POSE=FROM-TO, learnt in the same first run. */
struct replay_poses;
int replay_poses_new(const struct options *options, struct replay_poses **ret);
void replay_poses_decided(struct replay_poses *p, const struct snapshot *s);
int replay_poses_learn(const struct replay_poses *p, uint32_t n_cells, struct profile *ret);
void replay_poses_free(struct replay_poses *p);

/* A line a frame and a line an event. */
struct replay_json;
struct replay_json *replay_json_new(FILE *f);
void replay_json_decided(void *userdata, const struct snapshot *s);
void replay_json_free(struct replay_json *j); /* writes the rest */

/* What a person wants to know of the whole recording. */
struct replay_summary;
struct replay_summary *replay_summary_new(bool taught);
void replay_summary_decided(void *userdata, const struct snapshot *s);
void replay_summary_print(struct replay_summary *m, FILE *f, const char *path, const struct recording *r);
void replay_summary_free(struct replay_summary *m);

#endif
