/* SPDX-License-Identifier: MIT */
/* Mats whose empty seat reads anything: nobody is invented, and everybody is found, from a start with the seat empty and
 * with somebody on it. */
#include "core/pipeline.h"

#include "configure/settings.h"
#include "sitter.h"

static struct pipeline pipeline;
static struct settings settings;
static struct exercise_catalogue exercises;
static struct geometry geometry;
static struct snapshot snapshot;
static struct frame frame;
static uint64_t now, seed;
static unsigned rate_hz = 10;

/* The mat: reading of the empty cells, from cell to cell, by the minute; noise; readings that fall with load. */
static struct {
        float level, spread, drift, noise;
        bool falls;
} mat;

static float random_share(void) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        return (float)(seed >> 40) / (float)(1 << 24) * 2 - 1;
}

static void begin(void) {
        memset(&snapshot, 0, sizeof(snapshot));
        pipeline_init(&pipeline, &settings, &geometry, &exercises);
        now = 1000000;
        seed = 7;
}

static void begin_grid(uint32_t rows, float pitch) {
        grid(&geometry, rows, rows, pitch);
        begin();
}

/* Four sensors under the sitter, ten bits. */
static void begin_four(void) {
        static const float x[] = {-60, 60, -60, 60}, y[] = {-80, -80, 40, 40};

        grid(&geometry, 2, 2, 40);
        geometry.kind = GEOMETRY_SCATTERED;
        geometry.rows = geometry.cols = 0;
        geometry.full_scale = 1023;
        memcpy(geometry.x_mm, x, sizeof(x));
        memcpy(geometry.y_mm, y, sizeof(y));
        begin();
}

static float level_of(uint32_t cell) {
        const float spread = (float)(cell * 2654435761u >> 16 & 255) / 127.5F - 1;
        const float level = mat.level * (1 + mat.spread * spread) + mat.drift * (float)(now - 1000000) * 1e-6F / 60;

        return level > 0 ? level : 0;
}

/* Plays seconds at the rate; sway: the sitter moves. Returns which occupancies were seen after the first `skip` seconds,
 * as bits. */
static unsigned play(const struct sitter *sitter, float seconds, float skip, bool sways) {
        unsigned seen = 0;

        for (int i = 0; i < (int)(seconds * (float)rate_hz); i++, now += 1000000 / rate_hz) {
                struct sitter s = sitter ? *sitter : SITTER;

                if (sways) {
                        s.x += 3 * sinf((float)now * 1e-6F * 0.7F) + 2 * sinf((float)now * 1e-6F * 0.31F);
                        s.right += 0.02F * sinf((float)now * 1e-6F * 0.45F);
                }
                sit(&geometry, sitter ? &s : NULL, now, &frame);
                for (uint32_t k = 0; k < geometry.n_cells; k++) {
                        float x = frame.raw[k] / geometry.full_scale + level_of(k) + mat.noise * random_share();

                        x = x < 0 ? 0 : x < 1 ? x : 1;
                        frame.raw[k] = roundf((mat.falls ? 1 - x : x) * geometry.full_scale);
                }
                pipeline_step(&pipeline, &frame, now, &snapshot);
                if ((float)i >= skip * (float)rate_hz)
                        seen |= 1U << snapshot.posture.occupancy;
        }
        return seen;
}

enum { UNKNOWN = 1 << OCCUPANCY_UNKNOWN, VACANT = 1 << OCCUPANCY_VACANT, PERSON = 1 << OCCUPANCY_PERSON };

static void check_sits(void) {
        CHECK(play(&SITTER, 30, 2, true) == PERSON);
        CHECK(play(NULL, 20, 3, false) == VACANT);
        CHECK(play(&SITTER, 20, 2, true) == PERSON);
        CHECK(play(NULL, 10, 3, false) == VACANT);
        CHECK(snapshot.map.tared);
}

static void set_mat(float level, float spread, float drift, float noise) {
        mat.level = level;
        mat.spread = spread;
        mat.drift = drift;
        mat.noise = noise;
}

