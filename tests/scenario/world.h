/* SPDX-License-Identifier: MIT */
/* A sitter, a mat and a daemon in virtual time, reduced to the inputs of core/follow/. Used by the scenario runner and by
 * the random scenarios; every step is checked against the rules that always hold (world_check.c). */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/follow/alert.h"
#include "core/follow/alert_memory.h"
#include "core/follow/sitting.h"
#include "sitbone/settings.h"

#define SECOND 1000000ull

struct world;
typedef void (*world_fn)(void *userdata, const struct world *w);

/* The state of the checks from step to step. */
struct world_check {
        struct sitting sitting;
        struct alerts alerts;
        bool in_bout,
                exact; /* exact: no kill, reboot or midnight since the bout began, so that the times must add up */
        uint64_t on_us, off_us, silent_us;  /* the truth, in all */
        uint64_t bout_on_us, bout_other_us; /* the same at the beginning of the bout */
        uint64_t last_id, raised, cleared;
        uint64_t paused_until_us, snoozed_until_us; /* time of the scenario */
        uint64_t inhibited_until_us[ALERT_INHIBITOR_N];
};

struct world {
        struct settings settings;
        const struct exercise_catalogue *exercises;
        struct sitting_tracker sitting_tracker;
        struct alert_tracker alert_tracker;
        uint64_t t_us;     /* time of the scenario */
        int64_t boot_us;   /* clock of the machine = t_us + boot_us */
        uint64_t frame_us; /* 0: no frames, only deadlines */
        uint64_t deadline_us;
        struct posture posture; /* as decided */
        bool pending;           /* next becomes posture at pending_us, after the dwell */
        uint64_t pending_us, dwell_us;
        struct posture next;
        uint64_t shifting_until_us, typing_until_us;
        bool clock_known;
        int64_t wall_us; /* wall clock = t_us + wall_us, counted from midnight before a Sunday */
        int64_t day;     /* of that clock, when last read */
        struct memory saved;
        uint64_t saved_us;      /* time of the save, in the time of the scenario */
        struct sitting sitting; /* of the last step */
        struct alerts alerts;
        struct world_check check;
        world_fn on_step;
        void *userdata;
};

void world_init(struct world *w, const struct settings *settings, const struct exercise_catalogue *exercises,
                uint64_t frame_us, world_fn on_step, void *userdata);

uint64_t world_now(const struct world *w);
void world_run_until(struct world *w, uint64_t t_us);
void world_step(struct world *w);

/* Events; each is followed by a step. */
void world_set_seat(struct world *w, enum occupancy occupancy, enum posture_class kind, float confidence,
                    float asymmetry);
void world_shift(struct world *w, uint64_t for_us);
void world_sleep(struct world *w, uint64_t for_us);
void world_save(struct world *w);
void world_restart(struct world *w, uint64_t for_us, bool reboot); /* from the last save */
void world_midnight(struct world *w);
/* Sets the wall clock, for the first time or again. */
void world_set_clock(struct world *w, uint32_t weekday, uint64_t day_us);
/* The estimator counted this many squeezes more. */
void world_squeeze(struct world *w, uint32_t reps);
void world_type(struct world *w, uint64_t for_us);
/* Executes a command; the result is that of the pipeline. */
enum command_result world_command(struct world *w, const struct command *command);
void world_configure(struct world *w, const struct settings *settings);

/* Fails the program with a message when a step breaks a rule. */
void world_check(struct world *w, uint64_t dt_us, bool observed);

#endif
