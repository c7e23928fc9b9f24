/* Taught postures: three ways to sit on nine cells of unknown place, and what is none of them. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "describe/pattern.h"
#include "estimate/taught.h"

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

static void frame(struct features *f, const float sit[9], float gain) {
        f->n_pattern = 9;
        f->pattern_at_us += 200000;
        for (int i = 0; i < 9; i++)
                f->pattern[i] = fmaxf(0, gain * sit[i] * (1 + noise(0.05F)));
}

static enum command_result teach(struct profile *p, const char *name, const float sit[9], struct features *f) {
        struct lesson l;
        char padded[POSTURE_NAME_MAX] = "";

        snprintf(padded, sizeof(padded), "%s", name);
        if (!lesson_begin(&l, padded))
                return COMMAND_MALFORMED;
        for (int i = 0; i < 50; i++) {
                frame(f, sit, 1);
                lesson_add(&l, p, f);
        }
        return lesson_learn(&l, p);
}

static const char *recognised(struct recogniser *r, struct features *f, const float sit[9], float gain,
                              struct posture *ret) {
        frame(f, sit, gain);
        recogniser_step(r, f);
        recogniser_report(r, ret);
        return ret->taught;
}

static struct profile profile;
static struct recogniser recogniser;
static struct features features;
static struct posture posture;

static void begin(void) {
        memset(&profile, 0, sizeof(profile));
        memset(&features, 0, sizeof(features));
        recogniser_know(&recogniser, &profile);
}

static void test_three(void) {
        begin();
        CHECK(!*recognised(&recogniser, &features, sits[0], 1, &posture) && isnan(posture.taught_fit));
        CHECK(teach(&profile, "even", sits[0], &features) == COMMAND_OK);
        CHECK(teach(&profile, "crossed-left", sits[1], &features) == COMMAND_OK);
        CHECK(teach(&profile, "crossed-right", sits[2], &features) == COMMAND_OK);
        CHECK(taught_plausible(&profile));
        recogniser_know(&recogniser, &profile);
        for (int i = 0; i < 100; i++) {
                CHECK(strcmp(recognised(&recogniser, &features, sits[0], 1, &posture), "even") == 0);
                CHECK(posture.taught_fit > 0.5F && posture.taught_fit <= 1);
                CHECK(strcmp(recognised(&recogniser, &features, sits[1], 1.15F, &posture), "crossed-left") == 0);
                CHECK(strcmp(recognised(&recogniser, &features, sits[2], 0.9F, &posture), "crossed-right") == 0);
                CHECK(!*recognised(&recogniser, &features, another, 1, &posture) && isnan(posture.taught_fit));
                CHECK(!*recognised(&recogniser, &features, sits[0], 0, &posture));
        }
        recogniser_lose(&recogniser);
        recogniser_report(&recogniser, &posture);
        CHECK(!*posture.taught);
}

/* A fold of a coat on one cell, and one cell that is not trusted any more. */
static void test_one_cell_off(void) {
        begin();
        teach(&profile, "even", sits[0], &features);
        teach(&profile, "crossed-left", sits[1], &features);
        recogniser_know(&recogniser, &profile);
        frame(&features, sits[0], 1);
        features.pattern[6] = 0.9F;
        features.pattern[2] = NAN;
        recogniser_step(&recogniser, &features);
        recogniser_report(&recogniser, &posture);
        CHECK(strcmp(posture.taught, "even") == 0);
}

static void test_any_gain(void) {
        float small[9];

        begin();
        for (int i = 0; i < 9; i++)
                small[i] = sits[0][i] / 20;
        teach(&profile, "even", small, &features);
        for (int i = 0; i < 9; i++)
                small[i] = sits[1][i] / 20;
        teach(&profile, "crossed-left", small, &features);
        recogniser_know(&recogniser, &profile);
        CHECK(strcmp(recognised(&recogniser, &features, sits[0], 0.05F, &posture), "even") == 0);
        CHECK(strcmp(recognised(&recogniser, &features, sits[1], 0.05F, &posture), "crossed-left") == 0);
}

