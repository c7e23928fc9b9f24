/* SPDX-License-Identifier: MIT */
/* A seat without a mat for tests of the bus and the agent: the real follow stages and the real bus outlet, with a posture
 * and virtual time that the test gives on standard input, one command a line:
 *     person | slouched | vacant      state of the seat from now on
 *     skip SECONDS                    time passes
 *     online 0|1                      frames come, or not
 *     exercise TEXT                   the name of the only exercise
 *     workouts N                      this many are planned a week, and it is Monday
 *     heads-up SECONDS                announces the prompt to stand up this long before
 *     desktop 0|1                     the setting of this name, as at a reload
 *     busy 0|1                        commands are refused, or not
 *     storm N                         N snapshots at once, each with another posture
 * Each line is answered "ok" when done; each command from the bus is printed as "command VERB MINUTES TARGET RESULT". */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "configure/settings.h"
#include "core/follow/alert.h"
#include "core/follow/sitting.h"
#include "publish/bus/outlet.h"
#include "util/clock.h"
#include "util/log.h"
#include "words/names.h"

struct drive {
        struct settings settings;
        struct identity identity;
        struct geometry geometry;
        struct exercise_catalogue exercises;
        struct snapshot snapshot;
        struct sitting_tracker sitting;
        struct alert_tracker alert;
        struct outlet bus;
        uint64_t now_us;
        bool busy;
        char line[256];
        size_t n;
};

static void step_time(struct drive *d, uint64_t by_us) {
        struct snapshot *s = &d->snapshot;

        d->now_us += by_us;
        s->now_us = d->now_us;
        sitting_step(&d->sitting, &s->posture, d->now_us, &s->sitting);
        alert_step(&d->alert, &s->sitting, d->now_us, &s->alerts);
        d->bus.ops->post(d->bus.self, s);
}

static enum command_result execute_command(void *userdata, const struct command *c, struct command_answer *ret) {
        struct drive *d = userdata;
        enum command_result r = d->busy ? COMMAND_BUSY : alert_command(&d->alert, c, d->now_us, ret);

        if (r == COMMAND_UNKNOWN)
                r = COMMAND_NO_FRAMES;
        printf("command %d %" PRIu32 " %d %s\n", (int)c->type, c->minutes, (int)c->target, command_result_name(r));
        fflush(stdout);
        step_time(d, 0);
        return r;
}

static void seat_sitter(struct drive *d, enum occupancy occupancy, enum posture_class kind) {
        struct posture *p = &d->snapshot.posture;

        *p = (struct posture){.occupancy = occupancy,
                              .occupancy_since_us = d->now_us,
                              .posture_class = kind,
                              .class_since_us = d->now_us,
                              .confidence = 0.9f,
                              .tilt_deg = {kind == POSTURE_SLOUCHED ? -9 : 0, 4},
                              .obliquity_deg = {NAN, NAN},
                              .asymmetry = 0};
        step_time(d, 0);
}

/* Steps as the pipeline does at a frame a second. */
static void skip_time(struct drive *d, unsigned seconds) {
        for (unsigned i = 0; i < seconds; i++)
                step_time(d, USEC_PER_SEC);
}

static void post_storm(struct drive *d, unsigned n) {
        for (unsigned i = 0; i < n; i++) {
                d->snapshot.posture.posture_class = i % 2 ? POSTURE_ARCHED : POSTURE_UPRIGHT;
                step_time(d, 10000);
        }
}

