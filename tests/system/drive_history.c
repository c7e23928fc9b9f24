/* SPDX-License-Identifier: MIT */
/* A day of one sitter in virtual time: core/follow, the state that survives a restart and the history, without a mat
 * and without the event loop, so that a day takes seconds and can be killed at any moment. The clocks are read from a
 * file and continue after a kill. Usage: drive_history FOLDER MICROSECONDS [HOURS [written]] MICROSECONDS: real ones
 * for each virtual second; HOURS: of 9; written: each second waits until it is written. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "configure/settings.h"
#include "core/follow/alert.h"
#include "core/follow/alert_memory.h"
#include "core/follow/sitting.h"
#include "publish/history/outlet.h"
#include "store/state.h"
#include "util/clock.h"
#include "util/log.h"

#define MINUTE        (60 * USEC_PER_SEC)
#define STEP_US       (USEC_PER_SEC / 5)
#define DOWN_US       (USEC_PER_SEC / 2) /* duration of a restart */
#define DAY_US        (9 * 60 * MINUTE)
#define BEGIN_BOOT_US (3600 * USEC_PER_SEC)
#define BEGIN_REAL_US (1780300800 * USEC_PER_SEC) /* a Monday morning */

static _Atomic uint64_t *elapsed_us; /* since the day began */

/* These replace util/clock.c. */
uint64_t clock_boottime_us(void) {
        return BEGIN_BOOT_US + *elapsed_us;
}

uint64_t clock_realtime_us(void) {
        return BEGIN_REAL_US + *elapsed_us;
}

struct day {
        struct sitting_tracker tracker;
        struct alert_tracker desk;
        struct exercise_catalogue exercises;
        struct geometry geometry;
        struct snapshot snapshot;
        struct state *state;
        struct outlet history;
};

/* Five squeezes of five seconds in the tenth minute of each hour. The seat counts from the start of this process. */
static void simulate_squeezes(struct squeezes *q, uint64_t at_us) {
        uint64_t in_s = at_us / USEC_PER_SEC % 3600;

        q->ready = true;
        if (in_s >= 600 && in_s < 650 && in_s % 10 == 0 && at_us % USEC_PER_SEC < STEP_US) {
                q->reps++;
                q->held_s += 5;
        }
}

/* An hour: 22 min upright, a minute at the printer, 26 min slouched, then nine or ten minutes away. */
static void simulate_posture(struct posture *p, uint64_t at_us) {
        uint64_t minute = at_us / MINUTE % 60;
        bool seated = minute >= 2 && minute < 51 && minute != 24;
        enum posture_class kind = !seated ? POSTURE_VACANT : minute < 24 ? POSTURE_UPRIGHT : POSTURE_SLOUCHED;
        enum occupancy occupancy = seated ? OCCUPANCY_PERSON : OCCUPANCY_VACANT;

        if (occupancy != p->occupancy)
                p->occupancy_since_us = clock_boottime_us();
        p->occupancy = occupancy;
        p->posture_class = kind;
        p->confidence = 0.9f;
        p->asymmetry = seated ? 0.1f : NAN;
        p->shifts = (uint32_t)(at_us / (300 * USEC_PER_SEC));
        p->referenced = seated;
        simulate_squeezes(&p->squeezes, at_us);
}

static bool step_day(struct day *d) {
        struct snapshot *s = &d->snapshot;
        uint32_t changes;

        s->now_us = clock_boottime_us();
        if (*elapsed_us >= 3 * 60 * MINUTE)
                alert_command(&d->desk, &(struct command){.type = COMMAND_WORKOUT}, s->now_us,
                              &(struct command_answer){0}); /* repeated: counts once */
        simulate_posture(&s->posture, *elapsed_us);
        sitting_step(&d->tracker, &s->posture, s->now_us, &s->sitting);
        alert_step(&d->desk, &s->sitting, s->now_us, &s->alerts);
        changes = s->sitting.changes & ~(uint32_t)SITTING_SHIFTED;
        for (int k = 0; k < ALERT_KIND_N; k++)
                changes |= s->alerts.of[k].changes;
        return changes != 0;
}

