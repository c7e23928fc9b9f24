/* SPDX-License-Identifier: MIT */
/* A mat that was moved under its sitter is distinguished from one that was not: simulated people sit down hundreds of
 * times, each time a little elsewhere, on mats that lie still, slip by 40 mm or are turned. As in the daemon, the
 * whole pipeline runs, and each sit is recorded once its first quiet seconds are complete.
 *
 *   test_sim_mat_shift [SITTERS]   four with 50 sits each by default */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "configure/settings.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "core/estimate/estimate.h"
#include "core/pipeline.h"
#include "tools/sitbone-sim/random.h"
#include "tools/sitbone-sim/scene.h"
#include "tools/sitbone-sim/sensor.h"

enum { SECOND = 1000000, RATE_HZ = 2, EMPTY_S = 8, SIT_S = 15, AWAY_S = 6, BEFORE_SITS = 50, AFTER_SITS = 6 };

static struct sim_scenario scenario;
static struct sim_scene scene;
static struct sim_sensor sensor, sensor_before;
static struct layout layout;
static struct settings settings;
static struct exercise_catalogue exercises;
static struct pipeline pipeline, before;
static struct snapshot snapshot;
static struct frame frame;
static float turned[CELLS_MAX];
static char plan[1 << 16];
static uint64_t now_us;

/* People of every kind; the mat's faults are the usual ones. */
static size_t write_plan(uint64_t seed, int sits, double x_mm, double y_mm) {
        struct sim_random r;
        size_t n;
        int t = EMPTY_S;

        sim_random_init(&r, seed, 77);
        n = (size_t)snprintf(plan, sizeof(plan), "sitter mass=%.0f height=%.0f woman=%d x=%.0f y=%.0f\n",
                             55 + 50 * sim_random_uniform(&r), 155 + 35 * sim_random_uniform(&r),
                             sim_random_uniform(&r) < 0.5, x_mm, y_mm);
        for (int i = 0; i < sits; i++) {
                n += (size_t)snprintf(plan + n, sizeof(plan) - n, "%d:%02d sit\n%d:%02d stand\n", t / 60, t % 60,
                                      (t + SIT_S) / 60, (t + SIT_S) % 60);
                t += SIT_S + AWAY_S;
        }
        n += (size_t)snprintf(plan + n, sizeof(plan) - n, "%d:%02d end\n", t / 60, t % 60);
        CHECK(n < sizeof(plan));
        return n;
}

/* Turns the mat clockwise by quarters under the sitter. */
static void turn_mat(float *raw, int quarters) {
        const uint32_t n = layout.geometry.rows;

        for (; quarters > 0; quarters--) {
                for (uint32_t row = 0; row < n; row++) /* row 0 at the back, column 0 on the left */
                        for (uint32_t col = 0; col < n; col++)
                                turned[col * n + (n - 1 - row)] = raw[row * n + col];
                memcpy(raw, turned, n * n * sizeof(float));
        }
}

/* Plays sits on a mat at this place. Returns how many sits passed until it was reported as moved, 0 = never. */
static int play_sits(uint64_t seed, uint64_t scene_seed, int sits, double x_mm, double y_mm, int quarters,
                     int *ret_recorded) {
        const size_t n = write_plan(seed, sits, x_mm, y_mm);
        char error[SIM_ERROR_MAX];
        float sample[BASELINE_N];
        int found = 0, recorded = 0;

        CHECK(sim_scenario_parse("plan", plan, n, &scenario, error) == 0);
        sim_scene_init(&scene, &scenario, scene_seed);
        for (uint64_t k = 0;; k++) {
                struct sim_truth truth;

                if (!sim_scene_step(&scene, (double)k / RATE_HZ, false, &truth))
                        break;
                sim_sensor_scan(&sensor, &scene.contact, 1.0 / RATE_HZ, frame.raw);
                turn_mat(frame.raw, quarters);
                now_us += SECOND / RATE_HZ;
                frame.n_cells = layout.geometry.n_cells;
                frame.seq++;
                frame.arrived_us = now_us;
                pipeline_step(&pipeline, &frame, now_us, &snapshot);
                if (estimate_poll_upright(&pipeline.estimate, sample)) {
                        estimate_record_sit(&pipeline.estimate);
                        recorded++;
                        if (!found && pipeline.estimate.learner.profile.place.verdict >= PLACE_MOVED)
                                found = recorded;
                }
        }
        *ret_recorded += recorded;
        return found;
}

