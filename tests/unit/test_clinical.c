/* SPDX-License-Identifier: MIT */
/* Clinical numbers on a 12 x 12 mat of 30 mm, on scattered cells, and where positions are unknown. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "core/describe/describe.h"

static struct geometry geometry;
static struct describe describe;
static struct map map;
static struct features f;

static void begin(enum geometry_kind kind) {
        memset(&geometry, 0, sizeof(geometry));
        memset(&map, 0, sizeof(map));
        geometry.kind = kind;
        geometry.n_cells = map.n_cells = 144;
        geometry.rows = geometry.cols = kind == GEOMETRY_GRID ? 12 : 0;
        geometry.pitch_x_mm = geometry.pitch_y_mm = 30;
        geometry.cell_cm2 = 9;
        geometry.full_scale = 100;
        for (int i = 0; i < 144 && kind != GEOMETRY_UNPLACED; i++) {
                geometry.x_mm[i] = ((float)(i % 12) - 5.5F) * 30;
                geometry.y_mm[i] = ((float)(i / 12) - 5.5F) * 30;
        }
        memset(map.trusted, 1, 144);
        map.arrived_us = 1000000;
        describe_init(&describe, &geometry);
        memset(&f, 0x55, sizeof(f));
}

/* Sits with this load on each side, in share of full scale per cell, for some seconds. */
static void sit(float left, float right, float seconds) {
        map.n_active = 0;
        for (int i = 0; i < 144; i++) {
                map.load[i] = i % 12 < 6 ? left : right;
                map.n_active += map.load[i] > 0;
        }
        for (int k = 0; k < (int)(seconds * 10); k++) {
                map.arrived_us += 100000;
                map.seq++;
                describe_step(&describe, &map, NULL, &f);
        }
}

static void test_weight_shift(void) {
        begin(GEOMETRY_GRID);
        sit(0.2F, 0.2F, 60);
        CHECK(f.clinical.weight_shifts == 0 && f.clinical.reliefs == 0);
        CHECK(f.clinical.region_loaded_s[REGION_BACK_LEFT] > 50);
        sit(0.12F, 0.28F, 14); /* 40 % less on the left, not long enough */
        sit(0.2F, 0.2F, 30);
        CHECK(f.clinical.weight_shifts == 0);
        sit(0.16F, 0.24F, 30); /* 20 %, not far enough */
        CHECK(f.clinical.weight_shifts == 0);
        sit(0.2F, 0.2F, 60);
        sit(0.12F, 0.28F, 20);
        CHECK(f.clinical.weight_shifts == 1 && f.clinical.reliefs == 0);
        CHECK(f.clinical.region_loaded_s[REGION_BACK_LEFT] == 0 && f.clinical.region_loaded_s[REGION_FRONT_LEFT] == 0);
        CHECK(f.clinical.region_loaded_s[REGION_BACK_RIGHT] > 60);
        sit(0.2F, 0.2F, 25);
        CHECK_NEAR(f.clinical.region_loaded_s[REGION_MIDDLE_LEFT], 25, 1);
        CHECK(f.clinical.weight_shifts == 1);
        sit(0.28F, 0.12F, 60); /* one shift, however long it lasts, then the other side */
        CHECK(f.clinical.weight_shifts == 2);
        CHECK_NEAR(f.clinical.region_load[REGION_BACK_LEFT], 24 * 9 * 0.28F, 0.1F);
}

static void test_relief(void) {
        begin(GEOMETRY_GRID);
        sit(0, 0, 30);
        CHECK(f.clinical.reliefs == 0 && isnan(f.clinical.cop_path_mm));
        sit(0.2F, 0.2F, 60);
        sit(0, 0, 10);
        sit(0.2F, 0.2F, 30);
        CHECK(f.clinical.reliefs == 0);
        sit(0, 0, 30);
        CHECK(f.clinical.reliefs == 1 && f.clinical.weight_shifts == 0);
        CHECK(f.clinical.region_loaded_s[REGION_FRONT_RIGHT] == 0);
        sit(0.1F, 0.1F, 3000); /* another, lighter sitter: soon the usual load */
        CHECK(f.clinical.reliefs == 1 && f.clinical.weight_shifts == 0);
        sit(0.06F, 0.14F, 20);
        CHECK(f.clinical.weight_shifts == 1);
}

static void test_cop_path(void) {
        begin(GEOMETRY_GRID);
        sit(0.2F, 0.2F, 20);
        CHECK_NEAR(f.clinical.cop_path_mm, 0, 1e-3F);
        sit(0.1F, 0.3F, 20); /* 45 mm to the right and back */
        CHECK_NEAR(f.clinical.cop_path_mm, 45, 1);
        sit(0.2F, 0.2F, 20);
        CHECK_NEAR(f.clinical.cop_path_mm, 90, 2);
        CHECK_NEAR(f.clinical.cop_velocity_mm_s, 90.0F / 60, 0.1F);
}

static void test_gradient(enum geometry_kind kind) {
        begin(kind);
        sit(0.2F, 0.2F, 1);
        CHECK_NEAR(f.clinical.gradient_per_cm, 0, 1e-6F);
        map.load[50] = 0.8F;
        map.arrived_us += 1000000;
        describe_step(&describe, &map, NULL, &f);
        CHECK_NEAR(f.clinical.gradient_per_cm, 0.6F / 3, 1e-5F);
}

/* A pair of bumps, and the same load again far in front: half of it lies under the bones. */
static void test_dispersion(void) {
        float under, all = 0;

        begin(GEOMETRY_GRID);
        for (int i = 0; i < 144; i++) {
                float x = geometry.x_mm[i], y = geometry.y_mm[i] + 60;

                map.load[i] = 0.05F;
                for (int side = -1; side <= 1; side += 2)
                        map.load[i] += 0.6F * expf(-((x - 60 * (float)side) * (x - 60 * (float)side) + y * y) /
                                                   (2 * 25 * 25));
                all += map.load[i];
        }
        map.n_active = 144;
        map.tared = true;
        for (int i = 0; i < 10; i++) {
                map.arrived_us += 200000;
                describe_step(&describe, &map, NULL, &f);
        }
        CHECK(f.sit_bones.valid);
        under = f.clinical.dispersion;
        CHECK(under > 0.3F && under < 0.8F);
        for (int i = 132; i < 144; i++)
                map.load[i] += all / 12;
        map.arrived_us += 200000;
        describe_step(&describe, &map, NULL, &f);
        if (f.sit_bones.valid)
                CHECK_NEAR(f.clinical.dispersion, under / 2, 0.03);
        sit(0.2F, 0.2F, 1);
        CHECK(f.sit_bones.valid || isnan(f.clinical.dispersion));
}

static void test_unplaced(void) {
        begin(GEOMETRY_UNPLACED);
        geometry.cell_cm2 = 1;
        sit(0.2F, 0.2F, 60);
        CHECK(isnan(f.clinical.gradient_per_cm) && isnan(f.clinical.dispersion) && isnan(f.clinical.cop_path_mm));
        CHECK(isnan(f.clinical.region_load[0]) && isnan(f.clinical.region_loaded_s[REGION_FRONT_RIGHT]));
        sit(0, 0, 20);
        CHECK(f.clinical.reliefs == 1 && f.clinical.weight_shifts == 0);
}

int main(void) {
        test_weight_shift();
        test_relief();
        test_cop_path();
        test_gradient(GEOMETRY_GRID);
        test_gradient(GEOMETRY_SCATTERED);
        test_dispersion();
        test_unplaced();
        return 0;
}
