/* SPDX-License-Identifier: MIT */
/* Tare, noise floor, stuck cells: the baseline comes from an empty seat only, never from a person. */
#include "core/condition/condition.h"
#include "sitter.h"

static const struct settings_condition SETTINGS = {true, 1.5F, 5, true};
static struct geometry geometry;
static struct condition condition;
static struct frame frame;
static struct map map;
static uint64_t now;
static uint32_t dice;

static float noise(void) {
        dice = dice * 1664525 + 1013904223;
        return (float)(dice >> 24) / 255 - 0.5F;
}

static void begin(void) {
        grid(&geometry, 16, 16, 25);
        condition_init(&condition, &SETTINGS, &geometry);
        memset(&frame, 0, sizeof(frame));
        now = 1000000;
        dice = 1;
}

/* Plays seconds at 10 Hz; offset on every cell, one count of noise, cell 5 reads `hot`. */
static void pass(const struct sitter *s, float seconds, float offset, float hot) {
        for (int i = 0; i < (int)(seconds * 10); i++) {
                sit(&geometry, s, now, &frame);
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        frame.raw[k] += offset + noise();
                if (hot > 0)
                        frame.raw[5] = hot + noise();
                condition_step(&condition, &frame, &map);
                now += 100000;
        }
}

static void test_tare_takes_offsets(void) {
        begin();
        pass(NULL, 4, 2, 20);
        CHECK(!map.tared && map.n_active == 1); /* the hot cell counts as load until the seat is known to be empty */
        pass(NULL, 4, 2, 20);
        CHECK(map.tared && map.n_active == 0 && map.n_stuck == 0);
        CHECK_NEAR(condition.baseline[5], 20, 0.5);
        pass(&SITTER, 2, 2, 20);
        CHECK(map.n_active > 60);
        CHECK_NEAR(map.load[100], sitter_load(&SITTER, geometry.x_mm[100], geometry.y_mm[100]), 0.006);
}

/* On a chair with nine cells one that swings is movement: the seat does not count as empty and quiet. */
static void test_one_of_nine_moves(void) {
        begin();
        grid(&geometry, 3, 3, 40);
        condition_init(&condition, &SETTINGS, &geometry);
        for (int i = 0; i < 40; i++)
                pass(NULL, 0.5F, 0, i % 2 ? 12 : 2);
        CHECK(!map.tared);
        pass(NULL, 12, 0, 2);
        CHECK(map.tared);
}

/* Somebody sits, perfectly still, when the daemon starts: nothing may be tared, for however long. */
static void test_never_tare_a_person(void) {
        begin();
        pass(&SITTER, 600, 0, 0);
        CHECK(!map.tared && map.n_active > 60);
        pass(NULL, 20, 0, 0);
        CHECK(map.tared && map.n_active == 0);
        pass(&SITTER, 600, 0, 0);
        float held = map.load[100];
        pass(&SITTER, 1200, 0, 0);
        CHECK_NEAR(map.load[100], held, 0.006);
        CHECK_NEAR(map.load[100], sitter_load(&SITTER, geometry.x_mm[100], geometry.y_mm[100]), 0.006);
}

/* The baseline follows a drift of the empty seat, and drops as soon as something that was tared away is gone. */
static void test_baseline_follows(void) {
        begin();
        pass(NULL, 20, 2, 0);
        for (int i = 0; i < 30; i++)
                pass(NULL, 10, 2 + 0.3F * (float)i, 0);
        CHECK(map.n_active == 0);
        CHECK_NEAR(condition.baseline[40], 10.7, 0.7);
        pass(NULL, 60, 0, 0);
        CHECK_NEAR(condition.baseline[40], 0.2, 0.7);
}

/* Lays a bag of half a kilogram on a patch: 16 cells at 6 %, load 6 cm2 of full scale. */
static void lay_bag(float seconds, float rise_s) {
        for (int i = 0; i < (int)(seconds * 10); i++) {
                float height = (float)i < rise_s * 10 ? (float)i / (rise_s * 10) : 1;

                sit(&geometry, NULL, now, &frame);
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        frame.raw[k] += noise();
                for (uint32_t k = 0; k < 16; k++)
                        frame.raw[100 + k / 4 * 16 + k % 4] += 15 * height;
                condition_step(&condition, &frame, &map);
                now += 100000;
        }
}

/* An object is never taken for the empty seat: not at start-up, not when it comes suddenly or slowly, however long it
 * lies still. */
