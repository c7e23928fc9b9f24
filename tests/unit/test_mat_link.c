/* SPDX-License-Identifier: MIT */
/* The link to the mat, judged at any time: an hour takes no time. */
#include <string.h>

#include "app/mat_link.h"
#include "check.h"

static struct mat_link mat_link;
static uint64_t now;

static const uint64_t S = 1000000;

static void connect_port(void) {
        mat_link.connected_us = now;
}

static void begin(void) {
        memset(&mat_link, 0, sizeof(mat_link));
        mat_link.wait_us = 2 * S;
        now = 100 * S;
        connect_port();
}

/* Bytes come, which complete so many frames and refused lines. */
static void hear(uint64_t frames, uint64_t refused) {
        mat_link.read_us = now;
        if (!mat_link.heard || frames > 0) {
                mat_link.since_us = now;
                mat_link.refused = 0;
        }
        mat_link.heard = true;
        mat_link.frames += frames;
        mat_link.refused += refused;
}

static enum mat_state judge_after(uint64_t pause_us) {
        return mat_link_judge(&mat_link, false, now + pause_us);
}

static void test_states(void) {
        begin();
        CHECK(mat_link_judge(&mat_link, true, now) == MAT_FRAMES);
        CHECK(judge_after(0) == MAT_WAITING && judge_after(3600 * S) == MAT_WAITING); /* nothing came yet */
        hear(10, 0);
        CHECK(judge_after(S / 2) == MAT_WAITING && judge_after(S) == MAT_SILENT);
        mat_link_lose(&mat_link, now);
        CHECK(judge_after(0) == MAT_NO_DEVICE);
        mat_link.finished = true;
        CHECK(judge_after(0) == MAT_ENDED);
}

/* A line that was cut off, a greeting and a slow mat say nothing about format or baud rate; neither does silence. */
static void test_blames_late(void) {
        begin();
        hear(0, 0);
        for (uint64_t t = 0; t < 3600; t++)
                CHECK(judge_after(t * S) == (t < 10 ? MAT_WAITING : MAT_SILENT));
        for (int gap = 1; gap <= 5; gap++) {
                begin();
                hear(0, 0); /* the first line is always dropped */
                for (int ms = 0; ms < gap * 1000; ms += 100)
                        CHECK(judge_after((uint64_t)ms * 1000) == MAT_WAITING);
        }
        begin();
        hear(0, 1); /* a greeting */
        for (int i = 0; i < 14; i++, now += S, hear(0, 0))
                CHECK(judge_after(0) == MAT_WAITING);
        now += S;
        hear(0, 0);
        CHECK(judge_after(0) == MAT_NO_FRAMES && judge_after(10 * S) == MAT_SILENT);
}

static void test_blames(void) {
        begin();
        for (int i = 0; i <= 50; i++, now += S / 10)
                hear(0, 1);
        CHECK(judge_after(0) == MAT_NO_FRAMES && judge_after(10 * S) == MAT_SILENT);
        hear(1, 0);
        CHECK(judge_after(S / 2) == MAT_WAITING);
        begin(); /* frames, and then something else */
        hear(100, 0);
        for (int i = 0; i <= 60; i++, now += S / 10)
                hear(0, 1);
        CHECK(judge_after(0) == MAT_NO_FRAMES);
        begin(); /* another baud rate: no packet at all */
        hear(0, 0);
        now += 6 * S;
        mat_link.discarded = 20000;
        hear(0, 0);
        CHECK(judge_after(0) == MAT_NO_FRAMES);
}

/* A port that is there for a second each time: few attempts, few lines, and every loss is in one of the counts. */
static void test_flaps(void) {
        int attempts = 0, lines = 0;
        unsigned told = 0, losses = 0, times;
        char suffix[64];

        begin();
        while (now < 3700 * S) {
                connect_port();
                hear(5, 0);
                now += S;
                losses++;
                now += mat_link_lose(&mat_link, now);
                attempts++;
                if (!mat_link_may_log(&mat_link, MAT_NO_DEVICE, now, suffix))
                        continue;
                lines++;
                times = 1;
                if (*suffix)
                        CHECK(sscanf(suffix, " (%u times in the last", &times) == 1);
                told += times;
        }
        CHECK(attempts < 450 && lines >= 4 && lines <= 8);
        CHECK(told + mat_link.lines[MAT_NO_DEVICE].changes == losses);
        CHECK(mat_link.losses > 50);
        now += 60 * S; /* stable again */
        connect_port();
        hear(5, 0);
        now += 61 * S;
        CHECK(mat_link_lose(&mat_link, now) == S / 4 && mat_link.losses == 1);
}

/* A port that is not there is tried each five seconds, however often it flapped before. */
static void test_absent(void) {
        uint64_t pause = 0;

        begin();
        for (int i = 0; i < 20; i++) {
                connect_port();
                now += S + mat_link_lose(&mat_link, now + S);
        }
        for (int i = 0; i < 10; i++) {
                pause = mat_link_lose(&mat_link, now);
                CHECK(pause <= 5 * S);
                now += pause;
        }
        CHECK(pause == 5 * S && mat_link.lines[MAT_NO_DEVICE].changes == 20);
}

int main(void) {
        test_states();
        test_blames_late();
        test_blames();
        test_flaps();
        test_absent();
        return 0;
}
