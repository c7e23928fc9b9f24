/* SPDX-License-Identifier: MIT */
/* The decisions of a replay as JSON, a line for each frame and a line for each event. Scripts rely on the keys: they stay. */
#ifndef TOOLS_SITBONECTL_REPLAY_JSON_H
#define TOOLS_SITBONECTL_REPLAY_JSON_H

#include <stdio.h>

#include "sitbone/snapshot.h"

struct replay_json;

/* NULL = out of memory. */
struct replay_json *replay_json_new(FILE *f);

/* Writes the lines of one decision; userdata: the struct replay_json. */
void replay_json_decided(void *userdata, const struct snapshot *s);

void replay_json_free(struct replay_json *j);

#endif
