/* SPDX-License-Identifier: MIT */
/* A simulated sitter who shifts at random, and after a cue with some probability. The shift coach raises the share of hours at
 * target, and doubles it with room for four cues an hour. */
#include "core/follow/alert.h"
#include "core/follow/sitting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "configure/settings.h"
#include "sitbone/settings.h"

static const uint64_t SECOND = 1000000, MINUTE = 60000000, HOUR = 3600000000;

enum { HOURS = 400, SEEDS = 5, POPUPS_MAX = 6 };

static struct settings settings;
static struct exercise_catalogue catalogue;
static struct sitting_tracker sitting_tracker;
static struct alert_tracker tracker;
static struct posture posture;
static struct sitting sitting;
static struct alerts alerts;
static uint64_t now, random_state;
static uint64_t raised_us[POPUPS_MAX]; /* the last ones, the newest first */
static uint64_t answer_us;             /* when the sitter does what the cue asks; 0 = not */
static uint32_t cues;
static double comply;
static float gap_min = 10;

static double draw(void) {
        random_state ^= random_state << 13;
        random_state ^= random_state >> 7;
        random_state ^= random_state << 17;
        return (double)(random_state >> 11) * 0x1p-53;
}

/* Two prompts an hour, and at most four other alerts: two at default settings. */
static void note_raised(enum alert_kind k) {
        int most = gap_min < 15 ? POPUPS_MAX : 4;

        CHECK(raised_us[most - 1] == 0 || now - raised_us[most - 1] >= HOUR);
        memmove(raised_us + 1, raised_us, sizeof(raised_us) - sizeof(raised_us[0]));
        raised_us[0] = now;
        cues += k == ALERT_STILL;
        if (k != ALERT_STILL)
                return;
        answer_us = draw() < comply ? now + (uint64_t)((10 + 50 * draw()) * (double)SECOND) : 0;
        if (alerts.of[k].shifts_target > 0) {
                CHECK(alerts.of[k].shifts_per_hour < alerts.of[k].shifts_target);
                CHECK(alerts.of[k].limit_us == 5 * MINUTE && alerts.of[k].cause_us >= 5 * MINUTE);
        } else {
                CHECK(alerts.of[k].cause_us >= 20 * MINUTE);
        }
}

static void step(void) {
        int open = 0;

        sitting_step(&sitting_tracker, &posture, now, &sitting);
        alert_step(&tracker, &sitting, now, &alerts);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                open += alerts.of[k].open;
                if (alerts.of[k].changes & ALERT_RAISED)
                        note_raised(k);
        }
        CHECK(open <= 1);
}

static void shift_once(void) {
        posture.shifts++;
        posture.shift_began_us = now;
}

/* A break of three minutes. */
static void take_break(void) {
        posture.occupancy = OCCUPANCY_VACANT;
        posture.posture_class = POSTURE_VACANT;
        posture.occupancy_since_us = now;
        for (int i = 0; i < 36; i++, now += 5 * SECOND)
                step();
        posture.occupancy = OCCUPANCY_PERSON;
        posture.posture_class = POSTURE_UPRIGHT;
        posture.occupancy_since_us = now;
        step();
        answer_us = 0;
}

/* Sits for an hour, with a break after each prompt to stand up. Returns the number of shifts. */
static uint32_t sit_hour(double rate) {
        uint32_t before = posture.shifts;

        for (uint64_t sat = 0; sat < HOUR; sat += 5 * SECOND) {
                now += 5 * SECOND;
                if (draw() < rate / 720)
                        shift_once();
                if (answer_us > 0 && now >= answer_us) {
                        answer_us = 0;
                        shift_once();
                }
                step();
                if (alerts.of[ALERT_ACTIVATE].open)
                        take_break();
        }
        return posture.shifts - before;
}

static void configure(enum coach_kind coach) {
        settings.alert.coach = coach;
        sitting_configure(&sitting_tracker, &settings);
        alert_configure(&tracker, &settings);
}

