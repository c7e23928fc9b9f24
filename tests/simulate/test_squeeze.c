/* SPDX-License-Identifier: MIT */
/* Squeezes of the glutes on simulated seats: sitters of every kind learn theirs at the given beat, then sit, fidget,
 * cross their legs, type and squeeze when asked. The repetitions counted are compared with those played.
 *
 *   test_squeeze [SITTERS [PERCENT [HOURS [SEED]]]]   two at 15 % by default
 *
 * HOURS: as many taught sitters, who then sit for an hour each and never squeeze, every other one very restless; a
 * prompt that three squeezes would answer is open nearly all the time. tests/accuracy/row_squeeze.py reads the last
 * line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "configure/settings.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "core/pipeline.h"
#include "tools/sitbone-sim/random.h"
#include "tools/sitbone-sim/scene.h"
#include "tools/sitbone-sim/sensor.h"

static const double RATE_HZ = 10, LESSON_S = 60;
enum { LESSON_SECONDS = 44, SETS = 2, IN_A_SET = 5, SECOND = 1000000, HOUR_S = 3600 };

static struct sim_scenario scenario;
static struct sim_scene scene;
static struct sim_sensor sensor;
static struct layout layout;
static struct settings settings;
static struct exercise_catalogue exercises;
static struct pipeline pipeline;
static struct snapshot snapshot;
static struct frame frame;

struct plan {
        char text[1 << 16];
        size_t n;
        int sets;
        double from[SETS], to[SETS], end_s; /* of each set of squeezes */
};

static void add_line(struct plan *p, double t, const char *what) {
        t = round(100 * t) / 100; /* 59.996 is no 60.00 */
        p->n += (size_t)snprintf(p->text + p->n, sizeof(p->text) - p->n, "%d:%05.2f %s\n", (int)t / 60, fmod(t, 60),
                                 what);
        CHECK(p->n < sizeof(p->text));
}

static double write_set(struct plan *p, struct sim_random *r, double t) {
        p->from[p->sets] = t;
        for (int i = 0; i < IN_A_SET; i++) {
                char what[32];
                double hold = 3 + 3 * sim_random_uniform(r);

                snprintf(what, sizeof(what), "squeeze %.1f", hold);
                add_line(p, t, what);
                t += hold + 3 + 2 * sim_random_uniform(r);
        }
        p->to[p->sets++] = t;
        return t;
}

/* Writes everything that is no squeeze: legs crossed, slumps, leans, and the sitter's own fidgets, shifts and
 * typing. */
static double write_distractions(struct plan *p, struct sim_random *r, double t, double seconds, double pace) {
        static const char *const words[] = {"cross left",      "upright", "cross right",  "slouch 10",
                                            "lean left 5",     "fidget",  "lean right 7", "shift",
                                            "lean forward 15", "arch 6",  "fidget",       "oblique left 3"};
        enum { WORDS = sizeof(words) / sizeof(*words) };
        double until = t + seconds;

        while (t < until) {
                add_line(p, t, words[(int)(WORDS * sim_random_uniform(r))]);
                t += pace * (8 + 25 * sim_random_uniform(r));
        }
        add_line(p, t, "upright");
        return t + 12;
}

/* Writes the lesson and returns its end. */
static double write_lesson(struct plan *p, struct sim_random *r, double percent, double sway) {
        double t = LESSON_S + 4;

        p->n = (size_t)snprintf(p->text, sizeof(p->text),
                                "sitter mass=%.0f height=%.0f woman=%d seat=%.0f squeeze=%.1f sway=%.1f\n",
                                55 + 50 * sim_random_uniform(r), 155 + 35 * sim_random_uniform(r),
                                sim_random_uniform(r) < 0.5, -25 + 50 * sim_random_uniform(r), percent, sway);
        p->sets = 0;
        add_line(p, 5, "sit");
        for (int i = 0; i < 5; i++, t += 8) /* half a second after the cue, more or less */
                add_line(p, t + 0.3 + 0.4 * sim_random_uniform(r), "squeeze 3.7");
        return LESSON_S + LESSON_SECONDS + 10;
}

