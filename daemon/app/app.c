/* SPDX-License-Identifier: MIT */
/* One thread reads the mat, decides and hands snapshots on. Nothing here may wait for a network, a disk or a peer. */
#include "app/app.h"

#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <systemd/sd-daemon.h>

#include "app/identity.h"
#include "publish/bus/outlet.h"
#include "publish/history/outlet.h"
#include "publish/mqtt/outlet.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/minmax.h"

enum { LATE_US = 50000, ACCURACY_US = 50000 };

/* ---- time: virtual time is real time unless --speed says otherwise ---- */

/* A machine that cannot keep up with --speed makes time pass slower: a later turn would look like one that slept. */
#define TURN_MOST_US (5 * USEC_PER_SEC)

static uint64_t virtual_of(const struct app *a, uint64_t real_us) {
        return a->epoch_virtual_us + (uint64_t)((double)(real_us - a->epoch_us) * a->options.speed);
}

uint64_t app_real_of(const struct app *a, uint64_t virtual_us) {
        if (a->options.speed == 1)
                return virtual_us;
        return a->epoch_us +
               (uint64_t)(int64_t)((double)(int64_t)(virtual_us - a->epoch_virtual_us) / a->options.speed);
}

/* From here virtual time goes on where the last turn was. */
static void run_on(struct app *a, uint64_t real_us, uint64_t virtual_us) {
        a->epoch_us = real_us;
        a->epoch_virtual_us = a->turn_us = virtual_us;
}

/* The moment this turn of the loop began: read once, the same for all that is decided in it. */
uint64_t app_turn_time(void *userdata) {
        struct app *a = userdata;
        uint64_t real_us;

        if (sd_event_now(a->event, CLOCK_BOOTTIME, &real_us) < 0)
                real_us = clock_boottime_us();
        a->wake_us = real_us;
        if (a->options.speed == 1)
                return real_us;
        if (virtual_of(a, real_us) > a->turn_us + TURN_MOST_US)
                run_on(a, real_us, a->turn_us + TURN_MOST_US);
        a->turn_us = virtual_of(a, real_us);
        return a->turn_us;
}

/* ---- deciding ---- */

/* The timer is moved only when it would ring too late; ringing too early is put right when it rings. */
static void arm_deadline(struct app *a) {
        if (a->deadline_us >= a->armed_us)
                return;
        a->armed_us = a->deadline_us;
        sd_event_source_set_time(a->deadline, app_real_of(a, a->deadline_us));
        sd_event_source_set_enabled(a->deadline, SD_EVENT_ONESHOT);
}

/* Ages as they are now: the last decision may be a second old. */
void app_remember(struct app *a) {
        struct memory memory;

        if (!a->state)
                return;
        pipeline_remember(&a->pipeline, max_u64(app_turn_time(a), a->snapshot.now_us), &memory);
        state_save(a->state, &memory);
}

static bool something_happened(const struct snapshot *s) {
        uint32_t changes = s->sitting.changes & ~(uint32_t)SITTING_SHIFTED;

        for (int i = 0; i < ALERT_KIND_N; i++)
                changes |= s->alerts.of[i].changes;
        return changes != 0;
}

void app_decide(struct app *a, const struct frame *frame, uint64_t now_us) {
        a->deadline_us = pipeline_step(&a->pipeline, frame, now_us, &a->snapshot);
        arm_deadline(a);
        if (!a->snapshot.only_numbers)
                app_learn(a);
        a->snapshot.health = a->health;
        for (int i = 0; i < a->n_outlets; i++)
                a->outlets[i].ops->post(a->outlets[i].self, &a->snapshot);
        if (!a->snapshot.only_numbers && something_happened(&a->snapshot))
                app_remember(a);
}

static void recall_tare(struct app *a) {
        struct memory_tare *tare = a->state ? malloc(sizeof(*tare)) : NULL;

        if (tare && state_load_tare(a->state, tare))
                condition_recall(&a->pipeline.condition, tare);
        free(tare);
}

/* How long this turn kept the loop from everything else: a frame, or a timer, or commands. */
void app_turn_ends(struct app *a) {
        latency_add(&a->latency, clock_boottime_us() - a->wake_us);
}

/* A text mat says how many cells it has with its first line, and another mat in its place with its own: start again with
 * the geometry that follows from it, in the same bout. */
