/* SPDX-License-Identifier: MIT */
/* One thread reads the mat, decides and posts snapshots to the outlets. Nothing here may wait for a network, a disk
 * or a peer. */
#include "app/app.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "app/identity.h"
#include "app/mat.h"
#include "app/sitters.h"
#include "app/timer.h"
#include "configure/exercises.h"
#include "configure/response_curve.h"
#include "configure/settings.h"
#include "core/pipeline.h"
#include "publish/bus/outlet.h"
#include "publish/history/outlet.h"
#include "publish/mqtt/outlet.h"
#include "store/state.h"
#include "util/clock.h"
#include "util/latency.h"
#include "util/log.h"
#include "util/minmax.h"
#include "words/names.h"

enum {
        OUTLETS_MAX = 4,
        TICK_US = 1000 * 1000,
        TICK_MIN_US = 1000,       /* with --speed */
        DEADLINE_LATE_US = 50000, /* a decision that is later than this counts as missed */
        TARE_SAVE_US = 60 * 1000 * 1000,
        STATE_CHECK_US = 10 * 1000 * 1000,
        DAY_S = 86400,
        NEW_DAYS_MAX = 30,
};

/* A turn takes at most this much virtual time. On a machine that cannot keep up with --speed time then passes more
 * slowly; otherwise a late turn would look like one after a sleep of the machine. */
#define TURN_MOST_US (5 * USEC_PER_SEC)

/* Later than any deadline. */
static const uint64_t FAR_AWAY_US = UINT64_MAX / 4;

/* The time that decisions see. It is CLOCK_BOOTTIME, or runs `speed` times as fast with --speed. */
struct virtual_clock {
        sd_event *event;                     /* not owned */
        double speed;                        /* 1 = virtual time is real time */
        uint64_t epoch_us, epoch_virtual_us; /* the same moment in real and in virtual time */
        uint64_t turn_us;                    /* virtual: with a speed, when the last turn of the loop began */
        uint64_t wake_us;                    /* real: when this turn of the loop began */
};

struct app {
        struct app_options options;
        struct settings settings; /* in effect */
        struct settings_layer files, controls;
        struct exercise_catalogue exercises;
        struct identity identity;
        sd_event *event;
        struct virtual_clock clock;
        struct mat mat;
        uint32_t misfit_cells; /* a count of cells that the settings do not fit, reported already; 0 = none */
        struct pipeline pipeline;
        struct snapshot snapshot;
        struct sitters sitters;
        struct outlet outlets[OUTLETS_MAX];
        int n_outlets;
        struct state *state;      /* NULL: nothing is stored */
        uint32_t doubts_reported; /* enum map_flaw bits */
        uint64_t tare_saved_us;   /* real; 0 = save the tare at the next opportunity */
        uint64_t state_checked_us;
        int today; /* local day since 1970, to notice midnight */

        uint64_t deadline_us; /* virtual: the pipeline must be called no later */
        uint64_t armed_us;    /* virtual: the time that the timer is set to, UINT64_MAX = off */
        sd_event_source *deadline, *tick;

        struct latency latency; /* of turns of the loop */
        struct health health;
        uint64_t frames_at_tick, tick_us; /* at the last measurement of the frame rate */
        char status[400];                 /* the last STATUS= that systemd received */
};

/* ---- virtual time ---- */

static void set_epoch(struct virtual_clock *c, uint64_t real_us, uint64_t virtual_us) {
        c->epoch_us = real_us;
        c->epoch_virtual_us = c->turn_us = virtual_us;
}

/* From now on virtual time continues at virtual_us. */
static void continue_clock(struct virtual_clock *c, uint64_t virtual_us) {
        set_epoch(c, clock_boottime_us(), virtual_us);
}

static uint64_t to_virtual(const struct virtual_clock *c, uint64_t real_us) {
        return c->epoch_virtual_us + (uint64_t)((double)(real_us - c->epoch_us) * c->speed);
}

