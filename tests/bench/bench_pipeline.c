/* SPDX-License-Identifier: MIT */
/* What a step of the pipeline costs, in units of one pass over the same cells that widens uint16 to float and sums.
 * Ratios within one run, medians of many batches taken in turn, so that a busy machine moves both alike. Prints, never
 * fails on time: a slow machine is no defect.
 *
 *   plain  the loop anybody would write first, compiled with the same flags (strict floating point: one chain of adds)
 *   lanes  the same sum in eight independent lanes, which the compiler vectorises: the best a pass can do here */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "configure/settings.h"
#include "core/pipeline.h"

enum { FRAMES = 32, BATCHES = 301, GOAL = 8 };

static struct pipeline pipeline;
static struct snapshot snapshot;
static struct geometry geometry;
static struct exercise_catalogue exercises;
static struct settings settings;
static struct frame frames[FRAMES];
static uint16_t wide[FRAMES][CELLS_MAX];
static volatile float sink;

static double now_ns(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static float sum_plain(const uint16_t *v, uint32_t n) {
        float sum = 0;

        for (uint32_t i = 0; i < n; i++)
                sum += (float)v[i];
        return sum;
}

static float sum_lanes(const uint16_t *v, uint32_t n) {
        float lane[8] = {0};

        for (uint32_t i = 0; i + 8 <= n; i += 8)
                for (uint32_t k = 0; k < 8; k++)
                        lane[k] += (float)v[i + k];
        return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

static float bump(float dx, float dy, float sigma) {
        return expf(-(dx * dx + dy * dy) / (2 * sigma * sigma));
}

static float load_at(float x, float y) {
        float seat = fabsf(x) < 150 && y > -150 && y < 170 ? 0.2F : 0;

        return seat + 0.4F * (bump(x + 60, y + 60, 25) + bump(x - 60, y + 60, 25));
}

static void build(uint32_t n, bool seated) {
        memset(&geometry, 0, sizeof(geometry));
        geometry.kind = GEOMETRY_GRID;
        geometry.rows = geometry.cols = n;
        geometry.n_cells = n * n;
        geometry.pitch_x_mm = geometry.pitch_y_mm = 400.0F / (float)n;
        geometry.cell_cm2 = geometry.pitch_x_mm * geometry.pitch_y_mm / 100;
        geometry.full_scale = 4095;
        for (uint32_t i = 0; i < geometry.n_cells; i++) {
                geometry.x_mm[i] = ((float)(i % n) - (float)(n - 1) / 2) * geometry.pitch_x_mm;
                geometry.y_mm[i] = ((float)(i / n) - (float)(n - 1) / 2) * geometry.pitch_y_mm;
        }
        srand(1);
        for (int f = 0; f < FRAMES; f++) {
                frames[f].n_cells = geometry.n_cells;
                for (uint32_t i = 0; i < geometry.n_cells; i++) {
                        float noise = (float)(rand() % 17);

                        wide[f][i] =
                                (uint16_t)(noise + (seated ? 4000 * load_at(geometry.x_mm[i], geometry.y_mm[i]) : 0));
                        frames[f].raw[i] = wide[f][i];
                }
        }
        pipeline_init(&pipeline, &settings, &geometry, &exercises);
        memset(&snapshot, 0, sizeof(snapshot));
}

static int ascending(const void *a, const void *b) {
        const double *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static double median(double *v, int n) {
        qsort(v, (size_t)n, sizeof(*v), ascending);
        return v[n / 2];
}

struct cost {
        double plain_ns, lanes_ns, step_ns, worst_ns;
};

static uint64_t now_us, seq;

static void step(int f) {
        frames[f].seq = ++seq;
        frames[f].arrived_us = now_us;
        pipeline_step(&pipeline, &frames[f], now_us, &snapshot);
        now_us += 10000; /* 100 Hz */
}

static double slow_steps(void) {
        static double each[BATCHES * FRAMES];

        for (int i = 0; i < BATCHES * FRAMES; i++) {
                double start = now_ns();

                step(i % FRAMES);
                each[i] = now_ns() - start;
        }
        qsort(each, BATCHES * FRAMES, sizeof(*each), ascending);
        return each[BATCHES * FRAMES * 999 / 1000];
}

static struct cost measure(uint32_t n, bool seated) {
        static double plain[BATCHES], lanes[BATCHES], steps[BATCHES];
        const int passes = 8; /* of the short ones, so that a batch is well above the clock's resolution */

        build(n, seated);
        now_us = 1000000;
        for (int b = -20; b < BATCHES; b++) { /* the first ones warm up */
                int at = b < 0 ? 0 : b;
                double t0 = now_ns(), t1, t2, t3;

                for (int k = 0; k < passes * FRAMES; k++)
                        sink = sum_plain(wide[k % FRAMES], n * n);
                t1 = now_ns();
                for (int k = 0; k < passes * FRAMES; k++)
                        sink = sum_lanes(wide[k % FRAMES], n * n);
                t2 = now_ns();
                for (int f = 0; f < FRAMES; f++)
                        step(f);
                t3 = now_ns();
                plain[at] = (t1 - t0) / (FRAMES * passes);
                lanes[at] = (t2 - t1) / (FRAMES * passes);
                steps[at] = (t3 - t2) / FRAMES;
        }
        return (struct cost){median(plain, BATCHES), median(lanes, BATCHES), median(steps, BATCHES), slow_steps()};
}

int main(void) {
        const uint32_t sizes[] = {16, 32, 64};

        settings_defaults(&settings);
        printf("pipeline_step against one widening pass over the same cells (goal: %d plain passes, linear in "
               "cells)\n",
               GOAL);
        printf("%-8s %-7s %10s %10s %10s %10s %9s %9s %9s\n", "mat", "seat", "plain ns", "lanes ns", "step ns",
               "p99.9 ns", "ns/cell", "x plain", "x lanes");
        for (int seated = 1; seated >= 0; seated--)
                for (int i = 0; i < 3; i++) {
                        uint32_t n = sizes[i];
                        struct cost c = measure(n, seated);

                        printf("%2ux%-5u %-7s %10.0f %10.0f %10.0f %10.0f %9.2f %9.2f %9.2f\n", n, n,
                               seated ? "seated" : "empty", c.plain_ns, c.lanes_ns, c.step_ns, c.worst_ns,
                               c.step_ns / (n * n), c.step_ns / c.plain_ns, c.step_ns / c.lanes_ns);
                        if (seated != (snapshot.posture.occupancy == OCCUPANCY_PERSON)) {
                                fprintf(stderr, "the bench did not measure what it says\n");
                                return 1;
                        }
                }
        return 0;
}
