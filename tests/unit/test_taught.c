/* SPDX-License-Identifier: MIT */
/* Taught postures: three ways to sit on nine cells of unknown place, and others that are none of them. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "core/describe/fingerprint.h"
#include "core/estimate/taught.h"

static const float sits[3][9] = {{0.6F, 0.6F, 0.3F, 0.3F, 0.5F, 0.5F, 0.1F, 0.1F, 0},
                                 {0.2F, 0.7F, 0.3F, 0.1F, 0.5F, 0.8F, 0.1F, 0.2F, 0},
                                 {0.7F, 0.2F, 0.1F, 0.3F, 0.8F, 0.5F, 0.2F, 0.1F, 0.2F}};
static const float another[9] = {0, 0, 0.6F, 0.6F, 0, 0, 0.6F, 0.6F, 0.5F};

static uint32_t seed = 1;

static float noise(float sd) {
        float sum = 0;

        for (int i = 0; i < 12; i++) {
                seed = seed * 1664525U + 1013904223U;
                sum += (float)(seed >> 8) / 16777216.0F;
        }
        return sd * (sum - 6);
}

static void make_frame(struct features *f, const float sit[9], float gain) {
        f->n_fingerprint = 9;
        f->fingerprint_at_us += 200000;
        for (int i = 0; i < 9; i++)
                f->fingerprint[i] = fmaxf(0, gain * sit[i] * (1 + noise(0.05F)));
}

static enum command_result teach_sit(struct profile *p, const char *name, const float sit[9], struct features *f) {
        struct lesson l;
        char padded[POSTURE_NAME_MAX] = "";

        snprintf(padded, sizeof(padded), "%s", name);
        if (!lesson_begin(&l, padded))
                return COMMAND_MALFORMED;
        for (int i = 0; i < 50; i++) {
                make_frame(f, sit, 1);
                lesson_add(&l, p, f);
        }
        return lesson_learn(&l, p);
}

static const char *recognise_sit(struct recogniser *r, struct features *f, const float sit[9], float gain,
                                 struct posture *ret) {
        make_frame(f, sit, gain);
        recogniser_step(r, f);
        recogniser_report(r, ret);
        return ret->taught;
}

static struct profile profile;
static struct recogniser recogniser;
static struct features features;
static struct posture posture, posture_said;

static void begin(void) {
        memset(&profile, 0, sizeof(profile));
        memset(&features, 0, sizeof(features));
        recogniser_load(&recogniser, &profile);
}

static void test_three(void) {
        begin();
        CHECK(!*recognise_sit(&recogniser, &features, sits[0], 1, &posture));
        CHECK(teach_sit(&profile, "even", sits[0], &features) == COMMAND_OK);
        CHECK(teach_sit(&profile, "crossed-left", sits[1], &features) == COMMAND_OK);
        CHECK(teach_sit(&profile, "crossed-right", sits[2], &features) == COMMAND_OK);
        CHECK(taught_plausible(&profile));
        recogniser_load(&recogniser, &profile);
        for (int i = 0; i < 100; i++) {
                CHECK(strcmp(recognise_sit(&recogniser, &features, sits[0], 1, &posture), "even") == 0);
                CHECK(strcmp(recognise_sit(&recogniser, &features, sits[1], 1.15F, &posture), "crossed-left") == 0);
                CHECK(strcmp(recognise_sit(&recogniser, &features, sits[2], 0.9F, &posture), "crossed-right") == 0);
                CHECK(!*recognise_sit(&recogniser, &features, another, 1, &posture));
                CHECK(!*recognise_sit(&recogniser, &features, sits[0], 0, &posture));
        }
        recogniser_reset(&recogniser);
        recogniser_report(&recogniser, &posture);
        CHECK(!*posture.taught);
}

/* A fold of a coat on one cell, and one cell that is not trusted any more. */
static void test_one_cell_off(void) {
        begin();
        teach_sit(&profile, "even", sits[0], &features);
        teach_sit(&profile, "crossed-left", sits[1], &features);
        recogniser_load(&recogniser, &profile);
        make_frame(&features, sits[0], 1);
        features.fingerprint[6] = 0.9F;
        features.fingerprint[2] = NAN;
        recogniser_step(&recogniser, &features);
        recogniser_report(&recogniser, &posture);
        CHECK(strcmp(posture.taught, "even") == 0);
}

/* Nine cells that read about the same, as on a home-made cushion: three postures differ by 2 % of the load, and all cells
 * drift together by 3 %. A fourth posture, that nobody taught, is none of them, and a profile of before shapes were learnt
 * still works. */