/* The moment at which this turn of the loop began, in virtual time. It is the same for everything that is decided
 * in one turn. */
static uint64_t read_turn_time(void *userdata) {
        struct virtual_clock *c = &((struct app *)userdata)->clock;
        uint64_t real_us;

        if (sd_event_now(c->event, CLOCK_BOOTTIME, &real_us) < 0)
                real_us = clock_boottime_us();
        c->wake_us = real_us;
        if (c->speed == 1)
                return real_us;
        if (to_virtual(c, real_us) > c->turn_us + TURN_MOST_US)
                set_epoch(c, real_us, c->turn_us + TURN_MOST_US);
        c->turn_us = to_virtual(c, real_us);
        return c->turn_us;
}

static uint64_t to_real(const struct virtual_clock *c, uint64_t virtual_us) {
        if (c->speed == 1)
                return virtual_us;
        return c->epoch_us + (uint64_t)(int64_t)((double)(int64_t)(virtual_us - c->epoch_virtual_us) / c->speed);
}

/* Records how long this turn of the loop kept every other source waiting. */
static void end_turn(struct app *a) {
        latency_add(&a->latency, clock_boottime_us() - a->clock.wake_us);
}

/* ---- the files that the settings name ---- */

/* Exercises without errors are used even when others have some. */
static void load_exercises(const struct settings *settings, struct exercise_catalogue *ret) {
        struct config_errors errors = {0};

        exercises_load(*settings->alert.exercises_file ? settings->alert.exercises_file : NULL, &errors, ret);
        config_errors_log(&errors);
        if (ret->n == 0)
                log_warning(
                        "exercises: the catalogue is empty; alerts come without an exercise until it is corrected");
}

/* If the file has errors, the mat is used without curves. */
static void load_response(const struct settings *settings, struct condition *condition) {
        const char *path = settings->condition.response_file;
        struct config_errors errors = {0};
        struct response *response = *path ? response_load(path, &errors) : NULL;

        config_errors_log(&errors);
        if (!condition_set_response(condition, response) && response)
                log_error("%s: the file has curves for %u cells, the mat has %u; the curves are not used", path,
                          response->n_cells, condition->geometry->n_cells);
        free(response);
}

/* ---- decisions ---- */

/* The timer is moved only when it would ring too late; when it rings too early, the handler moves it. */
static void arm_deadline(struct app *a) {
        if (a->deadline_us >= a->armed_us)
                return;
        a->armed_us = a->deadline_us;
        timer_set(a->deadline, to_real(&a->clock, a->deadline_us));
}

/* Saves the state as it is now; the last decision may be up to a second old. */
static void save_state(struct app *a) {
        struct memory memory;

        if (!a->state)
                return;
        pipeline_remember(&a->pipeline, max_u64(read_turn_time(a), a->snapshot.now_us), &memory);
        state_save(a->state, &memory);
}

static bool has_events(const struct snapshot *s) {
        uint32_t changes = (s->sitting.changes & ~(uint32_t)SITTING_SHIFTED) | s->alerts.changes;

        for (int i = 0; i < ALERT_KIND_N; i++)
                changes |= s->alerts.of[i].changes;
        return changes != 0;
}

/* The estimator decides whether the mat is silent. With --speed, a stall of milliseconds is seconds of virtual time: the
 * port is silent only after stale_ms of real time, too. */
static bool is_mat_online(const struct app *a) {
        uint64_t stale_us = (uint64_t)a->settings.device.stale_ms * 1000;

        if (a->pipeline.estimate.receiving || a->clock.speed == 1)
                return a->pipeline.estimate.receiving;
        return a->health.frames > 0 && a->clock.wake_us < to_real(&a->clock, a->mat.frame.arrived_us) + stale_us;
}