static void obey_line(struct drive *d, const char *line) {
        if (strcmp(line, "person") == 0)
                seat_sitter(d, OCCUPANCY_PERSON, POSTURE_UPRIGHT);
        else if (strcmp(line, "slouched") == 0)
                seat_sitter(d, OCCUPANCY_PERSON, POSTURE_SLOUCHED);
        else if (strcmp(line, "vacant") == 0)
                seat_sitter(d, OCCUPANCY_VACANT, POSTURE_VACANT);
        else if (strncmp(line, "skip ", 5) == 0)
                skip_time(d, (unsigned)strtoul(line + 5, NULL, 10));
        else if (strncmp(line, "storm ", 6) == 0)
                post_storm(d, (unsigned)strtoul(line + 6, NULL, 10));
        else if (strncmp(line, "exercise ", 9) == 0)
                snprintf(d->exercises.of[0].name, sizeof(d->exercises.of[0].name), "%s", line + 9);
        else if (strncmp(line, "workouts ", 9) == 0) {
                d->settings.exercise.sessions_per_week = line[9] - '0';
                alert_configure(&d->alert, &d->settings);
                alert_set_clock(&d->alert, &(struct wall_clock){.known = true, .now_us = d->now_us, .weekday = 1});
                step_time(d, 0);
        } else if (strncmp(line, "heads-up ", 9) == 0) {
                d->settings.alert.heads_up_s = strtof(line + 9, NULL);
                alert_configure(&d->alert, &d->settings);
        } else if (strncmp(line, "desktop ", 8) == 0) {
                d->settings.alert.desktop = line[8] == '1';
                d->bus.ops->configure(d->bus.self, &d->settings);
                step_time(d, 0);
        } else if (strncmp(line, "busy ", 5) == 0)
                d->busy = line[5] == '1';
        else if (strncmp(line, "online ", 7) == 0) {
                d->snapshot.health.mat_online = line[7] == '1';
                step_time(d, 0);
        } else
                exit(2);
        puts("ok");
        fflush(stdout);
}

static int on_input(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct drive *d = userdata;
        ssize_t n = read(fd, d->line + d->n, sizeof(d->line) - 1 - d->n);
        char *end;

        (void)events;
        if (n <= 0)
                return sd_event_exit(sd_event_source_get_event(source), 0);
        d->n += (size_t)n;
        d->line[d->n] = '\0';
        while ((end = strchr(d->line, '\n'))) {
                *end++ = '\0';
                obey_line(d, d->line);
                d->n = strlen(end);
                memmove(d->line, end, d->n + 1);
        }
        return 0;
}

static void prepare_drive(struct drive *d, const char *seat_id) {
        struct map *map = &d->snapshot.map;

        settings_defaults(&d->settings);
        d->settings.alert.still = false; /* one alert at a time */
        snprintf(d->identity.seat_id, sizeof(d->identity.seat_id), "%s", seat_id);
        snprintf(d->identity.seat_name, sizeof(d->identity.seat_name), "%s",
                 strcmp(seat_id, "kitchen-2") == 0 ? "Chair in the kitchen" : "Desk");
        snprintf(d->identity.version, sizeof(d->identity.version), "test");
        d->geometry = (struct geometry){
                .kind = GEOMETRY_GRID, .n_cells = 6, .rows = 2, .cols = 3, .pitch_x_mm = 10, .pitch_y_mm = 12};
        d->exercises.n = 1;
        d->exercises.of[0] = (struct exercise){.id = "standing-glute-contraction",
                                               .name = "Standing glute contraction",
                                               .suits = EXERCISE_SUITS_ANY,
                                               .dose = "3 x 12-15 a side",
                                               .how = "Hand on the desk, one leg diagonally back, hold a few seconds.",
                                               .prompt = true};
        d->snapshot.geometry = &d->geometry;
        d->snapshot.exercises = &d->exercises;
        map->n_cells = 6;
        for (int i = 0; i < 6; i++)
                map->load[i] = (float)i / 10;
        d->snapshot.features.peak = 0.5f;
        d->snapshot.features.cop_x_mm = NAN;
        d->snapshot.health.frame_rate_hz = NAN;
        d->snapshot.health.mat_online = true;
        d->now_us = 1000 * USEC_PER_SEC;
        sitting_init(&d->sitting, &d->settings);
        alert_init(&d->alert, &d->settings, &d->exercises);
}

int main(int argc, char **argv) {
        static struct drive drive;
        struct drive *d = &drive;
        sd_event *event = NULL;

        if (argc != 3 || sd_event_default(&event) < 0)
                return 2;
        log_open(LOG_LEVEL_DEBUG);
        prepare_drive(d, argv[2]);
        d->settings.bus.bus = strcmp(argv[1], "session") == 0 ? BUS_SESSION : BUS_SYSTEM;
        if (bus_new(&(struct outlet_host){event, &d->settings, &d->identity, execute_command, d}, NULL, NULL,
                    &d->bus) < 0 ||
            sd_event_add_io(event, NULL, STDIN_FILENO, 1 /* EPOLLIN */, on_input, d) < 0)
                return 1;
        seat_sitter(d, OCCUPANCY_VACANT, POSTURE_VACANT);
        sd_event_loop(event);
        d->bus.ops->free(d->bus.self);
        sd_event_unref(event);
        return 0;
}
