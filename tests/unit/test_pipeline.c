/* SPDX-License-Identifier: MIT */
/* The whole estimator before the number of cells of a text mat is known, and on the smallest mats; the rate at which
 * publishers get news. */
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

static void start_mat(enum geometry_kind kind, uint32_t rows, uint32_t cols) {
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

static void run_mat(enum geometry_kind kind, uint32_t rows, uint32_t cols) {
        struct memory memory;
        uint64_t now = 1000000;

        start_mat(kind, rows, cols);
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

static void step_frame(uint64_t now, float raw) {
        frame.seq++;
        frame.arrived_us = now;
        frame.n_cells = geometry.n_cells;
        for (uint32_t k = 0; k < frame.n_cells; k++)
                frame.raw[k] = raw;
        pipeline_step(&pipeline, &frame, now, &snapshot);
}

/* A mat of 100 frames a second, on which somebody sits down after ten seconds: publishers get news twenty times a
 * second, and at once when something begins; in between there is nothing for them. */
static void test_rate(void) {
        enum occupancy occupancy = OCCUPANCY_UNKNOWN;
        enum posture_class posture = POSTURE_UNKNOWN;
        uint64_t now = 1000000;
        int published = 0, begun = 0;

        start_mat(GEOMETRY_GRID, 16, 16);
        geometry.pitch_x_mm = geometry.pitch_y_mm = 25;
        geometry.cell_cm2 = 6.25F;
        for (int i = 0; i < 2000; i++, now += 10000) {
                step_frame(now, i >= 1000 ? 120 : 0);
                published += !snapshot.only_numbers;
                if (snapshot.posture.occupancy != occupancy || snapshot.posture.posture_class != posture)
                        CHECK(!snapshot.only_numbers);
                occupancy = snapshot.posture.occupancy;
                posture = snapshot.posture.posture_class;
                if (snapshot.only_numbers)
                        CHECK(snapshot.sitting.changes == 0 && snapshot.alerts.of[ALERT_ACTIVATE].changes == 0);
                begun += (snapshot.sitting.changes & SITTING_BOUT_STARTED) != 0;
        }
        CHECK(occupancy == OCCUPANCY_PERSON && begun == 1);
        CHECK(published >= 20 * 19 && published <= 20 * 21 + 10);
        pipeline_step(&pipeline, NULL, now + 1, &snapshot);
        CHECK(!snapshot.only_numbers); /* a timer or a command always publishes everything */
}

/* The report of learning sets every field, whatever was there before. */
static void test_learning_is_whole(void) {
        const struct command teach = {.type = COMMAND_TEACH, .name = "typing"};
        struct learning learning;
        uint64_t now = 1000000;

        start_mat(GEOMETRY_GRID, 16, 16);
        geometry.pitch_x_mm = geometry.pitch_y_mm = 25;
        geometry.cell_cm2 = 6.25F;
        for (int i = 0; i < 300; i++, now += 100000) {
                step_frame(now, i >= 50 ? 120 : 0);
                if (i == 100)
                        CHECK(pipeline_command(&pipeline, &teach, now, &snapshot, &(struct command_answer){0}) ==
                              COMMAND_OK);
        }
        CHECK(snapshot.learning.phase == LEARNING_DONE && snapshot.learning.n_taught == 1);
        CHECK(strcmp(snapshot.learning.taught[0], "typing") == 0);
        memset(&learning, 0xFF, sizeof(learning));
        learning.n_taught = 2;
        estimate_report_learning(&pipeline.estimate, &learning);
        CHECK(learning.n_taught == 1 && strcmp(learning.taught[0], "typing") == 0 && learning.taught[1][0] == '\0');
        CHECK(learning.cue == SQUEEZE_NO_CUE && learning.round == 0 && learning.left_s == 0);
}

static enum command_result tare(uint64_t now, bool stated_empty) {
        const struct command command = {.type = COMMAND_TARE, .on = stated_empty};

        return pipeline_command(&pipeline, &command, now, &snapshot, &(struct command_answer){0});
}

/* A seat on which somebody sits: tare is refused once, a double press too; the second request is the owner's word. */
static void test_word_of_the_owner(void) {
        for (int stated = 0; stated < 2; stated++) {
                uint64_t now = 1000000;

                start_mat(GEOMETRY_GRID, 16, 16);
                geometry.cell_cm2 = 6.25F;
                CHECK(tare(now, stated) == COMMAND_NO_FRAMES);
                for (int i = 0; i < 100; i++, now += 100000)
                        step_frame(now, i >= 50 ? 120 : 0);
                CHECK(snapshot.posture.occupancy == OCCUPANCY_PERSON);
                if (!stated) {
                        CHECK(tare(now, false) == COMMAND_SOMEBODY_SEATED);
                        CHECK(tare(now + 300000, false) == COMMAND_SOMEBODY_SEATED);
                }
                for (int i = 0; i < 30; i++, now += 100000)
                        step_frame(now, 120);
                CHECK(snapshot.posture.occupancy == OCCUPANCY_PERSON);
                CHECK(tare(now, stated) == COMMAND_OK);
                for (int i = 0; i < 20; i++, now += 100000)
                        step_frame(now, 120);
                CHECK(snapshot.posture.occupancy == OCCUPANCY_VACANT);
        }
}

int main(void) {
        settings_defaults(&settings);
        test_rate();
        test_learning_is_whole();
        test_word_of_the_owner();
        run_mat(GEOMETRY_UNPLACED, 0, 0);
        run_mat(GEOMETRY_UNPLACED, 1, 1);
        run_mat(GEOMETRY_UNPLACED, 1, 4096);
        run_mat(GEOMETRY_GRID, 1, 1);
        run_mat(GEOMETRY_GRID, 1, 64);
        run_mat(GEOMETRY_GRID, 64, 1);
        run_mat(GEOMETRY_GRID, 64, 64);
        run_mat(GEOMETRY_SCATTERED, 1, 9);
        return 0;
}