/* Makes one decision and posts it to the outlets. frame NULL: only time passed. */
static void make_decision(struct app *a, const struct frame *frame, uint64_t now_us) {
        a->deadline_us = pipeline_step(&a->pipeline, frame, now_us, &a->snapshot);
        arm_deadline(a);
        if (!a->snapshot.only_numbers)
                sitters_step(&a->sitters, &a->snapshot);
        if (a->health.mat_online != is_mat_online(a))
                mat_report(&a->mat, is_mat_online(a), &a->health);
        if (a->snapshot.alerts.changes & ALERTS_HELD_LONG)
                log_notice(
                        "alerts: do not disturb, by %s, has inhibited alerts for an hour; sitbonectl hold off ends a "
                        "request of yours, [alert] inhibit_most_min limits every request",
                        *a->snapshot.alerts.inhibited_by ? a->snapshot.alerts.inhibited_by : "a person");
        a->snapshot.health = a->health;
        for (int i = 0; i < a->n_outlets; i++)
                a->outlets[i].ops->post(a->outlets[i].self, &a->snapshot);
        if (!a->snapshot.only_numbers && has_events(&a->snapshot))
                save_state(a);
}

static void recall_tare(struct app *a) {
        struct memory_tare *tare = a->state ? malloc(sizeof(*tare)) : NULL;

        if (tare && state_load_tare(a->state, tare))
                condition_recall(&a->pipeline.condition, tare);
        free(tare);
}

/* Passes the wall clock to the pipeline. Done every second, because the clock may be set, and summer time begins and
 * ends. */
static void update_wall_clock(struct app *a, uint64_t now_us) {
        uint64_t realtime_us = clock_realtime_us();
        time_t t = (time_t)(realtime_us / USEC_PER_SEC);
        struct wall_clock clock = {.known = true, .now_us = now_us};
        struct tm tm;
        uint32_t second; /* of the day */

        localtime_r(&t, &tm);
        second = (uint32_t)(tm.tm_hour * 3600 + tm.tm_min * 60 + (tm.tm_sec < 60 ? tm.tm_sec : 59));
        clock.day_us = second * USEC_PER_SEC + realtime_us % USEC_PER_SEC;
        clock.weekday = (uint32_t)tm.tm_wday;
        pipeline_set_clock(&a->pipeline, &clock);
}

/* Without random bits no trial runs. */
static void init_pipeline(struct app *a, uint64_t now_us) {
        pipeline_init(&a->pipeline, &a->settings, &a->mat.layout.geometry, &a->exercises);
        if (getrandom(&a->pipeline.alert.trial.seed, sizeof(a->pipeline.alert.trial.seed), GRND_NONBLOCK) < 0)
                log_warning("no random numbers: [alert] trial withholds no prompt: %m");
        load_response(&a->settings, &a->pipeline.condition);
        update_wall_clock(a, now_us);
}

/* The first frame of a text mat sets the number of cells, and so does another mat in its place: starts the pipeline
 * again with the geometry that follows from it, in the same bout. */
static void learn_geometry(struct app *a, uint32_t n_cells) {
        uint32_t before = a->mat.layout.geometry.n_cells;
        struct memory memory;
        const char *why;

        if (n_cells == a->misfit_cells)
                return;
        why = mat_learn(&a->mat, n_cells);
        a->misfit_cells = why ? n_cells : 0;
        if (why) {
                log_error("[device] the mat sends %u cells a frame: %s", n_cells, why);
                return;
        }
        if (before > 0)
                log_notice("mat: %u cells a frame now instead of %u: probably another mat", n_cells, before);
        if (a->mat.layout.geometry.kind == GEOMETRY_UNPLACED)
                log_notice("mat: %u cells a frame; without [device] rows and cols there are only load and time, no "
                           "posture",
                           n_cells);
        pipeline_remember(&a->pipeline, a->snapshot.now_us, &memory);
        init_pipeline(a, a->snapshot.now_us);
        pipeline_recall(&a->pipeline, &memory, 0, a->snapshot.now_us);
        recall_tare(a);
        sitters_reload(&a->sitters);
}