static void learn_geometry(struct app *a, uint32_t n_cells) {
        uint32_t before = a->mat.layout.geometry.n_cells;
        struct memory memory;
        const char *why;

        if (n_cells == a->unfit_cells)
                return;
        why = mat_learn(&a->mat, n_cells);
        a->unfit_cells = why ? n_cells : 0;
        if (why) {
                log_error("[device] the mat sends %u cells a frame: %s", n_cells, why);
                return;
        }
        if (before > 0)
                log_notice("mat: %u cells a frame now, not %u: another mat, it seems", n_cells, before);
        if (a->mat.layout.geometry.kind == GEOMETRY_UNPLACED)
                log_notice("mat: %u cells a frame; without [device] rows and cols only load and time, no posture",
                           n_cells);
        pipeline_remember(&a->pipeline, a->snapshot.now_us, &memory);
        pipeline_init(&a->pipeline, &a->settings, &a->mat.layout.geometry, &a->exercises);
        app_respond(a);
        app_tell_time(a, a->snapshot.now_us);
        pipeline_recall(&a->pipeline, &memory, 0, a->snapshot.now_us);
        recall_tare(a);
        app_learn_again(a);
}

static void on_frame(void *userdata, const struct frame *frame) {
        struct app *a = userdata;

        if (frame->n_cells != a->mat.layout.geometry.n_cells) {
                learn_geometry(a, frame->n_cells);
                return;
        }
        a->health.frames++;
        a->health.mat_online = true;
        app_decide(a, frame, frame->arrived_us);
        app_turn_ends(a);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata) {
        struct app *a = userdata;
        uint64_t now_us = app_turn_time(a);

        (void)source;
        a->armed_us = UINT64_MAX;
        if (now_us < a->deadline_us) { /* it moved on since the timer was set */
                arm_deadline(a);
                return 0;
        }
        if (a->wake_us > usec + LATE_US)
                a->health.deadlines_missed++;
        app_decide(a, NULL, now_us);
        app_turn_ends(a);
        return 0;
}

static enum command_result execute(void *userdata, const struct command *command) {
        struct app *a = userdata;
        uint64_t now_us = app_turn_time(a);
        enum command_result result = command->type == COMMAND_SITTER
                                             ? app_sitter(a, command)
                                             : pipeline_command(&a->pipeline, command, now_us, &a->snapshot);

        if (result == COMMAND_OK) {
                app_learn_by_hand(a, command->type);
                app_decide(a, NULL, now_us);
                app_remember(a);
                a->tare_saved_us = 0;
        }
        app_turn_ends(a);
        return result;
}

/* ---- start and stop ---- */

static void recall(struct app *a) {
        uint64_t now_us = app_turn_time(a), elapsed_us;
        struct memory memory;
        const char *why;

        recall_tare(a);
        if (!state_load(a->state, &memory, &elapsed_us, &why)) {
                log_info("state: starting afresh: %s", why);
                return;
        }
        pipeline_recall(&a->pipeline, &memory, elapsed_us, now_us);
        app_new_day(a, app_local_day(clock_realtime_us() - elapsed_us), now_us);
        log_info("state: taken up again after %.1f s", (double)elapsed_us / 1e6);
}

static void open_state(struct app *a) {
        int r;

        if (!a->options.state_directory) {
                log_notice("state: no state directory, a restart will forget the bout");
                return;
        }
        r = state_new(a->options.state_directory, &a->state);
        if (r < 0)
                log_warning("state: %s: %s: a restart will forget the bout", a->options.state_directory, strerror(-r));
        else
                recall(a);
}

/* Without it the daemon does all else. */
static void open_history(struct app *a) {
        struct outlet *outlet = &a->outlets[a->n_outlets];
        int r;

        if (!a->settings.history.enabled || !a->options.state_directory)
                return;
        r = history_new(a->options.state_directory, &a->settings, a->options.speed, outlet);
        if (r < 0) {
                log_warning("history: %s: nothing is kept", strerror(-r));
                return;
        }
        a->n_outlets++;
        outlet->ops->post(outlet->self, &a->snapshot); /* what was taken up after a restart */
}

static int tap(void *userdata, const char **ret_head) {
        struct app *a = userdata;

        return mat_tap(&a->mat, ret_head);
}