/* The same name again widens what is known; an empty seat may be taught, first of all, too. */
static void test_again_and_empty(void) {
        static const float empty[9];
        float seconds;

        begin();
        CHECK(teach(&profile, "empty", empty, &features) == COMMAND_OK);
        CHECK(teach(&profile, "even", sits[0], &features) == COMMAND_OK);
        seconds = profile.taught[1].seconds;
        CHECK(seconds > 9 && seconds < 11);
        CHECK(teach(&profile, "even", sits[1], &features) == COMMAND_OK);
        CHECK(profile.taught[1].seconds > 1.9F * seconds && !*profile.taught[2].name);
        recogniser_know(&recogniser, &profile);
        CHECK(strcmp(recognised(&recogniser, &features, sits[0], 1, &posture), "even") == 0);
        CHECK(strcmp(recognised(&recogniser, &features, sits[1], 1, &posture), "even") == 0);
        CHECK(strcmp(recognised(&recogniser, &features, empty, 1, &posture), "empty") == 0);
        CHECK(taught_forget(&profile, "empty") && taught_forget(&profile, "even"));
        CHECK(profile.n_pattern == 0 && !taught_forget(&profile, "even"));
}

static void test_refused(void) {
        struct lesson l;
        char name[POSTURE_NAME_MAX];

        begin();
        CHECK(teach(&profile, "", sits[0], &features) == COMMAND_MALFORMED);
        CHECK(teach(&profile, "crossed left", sits[0], &features) == COMMAND_MALFORMED);
        memset(name, 'a', sizeof(name));
        CHECK(!lesson_begin(&l, name));
        CHECK(lesson_begin(&l, "short") && lesson_learn(&l, &profile) == COMMAND_UNSTEADY);
        for (int i = 0; i < TAUGHT_MAX; i++) {
                snprintf(name, sizeof(name), "sit-%d", i);
                CHECK(teach(&profile, name, sits[i % 3], &features) == COMMAND_OK);
        }
        CHECK(teach(&profile, "one-more", sits[0], &features) == COMMAND_OUT_OF_RANGE);
        CHECK(taught_plausible(&profile));
        profile.taught[3].variance[2] = -1;
        CHECK(!taught_plausible(&profile));
}

/* A mat of more cells than numbers: each number is the mean of the trusted cells of its block; cell 3 is not trusted, and
 * alone in the block so numbered. */
static void test_pattern(uint32_t rows, uint32_t cols, uint32_t expect, uint32_t alone) {
        static struct pattern p;
        static struct geometry g;
        static struct map map;
        static float share[CELLS_MAX];

        memset(&map, 0, sizeof(map));
        map.creep_share = share;
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
        pattern_init(&p, &g);
        pattern_step(&p, &map, &features);
        CHECK(features.n_pattern == expect && features.pattern_at_us == map.arrived_us);
        for (uint32_t i = 0; i < features.n_pattern; i++)
                CHECK(i == alone ? isnan(features.pattern[i]) : features.pattern[i] == 0.25F);
}

/* Held, the numbers are a mean over a second; moved, they begin anew. */
static void test_pattern_follows(void) {
        static struct pattern p;
        static struct geometry g;
        static struct map map;

        memset(&map, 0, sizeof(map));
        g.kind = GEOMETRY_UNPLACED;
        g.n_cells = map.n_cells = 2;
        memset(map.trusted, 1, 2);
        pattern_init(&p, &g);
        for (int i = 1; i < 20; i++) {
                map.arrived_us = 1000000 + (uint64_t)i * 200000;
                map.load[0] = 0.5F;
                map.load[1] = 0.5F + (i == 19 ? 0.12F : 0);
                pattern_step(&p, &map, &features);
        }
        CHECK_NEAR(features.pattern[1], 0.52F, 0.001F);
        map.arrived_us += 200000;
        map.load[0] = 0.1F;
        pattern_step(&p, &map, &features);
        CHECK_NEAR(features.pattern[0], 0.1F, 1e-6F);
        CHECK_NEAR(features.pattern[1], 0.62F, 1e-6F);
}

int main(void) {
        test_three();
        test_one_cell_off();
        test_any_gain();
        test_again_and_empty();
        test_refused();
        test_pattern(1, 9, 9, 3);
        test_pattern(9, 9, 81, 3);
        test_pattern(12, 12, 144, 3);
        test_pattern(10, 15, 140, 3);
        test_pattern(32, 32, 144, UINT32_MAX);
        test_pattern(64, 64, 144, UINT32_MAX);
        test_pattern(1, 300, 144, UINT32_MAX);
        test_pattern(200, 2, 144, UINT32_MAX);
        test_pattern_follows();
        return 0;
}