static void on_frame(void *userdata, const struct frame *frame) {
        struct app *a = userdata;

        if (frame->n_cells != a->mat.layout.geometry.n_cells) {
                learn_geometry(a, frame->n_cells);
                return;
        }
        a->health.frames++;
        make_decision(a, frame, frame->arrived_us);
        end_turn(a);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata) {
        struct app *a = userdata;
        uint64_t now_us = read_turn_time(a);

        (void)source;
        a->armed_us = UINT64_MAX;
        if (now_us < a->deadline_us) { /* it moved on since the timer was set */
                arm_deadline(a);
                return 0;
        }
        if (a->clock.wake_us > usec + DEADLINE_LATE_US)
                a->health.deadlines_missed++;
        make_decision(a, NULL, now_us);
        end_turn(a);
        return 0;
}

/* ---- settings ---- */

/* The command line overrides every file, also at a reload. */
static void apply_options(const struct app_options *options, struct settings *settings) {
        if (options->device) {
                memset(settings->device.device, 0, sizeof(settings->device.device));
                snprintf(settings->device.device, sizeof(settings->device.device), "%s", options->device);
        }
        if (options->session_bus)
                settings->bus.bus = BUS_SESSION;
}

/* Controls that no longer go with the files are left out, and stay in their file. */
static void merge_settings(const struct settings_layer *files, const struct settings_layer *controls,
                           struct settings *ret, struct config_errors *errors) {
        struct config_errors doubts = {0};

        settings_merge(files, controls, NULL, ret, &doubts);
        if (doubts.n == 0)
                return;
        config_errors_log(&doubts);
        log_warning("settings: what was set while the daemon ran does not go with the files: the files count");
        settings_merge(files, NULL, NULL, ret, errors);
}

static void apply_settings(struct app *a, struct settings *settings) {
        char restart[512];

        apply_options(&a->options, settings);
        settings_restart_needed(&a->settings, settings, restart, sizeof(restart));
        if (*restart)
                log_notice("settings: these take effect at the next restart: %s", restart);
        a->settings = *settings;
        pipeline_configure(&a->pipeline, settings);
        for (int i = 0; i < a->n_outlets; i++)
                a->outlets[i].ops->configure(a->outlets[i].self, settings);
        make_decision(a, NULL, read_turn_time(a));
}

static void save_controls(struct app *a) {
        char text[STATE_CONTROLS_SIZE] = "";
        FILE *f = a->state ? fmemopen(text, sizeof(text), "w") : NULL;

        if (!f)
                return;
        settings_print_controls(f, &a->controls);
        fclose(f);
        state_save_controls(a->state, text);
}

/* All of the settings, or with one that is refused none. */
static enum command_result change_settings(struct app *a, const struct command *command, struct command_answer *ret) {
        struct settings_layer controls = a->controls;
        struct config_errors errors = {0};
        struct settings settings;
        char lines[COMMAND_SETTINGS_MAX], *rest = lines;

        snprintf(lines, sizeof(lines), "%s", command->settings);
        for (char *line; (line = strsep(&rest, "\n"));) {
                char *key = strsep(&line, "=");
                enum command_result result =
                        line ? settings_set_control(&controls, key, line, ret->why, sizeof(ret->why)) : COMMAND_OK;

                if (result != COMMAND_OK)
                        return result;
        }
        settings_merge(&a->files, &controls, NULL, &settings, &errors);
        if (errors.n > 0) {
                snprintf(ret->why, sizeof(ret->why), "%.*s", COMMAND_WHY_MAX - 1, errors.text[0]);
                return COMMAND_BAD_VALUE;
        }
        a->controls = controls;
        save_controls(a);
        apply_settings(a, &settings);
        log_info("settings: set by a command: %.*s", (int)strcspn(command->settings, "\n"), command->settings);
        return COMMAND_OK;
}