static void begin(uint64_t seed) {
        settings_defaults(&settings);
        settings.alert.posture_gap_min = gap_min;
        CHECK(settings.alert.coach == COACH_OFF);
        random_state = 88172645463325252 + seed * 7919;
        posture = (struct posture){.occupancy = OCCUPANCY_VACANT, .asymmetry = NAN, .confidence = 1};
        now = 1000 * SECOND;
        answer_us = 0;
        cues = 0;
        memset(raised_us, 0, sizeof(raised_us));
        sitting_init(&sitting_tracker, &settings);
        alert_init(&tracker, &settings, &catalogue);
        take_break();
}

/* Returns the share of hours at target, in percent. */
static double find_share(uint64_t seed, double rate, enum coach_kind coach, double target) {
        int at_target = 0;

        begin(seed);
        for (int i = 0; i < 40; i++)
                sit_hour(rate);
        CHECK(isnan(sitting.shifts_target));
        configure(coach);
        for (int i = 0; i < HOURS; i++)
                at_target += sit_hour(rate) >= target;
        if (coach == COACH_SHIFTS) {
                CHECK(sitting.shifts_target >= sitting.usual_shifts + 1.5f);
                CHECK(cues <= (gap_min < 15 ? 4 : 2) * (HOURS + 40));
        }
        return 100.0 * at_target / HOURS;
}

static double find_target(uint64_t seed, double rate) {
        begin(seed);
        for (int i = 0; i < 40; i++)
                sit_hour(rate);
        configure(COACH_SHIFTS);
        step();
        CHECK(fabs((double)sitting.usual_shifts - rate) < 2);
        return (double)sitting.shifts_target;
}

/* The coach multiplies the share of hours at target by at least this factor. */
static void check_share(double rate, double p, float minutes_apart, double factor) {
        double without = 0, with = 0;

        comply = p;
        gap_min = minutes_apart;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                double target = find_target(seed, rate);

                without += find_share(seed, rate, COACH_OFF, target) / SEEDS;
                with += find_share(seed, rate, COACH_SHIFTS, target) / SEEDS;
        }
        printf("%g shifts an hour, answers %g of the cues, %g min apart: %.1f %% of hours at target, %.1f %% "
               "coached\n",
               rate, p, (double)minutes_apart, without, with);
        CHECK(with >= factor * without);
}

/* Above the reference of 20 an hour there is nothing to coach. */
static void test_busy_sitter(void) {
        comply = 1;
        gap_min = 10;
        CHECK(find_target(1, 36) == 20);
        cues = 0;
        for (int i = 0; i < 40; i++)
                sit_hour(36);
        CHECK(cues <= 4);
}

/* Without 10 h of sitting there is no target, and the coach learns; a restart keeps what it knows. */
static void test_baseline(void) {
        struct memory_sitting memory;
        float target;

        comply = 0;
        begin(1);
        configure(COACH_SHIFTS);
        for (int i = 0; i < 9; i++)
                sit_hour(9);
        CHECK(isnan(sitting.shifts_target));
        for (int i = 0; i < 2; i++)
                sit_hour(9);
        target = sitting.shifts_target;
        CHECK(target > 9);
        for (int i = 0; i < 40; i++)
                sit_hour(20);
        CHECK(sitting.shifts_target == target); /* success does not raise it */
        sitting_remember(&sitting_tracker, now, &memory);
        sitting_init(&sitting_tracker, &settings);
        sitting_recall(&sitting_tracker, &memory, 5 * SECOND, now);
        posture.shifts = 0;
        step();
        CHECK(sitting.shifts_target == target);
        configure(COACH_OFF);
        step();
        CHECK(isnan(sitting.shifts_target));
}

int main(void) {
        static const double rates[] = {4, 6, 9, 12};

        test_baseline();
        test_busy_sitter();
        for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
                check_share(rates[i], 0.7, 15, 1.7);
                check_share(rates[i], 0.7, 10, 2);
        }
        check_share(9, 0.5, 10, 2);
        return EXIT_SUCCESS;
}