/* From 1 to 30 % of full scale, even or not, still or drifting by 0.6 % of full scale a minute. */
static void test_levels(void) {
        static const float levels[] = {0, 0.01F, 0.04F, 0.1F, 0.3F}, drifts[] = {0, 0.006F, -0.006F};

        for (int l = 0; l < 5; l++)
                for (int spread = 0; spread < 2; spread++)
                        for (int d = 0; d < 3; d++) {
                                set_mat(levels[l], 0.4F * (float)spread, drifts[d], 0.005F);
                                begin_grid(16, 25);
                                CHECK((play(NULL, 15, 0, false) & ~(unsigned)(VACANT | UNKNOWN)) == 0);
                                check_sits();
                                begin_grid(8, 50);
                                CHECK((play(NULL, 5, 0, false) & ~(unsigned)(VACANT | UNKNOWN)) == 0);
                                check_sits();
                        }
}

/* Four sensors: the empty seat is learnt when somebody sits down on it; a sitter who was there is found by moving; a load
 * that never moves is nobody. */
static void test_four_sensors(void) {
        static const float levels[] = {0.04F, 0.1F, 0.3F};

        for (int l = 0; l < 3; l++) {
                set_mat(levels[l], 0.4F, 0, 0.003F);
                begin_four();
                CHECK((play(NULL, 15, 0, false) & ~(unsigned)(VACANT | UNKNOWN)) == 0);
                check_sits();
                begin_four();
                play(&SITTER, 60, 0, true);
                CHECK(play(&SITTER, 60, 0, true) == PERSON);
                CHECK(play(NULL, 20, 3, false) == VACANT);
                check_sits();
                begin_four();
                CHECK(play(&SITTER, 300, 0, false) == UNKNOWN && snapshot.map.resting);
        }
}

/* Noise above the noise floor is no load: not after ten seconds, and not after a tare. */
static void test_noise(void) {
        for (int n = 8; n <= 32; n *= 2)
                for (int tare = 0; tare < 2; tare++) {
                        set_mat(0.3F, 0.2F, 0, 0.03F);
                        begin_grid((uint32_t)n, 400 / (float)n);
                        play(NULL, tare ? 5 : 12, 0, false);
                        CHECK(!tare || condition_tare(&pipeline.condition, true));
                        CHECK((play(NULL, 30, 3, false) & ~(unsigned)(VACANT | UNKNOWN)) == 0);
                        check_sits();
                }
}

/* Cells that read alike, and sway in turns; the sum stays the same. Returns the occupancies after the first second. */
static unsigned play_alike(uint32_t n, float level, float sway, float hz, float seconds) {
        unsigned seen = 0;

        for (int i = 0; i < (int)(seconds * (float)rate_hz); i++, now += 1000000 / rate_hz) {
                frame.arrived_us = now;
                frame.n_cells = n;
                for (uint32_t k = 0; k < n; k++) {
                        const float x = level + (k % 2 ? sway : -sway) * sinf(6.283F * hz * (float)now * 1e-6F);

                        frame.raw[k] = roundf((x + mat.noise * random_share()) * geometry.full_scale);
                }
                pipeline_step(&pipeline, &frame, now, &snapshot);
                if (i >= (int)rate_hz)
                        seen |= 1U << snapshot.posture.occupancy;
        }
        return seen;
}

static void begin_row(uint32_t n) {
        grid(&geometry, 1, n, 40);
        geometry.full_scale = 1023;
        begin();
}

/* The state does not flap where the noise crosses the least load; a sway faster than the means of five seconds is a
 * sitter's; noise on one cell is nobody who sits down. */
static void test_row(void) {
        static const float hz[] = {0.4F, 0.8F, 1.3F};
        unsigned changes = 0, last = 0;

        set_mat(0, 0, 0, 0.012F);
        begin_row(2);
        for (int i = 0; i < 60; i++) {
                play_alike(2, 0.045F, 0, 0, 1);
                changes += i > 0 && snapshot.posture.occupancy != last;
                last = snapshot.posture.occupancy;
        }
        CHECK(changes <= 2);
        for (int i = 0; i < 3; i++) {
                set_mat(0, 0, 0, 0.003F);
                begin_row(4);
                CHECK(!(play_alike(4, 0.4F, 0.03F, hz[i], 60) & VACANT));
                CHECK(snapshot.posture.occupancy == OCCUPANCY_PERSON);
        }
        for (uint32_t n = 1; n <= 4; n++) {
                set_mat(0, 0, 0, 0.02F);
                begin_row(n);
                CHECK(play_alike(n, 0.1F, 0, 0, 60) == UNKNOWN);
        }
}

