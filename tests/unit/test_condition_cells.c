/* SPDX-License-Identifier: MIT */
/* Dead lines and cells are found between loaded ones and filled from them; cross-talk; quality of the map. */
#include "core/condition/condition.h"
#include "sitter.h"

static const struct settings_condition SETTINGS = {true, 1.5F, 5, true, 0, false};
static struct geometry geometry;
static struct condition condition;
static struct frame frame;
static struct map map;
static uint64_t now;

enum { ROWS = 16, COLS = 16, NONE = 1000 };

static void begin(void) {
        grid(&geometry, ROWS, COLS, 25);
        condition_init(&condition, &SETTINGS, &geometry);
        memset(&frame, 0, sizeof(frame));
        now = 1000000;
}

/* Plays seconds at 10 Hz with a row, a column and a cell that read nothing. */
static void pass(const struct sitter *s, int seconds, uint32_t row, uint32_t col, uint32_t cell) {
        for (int i = 0; i < seconds * 10; i++) {
                sit(&geometry, s, now, &frame);
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        if (k / COLS == row || k % COLS == col || k == cell)
                                frame.raw[k] = 0;
                condition_step(&condition, &frame, &map);
                now += 100000;
        }
}

static float true_load_of(uint32_t cell) {
        return sitter_load(&SITTER, geometry.x_mm[cell], geometry.y_mm[cell]);
}

static void test_dead_row(void) {
        begin();
        pass(NULL, 10, 7, NONE, NONE);
        pass(&SITTER, 50, 7, NONE, NONE);
        CHECK(map.n_dead == 0);
        pass(&SITTER, 20, 7, NONE, NONE);
        CHECK(map.n_dead == COLS && map.n_filled == COLS && (map.flaws & FLAW_DEAD) && map.quality < 1);
        for (uint32_t k = 0; k < COLS; k++) {
                uint32_t cell = 7 * COLS + k;
                float between = (true_load_of(cell - COLS) + true_load_of(cell + COLS)) / 2;

                CHECK(!map.trusted[cell]);
                CHECK_NEAR(map.load[cell], between > map.floor ? between : 0, 0.02);
        }
        pass(NULL, 5, 7, NONE, NONE);
        CHECK(map.n_active == 0 && map.load[7 * COLS + 6] == 0); /* its replacement is empty as well */
        pass(&SITTER, 5, NONE, NONE, NONE);                      /* a loose plug: it reads again, and counts */
        CHECK(map.n_dead == 0 && map.trusted[7 * COLS + 6] && !(map.flaws & FLAW_DEAD));
        CHECK_NEAR(map.load[7 * COLS + 6], true_load_of(7 * COLS + 6), 0.006);
}

static void test_dead_column_and_cell(void) {
        begin();
        pass(NULL, 10, NONE, 5, 8 * COLS + 11);
        pass(&SITTER, 70, NONE, 5, 8 * COLS + 11);
        CHECK(map.n_dead == ROWS + 1 && map.n_filled == ROWS + 1);
        CHECK_NEAR(map.load[8 * COLS + 5], (true_load_of(8 * COLS + 4) + true_load_of(8 * COLS + 6)) / 2, 0.01);
        CHECK(map.load[8 * COLS + 11] > 0.05F && !map.trusted[8 * COLS + 11]);
}

/* Many cells never carry anything: behind the sitter, beside, between the thighs in front. */
static void test_never_loaded_is_not_dead(void) {
        begin();
        pass(NULL, 10, NONE, NONE, NONE);
        pass(&SITTER, 1800, NONE, NONE, NONE);
        CHECK(map.n_active < geometry.n_cells - 50 && map.n_dead == 0 && map.quality == 1 && map.flaws == 0);
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                CHECK(map.trusted[k]);
}

/* The outermost row with load: it cannot be known whether the next one is dead, or the contact ends there. */
static void test_edges_stay(void) {
        struct settings_condition settings = SETTINGS;

        begin();
        pass(NULL, 10, 0, NONE, NONE);
        pass(&SITTER, 120, 0, NONE, NONE);
        CHECK(map.n_dead == 0);
        begin();
        settings.stuck_mask = false;
        condition_configure(&condition, &settings);
        pass(&SITTER, 120, 7, NONE, NONE);
        CHECK(map.n_dead == 0 && map.load[7 * COLS + 6] == 0);
}

