/* SPDX-License-Identifier: MIT */
/* What the adaptive schedule learns from each outcome of a prompt. */
#include "core/follow/prompt_hours.h"

#include <string.h>

#include "check.h"

static struct alert_habit habit;

static void check_outcome(enum alert_outcome outcome, unsigned raised, unsigned worked) {
        memset(&habit, 0, sizeof(habit));
        habit_learn(&habit, 9, outcome);
        CHECK(habit.raised[9] == raised && habit.worked[9] == worked);
}

static void test_outcomes(void) {
        check_outcome(ALERT_STOOD, 1, 1);
        check_outcome(ALERT_DONE, 1, 1);
        check_outcome(ALERT_SHIFTED, 1, 1);
        check_outcome(ALERT_SQUEEZED, 1, 1);
        check_outcome(ALERT_PARTIAL, 1, 0);
        check_outcome(ALERT_SNOOZED, 1, 0);
        check_outcome(ALERT_IGNORED, 1, 0);
        check_outcome(ALERT_SKIPPED, 1, 0);
        check_outcome(ALERT_UNKNOWN, 0, 0);
}

/* Prompts of an unknown hour are not counted, those of other hours apart. */
static void test_hours(void) {
        memset(&habit, 0, sizeof(habit));
        habit_learn(&habit, -1, ALERT_STOOD);
        habit_learn(&habit, 24, ALERT_STOOD);
        habit_learn(&habit, 0, ALERT_STOOD);
        habit_learn(&habit, 23, ALERT_IGNORED);
        for (int i = 0; i < 24; i++)
                CHECK(habit.raised[i] == (i == 0 || i == 23) && habit.worked[i] == (i == 0));
}

/* When an hour is full, both counts are halved: old habits fade. */
static void test_full(void) {
        memset(&habit, 0, sizeof(habit));
        for (int i = 0; i < HABIT_FULL; i++)
                habit_learn(&habit, 14, i % 2 ? ALERT_STOOD : ALERT_IGNORED);
        CHECK(habit.raised[14] == HABIT_FULL && habit.worked[14] == HABIT_FULL / 2);
        habit_learn(&habit, 14, ALERT_SQUEEZED);
        CHECK(habit.raised[14] == HABIT_FULL / 2 + 1 && habit.worked[14] == HABIT_FULL / 4 + 1);
}

int main(void) {
        test_outcomes();
        test_hours();
        test_full();
        return 0;
}
