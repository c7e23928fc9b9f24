/* SPDX-License-Identifier: MIT */
/* The composition root: owns one of everything, and nothing else does. */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "app/mat.h"
#include "core/pipeline.h"
#include "publish/outlet.h"
#include "sitbone/exercise.h"
#include "sitbone/health.h"
#include "sitbone/identity.h"
#include "sitbone/settings.h"
#include "sitbone/snapshot.h"
#include "store/profiles.h"
#include "store/state.h"
#include "util/latency.h"

struct app_options {
        const char *config_path;     /* NULL: the system's */
        const char *device;          /* NULL: the setting */
        const char *state_directory; /* NULL: $STATE_DIRECTORY, else nothing is kept */
        bool session_bus;            /* whatever the setting says */
        double speed;                /* time passes so many times faster: demonstrations and tests. 1 = really */
};

enum { OUTLETS_MAX = 4, APP_TICK_US = 1000000 };

struct app {
        struct app_options options;
        struct settings settings;
        struct exercise_catalogue exercises;
        struct identity identity;
        sd_event *event;
        struct mat mat;
        uint32_t unfit_cells; /* a count of the mat that the settings do not fit, said once */
        struct pipeline pipeline;
        struct snapshot snapshot;
        struct outlet outlets[OUTLETS_MAX];
        int n_outlets;
        struct state *state;           /* NULL: nothing is kept */
        struct profiles *profiles;     /* NULL: the same */
        struct profile profile;        /* room for one that is taken up: too large for a stack */
        enum place_verdict place_said; /* whether the mat has moved, as the log was told */
        bool sitter_settled;           /* for this sit, by a command: not asked of the mat again */

        uint64_t epoch_us, epoch_virtual_us; /* one moment: both times run from here */
        uint64_t turn_us;                    /* virtual: with --speed, when the last turn began */
        uint64_t deadline_us;                /* virtual: the pipeline wants to be called no later */
        uint64_t armed_us;                   /* virtual: what the timer is set to, UINT64_MAX = off */
        sd_event_source *deadline, *tick;
        uint64_t wake_us; /* real: when this turn of the loop began */
        struct latency latency;
        struct health health;
        uint64_t frames_at_tick, tick_us;
        uint64_t tare_saved_us;
        int today;        /* local day since 1970, to notice midnight */
        char status[400]; /* what systemd was told last */
};

/* Runs until SIGTERM or SIGINT. 0, or a negative errno after saying why. settings are good; options go before them. */
int app_run(const struct app_options *options, const struct settings *settings);

/* ---- inside: app.c, app_tick.c, app_learn.c and app_settings.c ---- */

/* The moment this turn of the loop began, in virtual time: read once, the same for all that is decided in it. */
uint64_t app_turn_time(void *userdata);
/* Virtual time to real time. */
uint64_t app_real_of(const struct app *a, uint64_t virtual_us);
/* One decision and everybody who hears of it. frame NULL: only time passed. */
void app_decide(struct app *a, const struct frame *frame, uint64_t now_us);
void app_remember(struct app *a);
/* Notes how long this turn kept the loop from everything else. */
void app_turn_ends(struct app *a);

/* ---- app_learn.c: whose profile counts, and that it is kept ---- */

/* Reads the profiles, after the state. */
void app_learn_open(struct app *a);
/* The pipeline started anew: takes up the sitter's profile again. */
void app_learn_again(struct app *a);
/* After each decision. */
void app_learn(struct app *a);
/* After a command that was carried out. */
void app_learn_by_hand(struct app *a, enum command_type type);
/* COMMAND_SITTER. */
enum command_result app_sitter(struct app *a, const struct command *command);

/* ---- app_settings.c: the files that the settings are and that they name ---- */

/* What the command line says goes before every file, also at a reload. */
void app_override(const struct app_options *options, struct settings *settings);
/* The catalogue. One with mistakes is said, and what is right of it counts. */
int app_exercises(struct app *a);
/* The curves of the mat. A file with mistakes is said, and the mat goes on without. */
void app_respond(struct app *a);
/* SIGHUP: new settings and curves; with a mistake in the settings the old ones stay. */
int app_reload(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata);

/* ---- app_tick.c ---- */

int app_tick(sd_event_source *source, uint64_t usec, void *userdata);
/* Tells the pipeline what the clock on the wall shows. */
void app_tell_time(struct app *a, uint64_t now_us);
/* A number that changes at local midnight. */
int app_local_day(uint64_t realtime_us);
/* As many midnights as passed since the day "from"; none when it is today. */
void app_new_day(struct app *a, int from, uint64_t now_us);

#endif
