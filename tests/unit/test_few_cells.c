/* SPDX-License-Identifier: MIT */
/* Mats of few cells: what they measure (the table of docs/own-mat.md), sitting on saturating cells, and leans. */
#include <string.h>

#include "check.h"
#include "configure/settings.h"
#include "core/condition/condition.h"
#include "core/describe/capabilities.h"
#include "core/describe/describe.h"
#include "core/estimate/estimate.h"
#include "sitbone/settings.h"

static struct settings settings;
static struct geometry geometry;
static struct condition condition;
static struct describe describe;
static struct estimate estimate;
static struct frame frame;
static struct map map;
static struct features features;
static struct posture posture;

static void place_grid(uint32_t rows, uint32_t cols, float pitch) {
        memset(&geometry, 0, sizeof(geometry));
        geometry.kind = GEOMETRY_GRID;
        geometry.rows = rows;
        geometry.cols = cols;
        geometry.n_cells = rows * cols;
        geometry.pitch_x_mm = geometry.pitch_y_mm = pitch;
        geometry.cell_cm2 = pitch * pitch / 100;
        geometry.full_scale = 1023;
        for (uint32_t i = 0; i < geometry.n_cells; i++) {
                geometry.x_mm[i] = ((float)(i % cols) - (float)(cols - 1) / 2) * pitch;
                geometry.y_mm[i] = ((float)(i / cols) - (float)(rows - 1) / 2) * pitch;
        }
}

static void begin(uint32_t rows, uint32_t cols, bool divider) {
        place_grid(rows, cols, 150);
        settings_defaults(&settings);
        settings.condition.response = divider ? RESPONSE_DIVIDER : RESPONSE_LINEAR;
        condition_init(&condition, &settings.condition, &geometry);
        describe_init(&describe, &geometry);
        estimate_init(&estimate, &settings, &geometry);
        frame.n_cells = geometry.n_cells;
        frame.arrived_us = 1000000;
}

/* Conductance of each cell -> reading of the divider; 20 frames a second. */
static void pass(const float *conductance, float seconds) {
        for (int k = 0; k < (int)(20 * seconds); k++) {
                frame.seq++;
                frame.arrived_us += 50000;
                for (uint32_t i = 0; i < frame.n_cells; i++)
                        frame.raw[i] = floorf(12 + 1011 * conductance[i] / (1 + conductance[i]) + (float)(k % 2));
                condition_step(&condition, &frame, &map);
                describe_step(&describe, &map, condition_creep_share(&condition), &features);
                estimate_step(&estimate, &features, frame.arrived_us, &posture);
        }
}

static const float EMPTY[16];

/* ---- the table ---- */

/* Column k of a row of a table, counted from 0. */
static const char *find_column(const char *row, int k) {
        for (; k >= 0 && row; k--) {
                row = strchr(row, '|');
                row = row ? row + 2 : NULL;
        }
        return row;
}

static void check_row(const char *row) {
        unsigned cells, rows, cols;
        struct capabilities can;

        CHECK(sscanf(find_column(row, 0), "%u", &cells) == 1);
        if (sscanf(find_column(row, 1), "%u \xC3\x97 %u", &rows, &cols) == 2) {
                CHECK(rows * cols == cells);
                place_grid(rows, cols, 25);
        } else {
                place_grid(1, cells, 25);
                geometry.kind = GEOMETRY_UNPLACED;
        }
        can = capabilities_find(&geometry);
        CHECK(can.n_cells == cells && can.few == (cells <= FEW_CELLS_MAX));
        for (int k = 0; k < MEASURE_N; k++) {
                const bool yes = strncmp(find_column(row, 2 + k), "yes ", 4) == 0;

                if (yes != ((can.measures & 1U << k) != 0))
                        fprintf(stderr, "column %d of: %s", 2 + k, row);
                CHECK(yes == ((can.measures & 1U << k) != 0));
        }
}

static void test_table(const char *folder) {
        char path[512], row[512];
        int rows = 0;
        FILE *f;

        snprintf(path, sizeof(path), "%s/docs/own-mat.md", folder);
        f = fopen(path, "r");
        CHECK(f);
        while (fgets(row, sizeof(row), f) && !strstr(row, "| sensors |"))
                ;
        CHECK(fgets(row, sizeof(row), f)); /* the line under the header */
        for (; fgets(row, sizeof(row), f) && row[0] == '|'; rows++)
                check_row(row);
        fclose(f);
        CHECK(rows >= 8);
}

static void test_masked_and_off_centre(void) {
        place_grid(2, 8, 40);
        for (uint32_t i = 0; i < 16; i++)
                geometry.masked[i] = i % 8 > 1;
        CHECK(capabilities_find(&geometry).few && capabilities_find(&geometry).n_cells == 4);
        place_grid(1, 2, 150);
        geometry.kind = GEOMETRY_SCATTERED;
        geometry.x_mm[0] = 50; /* measured from the corner of the seat */
        geometry.x_mm[1] = 350;
        CHECK(capabilities_find(&geometry).middle_x_mm == 200);
        CHECK(capabilities_find(&geometry).measures == (MEASURE_SITTING | MEASURE_SIDES));
}

/* ---- sitting ---- */

