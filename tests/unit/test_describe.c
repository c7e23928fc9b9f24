/* SPDX-License-Identifier: MIT */
/* Features against maps whose truth is known, on fine, coarse, odd and scattered mats. */
#include "core/describe/describe.h"
#include "sitter.h"

static struct geometry geometry;
static struct describe describe;
static struct map map;

static struct features describe_sitter(const struct sitter *s) {
        struct features ret;

        describe_init(&describe, &geometry);
        sit_map(&geometry, s, 1000000, &map);
        describe_step(&describe, &map, NULL, &ret);
        return ret;
}

/* Checks the sums against a slow computation in double, straight from the definitions. */
static void check_sums(const struct features *f) {
        double load = 0, x = 0, y = 0, left = 0, right = 0, peak = 0, squares = 0;

        for (uint32_t i = 0; i < geometry.n_cells; i++) {
                double v = map.load[i];

                load += v;
                x += v * geometry.x_mm[i];
                y += v * geometry.y_mm[i];
                squares += v * v;
                peak = v > peak ? v : peak;
                left += geometry.x_mm[i] < -0.01F ? v : fabsf(geometry.x_mm[i]) <= 0.01F ? v / 2 : 0;
                right += geometry.x_mm[i] > 0.01F ? v : fabsf(geometry.x_mm[i]) <= 0.01F ? v / 2 : 0;
        }
        CHECK_NEAR(f->load, load * geometry.cell_cm2, 1e-4 * f->load);
        CHECK_NEAR(f->cop_x_mm, x / load, 0.02);
        CHECK_NEAR(f->cop_y_mm, y / load, 0.02);
        CHECK_NEAR(f->asymmetry, (right - left) / (right + left), 1e-3);
        CHECK_NEAR(f->peak, peak, 1e-6);
        double mean = load / f->n_active;
        CHECK_NEAR(f->cov, sqrt(squares / f->n_active - mean * mean) / mean, 1e-3);
}

/* Noise, residue or a bag in the shape of a pair: no pair without a person's weight. */
static void test_pair_needs_weight(void) {
        struct sitter s = SITTER;

        for (uint32_t n = 16; n <= 64; n *= 2) {
                grid(&geometry, n, n, 400.0F / (float)n);
                CHECK(describe_sitter(&SITTER).sit_bones.valid);
                s.bone = SITTER.bone * 0.3F;
                s.soft = SITTER.soft * 0.3F;
                CHECK(describe_sitter(&s).sit_bones.valid); /* trunk on the desk */
                s.bone = 0.2F;
                s.soft = 0;
                struct features f = describe_sitter(&s);
                CHECK(f.load > 3 && !f.sit_bones.valid && f.sit_bones.quality == 0 && isnan(f.sit_bones.left_mm[0]));
                CHECK(isnan(f.profile[3]));
        }
}

static void test_sums(void) {
        const uint32_t shape[][2] = {{16, 16}, {32, 32}, {64, 64}, {10, 15}, {9, 9}, {3, 64}};

        for (size_t i = 0; i < sizeof(shape) / sizeof(shape[0]); i++) {
                struct sitter s = SITTER;

                s.right = 0.6F;
                s.x = 7;
                grid(&geometry, shape[i][0], shape[i][1], 400.0F / (float)shape[i][1]);
                struct features f = describe_sitter(&s);
                check_sums(&f);
                CHECK(f.contact_area_cm2 > 0 && f.n_active == map.n_active);
                CHECK(f.front_share >= 0 && f.front_share <= 1 && f.back_y_mm < f.front_y_mm);
                CHECK(f.ppi > 0 && f.ppi <= f.peak);
        }
}

/* An even plate: every number follows from its edges. */
static void test_plate(void) {
        struct features f;

        grid(&geometry, 32, 32, 12.5F);
        describe_init(&describe, &geometry);
        sit_map(&geometry, NULL, 1000000, &map);
        for (uint32_t i = 0; i < map.n_cells; i++)
                if (fabsf(geometry.x_mm[i]) < 100 && fabsf(geometry.y_mm[i]) < 150) {
                        map.load[i] = 0.4F;
                        map.n_active++;
                }
        map.load[15 * 32 + 15] += 1e-6F; /* the peak is away from the edge */
        describe_step(&describe, &map, NULL, &f);
        CHECK_NEAR(f.contact_area_cm2, 20 * 30, 0.01);
        CHECK_NEAR(f.load, 0.4 * 600, 0.01);
        CHECK_NEAR(f.cop_x_mm, 0, 1e-3);
        CHECK_NEAR(f.back_y_mm, -150 + 0.05 * 300, 0.1);
        CHECK_NEAR(f.front_y_mm, 150 - 0.05 * 300, 0.1);
        CHECK_NEAR(f.width_mm, 0.9 * 200, 0.1);
        CHECK_NEAR(f.front_share, (150 - (200 - 400 * 13.0 / 32)) / 300, 1e-3);
        CHECK_NEAR(f.ppi, 0.4, 1e-5);
        CHECK_NEAR(f.cov, 0, 1e-3);
        CHECK(!f.sit_bones.valid); /* no valley, no bones */
        CHECK(isnan(f.profile[0]));
}