static void test_never_tare_an_object(void) {
        begin();
        lay_bag(900, 0);
        CHECK(!map.tared && map.n_active == 16);
        pass(NULL, 20, 0, 0);
        CHECK(map.tared);
        lay_bag(900, 0);
        CHECK(map.n_active == 16);
        CHECK_NEAR(map.load[100], 15.0 / 255, 0.006);
        pass(NULL, 20, 0, 0);
        lay_bag(900, 4);
        CHECK(map.n_active == 16);
        CHECK_NEAR(map.load[100], 15.0 / 255, 0.012);
}

/* A worn mat: an eighth of the cells read high by themselves, here and there. Nothing lies on it. */
static void test_tare_a_worn_mat(void) {
        begin();
        for (int i = 0; i < 200; i++) {
                sit(&geometry, NULL, now, &frame);
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        frame.raw[k] += noise() + (k * 2654435761u % 8 == 0 && k % 3 ? 14 : 0);
                condition_step(&condition, &frame, &map);
                now += 100000;
                CHECK(i != 10 || map.n_active > 18);
        }
        CHECK(map.tared && map.n_active == 0);
}

static void test_stuck(void) {
        begin();
        pass(NULL, 20, 0, 240); /* stays loaded on an empty seat, and has no range left */
        CHECK(map.tared && map.n_stuck == 1 && map.trusted[5] == 0 && map.load[5] == 0 && map.n_active == 0);
        pass(NULL, 30, 0, 0); /* it was a pin on the mat, and it is gone */
        CHECK(map.n_stuck == 0 && map.trusted[5] == 1);
        /* zero is not dead */
        for (int i = 0; i < 20; i++) {
                pass(&SITTER, 10, 0, 0);
                pass(NULL, 10, 0, 0);
        }
        CHECK(map.n_stuck == 0);
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                CHECK(map.trusted[k]);
}

/* The mat was never tared, but the other cells come and go and this one does not. */
static void test_stuck_among_moving(void) {
        struct settings_condition settings = SETTINGS;

        settings.tare = false;
        begin();
        condition_init(&condition, &settings, &geometry);
        for (int i = 0; i < 6; i++) {
                pass(&SITTER, 10, 0, 250);
                pass(NULL, 10, 0, 250);
        }
        CHECK(!map.tared && map.n_stuck == 1 && !map.trusted[5]);
        settings.stuck_mask = false;
        condition_configure(&condition, &settings);
        pass(NULL, 1, 0, 250);
        CHECK(map.n_stuck == 0 && map.n_active == 1);
}

static void test_masked_and_saturated(void) {
        struct sitter s = SITTER;

        begin();
        geometry.masked[100] = 1;
        condition_init(&condition, &SETTINGS, &geometry);
        s.bone = 3;
        pass(&s, 1, 0, 0);
        CHECK(!map.trusted[100] && map.load[100] == 0 && map.n_saturated > 0);
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                CHECK(map.load[k] >= 0 && map.load[k] <= 1 && (map.load[k] == 0 || map.load[k] > map.floor));
        CHECK_NEAR(map.floor, 0.015, 1e-6);
}

static void test_bad_values(void) {
        begin();
        sit(&geometry, &SITTER, now, &frame);
        frame.raw[0] = NAN;
        frame.raw[1] = INFINITY;
        frame.raw[2] = -INFINITY;
        frame.raw[3] = 1e30F;
        condition_step(&condition, &frame, &map);
        CHECK(map.load[0] == 0 && map.load[1] == 1 && map.load[2] == 0 && map.load[3] == 1);
}

static void test_by_command(void) {
        static struct memory_tare tare;

        begin();
        CHECK(!condition_tare(&condition, false)); /* no frame yet */
        pass(NULL, 1, 60, 0);
        CHECK(!condition_tare(&condition, false)); /* too short */
        pass(NULL, 3, 60, 0);
        CHECK(!map.tared && map.n_active == 256); /* a mat resting at a quarter: it could be a sitter */
        CHECK(condition_tare(&condition, false));
        pass(NULL, 1, 60, 0);
        CHECK(map.tared && map.n_active == 0);
        condition_remember(&condition, &tare);
        CHECK(tare.n_cells == 256);

        begin();
        CHECK(condition_recall(&condition, &tare));
        pass(NULL, 1, 60, 0);
        CHECK(map.tared && map.n_active == 0);
        tare.n_cells = 255;
        CHECK(!condition_recall(&condition, &tare));
        tare.n_cells = 256;
        tare.baseline[7] = NAN;
        CHECK(!condition_recall(&condition, &tare));
}

int main(void) {
        test_one_of_nine_moves();
        test_tare_takes_offsets();
        test_never_tare_a_person();
        test_baseline_follows();
        test_never_tare_an_object();
        test_tare_a_worn_mat();
        test_stuck();
        test_stuck_among_moving();
        test_masked_and_saturated();
        test_bad_values();
        test_by_command();
        return 0;
}