static enum command_result execute_command(void *userdata, const struct command *command, struct command_answer *ret) {
        struct app *a = userdata;
        uint64_t now_us = read_turn_time(a);
        enum command_result result;

        if (command->type == COMMAND_LABEL)
                result = mat_label(&a->mat, command->name);
        else if (command->type == COMMAND_SITTER)
                result = sitters_choose(&a->sitters, command->name);
        else if (command->type == COMMAND_SET)
                result = change_settings(a, command, ret);
        else
                result = pipeline_command(&a->pipeline, command, now_us, &a->snapshot, ret);
        if (result == COMMAND_OK) {
                sitters_note_command(&a->sitters, command->type, &a->snapshot);
                make_decision(a, NULL, now_us);
                save_state(a);
                a->tare_saved_us = 0;
        }
        end_turn(a);
        return result;
}

/* ---- once a second ---- */

/* A number that changes at local midnight. */
static int find_local_day(uint64_t realtime_us) {
        time_t t = (time_t)(realtime_us / USEC_PER_SEC);
        struct tm tm;

        localtime_r(&t, &tm);
        tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
        return (int)(timegm(&tm) / DAY_S);
}

/* Reports every midnight since the day `from`: a machine that slept over a weekend saw none of them. A clock that
 * was set back to an earlier day counts as one new day. */
static void begin_days(struct app *a, int from, uint64_t now_us) {
        int passed = a->today - from, days = passed < 0 ? 1 : passed < NEW_DAYS_MAX ? passed : NEW_DAYS_MAX;

        for (int i = 0; i < days; i++)
                pipeline_new_day(&a->pipeline, now_us);
}

static void watch_midnight(struct app *a) {
        int before = a->today;

        a->today = find_local_day(clock_realtime_us());
        if (a->today == before)
                return;
        begin_days(a, before, read_turn_time(a));
        save_state(a);
}

static void measure_frame_rate(struct app *a, uint64_t real_us) {
        struct health *h = &a->health;
        double seconds = (double)(real_us - a->tick_us) / 1e6;
        float rate;

        if (seconds <= 0.5)
                return;
        rate = (float)((double)(h->frames - a->frames_at_tick) / seconds);
        h->frame_rate_hz = isnan(h->frame_rate_hz) ? rate : h->frame_rate_hz * 0.7f + rate * 0.3f;
        if (h->frames == a->frames_at_tick && h->frame_rate_hz < 0.05f)
                h->frame_rate_hz = 0;
        a->frames_at_tick = h->frames;
        a->tick_us = real_us;
}

static void measure_health(struct app *a, uint64_t real_us) {
        struct health *h = &a->health;

        mat_report(&a->mat, is_mat_online(a), &a->health);
        measure_frame_rate(a, real_us);
        h->decide_worst_us = a->latency.worst_us;
        h->decide_p99_us = latency_p99_us(&a->latency);
        h->history_lost = 0;
        for (int i = 0; i < a->n_outlets; i++)
                if (a->outlets[i].ops->lost)
                        h->history_lost += a->outlets[i].ops->lost(a->outlets[i].self);
}

/* The baseline changes slowly and is large: it is saved at most once a minute, and only while the seat is empty. */
static void save_tare(struct app *a, uint64_t real_us) {
        struct memory_tare *tare;

        if (!a->state || !a->snapshot.map.tared || a->snapshot.posture.occupancy != OCCUPANCY_VACANT ||
            (a->tare_saved_us && real_us < a->tare_saved_us + TARE_SAVE_US))
                return;
        tare = malloc(sizeof(*tare));
        if (!tare)
                return;
        condition_remember(&a->pipeline.condition, tare);
        state_save_tare(a->state, tare);
        free(tare);
        a->tare_saved_us = real_us;
}