static void check_pair(float pitch, const struct sitter *s, float tolerance) {
        uint32_t n = (uint32_t)(400 / pitch);
        struct features f;
        float sum = 0;

        grid(&geometry, n, n, pitch);
        f = describe_sitter(s);
        CHECK(f.sit_bones.valid && f.sit_bones.quality > 0.5F && f.sit_bones.quality <= 1);
        CHECK_NEAR(f.sit_bones.left_mm[0], s->x - s->apart / 2, tolerance);
        CHECK_NEAR(f.sit_bones.right_mm[0], s->x + s->apart / 2, tolerance);
        CHECK_NEAR(f.sit_bones.left_mm[1], s->y, tolerance);
        CHECK_NEAR(f.sit_bones.right_mm[1], s->y, tolerance);
        for (int b = 0; b < PROFILE_BANDS; b++)
                sum += f.profile[b];
        CHECK_NEAR(sum, 1, 1e-4);
}

/* Every place inside a cell, the distances of men and women, three resolutions: within a fraction of a cell. */
static void test_sit_bones(void) {
        for (int i = 0; i < 40; i++) {
                struct sitter s = SITTER;

                s.x = (float)(i % 8) * 3.1F - 10;
                s.y = -70 + (float)(i % 5) * 5.3F;
                s.apart = 95 + (float)i * 1.5F;
                s.right = 0.42F + 0.02F * (float)(i % 9);
                check_pair(6.25F, &s, 5);
                check_pair(12.5F, &s, 5);
                check_pair(25, &s, 8);
        }
}

/* Cells that differ in gain move a maximum; a pair that is level and at the usual distance is likelier. */
static void test_uneven_cells(void) {
        const struct sitter *s = &SITTER;
        uint32_t dice = 3;
        float away = 0;

        grid(&geometry, 16, 16, 25);
        for (int i = 0; i < 50; i++) {
                struct features f;

                describe_init(&describe, &geometry);
                sit_map(&geometry, s, 1000000, &map);
                for (uint32_t k = 0; k < geometry.n_cells; k++) {
                        dice = dice * 1664525 + 1013904223;
                        map.load[k] *= 1 + 0.7F * ((float)(dice >> 8) / (1 << 24) - 0.5F); /* SD of a fifth */
                }
                describe_step(&describe, &map, NULL, &f);
                CHECK(f.sit_bones.valid);
                away += hypotf(f.sit_bones.left_mm[0] - (s->x - s->apart / 2), f.sit_bones.left_mm[1] - s->y);
        }
        CHECK(away / 50 < 3.5F); /* without the prior: 4.1 */
}

static void test_no_sit_bones(void) {
        struct sitter s = SITTER;

        grid(&geometry, 32, 32, 12.5F);
        s.right = 0.75F; /* one-sided lean */
        CHECK(fabsf(describe_sitter(&s).asymmetry) > 0.35F && !describe_sitter(&s).sit_bones.valid);
        s = SITTER;
        s.bone = 0; /* a cushion, a box: no bones */
        s.soft = 0.3F;
        CHECK(!describe_sitter(&s).sit_bones.valid);
        s = SITTER;
        s.apart = 40; /* a hand */
        CHECK(!describe_sitter(&s).sit_bones.valid);
}

static void test_empty(void) {
        struct features f;

        grid(&geometry, 32, 32, 12.5F);
        f = describe_sitter(NULL);
        CHECK(f.load == 0 && f.peak == 0 && f.contact_area_cm2 == 0);
        CHECK(isnan(f.cop_x_mm) && isnan(f.asymmetry) && isnan(f.ppi) && isnan(f.cov) && isnan(f.front_share));
        CHECK(isnan(f.back_y_mm) && isnan(f.movement) && isnan(f.cop_speed_mm_s) && !f.sit_bones.valid);
}

static void test_unplaced(void) {
        struct features f;

        memset(&geometry, 0, sizeof(geometry));
        geometry.kind = GEOMETRY_UNPLACED;
        geometry.n_cells = 9;
        geometry.cell_cm2 = geometry.full_scale = geometry.pitch_x_mm = geometry.pitch_y_mm = 1;
        f = describe_sitter(&SITTER);
        CHECK(f.load > 0 && f.peak > 0 && !isnan(f.cov));
        CHECK(isnan(f.contact_area_cm2) && isnan(f.cop_x_mm) && isnan(f.cop_y_mm) && isnan(f.asymmetry) &&
              isnan(f.front_share) && isnan(f.width_mm) && isnan(f.ppi));
}