static int open_outlets(struct app *a) {
        const struct outlet_host host = {a->event, &a->settings, &a->identity, execute, a};
        const struct outlet *mqtt = NULL;
        int r;

        if (a->settings.mqtt.enabled) {
                r = mqtt_new(&host, &a->outlets[a->n_outlets]);
                if (r < 0)
                        return r;
                mqtt = &a->outlets[a->n_outlets++];
        }
        if (a->settings.bus.bus != BUS_OFF) {
                r = bus_new(&host, tap, mqtt, &a->outlets[a->n_outlets]);
                if (r < 0)
                        return r;
                a->n_outlets++;
        }
        open_history(a);
        return 0;
}

static int add_timers(struct app *a) {
        int r;

        a->armed_us = UINT64_MAX;
        r = sd_event_add_time(a->event, &a->deadline, CLOCK_BOOTTIME, UINT64_MAX, 1000, on_deadline, a);
        if (r < 0)
                return r;
        sd_event_source_set_enabled(a->deadline, SD_EVENT_OFF);
        sd_event_source_set_description(a->deadline, "deadline");
        r = sd_event_add_time_relative(a->event, &a->tick, CLOCK_BOOTTIME, a->options.speed > 1 ? 0 : APP_TICK_US,
                                       ACCURACY_US, app_tick, a);
        if (r < 0)
                return r;
        sd_event_source_set_enabled(a->tick, SD_EVENT_ON);
        sd_event_source_set_description(a->tick, "tick");
        return 0;
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
                r = sd_event_add_signal(a->event, NULL, SIGHUP, app_reload, a);
        if (r >= 0)
                r = sd_event_set_watchdog(a->event, true);
        return r;
}

static void be_realtime(const struct settings_realtime *realtime) {
        struct sched_param param = {.sched_priority = realtime->priority};

        if (realtime->lock_memory && mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
                log_warning("realtime: lock_memory: %s (LimitMEMLOCK=infinity in the unit?)", strerror(errno));
        if (realtime->priority > 0 && sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param) < 0)
                log_warning("realtime: priority %d: %s (LimitRTPRIO in the unit?)", realtime->priority,
                            strerror(errno));
}

static int start(struct app *a) {
        int r = sd_event_default(&a->event);

        if (r >= 0)
                r = add_signals(a);
        if (r >= 0)
                r = add_timers(a);
        if (r >= 0)
                r = app_exercises(a);
        if (r >= 0)
                r = mat_init(&a->mat, a->event, &a->settings.device, app_turn_time, on_frame, a);
        if (r < 0)
                return r;

        a->tick_us = clock_boottime_us();
        run_on(a, a->tick_us, a->tick_us);
        a->today = app_local_day(clock_realtime_us());
        a->health.frame_rate_hz = NAN;
        pipeline_init(&a->pipeline, &a->settings, &a->mat.layout.geometry, &a->exercises);
        app_respond(a);
        app_tell_time(a, app_turn_time(a));
        mat_start(&a->mat);
        identity_make(&a->settings, a->mat.format, &a->mat.layout.geometry,
                      a->mat.port ? port_serial_number(a->mat.port) : "", a->options.state_directory, &a->identity);
        open_state(a);
        app_learn_open(a);
        app_decide(a, NULL, app_turn_time(a)); /* the first snapshot: nothing is known yet */
        r = open_outlets(a);
        if (r < 0)
                return r;
        be_realtime(&a->settings.realtime);
        log_notice("seat %s: %s, format %s", a->identity.seat_id, a->identity.mat_model, a->identity.mat_format);
        malloc_trim(0);                             /* what only starting needed goes back */
        run_on(a, clock_boottime_us(), a->turn_us); /* starting takes no virtual time */
        sd_notify(false, "READY=1");
        return 0;
}

static void stop(struct app *a) {
        sd_notify(false, "STOPPING=1");
        mat_stop(&a->mat);
        if (a->event)
                app_remember(a);
        while (a->n_outlets > 0) {
                struct outlet *outlet = &a->outlets[--a->n_outlets];
                outlet->ops->free(outlet->self);
        }
        state_free(a->state);
        profiles_free(a->profiles);
        sd_event_source_unref(a->deadline);
        sd_event_source_unref(a->tick);
        sd_event_unref(a->event);
}

int app_run(const struct app_options *options, const struct settings *settings) {
        struct app *a = calloc(1, sizeof(*a));
        int r;

        if (!a)
                return -ENOMEM;
        a->options = *options;
        a->settings = *settings;
        app_override(options, &a->settings);
        r = start(a);
        if (r >= 0)
                r = sd_event_loop(a->event);
        if (r < 0)
                log_error("cannot go on: %s", strerror(-r));
        stop(a);
        free(a);
        return r < 0 ? r : 0;
}
