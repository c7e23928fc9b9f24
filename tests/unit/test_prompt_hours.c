/* SPDX-License-Identifier: MIT */
/* The adaptive schedule learns from each outcome of a prompt, and moves prompts out of bad hours. */
#include "core/follow/prompt_hours.h"

#include <string.h>

#include "check.h"

static const uint64_t MINUTE_US = 60000000, DUE_US = 100 * 60000000ull;

static struct prompt_hours hours;

static void check_outcome(enum alert_outcome outcome, unsigned raised, unsigned worked) {
        memset(&hours, 0, sizeof(hours));
        prompt_hours_learn(&hours, 9, outcome);
        CHECK(hours.raised[9] == raised && hours.worked[9] == worked);
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

/* Prompts of an unknown hour are not counted, and each hour is counted apart. */
static void test_hours(void) {
        memset(&hours, 0, sizeof(hours));
        prompt_hours_learn(&hours, -1, ALERT_STOOD);
        prompt_hours_learn(&hours, 24, ALERT_STOOD);
        prompt_hours_learn(&hours, 0, ALERT_STOOD);
        prompt_hours_learn(&hours, 23, ALERT_IGNORED);
        for (int i = 0; i < 24; i++)
                CHECK(hours.raised[i] == (i == 0 || i == 23) && hours.worked[i] == (i == 0));
}

/* When an hour is full, both counts are halved: old habits fade. */
static void test_full(void) {
        memset(&hours, 0, sizeof(hours));
        for (int i = 0; i < PROMPT_HOURS_FULL; i++)
                prompt_hours_learn(&hours, 14, i % 2 ? ALERT_STOOD : ALERT_IGNORED);
        CHECK(hours.raised[14] == PROMPT_HOURS_FULL && hours.worked[14] == PROMPT_HOURS_FULL / 2);
        prompt_hours_learn(&hours, 14, ALERT_SQUEEZED);
        CHECK(hours.raised[14] == PROMPT_HOURS_FULL / 2 + 1 && hours.worked[14] == PROMPT_HOURS_FULL / 4 + 1);
}

/* Hour 9 is bad: 0 of 8 prompts worked; in hours 7 and 15 all of 8 did. */
static void fill_hours(void) {
        memset(&hours, 0, sizeof(hours));
        hours.raised[9] = hours.raised[7] = hours.raised[15] = 8;
        hours.worked[7] = hours.worked[15] = 8;
}

static uint64_t move_us(unsigned hour, unsigned minute) {
        uint64_t day_us = (hour * 60 + minute) * MINUTE_US;

        return prompt_hours_move(&hours, day_us, DUE_US);
}

static void test_moves(void) {
        fill_hours();
        CHECK(move_us(9, 50) == DUE_US + 10 * MINUTE_US);   /* to the beginning of the next hour */
        CHECK(move_us(9, 49) == DUE_US);                    /* too far from both ends */
        CHECK(move_us(9, 9) == DUE_US - 9 * MINUTE_US - 1); /* to the end of the hour before */
        CHECK(move_us(9, 10) == DUE_US);
        CHECK(move_us(7, 50) == DUE_US && move_us(12, 50) == DUE_US); /* good, or nothing known */
        hours.raised[10] = 8;
        CHECK(move_us(9, 50) == DUE_US); /* the next hour is bad, too */
        hours.raised[9] = PROMPT_HOURS_LEAST - 1;
        CHECK(move_us(9, 5) == DUE_US); /* too few prompts to call an hour bad */
}

int main(void) {
        test_outcomes();
        test_hours();
        test_full();
        test_moves();
        return 0;
}
