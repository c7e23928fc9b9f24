/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_SITBONECTL_REPLAY_TIME_H
#define TOOLS_SITBONECTL_REPLAY_TIME_H

#include "sitbone/snapshot.h"

/* Seconds of the recording, which begins at 1 s of virtual time (core/acquire/recording.h). */
static inline double replay_time_s(const struct snapshot *s) {
        return (double)s->now_us / 1e6 - 1;
}

#endif