/* Adds cross-talk of the divider for which the formula is exact: a = y / (1 - s y), reading = a / (1 + s sum of a). */
static void add_crosstalk(float strength, bool rows, float *load) {
        for (uint32_t line = 0; line < COLS; line++) {
                float sum = 0;

                for (uint32_t k = 0; k < ROWS; k++) {
                        float y = load[rows ? line * COLS + k : k * COLS + line];

                        sum += y / (1 - strength * y);
                }
                for (uint32_t k = 0; k < ROWS; k++) {
                        float *y = &load[rows ? line * COLS + k : k * COLS + line];

                        *y = *y / (1 - strength * *y) / (1 + strength * sum);
                }
        }
}

static double right_share(const float *load) {
        double right = 0, all = 0;

        for (uint32_t k = 0; k < geometry.n_cells; k++) {
                right += geometry.x_mm[k] > 0 ? (double)load[k] : 0;
                all += (double)load[k];
        }
        return right / all;
}

static void test_crosstalk(void) {
        struct sitter lopsided = SITTER;
        static float load[CELLS_MAX], true_load[CELLS_MAX];
        double before, after, wanted;

        begin();
        lopsided.right = 0.7F;
        for (int turned = 0; turned < 2; turned++) {
                geometry.crosstalk_rows = turned;
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        load[k] = true_load[k] = 0.8F * sitter_load(&lopsided, geometry.x_mm[k], geometry.y_mm[k]);
                wanted = right_share(load);
                add_crosstalk(0.5F, turned, load);
                before = fabs(right_share(load) - wanted);
                crosstalk_remove(&geometry, 0.5F, load);
                after = fabs(right_share(load) - wanted);
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        CHECK_NEAR(load[k], true_load[k], 1e-4);
                CHECK(after < before / 100);
        }
        /* a guarded mat: the formula does not apply */
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                load[k] = k % 3 ? 1 : 0.25F;
        crosstalk_remove(&geometry, 1, load);
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                CHECK(load[k] == 1);
        load[0] = 0.3F;
        crosstalk_remove(&geometry, 0, load);
        CHECK(load[0] == 0.3F);
}

static void test_crosstalk_setting(void) {
        struct settings_condition settings = SETTINGS;
        float left, right;

        begin();
        geometry.crosstalk = 0.5F; /* the strength of the format */
        settings.crosstalk = -1;
        condition_configure(&condition, &settings);
        pass(&SITTER, 1, NONE, NONE, NONE);
        left = map.load[7 * COLS + 5];
        settings.crosstalk = 0;
        condition_configure(&condition, &settings);
        pass(&SITTER, 1, NONE, NONE, NONE);
        right = map.load[7 * COLS + 5];
        CHECK(left > 1.5F * right);
        CHECK_NEAR(right, true_load_of(7 * COLS + 5), 0.006);
}

static void test_quality(void) {
        begin();
        pass(&SITTER, 1, NONE, NONE, NONE);
        CHECK(map.flaws == FLAW_NOT_TARED);
        CHECK_NEAR(map.quality, 0.6, 1e-6);
        pass(NULL, 30, NONE, NONE, NONE);
        CHECK(map.flaws == 0 && map.quality == 1 && map.drift < 0.005F);
        geometry.pitch_assumed = true;
        pass(NULL, 2, NONE, NONE, NONE);
        CHECK(map.flaws == FLAW_PITCH_GUESSED);
        geometry.kind = GEOMETRY_UNPLACED;
        pass(NULL, 2, NONE, NONE, NONE);
        CHECK(map.flaws == FLAW_UNPLACED);
        for (int i = 0; i < 40; i++) { /* a frame a second */
                pass(NULL, 0, NONE, NONE, NONE);
                sit(&geometry, NULL, now += 1000000, &frame);
                condition_step(&condition, &frame, &map);
        }
        CHECK(map.flaws == (FLAW_UNPLACED | FLAW_SLOW) && map.quality < 0.5F);
}

/* The empty mat creeps up by 3 % of full scale over a quarter of an hour: the baseline follows, the drift is
 * reported. */
static void test_drift(void) {
        begin();
        pass(NULL, 10, NONE, NONE, NONE);
        for (int i = 0; i < 9000; i++) {
                sit(&geometry, NULL, now, &frame);
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        frame.raw[k] += 8.0F * (float)i / 9000;
                condition_step(&condition, &frame, &map);
                now += 100000;
        }
        CHECK(map.n_active == 0 && map.flaws == FLAW_DRIFTING && map.quality < 0.9F);
        CHECK_NEAR(map.drift, 8.0 / 255, 0.003);
}

int main(void) {
        test_dead_row();
        test_dead_column_and_cell();
        test_never_loaded_is_not_dead();
        test_edges_stay();
        test_crosstalk();
        test_crosstalk_setting();
        test_quality();
        test_drift();
        return 0;
}