/* One frame a second: fourteen frames of an empty seat are enough to know its level. */
static void test_slow_mat(void) {
        static const float levels[] = {0.04F, 0.1F, 0.3F};

        rate_hz = 1;
        for (int l = 0; l < 3; l++) {
                set_mat(levels[l], 0.4F, 0, 0.003F);
                begin_four();
                CHECK((play(NULL, 14, 0, false) & ~(unsigned)(VACANT | UNKNOWN)) == 0);
                check_sits();
        }
        rate_hz = 10;
}

/* Seated at the start on a mat that shows the shape: found at once, and the level below is learnt when the sitter gets
 * up. */
static void test_seated_at_start(void) {
        static const float levels[] = {0, 0.04F, 0.1F, 0.3F};

        for (int l = 0; l < 4; l++) {
                set_mat(levels[l], 0.3F, 0, 0.005F);
                begin_grid(16, 25);
                CHECK(play(&SITTER, 60, 2, true) == PERSON);
                CHECK(play(NULL, 20, 3, false) == VACANT);
                check_sits();
        }
}

/* Somebody pushes the chair: that is no sitter. */
static void test_push(void) {
        struct sitter hand = {0, 0, 60, 0.1F, 0.5F, 0.02F, 50};

        set_mat(0.3F, 0.4F, 0, 0.003F);
        begin_four();
        play(NULL, 30, 0, false);
        mat.level = 0.31F; /* and the cover lies otherwise */
        CHECK((play(NULL, 120, 0, false) & PERSON) == 0);
        begin_four();
        play(NULL, 30, 0, false);
        play(&hand, 1, 0, false);
        CHECK((play(NULL, 120, 3, false) & PERSON) == 0);
        check_sits();
}

/* Readings that fall under load: they are turned round when somebody sits down, and the flaw says so. A sitter on four
 * saturated sensors is no such mat: at the latest when the sitter gets up, the seat is known. */
static void test_falls(void) {
        set_mat(0.02F, 0.4F, 0, 0.003F);
        mat.falls = true;
        for (int four = 0; four < 2; four++) {
                if (four)
                        begin_four();
                else
                        begin_grid(16, 25);
                CHECK((play(NULL, 15, 0, false) & ~(unsigned)(VACANT | UNKNOWN)) == 0);
                CHECK(snapshot.map.flaws & FLAW_FALLS);
                check_sits();
                CHECK(snapshot.map.flaws & FLAW_FALLS);
        }
        mat.falls = false;
        set_mat(0.7F, 0, 0, 0.003F);
        begin_four();
        play(&SITTER, 20, 0, true);
        mat.level = 0;
        play(NULL, 20, 0, false);
        CHECK(snapshot.posture.occupancy == OCCUPANCY_VACANT && !(snapshot.map.flaws & FLAW_FALLS));
        check_sits();
}

/* Load cells with raw offsets of millions, of either sign; the tare is kept over a restart. */
static void test_offsets(void) {
        static const float offset[] = {8394935, -201261, 95637, -1275};
        static struct memory_tare tare;

        begin_four();
        geometry.full_scale = 500000;
        for (int restart = 0; restart < 2; restart++) {
                pipeline_init(&pipeline, &settings, &geometry, &exercises);
                if (restart)
                        CHECK(condition_recall(&pipeline.condition, &tare));
                for (int i = 0; i < 600; i++, now += 100000) {
                        const bool seated = i >= 150 && i < 400;

                        frame.arrived_us = now;
                        frame.n_cells = 4;
                        for (uint32_t k = 0; k < 4; k++)
                                frame.raw[k] = offset[k] + (seated ? 200000 : 0) + 1000 * random_share();
                        pipeline_step(&pipeline, &frame, now, &snapshot);
                        CHECK(i < 180 || i >= 400 || snapshot.posture.occupancy == OCCUPANCY_PERSON);
                        CHECK((i >= 150 && i < 430) || snapshot.posture.occupancy != OCCUPANCY_PERSON);
                        CHECK(i < 430 || snapshot.posture.occupancy == OCCUPANCY_VACANT);
                }
                condition_remember(&pipeline.condition, &tare);
                CHECK(tare.n_cells == 4 && fabsf(tare.baseline[0] - offset[0]) < 2000);
        }
}

int main(void) {
        settings_defaults(&settings);
        test_levels();
        test_four_sensors();
        test_noise();
        test_row();
        test_slow_mat();
        test_seated_at_start();
        test_push();
        test_falls();
        test_offsets();
        return 0;
}
