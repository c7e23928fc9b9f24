/* SPDX-License-Identifier: MIT */
/* A replay as JSON: a line for each frame and each event. */
#ifndef TOOLS_SITBONECTL_REPLAY_JSON_H
#define TOOLS_SITBONECTL_REPLAY_JSON_H

#include <stdio.h>

#include "sitbone/snapshot.h"

struct replay_json;
struct replay_json *replay_json_new(FILE *f);
void replay_json_decided(void *userdata, const struct snapshot *s);
void replay_json_free(struct replay_json *j);

#endif
