/* SPDX-License-Identifier: MIT */
/* Writes seeds for the targets whose input is a struct or a program of their own: FOLDER/state/NAME holds what pipelines
 * remember (struct memory of this build, and the time since), FOLDER/pipeline/NAME the records that fuzz_pipeline.c reads.
 * Usage: make_seeds FOLDER */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "configure/settings.h"
#include "core/pipeline.h"
#include "sitter.h"

static const uint64_t SECOND_US = 1000000, MINUTE_US = 60 * SECOND_US;

static const char *folder;

static void write_seed(const char *target, const char *name, const void *data, size_t n) {
        char path[512];
        FILE *f;

        snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
        f = fopen(path, "wb");
        if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0) {
                perror(path);
                exit(1);
        }
}

/* --- state --- */

static struct pipeline pipeline;
static struct snapshot snapshot;
static struct geometry geometry;
static struct exercise_catalogue exercises;
static struct settings settings;
static struct frame frame;
static uint64_t now;

static void begin_day(void) {
        settings_defaults(&settings);
        grid(&geometry, 32, 32, 12.5F);
        pipeline_init(&pipeline, &settings, &geometry, &exercises);
        memset(&snapshot, 0, sizeof(snapshot));
        memset(&frame, 0, sizeof(frame));
        now = SECOND_US;
}

/* Two frames a second. sitter NULL = an empty seat. */
static void pass_time(const struct sitter *sitter, uint64_t length_us) {
        for (uint64_t end_us = now + length_us; now < end_us; now += SECOND_US / 2) {
                sit(&geometry, sitter, now, &frame);
                pipeline_step(&pipeline, &frame, now, &snapshot);
        }
}

static void give_command(enum command_type type, uint32_t minutes) {
        const struct command command = {.type = type, .minutes = minutes};

        pipeline_command(&pipeline, &command, now, &snapshot, &(struct command_answer){0});
        pipeline_step(&pipeline, NULL, now, &snapshot);
}

static void write_state(const char *name, uint64_t elapsed_us) {
        static struct memory memory;
        uint8_t bytes[1 + sizeof(memory) + sizeof(elapsed_us)] = {1}; /* the struct, no file */

        memset(&memory, 0, sizeof(memory));
        pipeline_remember(&pipeline, now, &memory);
        memcpy(bytes + 1, &memory, sizeof(memory));
        memcpy(bytes + 1 + sizeof(memory), &elapsed_us, sizeof(elapsed_us));
        write_seed("state", name, bytes, sizeof(bytes));
}

static void write_states(void) {
        const struct sitter slouched = {0, -75, 120, 0.3F, 0.5F, 0.25F, 230},
                            lopsided = {0, -60, 120, 0.5F, 0.75F, 0.15F, 230};

        begin_day();
        pass_time(NULL, 20 * SECOND_US);
        write_state("vacant", MINUTE_US);
        pass_time(&SITTER, 10 * MINUTE_US);
        CHECK(snapshot.posture.occupancy == OCCUPANCY_PERSON && snapshot.sitting.phase == SITTING_SEATED);
        write_state("seated", 5 * SECOND_US);
        pass_time(&slouched, 5 * MINUTE_US);
        write_state("slouched", 0);
        pass_time(&lopsided, 8 * MINUTE_US);
        write_state("lopsided", 0);
        pass_time(&SITTER, 20 * MINUTE_US);
        CHECK(snapshot.alerts.of[ALERT_ACTIVATE].open);
        write_state("prompt-open", 30 * SECOND_US);
        pass_time(NULL, 20 * SECOND_US);
        CHECK(snapshot.alerts.of[ALERT_ACTIVATE].withdrawn);
        write_state("prompt-withdrawn", 10 * SECOND_US);
        pass_time(&SITTER, MINUTE_US);
        give_command(COMMAND_SNOOZE, 10);
        write_state("snoozed", 3 * MINUTE_US);
        give_command(COMMAND_PAUSE, 60);
        write_state("paused", 30 * MINUTE_US);
        pass_time(NULL, 10 * MINUTE_US);
        write_state("after-break", 600 * MINUTE_US);
}

/* --- pipeline: records of fuzz_pipeline.c --- */

struct program {
        uint8_t bytes[4096];
        size_t n;
};

enum { STEP, COMMAND, RESTART, SETTINGS, DAY, FILL, FRAMES }; /* the first byte of a record */

static void add(struct program *p, const void *bytes, size_t n) {
        CHECK(p->n + n <= sizeof(p->bytes));
        memcpy(p->bytes + p->n, bytes, n);
        p->n += n;
}

#define ADD(p, ...) add(p, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* An ordinary mat of 16 x 16 with the default settings. */
static struct program begin_program(void) {
        struct program ret = {0};

        ADD(&ret, 1, 1, 255);
        return ret;
}

static void add_empty(struct program *p) {
        ADD(p, FILL, 0, 0, 0, 0, 0);
}

/* right: 128 = even load, more = to the right. y: 128 = upright. */
static void add_sitter(struct program *p, uint8_t y, uint8_t right) {
        ADD(p, FILL, 1, 128, y, 128, 110, right, 100);
}