static void begin(uint64_t seed) {
        static const struct sim_mat *usual = &sim_mat_usual;

        now_us = SECOND;
        sim_sensor_init(&sensor, usual, &layout.geometry, seed);
        pipeline_init(&pipeline, &settings, &layout.geometry, &exercises);
        memset(&snapshot, 0, sizeof(snapshot));
}

struct change {
        const char *what;
        double x_mm, y_mm;
        int quarters;
        enum place_verdict verdict;
        int turned_deg;
};

static const struct change changes[] = {
        {"40 mm to the left", 40, 0, 0, PLACE_MOVED, 0}, {"40 mm back", 0, 40, 0, PLACE_MOVED, 0},
        {"40 mm forward", 0, -40, 0, PLACE_MOVED, 0},    {"a quarter, clockwise", 0, 0, 1, PLACE_TURNED, 90},
        {"half round", 0, 0, 2, PLACE_TURNED, 180},      {"a quarter, back", 0, 0, 3, PLACE_TURNED, -90},
};
enum { CHANGES = sizeof(changes) / sizeof(changes[0]) };

/* Moves the mat and keeps the state of the estimator for this sitter. */
static void check_change(const struct change *c, uint64_t seed, int within[AFTER_SITS + 1]) {
        int recorded = 0, found;
        struct place place;

        pipeline = before;
        sensor = sensor_before;
        found = play_sits(seed, seed + 900, AFTER_SITS, c->x_mm, c->y_mm, c->quarters, &recorded);
        mat_shift_report(&pipeline.estimate.learner.profile.place, &place);
        within[found]++;
        if (!found)
                return;
        CHECK(place.verdict == c->verdict && place.turned_deg == c->turned_deg);
        CHECK(snapshot.posture.place.quality_loss > 0.25F && snapshot.posture.place.verdict == c->verdict);
}

/* A slip by 40 mm is three times the spread between sits: found after three sits more often than not, and after six. A
 * turn is found always. */
static void check_found(const struct change *c, const int within[AFTER_SITS + 1], int sitters) {
        printf("%-22s found after", c->what);
        for (int i = 1; i <= AFTER_SITS; i++)
                printf(" %d: %d", i, within[i]);
        printf(", never: %d\n", within[0]);
        CHECK(within[1] + within[2] + within[3] >= (c->verdict == PLACE_TURNED ? sitters : sitters / 2));
        CHECK(within[0] <= sitters / 4);
}

int main(int argc, char *argv[]) {
        const int sitters = argc > 1 ? atoi(argv[1]) : 4;
        int recorded = 0, alarms = 0, within[CHANGES][AFTER_SITS + 1] = {{0}};

        settings_defaults(&settings);
        settings.device.rows = settings.device.cols = 16;
        settings.device.pitch_x_mm = settings.device.pitch_y_mm = 25;
        CHECK(layout_build(format_by_name("csv-line"), &settings.device, &layout) == NULL);
        for (int i = 1; i <= sitters; i++) {
                const uint64_t seed = (uint64_t)i;
                bool alarm;

                begin(seed);
                alarm = play_sits(seed, seed, BEFORE_SITS, 0, 0, 0, &recorded) > 0;
                alarms += alarm;
                before = pipeline;
                sensor_before = sensor;
                for (int c = 0; c < CHANGES && !alarm; c++)
                        check_change(&changes[c], seed, within[c]);
        }
        printf("mat lies still: %d sits recorded of %d, %d of %d sitters got a false report\n", recorded,
               sitters * BEFORE_SITS, alarms, sitters);
        CHECK(recorded > 0.9 * sitters * BEFORE_SITS && alarms <= sitters / 8);
        for (int c = 0; c < CHANGES; c++)
                check_found(&changes[c], within[c], sitters - alarms);
        return 0;
}
