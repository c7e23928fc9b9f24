/* SPDX-License-Identifier: MIT */
/* Pauses of the mat: time is an argument, so a day takes no time. */
#include <string.h>

#include "check.h"
#include "core/estimate/silence.h"

static struct silence silence;
static uint64_t now;

static const uint64_t S = 1000000;

static void begin(enum silence_means means) {
        const struct settings_device device = {.stale_ms = 2000, .silence = means};

        memset(&silence, 0, sizeof(silence));
        silence_configure(&silence, &device);
        now = 5 * S;
        silence_frame(&silence, OCCUPANCY_VACANT, now);
}

/* n frames, each `gap_us` after the one before. */
static void frames(int n, uint64_t gap_us, enum occupancy o) {
        for (int i = 0; i < n; i++) {
                now += gap_us;
                silence_frame(&silence, o, now);
        }
}

static void set_link(bool open, uint64_t at) {
        silence.lost_us = open ? silence.lost_us : at;
        silence.lost = !open;
}

/* The moment at which a pause confirms this candidate. */
static uint64_t confirms(enum occupancy candidate) {
        return silence_find_limits(&silence, OCCUPANCY_UNKNOWN, candidate).confirms_us;
}

/* The longest pause that is no silence yet. */
static uint64_t patience(enum occupancy o) {
        return silence_find_limits(&silence, o, o).unknown_us - now;
}

static void test_settings(void) {
        begin(SILENCE_UNKNOWN);
        frames(20, 100000, OCCUPANCY_PERSON);
        CHECK(patience(OCCUPANCY_VACANT) == 2 * S && patience(OCCUPANCY_PERSON) == 2 * S);
        CHECK(confirms(OCCUPANCY_VACANT) == UINT64_MAX);
        begin(SILENCE_EMPTY);
        frames(20, 100000, OCCUPANCY_PERSON);
        CHECK(patience(OCCUPANCY_VACANT) == 86400 * S); /* a mat that died is not vacant for ever */
        CHECK(patience(OCCUPANCY_PERSON) == 2 * S && patience(OCCUPANCY_OBJECT) == 2 * S);
        CHECK(patience(OCCUPANCY_UNKNOWN) == 2 * S);
        CHECK(confirms(OCCUPANCY_VACANT) == now + S);
        CHECK(confirms(OCCUPANCY_PERSON) == UINT64_MAX);
        begin(SILENCE_LAST);
        frames(20, 100000, OCCUPANCY_PERSON);
        CHECK(patience(OCCUPANCY_VACANT) == 86400 * S);
        CHECK(patience(OCCUPANCY_PERSON) == 600 * S && patience(OCCUPANCY_OBJECT) == 600 * S);
        CHECK(patience(OCCUPANCY_UNKNOWN) == 2 * S);
        CHECK(confirms(OCCUPANCY_PERSON) == now + S);
}

/* A port that is lost is silent whatever the setting. */
static void test_lost(void) {
        for (int means = SILENCE_UNKNOWN; means <= SILENCE_LAST; means++) {
                begin((enum silence_means)means);
                frames(5, 100000, OCCUPANCY_VACANT);
                set_link(false, now + S);
                CHECK(patience(OCCUPANCY_VACANT) == (means == SILENCE_UNKNOWN ? 2 : 3) * S);
        }
        set_link(true, now + 2 * S);
        CHECK(patience(OCCUPANCY_VACANT) == 86400 * S);
}

/* An empty seat that spoke rarely before may do so again. */
static void test_learns_pauses(void) {
        begin(SILENCE_UNKNOWN);
        frames(1, 14 * S, OCCUPANCY_PERSON);
        frames(1000, 100000, OCCUPANCY_PERSON);
        CHECK(patience(OCCUPANCY_VACANT) == 35 * S && patience(OCCUPANCY_PERSON) == 2 * S);
        frames(10, 100000, OCCUPANCY_VACANT);
        frames(5, 600 * S, OCCUPANCY_VACANT);
        CHECK(patience(OCCUPANCY_VACANT) > 1400 * S && patience(OCCUPANCY_VACANT) <= 1500 * S);
        frames(5, 36000 * S, OCCUPANCY_VACANT); /* nights */
        CHECK(patience(OCCUPANCY_VACANT) <= 3600 * S);
        frames(100000, 100000, OCCUPANCY_VACANT); /* another firmware: it sends all the time */
        CHECK(patience(OCCUPANCY_VACANT) == 2 * S);
}

/* A frame each five seconds over an empty seat, ten a second under a sitter: no surprise. */
static void test_rate_by_load(void) {
        int surprises = 0;

        begin(SILENCE_UNKNOWN);
        for (int bout = 0; bout < 20; bout++) {
                for (int i = 0; i < 12; i++) {
                        surprises += patience(OCCUPANCY_VACANT) < 5 * S;
                        frames(1, 5 * S, OCCUPANCY_VACANT);
                }
                frames(600, 100000, OCCUPANCY_PERSON);
                frames(10, 100000, OCCUPANCY_VACANT);
        }
        CHECK(surprises == 0);
}

/* A frame each five seconds from the start is a slow mat, whoever sits there. */
static void test_slow_from_the_start(void) {
        begin(SILENCE_UNKNOWN);
        for (int i = 0; i < 10; i++) {
                CHECK(patience(OCCUPANCY_VACANT) > 5 * S && patience(OCCUPANCY_PERSON) > 5 * S);
                CHECK(patience(OCCUPANCY_PERSON) <= 13 * S);
                frames(1, 5 * S, OCCUPANCY_PERSON);
        }
        frames(1, 100000, OCCUPANCY_PERSON); /* it can do better: it is not slow */
        CHECK(patience(OCCUPANCY_PERSON) == 2 * S);
}

/* Hiccups of a mat that sends all the time teach nothing, and neither does the time in which it was unplugged. */
static void test_hiccups(void) {
        begin(SILENCE_UNKNOWN);
        frames(6000, 100000, OCCUPANCY_VACANT);
        frames(1, 60 * S, OCCUPANCY_VACANT);
        CHECK(patience(OCCUPANCY_VACANT) == 2 * S);
        begin(SILENCE_UNKNOWN);
        for (int i = 0; i < 10; i++) {
                set_link(false, now + S);
                set_link(true, now + 29 * S);
                frames(1, 30 * S, OCCUPANCY_VACANT);
                frames(10, 100000, OCCUPANCY_VACANT);
                CHECK(patience(OCCUPANCY_VACANT) == 2 * S);
        }
        begin(SILENCE_UNKNOWN); /* pauses under a sitter teach nothing about the empty seat */
        frames(1, 100000, OCCUPANCY_PERSON);
        frames(10, 20 * S, OCCUPANCY_PERSON);
        frames(10, 100000, OCCUPANCY_VACANT);
        CHECK(patience(OCCUPANCY_VACANT) == 2 * S);
}

int main(void) {
        test_settings();
        test_lost();
        test_learns_pauses();
        test_rate_by_load();
        test_slow_from_the_start();
        test_hiccups();
        return 0;
}