/* n times 8 frames, a tenth of a second between two. */
static void add_frames(struct program *p, int n) {
        for (int i = 0; i < n; i++)
                ADD(p, FRAMES, 7, 100, 10, 3);
}

/* n times 8 frames, a second between two. */
static void add_slow_frames(struct program *p, int n) {
        for (int i = 0; i < n; i++)
                ADD(p, FRAMES, 7, 100, 100, 3);
}

static void write_program(const char *name, const struct program *p) {
        write_seed("pipeline", name, p->bytes, p->n);
}

/* Settings under which everything takes seconds: a prompt after a minute. Programs must be short: a
 * fuzzer that needs a second for an input finds nothing. */
static void add_hasty_settings(struct program *p) {
        ADD(p, SETTINGS, 5, 1, 1, 20, 30); /* mat */
        ADD(p, 60, 10, 10, 150, 8, 8);     /* occupancy */
        ADD(p, 10, 30, 60, 40);            /* posture */
        ADD(p, 0, 0, 1, 0, 0, 0, 0 /* not adaptive */, 0, 0,
            0); /* sitting and alerts; no quiet hours, no quiet days */
}

static struct program begin_sit(void) {
        struct program p = begin_program();

        add_empty(&p);
        add_frames(&p, 2);
        add_sitter(&p, 96, 128);
        add_frames(&p, 6);
        return p;
}

static void write_sits(void) {
        struct program p = begin_sit();

        add_hasty_settings(&p);
        add_slow_frames(&p, 9);
        add_empty(&p);
        add_frames(&p, 16);
        write_program("prompt-then-away", &p);
        p = begin_sit();
        add_hasty_settings(&p);
        add_sitter(&p, 60, 128);
        add_slow_frames(&p, 6);
        add_sitter(&p, 96, 200);
        add_slow_frames(&p, 6);
        write_program("slouched-and-lopsided", &p);
        p = begin_sit();
        ADD(&p, STEP, 2, STEP, 30, STEP, 255);
        add_frames(&p, 2);
        write_program("silent-mat", &p);
        p = begin_sit();
        for (uint8_t at = 0; at < 12; at++) {
                add_sitter(&p, (uint8_t)(90 + at), (uint8_t)(120 + 5 * at % 17));
                add_frames(&p, 1);
        }
        write_program("restless", &p);
}

static void write_changes(void) {
        struct program p = begin_sit();

        for (uint8_t type = 0; type <= COMMAND_TYPE_N; type++) {
                ADD(&p, COMMAND, type, (uint8_t)(10 * type), type);
                add_frames(&p, 1);
        }
        write_program("commands", &p);
        p = begin_sit();
        ADD(&p, RESTART, 1, 1);
        add_frames(&p, 2);
        ADD(&p, RESTART, 200, 0, 3, 0, 0, 0xC0, 0x7F, 7, 0, 0, 0x80, 0xFF); /* with a NAN and an infinity in it */
        add_frames(&p, 2);
        write_program("restarts", &p);
        p = begin_sit();
        add_hasty_settings(&p);
        ADD(&p, DAY, 1, 240, 5);
        add_slow_frames(&p, 8);
        ADD(&p, DAY, 1, 2, 6);
        write_program("settings-and-night", &p);
        p = begin_program();
        add_empty(&p);
        add_frames(&p, 2);
        ADD(&p, FILL, 0x31, 128, 96, 128, 110, 128, 100);
        ADD(&p, 0, 5, 0, 0, 0xC0, 0x7F, 0, 9, 0, 0, 0x80, 0x7F, 0, 77, 0, 0, 0x80, 0xBF);
        add_frames(&p, 3);
        ADD(&p, FRAMES, 7, 100, 10, 8, FRAMES, 7, 100, 10, 1); /* frames that arrive before they can */
        write_program("impossible-values", &p);
}

/* Other mats, other settings: rows, cols, pitch, scale, masked cells, 8 scattered cells, settings, a sitter. */
static void write_other_mats(void) {
        for (uint8_t kind = 0; kind < 3; kind++) {
                static const char *const names[] = {"grid", "scattered", "unplaced"};
                struct program p = {0};

                ADD(&p, 0, kind, 9, 13, 40, 40, 1, 255);
                if (kind == 1)
                        for (uint8_t i = 0; i < 8; i++)
                                ADD(&p, (uint8_t)(i * 11), (uint8_t)(122 + i), (uint8_t)(i * 17),
                                    (uint8_t)(125 + i / 2));
                ADD(&p, 4, 1, 1, 20, 30, 60, 10, 10, 150, 8, 8, 40, 30, 80, 60, 10, 20, 20, 5, 10, 1, 0, 0, 0, 0);
                add_empty(&p);
                add_frames(&p, 2);
                add_sitter(&p, 96, 128);
                add_frames(&p, 6);
                add_slow_frames(&p, 4);
                ADD(&p, FILL, 0, 3, 200, 20, 220);
                add_frames(&p, 2);
                write_program(names[kind], &p);
        }
}

int main(int argc, char **argv) {
        if (argc != 2) {
                fprintf(stderr, "usage: make_seeds FOLDER\n");
                return 2;
        }
        folder = argv[1];
        write_states();
        write_sits();
        write_changes();
        write_other_mats();
        return 0;
}
