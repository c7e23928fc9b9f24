/* The whole estimator before a text mat has said how many cells it has, and on the smallest mats. */
#include "pipeline.h"

#include <string.h>

#include "check.h"
#include "settings.h"

static struct pipeline pipeline;
static struct settings settings;
static struct exercise_catalogue exercises;
static struct geometry geometry;
static struct snapshot snapshot;
static struct frame frame;

static void run(enum geometry_kind kind, uint32_t rows, uint32_t cols) {
        struct memory memory;
        uint64_t now = 1000000;

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

int main(void) {
        settings_defaults(&settings);
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
