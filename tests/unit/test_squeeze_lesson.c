/* SPDX-License-Identifier: MIT */
/* The guided lesson in squeezing, on signals by formula: what is learnt of a squeeze, and what the rests differ by without
 * one. Simulated sitters are in simulate/squeeze. */
#include "core/estimate/squeeze.h"

#include <math.h>
#include <string.h>

#include "check.h"

static struct squeeze_detector watch;
static struct squeeze_pattern pattern;

/* Plays a lesson at ten frames a second. rest: level of the signal in each rest; change: of it in each squeeze, against the
 * mean of the rests on both sides. Returns whether it was learnt. */
static bool play_lesson(const float rest[SQUEEZE_LESSONS + 1], float change) {
        struct features f = {.load = 1, .cop_x_mm = 1, .cop_y_mm = 2};
        bool learnt = false;

        memset(&watch, 0, sizeof(watch));
        memset(&pattern, 0, sizeof(pattern));
        squeeze_start_lesson(&watch);
        for (int i = 0; i < 600 && watch.lesson.phase == LEARNING_RUNNING; i++) {
                uint32_t round;
                float left_s, level;

                if (squeeze_cue(&watch.lesson, &left_s, &round) == SQUEEZE_CUE_HOLD)
                        level = (rest[round - 1] + rest[round]) / 2 + change;
                else
                        level = rest[round];
                f.sit_bones.press[0] = f.sit_bones.press[1] = 0.3F * expf(level);
                learnt |= squeeze_step(&watch, &f, 0.1F, &pattern);
        }
        CHECK(learnt == (watch.lesson.phase == LEARNING_DONE) && learnt == (pattern.taken != 0));
        return learnt;
}

static void test_even_rests(void) {
        static const float rest[SQUEEZE_LESSONS + 1];

        CHECK(play_lesson(rest, -0.2F));
        CHECK_NEAR(pattern.change, -0.2, 1e-3);
        CHECK_NEAR(pattern.noise, 0, 1e-3);
        CHECK_NEAR(pattern.spread, 0, 1e-3);
        CHECK(!play_lesson(rest, 0.02F) && watch.lesson.why == COMMAND_NOT_APART);
}

/* A steady drift is in a rest and in the mean of its neighbours alike: no noise. */
static void test_drift(void) {
        float rest[SQUEEZE_LESSONS + 1];

        for (int i = 0; i <= SQUEEZE_LESSONS; i++)
                rest[i] = 0.5F + 0.1F * (float)i;
        CHECK(play_lesson(rest, 0.15F));
        CHECK_NEAR(pattern.change, 0.15, 1e-3);
        CHECK_NEAR(pattern.noise, 0, 1e-3);
}

/* Rests that differ by d from their neighbours: a standard deviation of 1.4826 d. A squeeze must be twice that. */
static void test_noise(void) {
        float rest[SQUEEZE_LESSONS + 1];

        for (int i = 0; i <= SQUEEZE_LESSONS; i++)
                rest[i] = 0.5F + (i % 2 ? 0.04F : 0);
        CHECK(play_lesson(rest, 0.2F));
        CHECK_NEAR(pattern.noise, 1.4826 * 0.04, 1e-3);
        CHECK(!play_lesson(rest, 0.11F) && watch.lesson.why == COMMAND_NOT_APART);
        CHECK(play_lesson(rest, 0.13F));
}

int main(void) {
        test_even_rests();
        test_drift();
        test_noise();
        return 0;
}