static void save_day(struct day *d) {
        struct memory memory;

        memset(&memory, 0, sizeof(memory));
        sitting_remember(&d->tracker, d->snapshot.now_us, &memory.sitting);
        alert_remember(&d->desk, d->snapshot.now_us, &memory.alerts);
        state_save(d->state, &memory);
}

static void restore_day(struct day *d) {
        struct memory memory;
        uint64_t gone_us;
        const char *why;

        if (!state_load(d->state, &memory, &gone_us, &why))
                return;
        sitting_recall(&d->tracker, &memory.sitting, gone_us, clock_boottime_us());
        alert_recall(&d->desk, &memory.alerts, gone_us, clock_boottime_us());
}

/* A daemon has a real second for each write. On a busy machine a second of this day may end before the worker runs. */
static void wait_until_written(const struct outlet *history, const char *folder) {
        static char last[1 << 16], now[1 << 16];
        static size_t last_n;
        char path[512];

        snprintf(path, sizeof(path), "%s/memory", folder);
        for (int i = 0; i < 20000 && strcmp(history->ops->status(history->self), "written") != 0; i++)
                usleep(20);
        for (int i = 0; i < 20000; i++) {
                FILE *f = fopen(path, "re");
                size_t n = f ? fread(now, 1, sizeof(now), f) : 0;

                if (f)
                        fclose(f);
                if (n != last_n || memcmp(now, last, n) != 0) {
                        memcpy(last, now, n);
                        last_n = n;
                        return;
                }
                usleep(20);
        }
}

static void open_clock(const char *folder) {
        char path[512];
        int fd;

        snprintf(path, sizeof(path), "%s/clock", folder);
        fd = open(path, O_RDWR | O_CREAT, 0600);
        if (fd < 0 || ftruncate(fd, sizeof(*elapsed_us)) < 0)
                exit(1);
        elapsed_us = mmap(NULL, sizeof(*elapsed_us), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (elapsed_us == MAP_FAILED)
                exit(1);
        if (*elapsed_us > 0)
                *elapsed_us += DOWN_US;
}

int main(int argc, char **argv) {
        static struct day day;
        struct settings settings;

        if (argc < 3)
                return 2;
        log_open(LOG_LEVEL_NOTICE);
        open_clock(argv[1]);
        settings_defaults(&settings);
        settings.exercise.sessions_per_week = 3;
        settings.alert.slouch = settings.alert.asymmetry = settings.alert.still = false;
        day.snapshot.geometry = &day.geometry;
        day.snapshot.exercises = &day.exercises;
        sitting_init(&day.tracker, &settings);
        alert_init(&day.desk, &settings, &day.exercises);
        if (state_new(argv[1], &day.state) < 0)
                return 1;
        restore_day(&day);
        alert_set_clock(&day.desk, &(struct wall_clock){.known = true, .now_us = clock_boottime_us(), .weekday = 1});
        step_day(&day);
        if (history_new(argv[1], &settings, 1, &day.history) < 0)
                return 1;
        while (*elapsed_us < (argc > 3 ? (uint64_t)atoi(argv[3]) * 60 * MINUTE : DAY_US)) {
                day.history.ops->post(day.history.self, &day.snapshot);
                *elapsed_us += STEP_US;
                if (step_day(&day) || *elapsed_us % USEC_PER_SEC < STEP_US)
                        save_day(&day);
                if (*elapsed_us % USEC_PER_SEC < STEP_US) {
                        usleep((useconds_t)atoi(argv[2]));
                        if (argc > 4)
                                wait_until_written(&day.history, argv[1]);
                }
        }
        day.history.ops->post(day.history.self, &day.snapshot);
        puts(day.history.ops->status(day.history.self));
        day.history.ops->free(day.history.self);
        state_free(day.state);
        return 0;
}
