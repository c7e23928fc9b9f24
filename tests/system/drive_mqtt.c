/* SPDX-License-Identifier: MIT */
/* Drives the MQTT outlet with generated snapshots, 100 per second, as the decision thread does: for tests against a real
 * broker. Argument: a settings file. Lines on standard input change the snapshots. Commands, status and the longest
 * time of a post are printed, one per line. */
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configure/settings.h"
#include "publish/mqtt/outlet.h"
#include "util/clock.h"
#include "util/log.h"
#include "words/names.h"

#define MIN_US (60 * USEC_PER_SEC)

struct drive {
        struct settings settings;
        struct identity identity;
        struct outlet outlet;
        struct snapshot snapshot;
        enum command_result result; /* result of every command */
        uint64_t posts, worst_us, next_id;
        const char *status;
        bool quit;
};

static struct geometry geometry = {.kind = GEOMETRY_GRID, .n_cells = 1024, .rows = 32, .cols = 32};
static const struct exercise_catalogue catalogue = {
        .n = 1,
        .of = {{.id = "standing-glute-contraction",
                .name = "Standing glute contraction",
                .dose = "10 x 5 s",
                .how = "Stand, tighten both glutes, hold \"firmly\", let go.",
                .prompt = true}},
};

static enum command_result execute(void *userdata, const struct command *c, struct command_answer *ret) {
        static const char *const names[COMMAND_TYPE_N] = {
                [COMMAND_SNOOZE] = "snooze",   [COMMAND_DONE] = "done",     [COMMAND_CALIBRATE] = "calibrate",
                [COMMAND_TARE] = "tare",       [COMMAND_SKIP] = "skip",     [COMMAND_PAUSE] = "pause",
                [COMMAND_RESUME] = "resume",   [COMMAND_INHIBIT] = "hold",  [COMMAND_TEACH] = "teach",
                [COMMAND_UNTEACH] = "unteach", [COMMAND_SITTER] = "sitter", [COMMAND_WORKOUT] = "session",
                [COMMAND_LABEL] = "label",     [COMMAND_SET] = "set",
        };
        struct drive *d = userdata;

        printf("command %s %" PRIu32 " %d%s%s%s%.*s\n", names[c->type], c->minutes, (int)c->target,
               *c->name ? " " : "", c->name, *c->settings ? " " : "", (int)strcspn(c->settings, "\n"), c->settings);
        if (c->alert_id) /* as if it were open */
                *ret = (struct command_answer){.alert_id = c->alert_id, .alert = ALERT_STILL};
        return d->result;
}

static void init(struct drive *d, const char *config) {
        static struct config_errors mistakes;

        settings_load(config, &d->settings, &mistakes);
        for (int i = 0; i < mistakes.n && i < CONFIG_ERRORS_MAX; i++)
                fprintf(stderr, "%s\n", mistakes.text[i]);
        if (mistakes.n)
                exit(2);
        snprintf(d->identity.seat_id, sizeof(d->identity.seat_id), "%s", d->settings.seat.id);
        snprintf(d->identity.seat_name, sizeof(d->identity.seat_name), "Desk chair");
        snprintf(d->identity.area, sizeof(d->identity.area), "%s", d->settings.seat.area);
        snprintf(d->identity.mat_model, sizeof(d->identity.mat_model), "Seat pressure mat 32x32");
        snprintf(d->identity.mat_format, sizeof(d->identity.mat_format), "jq-seat-32");
        snprintf(d->identity.version, sizeof(d->identity.version), "0.1.0");
        d->snapshot.geometry = &geometry;
        d->snapshot.exercises = &catalogue;
        d->snapshot.posture.occupancy = OCCUPANCY_VACANT;
        d->snapshot.posture.posture_class = POSTURE_VACANT;
        d->snapshot.posture.tilt_deg = d->snapshot.posture.obliquity_deg = (struct uncertain){NAN, NAN};
        d->snapshot.posture.asymmetry = NAN;
        d->snapshot.health.mat_online = true;
        d->snapshot.health.frame_rate_hz = 100;
        d->next_id = 1;
}

/* ---- commands on standard input ---- */

static void sit(struct drive *d, float tilt) {
        struct posture *p = &d->snapshot.posture;

        p->occupancy = OCCUPANCY_PERSON;
        p->posture_class = tilt < -5 ? POSTURE_SLOUCHED : POSTURE_UPRIGHT;
        p->confidence = 0.86f;
        p->tilt_deg = (struct uncertain){tilt, 3.5f};
        p->obliquity_deg = (struct uncertain){2, 1.5f};
        p->asymmetry = -0.06f;
        p->referenced = true;
        if (d->snapshot.sitting.phase == SITTING_SEATED)
                return;
        d->snapshot.sitting.phase = SITTING_SEATED;
        d->snapshot.sitting.bout_started_us = clock_boottime_us();
        d->snapshot.sitting.changes |= SITTING_BOUT_STARTED;
        d->snapshot.alerts.activate_due_us = clock_boottime_us() + 30 * MIN_US;
}