static void make_cushion_frame(struct features *f, int way, float drift) {
        f->n_fingerprint = 9;
        f->fingerprint_at_us += 200000;
        for (int i = 0; i < 9; i++)
                f->fingerprint[i] = drift * (0.8F + (i % 4 == way ? 0.02F : 0) + noise(0.001F));
}

static const char *recognise_cushion(int way, float drift) {
        for (int i = 0; i < 20; i++) { /* longer than the dwell */
                make_cushion_frame(&features, way, drift);
                recogniser_step(&recogniser, &features);
        }
        recogniser_report(&recogniser, &posture_said);
        return posture_said.taught;
}

static void teach_cushion(int lessons) {
        static const char *const names[] = {"a", "b", "c"};

        begin();
        for (int k = 0; k < 3 * lessons; k++) {
                char padded[POSTURE_NAME_MAX] = "";
                struct lesson l;

                snprintf(padded, sizeof(padded), "%s", names[k % 3]);
                CHECK(lesson_begin(&l, padded));
                for (int i = 0; i < 50; i++) {
                        make_cushion_frame(&features, k % 3, 1);
                        lesson_add(&l, &profile, &features);
                }
                CHECK(lesson_learn(&l, &profile) == COMMAND_OK);
        }
        recogniser_load(&recogniser, &profile);
}

static void test_cushion(void) {
        teach_cushion(12);
        CHECK(taught_plausible(&profile));
        CHECK(recogniser.notices_untaught);
        for (int i = 0; i < 3; i++) {
                const char name[] = {(char)('a' + i), '\0'};

                CHECK(strcmp(recognise_cushion(i, 1.03F), name) == 0);
                CHECK(strcmp(recognise_cushion(i, 0.97F), name) == 0);
                CHECK(!*recognise_cushion(3, 1));
        }
        for (int i = 0; i < 3; i++)
                memset(&profile.taught[i].shape, 0, sizeof(profile.taught[i].shape));
        recogniser_load(&recogniser, &profile);
        CHECK(strcmp(recognise_cushion(1, 1), "b") == 0);
}

/* A short excursion that is not clearly another posture does not change the name; a clear change does at once. */
static void test_dwell(void) {
        begin();
        teach_sit(&profile, "even", sits[0], &features);
        teach_sit(&profile, "crossed-left", sits[1], &features);
        recogniser_load(&recogniser, &profile);
        recognise_sit(&recogniser, &features, sits[0], 1, &posture);
        CHECK(strcmp(recognise_sit(&recogniser, &features, sits[1], 1, &posture), "crossed-left") == 0);
        CHECK(strcmp(recognise_sit(&recogniser, &features, sits[0], 1, &posture), "even") == 0);
        for (int i = 0; i < 20; i++) { /* without noise: between the two, a little nearer to the second */
                make_frame(&features, sits[0], 1);
                for (int k = 0; k < 9; k++)
                        features.fingerprint[k] = 0.465F * sits[0][k] + 0.535F * sits[1][k];
                recogniser_step(&recogniser, &features);
                recogniser_report(&recogniser, &posture);
                CHECK(i >= 10 || strcmp(posture.taught, "even") == 0);
        }
        CHECK(strcmp(posture.taught, "even") != 0);
}

static void test_any_gain(void) {
        float small[9];

        begin();
        for (int i = 0; i < 9; i++)
                small[i] = sits[0][i] / 20;
        teach_sit(&profile, "even", small, &features);
        for (int i = 0; i < 9; i++)
                small[i] = sits[1][i] / 20;
        teach_sit(&profile, "crossed-left", small, &features);
        recogniser_load(&recogniser, &profile);
        CHECK(strcmp(recognise_sit(&recogniser, &features, sits[0], 0.05F, &posture), "even") == 0);
        CHECK(strcmp(recognise_sit(&recogniser, &features, sits[1], 0.05F, &posture), "crossed-left") == 0);
}

/* An unloaded cell counts as a quarter of the mean load, which makes fingerprints of any gain alike. Cells that are
 * not trusted do not count; without load there is a constant. */
static void test_offset(void) {
        float mean = 0;

        begin();
        for (int i = 0; i < 9; i++)
                mean += sits[0][i] / 9;
        teach_sit(&profile, "even", sits[0], &features);
        CHECK_NEAR(profile.fingerprint_offset, 0.25F * mean, 0.1 * 0.25 * mean);
        begin();
        features = (struct features){.n_fingerprint = 3, .fingerprint_at_us = 1, .fingerprint = {0.2F, NAN, 0.6F}};
        struct lesson l;
        CHECK(lesson_begin(&l, "two"));
        lesson_add(&l, &profile, &features);
        CHECK_NEAR(profile.fingerprint_offset, 0.25 * 0.4, 1e-6);
        begin();
        features = (struct features){.n_fingerprint = 3, .fingerprint_at_us = 1, .fingerprint = {NAN, NAN, NAN}};
        CHECK(lesson_begin(&l, "none"));
        lesson_add(&l, &profile, &features);
        CHECK_NEAR(profile.fingerprint_offset, 0.05, 1e-6);
}