/* Positions instead of a grid: the same cells in any order give the same features. */
static void test_scattered(void) {
        struct sitter s = SITTER;
        struct features a, b;

        s.right = 0.6F;
        grid(&geometry, 16, 16, 25);
        a = describe_sitter(&s);
        geometry.kind = GEOMETRY_SCATTERED;
        geometry.rows = geometry.cols = 0;
        for (uint32_t i = 0; i < 128; i++) { /* turned round */
                float x = geometry.x_mm[i], y = geometry.y_mm[i];

                geometry.x_mm[i] = geometry.x_mm[255 - i];
                geometry.y_mm[i] = geometry.y_mm[255 - i];
                geometry.x_mm[255 - i] = x;
                geometry.y_mm[255 - i] = y;
        }
        b = describe_sitter(&s);
        CHECK_NEAR(a.load, b.load, 1e-2);
        CHECK_NEAR(a.cop_x_mm, b.cop_x_mm, 0.05);
        CHECK_NEAR(a.cop_y_mm, b.cop_y_mm, 0.05);
        CHECK_NEAR(a.asymmetry, b.asymmetry, 1e-3);
        CHECK_NEAR(a.front_share, b.front_share, 1e-3);
        CHECK_NEAR(a.back_y_mm, b.back_y_mm, 0.1);
        CHECK(!b.sit_bones.valid);
}

/* The movement that is measured when `together` frames arrive at a time. */
static float movement_at(float hz, float mm_s, int together, float *ret_speed) {
        struct sitter s = SITTER;
        struct features f = {0};

        grid(&geometry, 32, 32, 12.5F);
        describe_init(&describe, &geometry);
        for (int i = 0; i <= (int)(6 * hz); i++) {
                s.x = -20 + mm_s * (float)i / hz;
                sit_map(&geometry, &s, 1000000 + (uint64_t)((float)(i / together * together) * 1e6F / hz), &map);
                describe_step(&describe, &map, NULL, &f);
        }
        *ret_speed = f.cop_speed_mm_s;
        return f.movement;
}

/* Movement is a rate: the same whatever the frame rate. */
static void test_movement(void) {
        float slow, fast, rest, v;

        rest = movement_at(20, 0, 1, &v);
        CHECK_NEAR(rest, 0, 1e-4);
        CHECK_NEAR(v, 0, 1e-3);
        slow = movement_at(4, 10, 1, &v);
        CHECK_NEAR(v, 10, 2);
        fast = movement_at(100, 10, 1, &v);
        CHECK_NEAR(v, 10, 2);
        CHECK(slow > 0.05F);
        CHECK_NEAR(slow, fast, 0.15 * slow);
        CHECK_NEAR(movement_at(100, 10, 2, &v), fast, 0.15 * fast);
        CHECK_NEAR(v, 10, 2);
}

/* On a fast mat details are not measured in every frame, but in the first frame of a beginning or end. */
static void test_fast_mat(void) {
        struct features f;
        uint64_t now = 1000000;

        grid(&geometry, 16, 16, 25);
        describe_init(&describe, &geometry);
        sit_map(&geometry, NULL, now, &map);
        describe_step(&describe, &map, NULL, &f);
        CHECK(isnan(f.ppi) && !f.sit_bones.valid);
        sit_map(&geometry, &SITTER, now += 5000, &map);
        describe_step(&describe, &map, NULL, &f);
        CHECK(f.ppi > 0.3F && f.sit_bones.valid); /* sat down */
        float ppi = f.ppi;
        struct sitter lighter = SITTER;
        lighter.bone *= 0.9F;
        sit_map(&geometry, &lighter, now += 5000, &map);
        describe_step(&describe, &map, NULL, &f);
        CHECK(f.ppi == ppi); /* waits for its turn */
        sit_map(&geometry, &lighter, now += 45000, &map);
        describe_step(&describe, &map, NULL, &f);
        CHECK(f.ppi < ppi);
        struct sitter leaning = SITTER;
        leaning.right = 0.9F;
        sit_map(&geometry, &leaning, now += 5000, &map);
        describe_step(&describe, &map, NULL, &f);
        CHECK(!f.sit_bones.valid); /* no bones are found under a lean: detected at once */
        sit_map(&geometry, NULL, now += 5000, &map);
        describe_step(&describe, &map, NULL, &f);
        CHECK(isnan(f.ppi) && f.load == 0); /* stood up */
}

int main(void) {
        test_pair_needs_weight();
        test_sums();
        test_plate();
        test_sit_bones();
        test_uneven_cells();
        test_no_sit_bones();
        test_empty();
        test_unplaced();
        test_scattered();
        test_movement();
        test_fast_mat();
        return 0;
}