static void stand(struct drive *d) {
        struct posture *p = &d->snapshot.posture;

        *p = (struct posture){
                .occupancy = OCCUPANCY_VACANT, .posture_class = POSTURE_VACANT, .referenced = p->referenced};
        p->tilt_deg = p->obliquity_deg = (struct uncertain){NAN, NAN};
        p->asymmetry = NAN;
        d->snapshot.sitting.phase = SITTING_AWAY;
        d->snapshot.sitting.last_bout_us = 31 * MIN_US;
        d->snapshot.sitting.bout_started_us = 0;
        d->snapshot.sitting.changes |= SITTING_BOUT_ENDED | SITTING_BREAK;
        d->snapshot.alerts.activate_due_us = 0;
}

static void raise_alert(struct drive *d, int kind) {
        d->snapshot.alerts.of[kind] = (struct alert){.changes = ALERT_RAISED,
                                                     .open = true,
                                                     .id = d->next_id++,
                                                     .raised_us = clock_boottime_us(),
                                                     .seated_us = 31 * MIN_US,
                                                     .cause_us = 31 * MIN_US,
                                                     .limit_us = 30 * MIN_US,
                                                     .break_us = 2 * MIN_US,
                                                     .slouched_share = 0.64f,
                                                     .asymmetry = NAN,
                                                     .exercise = kind == ALERT_ACTIVATE ? 0 : -1};
        d->snapshot.alerts.raised_today++;
}

static void clear_alert(struct drive *d, int kind, int outcome) {
        struct alert *a = &d->snapshot.alerts.of[kind];

        a->open = false;
        a->changes |= ALERT_CLEARED;
        a->outcome = (enum alert_outcome)outcome;
        a->closed_us = a->answered_us = clock_boottime_us();
}

static void stats(struct drive *d) {
        printf("posts %" PRIu64 " worst_us %" PRIu64 "\n", d->posts, d->worst_us);
        d->worst_us = d->posts = 0;
}

static void switch_discovery(struct drive *d, int on) {
        d->settings.mqtt.discovery = on;
        d->outlet.ops->configure(d->outlet.self, &d->settings);
}

/* A line is a word and up to two numbers. */
static void obey(struct drive *d, const char *line) {
        size_t n = strcspn(line, " ");
        char *rest;
        double a = strtod(line + n, &rest), b = strtod(rest, NULL);

        if (strncmp(line, "sit", n) == 0)
                sit(d, (float)a);
        else if (strncmp(line, "stand", n) == 0)
                stand(d);
        else if (strncmp(line, "raise", n) == 0)
                raise_alert(d, (int)a);
        else if (strncmp(line, "clear", n) == 0)
                clear_alert(d, (int)a, (int)b);
        else if (strncmp(line, "mat", n) == 0)
                d->snapshot.health.mat_online = a > 0;
        else if (strncmp(line, "result", n) == 0)
                d->result = (enum command_result)a;
        else if (strncmp(line, "discovery", n) == 0)
                switch_discovery(d, (int)a);
        else if (strncmp(line, "stats", n) == 0)
                stats(d);
        else if (strncmp(line, "quit", n) == 0)
                d->quit = true;
}

/* Reads one line per turn, so that each is posted separately. */
static void hear(struct drive *d) {
        char line[256];
        size_t n = 0;

        while (n < sizeof(line) - 1 && read(STDIN_FILENO, line + n, 1) == 1 && line[n] != '\n')
                n++;
        d->quit = n == 0;
        line[n] = '\0';
        obey(d, line);
}

static void post(struct drive *d) {
        uint64_t before_us = clock_boottime_us(), took_us;

        d->snapshot.now_us = before_us;
        d->snapshot.fresh = true;
        d->snapshot.health.frames++;
        d->outlet.ops->post(d->outlet.self, &d->snapshot);
        took_us = clock_boottime_us() - before_us;
        d->worst_us = took_us > d->worst_us ? took_us : d->worst_us;
        d->posts++;
        d->snapshot.sitting.changes = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                d->snapshot.alerts.of[k].changes = 0;
}

static void say_status(struct drive *d) {
        const char *status = d->outlet.ops->status(d->outlet.self);

        if (status != d->status)
                printf("status %s\n", status);
        d->status = status;
}

int main(int argc, char **argv) {
        static struct drive d;
        struct pollfd p[2] = {{STDIN_FILENO, POLLIN, 0}, {-1, POLLIN, 0}};
        sd_event *event = NULL;
        uint64_t stop_us;

        if (argc != 2)
                return 2;
        setvbuf(stdout, NULL, _IOLBF, 0);
        log_open(LOG_LEVEL_DEBUG);
        init(&d, argv[1]);
        if (sd_event_new(&event) < 0 ||
            mqtt_new(&(struct outlet_host){event, &d.settings, &d.identity, execute, &d}, &d.outlet) < 0)
                return 1;
        p[1].fd = sd_event_get_fd(event);
        while (!d.quit) {
                poll(p, 2, 10);
                if (p[0].revents)
                        hear(&d);
                sd_event_run(event, 0); /* also when nothing is readable: it arms the timers */
                post(&d);
                say_status(&d);
        }
        stop_us = clock_boottime_us();
        d.outlet.ops->free(d.outlet.self);
        sd_event_unref(event);
        printf("stopped in_us %" PRIu64 "\n", clock_boottime_us() - stop_us);
        return 0;
}