/* Everything is saved again after the directory or the memory file was removed or replaced. */
static void check_state(struct app *a, uint64_t real_us) {
        if (!a->state || real_us < a->state_checked_us + STATE_CHECK_US)
                return;
        a->state_checked_us = real_us;
        if (!state_check(a->state))
                return;
        save_state(a);
        a->tare_saved_us = 0;
        sitters_save(&a->sitters);
        save_controls(a);
}

static void notify_systemd(struct app *a) {
        const struct sitting *s = &a->snapshot.sitting;
        char status[sizeof(a->status)];
        int n;

        if (s->bout_started_us)
                n = snprintf(status, sizeof(status), "STATUS=seated %" PRIu64 " min",
                             (uint64_t)(s->bout.seated_us / (60 * USEC_PER_SEC)));
        else
                n = snprintf(status, sizeof(status), "STATUS=%s", occupancy_name(a->snapshot.posture.occupancy));
        for (int i = 0; i < a->n_outlets && n < (int)sizeof(status); i++)
                n += snprintf(status + n, sizeof(status) - (size_t)n, ", %s %s", a->outlets[i].ops->name,
                              a->outlets[i].ops->status(a->outlets[i].self));
        if (!a->health.mat_online && n < (int)sizeof(status))
                snprintf(status + n, sizeof(status) - (size_t)n, ", no frames from the mat: %s",
                         a->health.mat_trouble);
        if (strcmp(status, a->status) == 0)
                return;
        memcpy(a->status, status, sizeof(status));
        sd_notify(false, status);
}

/* With --speed a tick is a second of virtual time, as far as the machine is quick enough: a kill then loses no more
 * than that. */
static uint64_t tick_period_us(const struct app *a) {
        return a->options.speed <= 1 ? TICK_US : max_u64((uint64_t)(TICK_US / a->options.speed), TICK_MIN_US);
}

/* Logged once for each doubt. */
static void report_map_doubt(struct app *a) {
        const uint32_t doubts = a->snapshot.map.flaws & (FLAW_WAITING | FLAW_FALLS);

        if (doubts & ~a->doubts_reported)
                log_notice("mat: %s", map_doubt_text(map_doubt_name(doubts)));
        a->doubts_reported |= doubts;
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata) {
        struct app *a = userdata;
        uint64_t now_us = read_turn_time(a);
        bool silent;

        (void)usec;
        timer_set_relative(source, tick_period_us(a));
        update_wall_clock(a, now_us);
        mat_tick(&a->mat);
        /* a port that was opened again since the last tick was lost in between */
        pipeline_set_link(&a->pipeline, a->mat.link.connected_us > 0 && a->mat.reopened == a->health.reopened, now_us);
        silent = a->health.frames == a->frames_at_tick;
        measure_health(a, a->clock.wake_us);
        a->snapshot.health = a->health;
        if (silent) /* otherwise frames bring decisions */
                make_decision(a, NULL, now_us);
        report_map_doubt(a);
        watch_midnight(a);
        if (a->snapshot.sitting.bout_started_us || a->snapshot.sitting.phase == SITTING_CONFIRMING)
                save_state(a);
        check_state(a, a->clock.wake_us);
        save_tare(a, a->clock.wake_us);
        notify_systemd(a);
        end_turn(a);
        return 0;
}

/* ---- reload ---- */

/* SIGHUP: reads settings and response curves again; with an error in the settings the previous ones remain active.
 * This happens between two frames, which wait in the kernel meanwhile: a third of a millisecond with the curves of
 * 32x32 cells, one and a half with those of 64x64, as long as the files are in memory. */
