/* SPDX-License-Identifier: MIT */
/* The whole estimator: frame + now -> snapshot + next deadline. Pure: no clock, no heap, no I/O. The same function
 * serves the daemon, replay, golden tests, scenarios, fuzzing and benchmarks. All state is in the struct: one pipeline
 * may be used by one thread at a time. */
#ifndef CORE_PIPELINE_H
#define CORE_PIPELINE_H

#include <stdint.h>

#include "core/condition/condition.h"
#include "core/describe/describe.h"
#include "core/estimate/estimate.h"
#include "core/follow/alert.h"
#include "core/follow/alert_memory.h"
#include "core/follow/sitting.h"
#include "sitbone/command.h"
#include "sitbone/exercise.h"
#include "sitbone/memory.h"
#include "sitbone/snapshot.h"
#include "sitbone/wall_clock.h"

struct settings;

struct pipeline {
        const struct geometry *geometry;            /* not owned */
        const struct exercise_catalogue *exercises; /* not owned */
        struct condition condition;
        struct describe describe;
        struct estimate estimate;
        struct sitting_tracker sitting;
        struct alert_tracker alert;
        uint64_t followed_us, follow_at_us; /* last and next step of sitting and alerts; next 0 = at once */
        uint64_t deadline_us;               /* of these two */
        uint64_t tare_refused_us;           /* last tare that was refused because of a person; 0 = none */
};

/* Starts without any knowledge. geometry and exercises must outlive the pipeline; settings are copied. */
void pipeline_init(struct pipeline *p, const struct settings *settings, const struct geometry *geometry,
                   const struct exercise_catalogue *exercises);

/* Applies new settings without losing the state (bout, reference, tare). */
void pipeline_configure(struct pipeline *p, const struct settings *settings);

/* One decision. frame NULL = only time passed. now_us never goes back. *snapshot is both read (the last map and
 * features stay when only time passed) and written: always pass the same one. Returns the time at which to call again
 * at the latest even without a frame; UINT64_MAX = no need. */
uint64_t pipeline_step(struct pipeline *p, const struct frame *frame, uint64_t now_us, struct snapshot *snapshot);

/* The port of the mat is open or lost at now_us: a mat that is not there is silent whatever [device] silence is. May be
 * repeated. Without any call it counts as open. */
void pipeline_set_link(struct pipeline *p, bool open, uint64_t now_us);

/* Executes a command against the last snapshot; call pipeline_step(p, NULL, ...) after it to see the effect. */
enum command_result pipeline_command(struct pipeline *p, const struct command *command, uint64_t now_us,
                                     const struct snapshot *last, struct command_answer *ret);

/* Sets the wall clock. Call it before the first step and whenever that clock may have been set: once a second is
 * enough. Without it there are no quiet hours. */
void pipeline_set_clock(struct pipeline *p, const struct wall_clock *clock);

/* Local midnight: the totals of the day start again. */
void pipeline_new_day(struct pipeline *p, uint64_t now_us);

void pipeline_remember(const struct pipeline *p, uint64_t now_us, struct memory *ret);

/* elapsed_us: time between the save and now_us, in which nothing is known of the seat. */
void pipeline_recall(struct pipeline *p, const struct memory *memory, uint64_t elapsed_us, uint64_t now_us);

#endif