static void test_sits_and_stands(void) {
        for (uint32_t n = 1; n <= 6; n++)
                for (float level = 1; level < 100; level *= 4) {
                        float sitter[6] = {0}, residue[6] = {0};

                        for (int i = 0; i < 6; i++) {
                                sitter[i] = level * (1 + 0.1F * (float)i);
                                residue[i] = 0.1F * sitter[i] / (1 + sitter[i]);
                        }
                        begin(n == 4 || n == 6 ? n / 2 : 1, n == 4 || n == 6 ? 2 : n, false);
                        pass(EMPTY, 10);
                        CHECK(posture.occupancy == OCCUPANCY_VACANT && map.tared);
                        pass(sitter, 1);
                        CHECK(posture.occupancy == OCCUPANCY_PERSON);
                        pass(sitter, 60);
                        CHECK(posture.occupancy == OCCUPANCY_PERSON && isnan(posture.tilt_deg.value) &&
                              isnan(posture.obliquity_deg.value) && isnan(features.contact_area_cm2) &&
                              !features.sit_bones.valid && posture.posture_class != POSTURE_SLOUCHED);
                        CHECK(isnan(posture.asymmetry) == (n == 1) &&
                              isnan(features.front_share) == (n != 4 && n != 6));
                        pass(residue, 1);
                        CHECK(posture.occupancy == OCCUPANCY_VACANT);
                        pass(residue, 10);
                        CHECK(posture.occupancy == OCCUPANCY_VACANT);
                        for (int i = 0; i < 6; i++)
                                residue[i] /= 2; /* it fades */
                        pass(residue, 60);
                        CHECK(posture.occupancy == OCCUPANCY_VACANT);
                        pass(sitter, 1);
                        CHECK(posture.occupancy == OCCUPANCY_PERSON);
                }
}

/* The settings still count. */
static void test_thresholds(void) {
        const float light[1] = {0.075F}; /* reads 7 % */

        begin(1, 1, false);
        pass(EMPTY, 10);
        pass(light, 5);
        CHECK(posture.occupancy == OCCUPANCY_OBJECT);
        begin(1, 1, false);
        settings.occupancy.person_load_cm2 = 20;
        estimate_configure(&estimate, &settings);
        pass(EMPTY, 10);
        pass(light, 5);
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
}

/* A hand on one of four sensors is no person. */
static void test_one_of_four(void) {
        const float hand[4] = {9, 0, 0, 0};

        begin(2, 2, false);
        pass(EMPTY, 10);
        pass(hand, 5);
        CHECK(posture.occupancy == OCCUPANCY_OBJECT);
}

/* ---- leans ---- */

/* A sitter whose cells read 90 %; lean 0.5: half as much again on one side, half on the other. */
static enum posture_class lean(bool divider, uint32_t rows, uint32_t cols, float right, float front) {
        float upright[16] = {0}, now[16] = {0};

        begin(rows, cols, divider);
        for (uint32_t i = 0; i < rows * cols; i++) {
                const float x = geometry.x_mm[i] > 1 ? 1 : geometry.x_mm[i] < -1 ? -1 : 0;
                const float y = geometry.y_mm[i] > 1 ? 1 : geometry.y_mm[i] < -1 ? -1 : 0;

                upright[i] = 9 * (1 + 0.15F * (float)(i % 3)); /* unmatched */
                now[i] = upright[i] * (1 + right * x) * (1 + front * y);
        }
        pass(EMPTY, 10);
        pass(upright, 20);
        if (rows * cols >= 4)
                CHECK(posture.posture_class == POSTURE_UPRIGHT || !divider);
        CHECK(fabsf(posture.asymmetry) < 0.05F); /* no alert because cells are not matched */
        pass(now, 10);
        CHECK(posture.posture_class == POSTURE_UNKNOWN || posture.confidence >= 0.5F);
        return posture.posture_class;
}

static void test_leans(void) {
        static const uint32_t grids[][2] = {{2, 2}, {3, 2}, {3, 3}, {5, 2}};

        for (int k = 0; k < 4; k++) {
                const uint32_t rows = grids[k][0], cols = grids[k][1];

                CHECK(lean(true, rows, cols, -0.5F, 0) == POSTURE_LEANING_LEFT);
                CHECK(lean(true, rows, cols, 0.5F, 0) == POSTURE_LEANING_RIGHT);
                CHECK(lean(true, rows, cols, 0, 0.5F) == POSTURE_LEANING_FORWARD);
                CHECK(lean(true, rows, cols, 0, -0.5F) == POSTURE_LEANING_BACK);
                CHECK(lean(true, rows, cols, 0, 0) == POSTURE_UPRIGHT);
                /* as readings the same leans are too small to see: then nobody may be called upright */
                CHECK(lean(false, rows, cols, -0.5F, 0) == POSTURE_UNKNOWN);
                CHECK(lean(false, rows, cols, 0, -0.5F) == POSTURE_UNKNOWN);
        }
        CHECK(lean(true, 1, 2, -0.5F, 0) == POSTURE_LEANING_LEFT);
        CHECK(lean(true, 1, 2, 0.5F, 0) == POSTURE_LEANING_RIGHT);
        CHECK(lean(true, 1, 2, 0, 0) == POSTURE_UNKNOWN);
}

/* Loads of a divider are in proportion to its conductance. */
static void test_divider(void) {
        const float conductance[4] = {1, 2, 4, 8};

        begin(2, 2, true);
        pass(EMPTY, 10);
        pass(conductance, 1);
        for (int i = 1; i < 4; i++)
                CHECK_NEAR((double)(map.load[i] / map.load[0]), (double)conductance[i], 0.1 * (double)conductance[i]);
        CHECK(map.straight && map.load[3] < 1 && isnan(map.force_n));
}

int main(int argc, char **argv) {
        test_table(argc > 1 ? argv[1] : ".");
        test_masked_and_off_centre();
        test_sits_and_stands();
        test_thresholds();
        test_one_of_four();
        test_divider();
        test_leans();
        return 0;
}