static int on_reload(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata) {
        struct app *a = userdata;
        struct config_errors errors = {0};
        struct settings_layer files;
        struct settings settings;
        uint64_t monotonic_us = 0;

        (void)source;
        (void)si;
        sd_event_now(a->event, CLOCK_MONOTONIC, &monotonic_us);
        sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, monotonic_us);
        settings_load_layer(a->options.config_path, false, &files, &errors);
        merge_settings(&files, &a->controls, &settings, &errors);
        if (errors.n > 0) {
                config_errors_log(&errors);
                log_error("settings: %d error%s in the new settings; the previous settings remain active", errors.n,
                          errors.n == 1 ? "" : "s");
        } else {
                a->files = files;
                apply_settings(a, &settings);
                load_response(&a->settings, &a->pipeline.condition);
                log_info("settings: reloaded");
        }
        sd_notify(false, "READY=1");
        return 0;
}

/* ---- start and stop ---- */

static void recall_state(struct app *a) {
        uint64_t now_us = read_turn_time(a), elapsed_us;
        struct memory memory;
        const char *why;

        recall_tare(a);
        if (!state_load(a->state, &memory, &elapsed_us, &why)) {
                log_info("state: starting without: %s", why);
                return;
        }
        pipeline_recall(&a->pipeline, &memory, elapsed_us, now_us);
        begin_days(a, find_local_day(clock_realtime_us() - elapsed_us), now_us);
        log_info("state: restored after %.1f s", (double)elapsed_us / 1e6);
}

/* -EBUSY, after a message, when another process uses the directory; without any other directory the daemon runs, too. */
static int open_state(struct app *a) {
        int r;

        if (!a->options.state_directory) {
                log_notice("state: no state directory, so a restart will forget the bout");
                return 0;
        }
        r = state_new(a->options.state_directory, &a->state);
        if (r == -EBUSY)
                return r;
        if (r < 0)
                log_warning("state: %s: %s: a restart will forget the bout", a->options.state_directory, strerror(-r));
        return 0;
}

/* The daemon runs without a history when it cannot be opened. */
static void open_history(struct app *a) {
        struct outlet *outlet = &a->outlets[a->n_outlets];
        int r;

        if (!a->settings.history.enabled || !a->options.state_directory)
                return;
        r = history_new(a->options.state_directory, &a->settings, a->options.speed, outlet);
        if (r < 0) {
                log_warning("history: %s: nothing is recorded", strerror(-r));
                return;
        }
        a->n_outlets++;
        outlet->ops->post(outlet->self, &a->snapshot); /* the state that was restored */
}

static int open_tap(void *userdata, const char **ret_head) {
        struct app *a = userdata;

        return mat_tap(&a->mat, ret_head);
}

static int open_outlets(struct app *a) {
        const struct outlet_host host = {a->event, &a->settings, &a->identity, execute_command, a};
        const struct outlet *mqtt = NULL;
        int r;

        if (a->settings.mqtt.enabled) {
                r = mqtt_new(&host, &a->outlets[a->n_outlets]);
                if (r < 0)
                        return r;
                mqtt = &a->outlets[a->n_outlets++];
        }
        if (a->settings.bus.bus != BUS_OFF) {
                r = bus_new(&host, open_tap, mqtt, &a->outlets[a->n_outlets]);
                if (r < 0)
                        return r;
                a->n_outlets++;
        }
        open_history(a);
        return 0;
}

/* The first decision sets the deadline. */
static void add_timers(struct app *a) {
        a->armed_us = UINT64_MAX;
        timer_add(a->event, &a->tick, a->options.speed > 1 ? 0 : TICK_US, on_tick, a, "tick");
        timer_add(a->event, &a->deadline, FAR_AWAY_US, on_deadline, a, "deadline");
}

static int add_signals(struct app *a) {
        sigset_t mask;
        int r;

        sigemptyset(&mask);
        sigaddset(&mask, SIGHUP);
        sigaddset(&mask, SIGTERM);
        sigaddset(&mask, SIGINT);
        if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0) /* before any thread is made */
                return -errno;
        signal(SIGPIPE, SIG_IGN);
        r = sd_event_set_signal_exit(a->event, true);
        if (r >= 0)
                r = sd_event_add_signal(a->event, NULL, SIGHUP, on_reload, a);
        if (r >= 0)
                r = sd_event_set_watchdog(a->event, true);
        return r;
}

