/* SPDX-License-Identifier: MIT */
/* The whole estimator before a text mat has said how many cells it has, and on the smallest mats; how often publishers hear. */
#include "core/pipeline.h"

#include <string.h>

#include "check.h"
#include "configure/settings.h"

static struct pipeline pipeline;
static struct settings settings;
static struct exercise_catalogue exercises;
static struct geometry geometry;
static struct snapshot snapshot;
static struct frame frame;

static void start(enum geometry_kind kind, uint32_t rows, uint32_t cols) {
        memset(&geometry, 0, sizeof(geometry));
        memset(&snapshot, 0, sizeof(snapshot));
        geometry.kind = kind;
        geometry.n_cells = rows * cols;
        geometry.rows = kind == GEOMETRY_GRID ? rows : 0;
        geometry.cols = kind == GEOMETRY_GRID ? cols : 0;
        geometry.pitch_x_mm = geometry.pitch_y_mm = 10;
        geometry.cell_cm2 = 1;
        geometry.full_scale = 255;
        pipeline_init(&pipeline, &settings, &geometry, &exercises);
}

static void run(enum geometry_kind kind, uint32_t rows, uint32_t cols) {
        struct memory memory;
        uint64_t now = 1000000;

        start(kind, rows, cols);
        for (int i = 0; i < 200; i++, now += 100000) {
                frame.seq = (uint64_t)i + 1;
                frame.arrived_us = now;
                frame.n_cells = geometry.n_cells;
                for (uint32_t k = 0; k < frame.n_cells; k++)
                        frame.raw[k] = i > 100 ? 200 : 0;
                pipeline_step(&pipeline, frame.n_cells > 0 ? &frame : NULL, now, &snapshot);
                CHECK(snapshot.now_us == now);
        }
        pipeline_remember(&pipeline, now, &memory);
        pipeline_recall(&pipeline, &memory, 0, now);
        CHECK(snapshot.sitting.phase == SITTING_AWAY || frame.n_cells > 0);
}

static void give(uint64_t now, float raw) {
        frame.seq++;
        frame.arrived_us = now;
        frame.n_cells = geometry.n_cells;
        for (uint32_t k = 0; k < frame.n_cells; k++)
                frame.raw[k] = raw;
        pipeline_step(&pipeline, &frame, now, &snapshot);
}

/* A mat of 100 frames a second, sat down on after ten: publishers hear twenty times a second, and at once of what begins;
 * in between there is nothing for them. */
static void test_told(void) {
        enum occupancy occupancy = OCCUPANCY_UNKNOWN;
        enum posture_class kind = POSTURE_UNKNOWN;
        uint64_t now = 1000000;
        int told = 0, begun = 0;

        start(GEOMETRY_GRID, 16, 16);
        geometry.pitch_x_mm = geometry.pitch_y_mm = 25;
        geometry.cell_cm2 = 6.25F;
        for (int i = 0; i < 2000; i++, now += 10000) {
                give(now, i >= 1000 ? 120 : 0);
                told += !snapshot.only_numbers;
                if (snapshot.posture.occupancy != occupancy || snapshot.posture.posture_class != kind)
                        CHECK(!snapshot.only_numbers);
                occupancy = snapshot.posture.occupancy;
                kind = snapshot.posture.posture_class;
                if (snapshot.only_numbers)
                        CHECK(snapshot.sitting.changes == 0 && snapshot.alerts.of[ALERT_ACTIVATE].changes == 0);
                begun += (snapshot.sitting.changes & SITTING_BOUT_STARTED) != 0;
        }
        CHECK(occupancy == OCCUPANCY_PERSON && begun == 1);
        CHECK(told >= 20 * 19 && told <= 20 * 21 + 10);
        pipeline_step(&pipeline, NULL, now + 1, &snapshot);
        CHECK(!snapshot.only_numbers); /* a timer or a command always is */
}

/* Every frame writes all of what is learnt, whatever was there before. */
static void test_learning_is_whole(void) {
        const struct command teach = {.verb = COMMAND_TEACH, .name = "typing"};
        struct learning learning;
        uint64_t now = 1000000;

        start(GEOMETRY_GRID, 16, 16);
        geometry.pitch_x_mm = geometry.pitch_y_mm = 25;
        geometry.cell_cm2 = 6.25F;
        for (int i = 0; i < 300; i++, now += 100000) {
                give(now, i >= 50 ? 120 : 0);
                if (i == 100)
                        CHECK(pipeline_command(&pipeline, &teach, now, &snapshot) == COMMAND_OK);
        }
        CHECK(snapshot.learning.phase == LEARNING_DONE && snapshot.learning.n_taught == 1);
        CHECK(strcmp(snapshot.learning.taught[0], "typing") == 0);
        memset(&learning, 0xFF, sizeof(learning));
        learning.n_taught = 2;
        estimate_report_learning(&pipeline.estimate, &learning);
        CHECK(learning.n_taught == 1 && strcmp(learning.taught[0], "typing") == 0 && learning.taught[1][0] == '\0');
        CHECK(learning.cue == SQUEEZE_NO_CUE && learning.round == 0 && learning.left_s == 0);
}

int main(void) {
        settings_defaults(&settings);
        test_told();
        test_learning_is_whole();
        run(GEOMETRY_UNPLACED, 0, 0);
        run(GEOMETRY_UNPLACED, 1, 1);
        run(GEOMETRY_UNPLACED, 1, 4096);
        run(GEOMETRY_GRID, 1, 1);
        run(GEOMETRY_GRID, 1, 64);
        run(GEOMETRY_GRID, 64, 1);
        run(GEOMETRY_GRID, 64, 64);
        run(GEOMETRY_SCATTERED, 1, 9);
        return 0;
}