/* A second lesson of a name widens the posture; an empty seat may be taught, even first. */
static void test_again_and_empty(void) {
        static const float empty[9];
        float seconds;

        begin();
        CHECK(teach_sit(&profile, "empty", empty, &features) == COMMAND_OK);
        CHECK(teach_sit(&profile, "even", sits[0], &features) == COMMAND_OK);
        seconds = profile.taught[1].seconds;
        CHECK(seconds > 9 && seconds < 11);
        CHECK(teach_sit(&profile, "even", sits[1], &features) == COMMAND_OK);
        CHECK(profile.taught[1].seconds > 1.9F * seconds && !*profile.taught[2].name);
        recogniser_load(&recogniser, &profile);
        CHECK(strcmp(recognise_sit(&recogniser, &features, sits[0], 1, &posture), "even") == 0);
        CHECK(strcmp(recognise_sit(&recogniser, &features, sits[1], 1, &posture), "even") == 0);
        CHECK(strcmp(recognise_sit(&recogniser, &features, empty, 1, &posture), "empty") == 0);
        CHECK(taught_remove(&profile, "empty") && taught_remove(&profile, "even"));
        CHECK(profile.n_fingerprint == 0 && !taught_remove(&profile, "even"));
}

static void test_refused(void) {
        struct lesson l;
        char name[POSTURE_NAME_MAX];

        begin();
        CHECK(teach_sit(&profile, "", sits[0], &features) == COMMAND_MALFORMED);
        CHECK(teach_sit(&profile, "crossed left", sits[0], &features) == COMMAND_MALFORMED);
        memset(name, 'a', sizeof(name));
        CHECK(!lesson_begin(&l, name));
        CHECK(lesson_begin(&l, "short") && lesson_learn(&l, &profile) == COMMAND_UNSTEADY);
        for (int i = 0; i < TAUGHT_MAX; i++) {
                snprintf(name, sizeof(name), "sit-%d", i);
                CHECK(teach_sit(&profile, name, sits[i % 3], &features) == COMMAND_OK);
        }
        CHECK(teach_sit(&profile, "one-more", sits[0], &features) == COMMAND_OUT_OF_RANGE);
        CHECK(taught_plausible(&profile));
        profile.taught[3].load.variance[2] = -1;
        CHECK(!taught_plausible(&profile));
}

/* Cells of unknown place, or few: each number is the mean of the trusted cells of its group; cell 3 is not trusted,
 * and alone in the group so numbered. */
static void test_fingerprint(uint32_t rows, uint32_t cols, uint32_t expect, uint32_t alone) {
        static struct fingerprint p;
        static struct geometry g;
        static struct map map;
        static float share[CELLS_MAX];

        memset(&map, 0, sizeof(map));
        g.kind = rows > 1 ? GEOMETRY_GRID : GEOMETRY_UNPLACED;
        g.rows = rows;
        g.cols = cols;
        g.n_cells = map.n_cells = rows * cols;
        for (uint32_t i = 0; i < g.n_cells; i++) {
                map.trusted[i] = i != 3;
                share[i] = 0.5F;                              /* left in: the reading is twice the load */
                map.load[i] = map.trusted[i] ? 0.125F : 0.7F; /* estimated from its neighbours: not measured */
        }
        map.arrived_us = 1000000;
        fingerprint_init(&p, &g);
        fingerprint_step(&p, &(struct fingerprint_map){.map = &map, .creep_share = share}, &features);
        CHECK(features.n_fingerprint == expect && features.fingerprint_at_us == map.arrived_us);
        for (uint32_t i = 0; i < features.n_fingerprint; i++)
                CHECK(i == alone ? isnan(features.fingerprint[i]) : features.fingerprint[i] == 0.25F);
}

/* While the posture is held the numbers are a mean over a second; after a movement they start again. */
static void test_fingerprint_follows(void) {
        static struct fingerprint p;
        static struct geometry g;
        static struct map map;

        memset(&map, 0, sizeof(map));
        g.kind = GEOMETRY_UNPLACED;
        g.n_cells = map.n_cells = 2;
        memset(map.trusted, 1, 2);
        fingerprint_init(&p, &g);
        for (int i = 1; i < 20; i++) {
                map.arrived_us = 1000000 + (uint64_t)i * 200000;
                map.load[0] = 0.5F;
                map.load[1] = 0.5F + (i == 19 ? 0.12F : 0);
                fingerprint_step(&p, &(struct fingerprint_map){.map = &map}, &features);
        }
        CHECK_NEAR(features.fingerprint[1], 0.52F, 0.001F);
        map.arrived_us += 200000;
        map.load[0] = 0.1F;
        fingerprint_step(&p, &(struct fingerprint_map){.map = &map}, &features);
        CHECK_NEAR(features.fingerprint[0], 0.1F, 1e-6F);
        CHECK_NEAR(features.fingerprint[1], 0.62F, 1e-6F);
}