static void become_realtime(const struct settings_realtime *realtime) {
        struct sched_param param = {.sched_priority = realtime->priority};

        if (realtime->lock_memory && mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
                log_warning("realtime: lock_memory: %s (LimitMEMLOCK=infinity in the unit?)", strerror(errno));
        if (realtime->priority > 0 && sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param) < 0)
                log_warning("realtime: priority %d: %s (LimitRTPRIO in the unit?)", realtime->priority,
                            strerror(errno));
}

/* The event loop, the mat and everything that its settings need. */
static int prepare_loop(struct app *a) {
        int r = sd_event_default(&a->event);

        if (r < 0)
                return r;
        r = add_signals(a);
        if (r < 0)
                return r;
        add_timers(a);
        load_exercises(&a->settings, &a->exercises);
        return mat_init(&a->mat, a->event, &a->settings.device, read_turn_time, on_frame, a);
}

static int start_app(struct app *a) {
        int r = prepare_loop(a);

        if (r >= 0)
                r = open_state(a); /* before the mat is opened: another process may be reading it */
        if (r < 0)
                return r;
        a->tick_us = clock_boottime_us();
        a->clock = (struct virtual_clock){.event = a->event, .speed = a->options.speed};
        continue_clock(&a->clock, a->tick_us);
        a->today = find_local_day(clock_realtime_us());
        a->health.frame_rate_hz = NAN;
        init_pipeline(a, read_turn_time(a));
        mat_start(&a->mat);
        identity_make(&a->settings, a->mat.format, &a->mat.layout.geometry,
                      a->mat.port ? port_chip(a->mat.port).serial_number : "", a->options.state_directory,
                      &a->identity);
        if (a->state)
                recall_state(a);
        sitters_init(&a->sitters, &a->pipeline, &a->settings, a->options.state_directory);
        make_decision(a, NULL, read_turn_time(a)); /* the first snapshot: nothing is known yet */
        r = open_outlets(a);
        if (r < 0)
                return r;
        become_realtime(&a->settings.realtime);
        log_notice("seat %s: %s, format %s", a->identity.seat_id, a->identity.mat_model, a->identity.mat_format);
        malloc_trim(0);                              /* returns memory that only the start needed */
        continue_clock(&a->clock, a->clock.turn_us); /* starting takes no virtual time */
        sd_notify(false, "READY=1");
        return 0;
}

static void stop_app(struct app *a) {
        sd_notify(false, "STOPPING=1");
        mat_stop(&a->mat);
        if (a->event)
                save_state(a);
        while (a->n_outlets > 0) {
                struct outlet *outlet = &a->outlets[--a->n_outlets];

                outlet->ops->free(outlet->self);
        }
        state_free(a->state);
        sitters_free(&a->sitters);
        sd_event_source_unref(a->deadline);
        sd_event_source_unref(a->tick);
        sd_event_unref(a->event);
}

int app_run(const struct app_options *options, const struct settings_layer *files) {
        struct app *a = calloc(1, sizeof(*a));
        struct config_errors errors = {0};
        int r;

        if (!a)
                return -ENOMEM;
        a->options = *options;
        a->files = *files;
        settings_load_layer(options->state_directory, true, &a->controls, &errors);
        config_errors_log(&errors);
        merge_settings(&a->files, &a->controls, &a->settings, &errors);
        apply_options(options, &a->settings);
        r = start_app(a);
        if (r >= 0)
                r = sd_event_loop(a->event);
        if (r < 0)
                log_error("sitboned ends: %s%s", strerror(-r),
                          r == -EMFILE ? "; allow it 32 descriptors or more (LimitNOFILE= in the unit, ulimit -n)"
                                       : "");
        stop_app(a);
        free(a);
        return r < 0 ? r : 0;
}