static void write_plan(struct plan *p, uint64_t seed, double percent) {
        struct sim_random r;
        double t;

        sim_random_init(&r, seed, 77);
        t = write_lesson(p, &r, percent, 1);
        for (int i = 0; i < SETS; i++) {
                t = write_distractions(p, &r, t, 90, 1);
                t = write_set(p, &r, t) + 25;
        }
        p->end_s = t;
        add_line(p, t, "end");
}

/* An hour without a squeeze: of every two sitters one moves several times a minute. */
static void write_hour(struct plan *p, uint64_t seed, double percent) {
        struct sim_random r;
        bool restless = seed % 2;

        sim_random_init(&r, seed, 77);
        p->end_s = write_lesson(p, &r, percent, restless ? 1.5 : 1);
        p->end_s = write_distractions(p, &r, p->end_s, HOUR_S - 12, restless ? 1 : 8);
        add_line(p, p->end_s, "end");
}

struct tally {
        int sitters, learnt, done, found, wrong;
        int answered; /* prompts answered by wrongly counted squeezes */
        double hours, open_s;
};

static int find_set(const struct plan *p, double t) {
        for (int i = 0; i < p->sets; i++)
                if (t >= p->from[i] && t < p->to[i] + 22)
                        return i;
        return -1;
}

static void tally_prompt(struct tally *tally, int set) {
        const struct alert *a = &snapshot.alerts.of[ALERT_ACTIVATE];

        tally->open_s += a->open ? 1 / RATE_HZ : 0;
        tally->answered += set < 0 && (a->changes & ALERT_CLEARED) && a->outcome == ALERT_SQUEEZED;
}

/* Plays one sitter, from sitting down to the end of the plan. */
static void play_sitter(const struct plan *p, uint64_t seed, struct tally *tally) {
        struct command lesson = {.type = COMMAND_CALIBRATE, .target = CALIBRATE_SQUEEZE};
        char error[SIM_ERROR_MAX];
        int counted[SETS] = {0};
        uint32_t before = 0;
        bool asked = false;

        if (sim_scenario_parse("plan", p->text, p->n, &scenario, error) < 0)
                printf("%s\n", error);
        CHECK(sim_scenario_parse("plan", p->text, p->n, &scenario, error) == 0);
        sim_scene_init(&scene, &scenario, seed);
        sim_sensor_init(&sensor, &scenario.mat, &layout.geometry, seed);
        pipeline_init(&pipeline, &settings, &layout.geometry, &exercises);
        memset(&snapshot, 0, sizeof(snapshot));
        for (uint64_t k = 0;; k++) {
                double t = (double)k / RATE_HZ;
                uint64_t now_us = SECOND + (uint64_t)(t * SECOND);
                const struct squeezes *seen = &snapshot.posture.squeezes;
                struct sim_truth truth;
                int set;

                if (!sim_scene_step(&scene, t, false, &truth))
                        break;
                sim_sensor_scan(&sensor, &scene.contact, 1 / RATE_HZ, frame.raw);
                frame.n_cells = layout.geometry.n_cells;
                frame.seq = k + 1;
                frame.arrived_us = now_us;
                pipeline_step(&pipeline, &frame, now_us, &snapshot);
                if (t >= LESSON_S && !asked) {
                        asked = true;
                        CHECK(pipeline_command(&pipeline, &lesson, now_us, &snapshot, &(struct command_answer){0}) ==
                              COMMAND_OK);
                }
                set = find_set(p, t);
                if (seen->reps > before && set >= 0)
                        counted[set] += (int)(seen->reps - before);
                else if (seen->reps > before)
                        tally->wrong += (int)(seen->reps - before);
                before = seen->reps;
                tally_prompt(tally, set);
                if (t > LESSON_S + LESSON_SECONDS + 2 && !seen->ready)
                        break;
        }
        CHECK(asked);
        tally->sitters++;
        tally->learnt += snapshot.posture.squeezes.ready;
        if (!snapshot.posture.squeezes.ready)
                return;
        tally->hours += (p->end_s - LESSON_S - LESSON_SECONDS) / 3600;
        for (int i = 0; i < p->sets; i++) {
                tally->done += IN_A_SET;
                tally->found += counted[i] < IN_A_SET ? counted[i] : IN_A_SET;
                tally->wrong += counted[i] > IN_A_SET ? counted[i] - IN_A_SET : 0;
        }
}

