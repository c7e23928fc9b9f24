/* SPDX-License-Identifier: MIT */
/* A replay summed up for people: shares of postures, bouts and alerts of the whole recording. */
#ifndef TOOLS_SITBONECTL_REPLAY_SUMMARY_H
#define TOOLS_SITBONECTL_REPLAY_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include "core/acquire/recording.h"
#include "sitbone/snapshot.h"

struct replay_summary;
/* taught: there are lessons. */
struct replay_summary *replay_summary_new(bool taught);
void replay_summary_decided(void *userdata, const struct snapshot *s);
void replay_summary_print(struct replay_summary *m, FILE *f, const char *path, const struct recording *r);
void replay_summary_free(struct replay_summary *m);

#endif