/* Two sit bones and a thigh, this far from where they were the first time. */
static float seat_load(float x, float y, float thigh) {
        float left = hypotf(x + 60, y + 60) / 45, right = hypotf(x - 60, y + 60) / 45;

        return 0.5F * expf(-left * left) + 0.6F * expf(-right * right) +
               thigh * expf(-powf((x - 60) / 50, 2) - powf((y - 40) / 70, 2));
}

static void sit_at(uint32_t rows, uint32_t cols, float pitch_mm, const float at_mm[2], float thigh, float *ret) {
        static struct fingerprint p;
        static struct geometry g;
        static struct map map;
        float sum = 0, x_sum = 0, y_sum = 0;

        g = (struct geometry){.kind = GEOMETRY_GRID, .n_cells = rows * cols, .rows = rows, .cols = cols};
        g.pitch_x_mm = g.pitch_y_mm = pitch_mm;
        map.n_cells = g.n_cells;
        map.arrived_us = 1000000;
        for (uint32_t i = 0; i < g.n_cells; i++) {
                g.x_mm[i] = ((float)(i % cols) - (float)(cols - 1) / 2) * pitch_mm;
                g.y_mm[i] = ((float)(i / cols) - (float)(rows - 1) / 2) * pitch_mm;
                map.trusted[i] = 1;
                map.load[i] = seat_load(g.x_mm[i] - at_mm[0], g.y_mm[i] - at_mm[1], thigh);
                sum += map.load[i];
                x_sum += map.load[i] * g.x_mm[i];
                y_sum += map.load[i] * g.y_mm[i];
        }
        fingerprint_init(&p, &g);
        fingerprint_step(&p, &(struct fingerprint_map){&map, NULL, x_sum / sum, y_sum / sum}, &features);
        CHECK(features.n_fingerprint == FINGERPRINT_BODY);
        memcpy(ret, features.fingerprint, FINGERPRINT_BODY * sizeof(float));
}

static float largest_difference(const float *a, const float *b) {
        float most = 0;

        for (int i = 0; i < FINGERPRINT_BODY; i++)
                if (!isnan(a[i]) && !isnan(b[i]))
                        most = fmaxf(most, fabsf(a[i] - b[i]));
        return most;
}

/* The numbers are the same wherever the sitter comes down, by whole cells or parts of them; a window off the mat is
 * not known. */
static void test_body(uint32_t rows, uint32_t cols, float pitch_mm, float least) {
        static const float first[2], then[3][2] = {{-12, 7}, {20, -15}, {3, 30}}, corner[2] = {-90, -20};
        float a[FINGERPRINT_BODY], b[FINGERPRINT_BODY];

        sit_at(rows, cols, pitch_mm, first, 0.3F, a);
        CHECK(a[FINGERPRINT_BODY / 2] > 0);
        for (int i = 0; i < 3; i++) {
                sit_at(rows, cols, pitch_mm, then[i], 0.3F, b);
                CHECK(largest_difference(a, b) < least);
        }
        sit_at(rows, cols, pitch_mm, corner, 0.3F, b);
        CHECK(b[FINGERPRINT_BODY / 2] > 0 && isnan(b[0]));
}

static void test_body_is_distinguished(void) {
        static const float first[2], then[2] = {15, -20};
        float a[FINGERPRINT_BODY], b[FINGERPRINT_BODY];

        sit_at(16, 16, 25, first, 0.3F, a);
        sit_at(16, 16, 25, then, 0.1F, b);
        CHECK(largest_difference(a, b) > 0.1F);
}

int main(void) {
        test_three();
        test_one_cell_off();
        test_cushion();
        test_dwell();
        test_any_gain();
        test_offset();
        test_again_and_empty();
        test_refused();
        test_fingerprint(1, 9, 9, 3);
        test_fingerprint(9, 9, 81, 3);
        test_fingerprint(10, 10, 100, 3);
        test_fingerprint(1, 300, 100, UINT32_MAX);
        test_fingerprint_follows();
        test_body(12, 12, 33, 0.05F);
        test_body(16, 16, 25, 0.03F);
        test_body(32, 32, 12.5F, 0.01F);
        test_body(64, 64, 6.25F, 0.01F);
        test_body(32, 64, 12, 0.02F);
        test_body_is_distinguished();
        return 0;
}