static void print_tally(const char *what, double percent, const struct tally *t) {
        printf("%-9s %5.1f %%: learnt by %d of %d; %d squeezes, %d counted rightly, %d wrongly in %.2f h: recall "
               "%.3f, "
               "precision %.3f\n",
               what, percent, t->learnt, t->sitters, t->done, t->found, t->wrong, t->hours,
               t->done ? (double)t->found / t->done : NAN,
               t->found + t->wrong ? (double)t->found / (t->found + t->wrong) : NAN);
        fflush(stdout);
}

static struct tally measure_sitters(const char *what, int sitters, double percent, uint64_t seed) {
        struct tally t = {0};

        for (int i = 0; i < sitters; i++) {
                static struct plan plan;

                write_plan(&plan, seed + (uint64_t)i, percent);
                play_sitter(&plan, seed + (uint64_t)i, &t);
        }
        print_tally(what, percent, &t);
        return t;
}

static void print_hours(const struct tally *t) {
        printf("never: wrongly %d in %.2f h, prompts open %.2f h, answered wrongly %d\n", t->wrong, t->hours,
               t->open_s / HOUR_S, t->answered);
        fflush(stdout);
}

/* Alternates both signs; a sitter who could not be taught is replaced by the next. Prints its progress now and
 * then. */
static void measure_hours(double hours, double percent, uint64_t seed) {
        struct tally t = {0};

        for (int i = 0; t.hours < hours; i++) {
                static struct plan plan;

                write_hour(&plan, seed + (uint64_t)i, i / 2 % 2 ? percent : -percent);
                play_sitter(&plan, seed + (uint64_t)i, &t);
                if (t.learnt % 5 == 0)
                        print_hours(&t);
        }
        print_tally("never", percent, &t);
        print_hours(&t);
}

/* A sitter may fidget in the middle of the lesson: one of them may have to be taught again. */
static bool is_good(const struct tally *t) {
        return t->learnt >= t->sitters - 1 && t->found >= 0.8 * t->done && t->wrong <= 0.05 * (t->found + t->wrong);
}

/* A prompt is due every five minutes and stays open for five minutes. */
static void set_prompts(void) {
        settings.alert.prompt_min = 5;
        settings.alert.hold_max_s = 0;
        settings.alert.slouch = settings.alert.asymmetry = settings.alert.still = false;
        exercises.n = 1;
        exercises.of[0] = (struct exercise){.id = "contract",
                                            .kind = EXERCISE_RELEASE,
                                            .place = EXERCISE_DESK,
                                            .suits = EXERCISE_SUITS_ANY,
                                            .prompt = true};
}

int main(int argc, char *argv[]) {
        int sitters = argc > 1 ? atoi(argv[1]) : 2;
        double percent = argc > 2 ? atof(argv[2]) : 15, hours = argc > 3 ? atof(argv[3]) : 0;
        uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
        struct tally t;

        settings_defaults(&settings);
        set_prompts();
        settings.device.rows = settings.device.cols = 32;
        settings.device.pitch_x_mm = settings.device.pitch_y_mm = 12.5F;
        CHECK(layout_build(format_by_name("csv-line"), &settings.device, &layout) == NULL);
        t = measure_sitters("down", sitters, -percent, seed);
        CHECK(argc > 1 || is_good(&t));
        t = measure_sitters("up", sitters, percent, seed);
        CHECK(argc > 1 || is_good(&t));
        t = measure_sitters("no effect", sitters, 0, seed);
        CHECK(argc > 1 || t.learnt == 0);
        if (hours > 0)
                measure_hours(hours, percent, seed + 500);
        return 0;
}
