/* SPDX-License-Identifier: MIT */
/* Occupancy, reference, angles and posture classes over whole synthetic sits: condition, describe and estimate
 * together. */
#include <stddef.h>

#include "configure/settings.h"
#include "core/condition/condition.h"
#include "core/describe/describe.h"
#include "core/estimate/estimate.h"
#include "sitter.h"

static struct settings settings;
static struct geometry geometry;
static struct condition condition;
static struct describe describe;
static struct estimate estimate;
static struct frame frame;
static struct map map;
static struct features features;
static struct posture posture;
static uint64_t now;
static uint32_t dice;

static float noise(void) {
        dice = dice * 1664525 + 1013904223;
        return (float)(dice >> 24) / 255 - 0.5F;
}

static void begin(uint32_t n) {
        settings_defaults(&settings);
        grid(&geometry, n, n, 400.0F / (float)n);
        condition_init(&condition, &settings.condition, &geometry);
        describe_init(&describe, &geometry);
        estimate_init(&estimate, &settings, &geometry);
        memset(&frame, 0, sizeof(frame));
        now = 1000000;
        dice = 7;
}

/* target: enum calibrate_target, or the pose of the same number. */
static enum command_result calibrate(unsigned target) {
        const struct command command = {.type = COMMAND_CALIBRATE, .target = (enum calibrate_target)target};

        return estimate_command(&estimate, &command, now);
}

static void step(void) {
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                frame.raw[k] += noise();
        condition_step(&condition, &frame, &map);
        describe_step(&describe, &map, condition_creep_share(&condition), &features);
        estimate_step(&estimate, &features, now, &posture);
        now += 50000;
}

/* Steps with the same load again, which costs less than computing it again. */
static void step_as(const struct frame *still) {
        memcpy(frame.raw, still->raw, geometry.n_cells * sizeof(float));
        frame.n_cells = still->n_cells;
        frame.arrived_us = now;
        frame.seq++;
        step();
}

/* Plays a sitter for some seconds at 20 Hz. */
static void pass(const struct sitter *s, float seconds) {
        static struct frame still;

        sit(&geometry, s, now, &still);
        for (int i = 0; i < (int)(seconds * 20); i++)
                step_as(&still);
}

/* Presses a patch by a share of full scale. */
static void press(float x, float y, float radius, float height, float seconds) {
        static struct frame still;

        sit(&geometry, NULL, now, &still);
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                if (hypotf(geometry.x_mm[k] - x, geometry.y_mm[k] - y) < radius)
                        still.raw[k] += height * 255;
        for (int i = 0; i < (int)(seconds * 20); i++)
                step_as(&still);
}

static void test_occupancy(void) {
        begin(32);
        CHECK(estimate_step(&estimate, NULL, now, &posture) == UINT64_MAX && posture.occupancy == OCCUPANCY_UNKNOWN);
        pass(NULL, 0.1F);
        CHECK(posture.occupancy == OCCUPANCY_VACANT && posture.posture_class == POSTURE_VACANT);
        pass(NULL, 10);
        uint64_t sat = now;
        pass(&SITTER, 0.3F);
        CHECK(posture.occupancy == OCCUPANCY_VACANT); /* dwell */
        pass(&SITTER, 1);
        CHECK(posture.occupancy == OCCUPANCY_PERSON && posture.occupancy_since_us == sat);
        CHECK(!isnan(posture.asymmetry));
        pass(NULL, 0.5F);
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
        pass(&SITTER, 5); /* a bounce is not getting up */
        CHECK(posture.occupancy == OCCUPANCY_PERSON && posture.occupancy_since_us == sat);
        uint64_t stood = now;
        pass(NULL, 2);
        CHECK(posture.occupancy == OCCUPANCY_VACANT && posture.occupancy_since_us == stood);
        CHECK(isnan(posture.asymmetry) && isnan(posture.tilt_deg.value) && !posture.referenced);
}

static void test_objects(void) {
        begin(32);
        pass(NULL, 10);
        press(50, 50, 40, 0.9F, 2); /* a hand in passing */
        CHECK(posture.occupancy == OCCUPANCY_VACANT);
        press(50, 50, 40, 1, 10); /* saturated cells, 50 cm2: loaded more than some sitters, but no area */
        CHECK(posture.occupancy == OCCUPANCY_OBJECT && posture.posture_class == POSTURE_UNKNOWN);
        press(0, 0, 140, 0.02F, 10); /* a blanket: area, no load */
        CHECK(posture.occupancy == OCCUPANCY_OBJECT);
        pass(&SITTER, 2);
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
        press(0, 100, 100, 0.3F, 5); /* deep lean on the front: a third of the area, less of the load */
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
}

/* Bags, in any position, are objects for as long as they lie there. */
static void test_bags(uint32_t n) {
        begin(n);
        pass(NULL, 10);
        press(40, 10, 85, 0.12F, 120);
        CHECK(posture.occupancy == OCCUPANCY_OBJECT && isnan(posture.asymmetry));
        press(-40, 10, 112, 0.18F, 60); /* 15 kg */
        CHECK(posture.occupancy == OCCUPANCY_OBJECT);
        pass(NULL, 5);
        CHECK(posture.occupancy == OCCUPANCY_VACANT);
        press(0, 130, 105, 0.4F, 5); /* no bag: a perch on the front edge */
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
}

/* The sitter leaves, but the sensors come back slowly: the seat is vacant at once all the same. */
static void test_creeps_back(uint32_t n) {
        begin(n);
        pass(NULL, 10);
        pass(&SITTER, 60);
        uint64_t stood = now;
        for (int i = 0; i < 60 * 20; i++) {
                struct sitter residue = SITTER;

                residue.bone = 0.07F / (1 + (float)i / 100);
                residue.soft = 0;
                sit(&geometry, &residue, now, &frame);
                step();
                if (i == 2)
                        CHECK(features.load > settings.occupancy.object_load_cm2 &&
                              posture.occupancy == OCCUPANCY_PERSON && posture.doubted);
                if (i >= 18)
                        CHECK(posture.occupancy == OCCUPANCY_VACANT && posture.occupancy_since_us == stood);
        }
        press(40, 10, 85, 0.12F, 10); /* an object put there afterwards is detected */
        CHECK(posture.occupancy == OCCUPANCY_OBJECT && !posture.doubted);
}

/* Object and vacant alternate frame by frame: no person in either. */
static void test_flickers_away(void) {
        begin(32);
        pass(NULL, 10);
        pass(&SITTER, 20);
        for (int i = 0; i < 20; i++)
                press(50, 50, 40, i % 2 ? 0.3F : 0.0F, 0.05F);
        CHECK(posture.occupancy != OCCUPANCY_PERSON);
}

static void test_single_cell(void) {
        begin(1);
        geometry.kind = GEOMETRY_UNPLACED;
        geometry.rows = geometry.cols = 0;
        geometry.cell_cm2 = 1;
        describe_init(&describe, &geometry);
        pass(NULL, 10);
        press(0, 0, 40, 0.9F, 60);
        CHECK(posture.occupancy == OCCUPANCY_PERSON && posture.posture_class == POSTURE_UNKNOWN);
        CHECK(isnan(posture.tilt_deg.value) && isnan(posture.obliquity_deg.value) && isnan(posture.asymmetry));
        press(0, 0, 40, 0.08F, 5);
        CHECK(posture.occupancy == OCCUPANCY_VACANT); /* the residue of the sitter */
        pass(NULL, 600);
        press(0, 0, 40, 0.07F, 5);
        CHECK(posture.occupancy == OCCUPANCY_OBJECT);
        pass(NULL, 5);
        CHECK(posture.occupancy == OCCUPANCY_VACANT);
}

static void test_small_mats(void) {
        const uint32_t n[] = {3, 4, 9, 16};

        for (int i = 0; i < 4; i++)
                for (int placed = 0; placed < 2; placed++) {
                        begin(n[i]);
                        if (!placed) {
                                geometry.kind = GEOMETRY_UNPLACED;
                                geometry.rows = geometry.cols = 0;
                                geometry.cell_cm2 = 1;
                                describe_init(&describe, &geometry);
                        }
                        pass(NULL, 10);
                        CHECK(posture.occupancy == OCCUPANCY_VACANT);
                        pass(&SITTER, 3);
                        CHECK(posture.occupancy == OCCUPANCY_PERSON);
                        pass(NULL, 3);
                        CHECK(posture.occupancy == OCCUPANCY_VACANT);
                }
}

static void test_silence(void) {
        begin(16);
        pass(NULL, 10);
        pass(&SITTER, 20);
        CHECK(posture.occupancy == OCCUPANCY_PERSON && posture.referenced);
        uint64_t last = now - 50000, due = estimate_step(&estimate, NULL, now, &posture);
        CHECK(due == last + (uint64_t)settings.device.stale_ms * 1000);
        estimate_step(&estimate, NULL, due - 1, &posture);
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
        CHECK(estimate_step(&estimate, NULL, due, &posture) == UINT64_MAX);
        CHECK(posture.occupancy == OCCUPANCY_UNKNOWN && posture.posture_class == POSTURE_UNKNOWN &&
              posture.confidence == 0);
        CHECK(posture.occupancy_since_us == last && isnan(posture.tilt_deg.value) && !posture.referenced);
        now = due + 60000000; /* no call in between: the same result */
        pass(&SITTER, 0.1F);
        CHECK(posture.occupancy == OCCUPANCY_UNKNOWN);
        pass(&SITTER, 1);
        CHECK(posture.occupancy == OCCUPANCY_PERSON && posture.occupancy_since_us == due + 60000000);
}

/* After a short silence of the mat the next posture does not become the sitter's upright. */
static void test_hiccup(void) {
        struct sitter slump = SITTER;

        slump.y -= 22;
        slump.thigh_end += 22;
        begin(16);
        pass(NULL, 10);
        pass(&SITTER, 20);
        pass(&slump, 6);
        CHECK(posture.posture_class == POSTURE_SLOUCHED);
        now += 10000000;
        estimate_step(&estimate, NULL, now, &posture);
        CHECK(posture.occupancy == OCCUPANCY_UNKNOWN && isnan(posture.tilt_deg.value) && !posture.referenced);
        pass(&slump, 6);
        CHECK(posture.posture_class == POSTURE_SLOUCHED && posture.referenced);
        now += 40000000; /* somebody else may sit there now */
        pass(&slump, 0.8F);
        CHECK(!posture.referenced);
}

/* A frame each five seconds is a slow mat, not silence. */
static void test_slow_mat(void) {
        begin(9);
        for (int i = 0; i < 20; i++) {
                sit(&geometry, &SITTER, now, &frame);
                step();
                now += 4950000;
        }
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
        estimate_step(&estimate, NULL, now + 8000000, &posture);
        CHECK(posture.occupancy == OCCUPANCY_UNKNOWN);
}

/* Only time passes, called at each deadline. */
static void wait(float seconds) {
        const uint64_t until = now + (uint64_t)(seconds * 1e6F);
        uint64_t next = estimate_step(&estimate, NULL, now, &posture);

        while (next < until) {
                now = next;
                next = estimate_step(&estimate, NULL, now, &posture);
        }
        now = until;
        estimate_step(&estimate, NULL, now, &posture);
}

static void begin_with(enum silence_means means) {
        begin(16);
        settings.device.silence = (int32_t)means;
        estimate_configure(&estimate, &settings);
}

/* One frame of an empty seat after a sitter, and no more: a mat that sends only on change. */
static void test_sends_on_change(void) {
        for (int means = SILENCE_UNKNOWN; means <= SILENCE_LAST; means++) {
                begin_with((enum silence_means)means);
                pass(NULL, 1);
                wait(14);
                CHECK(posture.occupancy == (means == SILENCE_UNKNOWN ? OCCUPANCY_UNKNOWN : OCCUPANCY_VACANT));
                pass(&SITTER, 20);
                CHECK(posture.occupancy == OCCUPANCY_PERSON);
                pass(NULL, 0.05F);
                CHECK(posture.occupancy == OCCUPANCY_PERSON && posture.doubted);
                wait(1.5F);
                CHECK(posture.occupancy == OCCUPANCY_VACANT && posture.posture_class == POSTURE_VACANT);
                wait(12);
                CHECK(posture.occupancy == OCCUPANCY_VACANT);
                pass(&SITTER, 20);
                wait(60);
                CHECK(posture.occupancy == (means == SILENCE_LAST ? OCCUPANCY_PERSON : OCCUPANCY_UNKNOWN));
                wait(600);
                CHECK(posture.occupancy == OCCUPANCY_UNKNOWN);
        }
}

/* A seat that the last frame shows loaded is not known to be empty. */
static void test_contradicted_silence(void) {
        begin_with(SILENCE_EMPTY);
        pass(NULL, 5);
        pass(&SITTER, 0.05F);
        wait(3);
        CHECK(posture.occupancy == OCCUPANCY_UNKNOWN);
        begin_with(SILENCE_EMPTY);
        pass(NULL, 5);
        estimate.silence.lost = true;
        estimate.silence.lost_us = now;
        wait(3);
        CHECK(posture.occupancy == OCCUPANCY_UNKNOWN);
}

static void sit_upright(uint32_t n) {
        begin(n);
        pass(NULL, 10);
        pass(&SITTER, 1.5F);
        CHECK(!posture.referenced && isnan(posture.tilt_deg.value) && isnan(posture.obliquity_deg.value));
        CHECK(posture.posture_class == POSTURE_UNKNOWN);
        pass(&SITTER, 18.5F);
        CHECK(posture.referenced && !posture.calibrated && posture.posture_class == POSTURE_UPRIGHT);
        CHECK_NEAR(posture.tilt_deg.value, 0, 1);
        CHECK_NEAR(posture.obliquity_deg.value, 0, 0.5);
        CHECK(posture.tilt_deg.sd > 2 && posture.tilt_deg.sd < 10); /* no better than a population slope */
        CHECK(posture.obliquity_deg.sd > 0.5F && posture.obliquity_deg.sd < 5);
        CHECK(posture.confidence >= settings.posture.min_confidence && posture.confidence < 0.99F);
}

/* A sitter whose peaks and load moved back by mm, as in a slump; forward when negative. */
static struct sitter slide_back(float mm) {
        struct sitter s = SITTER;

        s.y -= mm;
        s.thigh_end += mm; /* the knees stay */
        return s;
}

static void test_tilt(uint32_t n) {
        struct sitter slump = slide_back(22), arch = slide_back(-22);

        sit_upright(n);
        uint64_t began = now;
        pass(&slump, 6);
        CHECK(posture.posture_class == POSTURE_SLOUCHED && posture.class_since_us >= began &&
              posture.class_since_us < now);
        CHECK(posture.tilt_deg.value < -settings.posture.slouched_deg && posture.tilt_deg.sd > 3);
        pass(&SITTER, 6);
        CHECK(posture.posture_class == POSTURE_UPRIGHT);
        pass(&arch, 6);
        CHECK(posture.posture_class == POSTURE_ARCHED && posture.tilt_deg.value > settings.posture.arched_deg);
}

static void test_lean(uint32_t n) {
        struct sitter s = SITTER;

        sit_upright(n);
        s.right = 0.55F; /* below the threshold of a lean, but not zero */
        pass(&s, 6);
        CHECK(posture.posture_class == POSTURE_UPRIGHT && posture.obliquity_deg.value > 0);
        float less = posture.obliquity_deg.value;
        s.right = 0.7F;
        pass(&s, 6);
        CHECK(posture.posture_class == POSTURE_LEANING_RIGHT && posture.obliquity_deg.value > less);
        CHECK_NEAR(posture.asymmetry, 0.4, 0.05);
        s.right = 0.25F;
        pass(&s, 6);
        CHECK(posture.posture_class == POSTURE_LEANING_LEFT && posture.obliquity_deg.value < 0);
}

/* A lean from the start is no upright, and sitting straight afterwards is no lean to the other side. */
static void test_leans_from_the_start(void) {
        struct sitter s = SITTER;

        begin(32);
        pass(NULL, 10);
        s.right = 0.7F;
        pass(&s, 30);
        CHECK(posture.referenced && posture.posture_class == POSTURE_LEANING_RIGHT);
        pass(&SITTER, 10);
        CHECK(posture.posture_class != POSTURE_LEANING_LEFT && posture.posture_class != POSTURE_LEANING_RIGHT);
}

/* A mat that rests at a quarter and was never empty: the sitter's part of the load shows the lean. */
static void test_lean_on_resting_mat(void) {
        struct sitter s = SITTER;
        const float right[] = {0.5F, 0.53F, 0.68F, 0.5F, 0.3F};
        const enum posture_class expected[] = {POSTURE_UPRIGHT, POSTURE_UPRIGHT, POSTURE_LEANING_RIGHT,
                                               POSTURE_UPRIGHT, POSTURE_LEANING_LEFT};

        begin(16);
        for (int k = 0; k < 5; k++) {
                s.right = right[k];
                for (int i = 0; i < 20 * (k ? 6 : 15); i++) {
                        sit(&geometry, &s, now, &frame);
                        for (uint32_t c = 0; c < geometry.n_cells; c++)
                                frame.raw[c] += 64;
                        step();
                }
                CHECK(!features.tared && features.rest_share > 0.3F && features.rest_share < 0.9F);
                CHECK(posture.posture_class == expected[k] ||
                      (expected[k] == POSTURE_UPRIGHT && posture.posture_class == POSTURE_UNKNOWN));
        }
        CHECK(fabsf(posture.asymmetry) < settings.posture.lean_asymmetry); /* diluted below the plain threshold */
        sit_upright(16);
        CHECK(features.rest_share == 0);
}

/* To and fro at the threshold of a lean: one change, not many. */
static void test_no_flutter(void) {
        struct sitter s = SITTER;
        enum posture_class before;
        int changes = 0;

        sit_upright(32);
        before = posture.posture_class;
        for (int i = 0; i < 40; i++) {
                s.right = 0.5F + (settings.posture.lean_asymmetry + (i % 2 ? 0.015F : -0.015F)) / 2;
                for (int k = 0; k < 3; k++) {
                        pass(&s, 1);
                        changes += posture.posture_class != before;
                        before = posture.posture_class;
                }
        }
        CHECK(changes <= 3); /* perhaps by way of unknown */
}

static void test_forward_and_perched(void) {
        struct sitter s = SITTER;

        sit_upright(32);
        press(0, 110, 110, 0.15F, 10); /* thighs alone, load far down */
        CHECK(posture.occupancy == OCCUPANCY_PERSON);
        CHECK(posture.posture_class == POSTURE_PERCHED || posture.posture_class == POSTURE_LEANING_FORWARD);
        CHECK(isnan(posture.tilt_deg.value)); /* the trunk is carried elsewhere: no angle is known */

        begin(32);
        pass(NULL, 10);
        s.y = 110; /* the bones near the front edge, little area */
        pass(&s, 6);
        CHECK(posture.posture_class == POSTURE_PERCHED);
}

/* The load creeps up by a fifth in ten minutes; then the trunk goes forward: a quarter of the load comes off, the rest
 * moves a little to the front. */
static void test_forward_after_creep(void) {
        struct sitter s = SITTER;

        sit_upright(32);
        for (int i = 0; i < 20; i++) {
                s.soft = SITTER.soft * (1 + 0.01F * (float)i);
                s.bone = SITTER.bone * (1 + 0.01F * (float)i);
                pass(&s, 30);
                CHECK(posture.posture_class == POSTURE_UPRIGHT);
        }
        s.soft *= 0.88F; /* armrests */
        s.bone *= 0.88F;
        pass(&s, 30);
        CHECK(posture.posture_class == POSTURE_UPRIGHT);
        s.soft *= 0.8F;
        s.bone *= 0.8F;
        s.y += 8;
        pass(&s, 30);
        CHECK(posture.posture_class == POSTURE_LEANING_FORWARD);
}

/* The mat lies far back under the sitter: no lean before an upright is known. */
static void test_mat_far_back(void) {
        struct sitter s = SITTER;

        begin(32);
        pass(NULL, 10);
        s.y = 50;
        for (int i = 0; i < 30; i++) {
                pass(&s, 1);
                CHECK(posture.posture_class != POSTURE_LEANING_FORWARD && posture.posture_class != POSTURE_PERCHED);
        }
        CHECK_NEAR(features.front_share, 0.65, 0.05);
        CHECK(posture.posture_class == POSTURE_UPRIGHT);
}

/* Takes weight off for a moment and comes down again further in front: a slide, a turn, or both. */
static void rise_a_little(struct sitter *s, float mm) {
        struct sitter light = *s;

        light.soft *= 0.55F;
        light.bone *= 0.55F;
        pass(&light, 1.5F);
        s->y += mm;
        s->thigh_end -= mm / 2;
        pass(s, 15);
}

/* A reference ages by sitting and by shifting, within bounds. */
static void test_reference_ages(void) {
        struct sitter s = SITTER;

        sit_upright(32);
        float young = posture.tilt_deg.sd, young_roll = posture.obliquity_deg.sd;
        pass(&SITTER, 600);
        float old = posture.tilt_deg.sd;
        CHECK(old > young * 1.03F && old < young * 1.5F && posture.obliquity_deg.sd > young_roll);
        float last = posture.obliquity_deg.sd;
        for (int i = 0; i < 3; i++) {
                s.x = 45;
                pass(&s, 15);
                s.x = 0;
                pass(&s, 15);
                CHECK(!posture.shifting && posture.obliquity_deg.sd >= last);
                last = posture.obliquity_deg.sd;
        }
        CHECK_NEAR(posture.tilt_deg.sd, old, 0.2); /* with all the weight on, and upright again and again */
        rise_a_little(&s, 20);
        CHECK(posture.tilt_deg.sd > old * 1.05F && posture.tilt_deg.sd < old * 2);
        CHECK(calibrate(POSE_UPRIGHT) == COMMAND_OK);
        pass(&s, 1);
        CHECK_NEAR(posture.tilt_deg.sd, young, 0.3); /* set again: young again */
}

/* A sitter who takes weight off and comes down a little elsewhere sits as before; one who turns with all the weight on
 * does not, nor does one who comes down far away or in another way. */
static void test_slide(uint32_t n) {
        struct sitter there = SITTER, light, slump = slide_back(14);

        there.y += 9;
        there.x += 6;
        sit_upright(n);
        light = there;
        light.soft *= 0.55F;
        light.bone *= 0.55F;
        pass(&light, 1.5F);
        pass(&there, 20);
        CHECK_NEAR(posture.tilt_deg.value, 0, 1);
        CHECK_NEAR(posture.obliquity_deg.value, 0, 0.5);
        CHECK(posture.posture_class == POSTURE_UPRIGHT);
        slump.y += 9;
        slump.x += 6;
        pass(&slump, 20); /* a turn from there is still measured */
        float turned = posture.tilt_deg.value;

        sit_upright(n);
        pass(&there, 20);
        float loaded = posture.tilt_deg.value;
        sit_upright(n);
        slump = slide_back(14);
        pass(&slump, 20);
        CHECK(posture.posture_class == POSTURE_SLOUCHED && posture.tilt_deg.value < -4);
        CHECK_NEAR(turned, posture.tilt_deg.value, 3);
        CHECK(loaded > 1.5F);

        sit_upright(n);
        light = slump;
        light.soft *= 0.55F;
        light.bone *= 0.55F;
        pass(&light, 1.5F);
        slump = slide_back(30);
        pass(&slump, 20);
        CHECK(posture.tilt_deg.value < -4 || isnan(posture.tilt_deg.value));
}

static void test_shifting(void) {
        struct sitter s = SITTER;

        sit_upright(32);
        CHECK(!posture.shifting);
        s.x = 40;
        pass(&s, 0.5F);
        CHECK(posture.shifting);
        pass(&s, 5);
        CHECK(!posture.shifting);
        s.soft *= 0.5F;
        s.bone *= 0.5F;
        pass(&s, 0.3F);
        CHECK(posture.shifting); /* half of the load gone */
}

/* The sitter moves for some seconds, then sits as before; returns how many shifts were counted. */
static uint32_t count_shifts_of(float weight, float x, float seconds) {
        struct sitter s = SITTER;
        const uint32_t before = posture.shifts;

        s.soft *= weight;
        s.bone *= weight;
        s.x += x;
        pass(&s, seconds);
        pass(&SITTER, 8);
        return posture.shifts - before;
}

static void test_shifts(void) {
        struct sitter s = SITTER;
        uint64_t began;
        uint32_t before;

        sit_upright(16);
        CHECK(posture.shifts == 0);
        CHECK(count_shifts_of(0.85F, 0, 2) == 0); /* fidgets */
        CHECK(count_shifts_of(1, 25, 1.5F) == 0);
        CHECK(count_shifts_of(0.65F, 0, 1) == 1); /* off the seat and back */
        CHECK(count_shifts_of(0.65F, 25, 1) == 1);
        CHECK(count_shifts_of(0.65F, 0, 8) == 2); /* settles with less, and with more again */
        CHECK(count_shifts_of(1, 25, 8) == 2);    /* there, and back */
        before = posture.shifts;
        began = now;
        s.y += 20;
        pass(&s, 2);
        CHECK(posture.shifts == before); /* it may be a fidget yet */
        pass(&s, 4);
        CHECK(posture.shifts == before + 1);
        CHECK(posture.shift_began_us >= began && posture.shift_began_us < began + 1500000);
        pass(NULL, 10); /* getting up is none, nor is sitting down */
        pass(&SITTER, 20);
        CHECK(posture.shifts == before + 1);
}

static void test_calibrate(void) {
        struct sitter slump = slide_back(22);
        static struct memory memory;

        begin(32);
        CHECK(calibrate(POSE_UPRIGHT) == COMMAND_NO_FRAMES);
        pass(NULL, 10);
        CHECK(calibrate(POSE_UPRIGHT) == COMMAND_NOBODY_SEATED);
        pass(&slump, 1.2F);
        CHECK(calibrate(POSE_UPRIGHT) == COMMAND_UNSTEADY);
        pass(&slump, 20);
        CHECK(posture.posture_class == POSTURE_UPRIGHT); /* the automatic upright: the first quiet seconds */
        pass(&SITTER, 10);
        CHECK(posture.tilt_deg.value > settings.posture.arched_deg);
        CHECK(calibrate(POSE_UPRIGHT) == COMMAND_OK);
        pass(&SITTER, 5);
        CHECK(posture.posture_class == POSTURE_UPRIGHT);
        CHECK_NEAR(posture.tilt_deg.value, 0, 1);
        pass(&slump, 6);
        CHECK(posture.posture_class == POSTURE_SLOUCHED);
        pass(NULL, 10);
        estimate_remember(&estimate, &memory);
        CHECK(memory.reference.valid && memory.reference.by_hand);

        /* another day, 25 mm elsewhere: the shape is still that of upright; less certain, but known */
        begin(32);
        estimate_recall(&estimate, &memory);
        pass(NULL, 10);
        CHECK(!posture.referenced || isnan(posture.tilt_deg.value));
        struct sitter again = SITTER;
        again.x = -20;
        again.y -= 25;
        pass(&again, 2);
        CHECK(posture.referenced && fabsf(posture.tilt_deg.value) < 3 && posture.tilt_deg.sd > 4);
        CHECK_NEAR(posture.obliquity_deg.value, 0, 1.5);
        memory.reference.value[3] = INFINITY;
        begin(32);
        estimate_recall(&estimate, &memory);
        pass(&SITTER, 1);
        CHECK(!posture.referenced);
}

/* ---- learning ---- */

static struct learning learning;

static void hold_pose(enum calibrate_pose pose, const struct sitter *s, float seconds) {
        pass(s, 4);
        CHECK(calibrate(pose) == COMMAND_OK);
        estimate_report_learning(&estimate, &learning);
        CHECK(learning.phase == LEARNING_RUNNING && learning.pose == pose && learning.left_s > 9);
        pass(s, seconds);
        estimate_report_learning(&estimate, &learning);
}

static void test_poses(void) {
        struct sitter slump = slide_back(22);
        const struct pose_record *upright = &estimate.learner.profile.calibration.pose[POSE_UPRIGHT];

        sit_upright(32);
        hold_pose(POSE_UPRIGHT, &SITTER, 5);
        CHECK(learning.phase == LEARNING_RUNNING && learning.left_s > 4 && learning.left_s < 7 && !learning.taken[0]);
        pass(&SITTER, 8);
        estimate_report_learning(&estimate, &learning);
        CHECK(learning.phase == LEARNING_DONE && learning.taken[POSE_UPRIGHT] && !learning.taken[POSE_SLOUCHED]);
        CHECK(learning.profile_changed && learning.calibration_changed && learning.left_s == 0);
        estimate_report_learning(&estimate, &learning);
        CHECK(!learning.profile_changed && learning.phase == LEARNING_DONE); /* reported once */
        CHECK_NEAR(upright->seconds, 10, 1);
        CHECK_NEAR(upright->mean[REFERENCE_LOAD], features.load, 0.1 * features.load);
        CHECK(upright->sd[REFERENCE_COP_Y] >= 0 && upright->sd[REFERENCE_COP_Y] < 3);

        hold_pose(POSE_SLOUCHED, &slump, 15);
        CHECK(learning.phase == LEARNING_DONE && learning.taken[POSE_SLOUCHED]);
        CHECK(estimate.learner.profile.n_cells == 32 * 32);
}

static void test_poses_refused(void) {
        struct sitter rocking = SITTER;

        begin(32);
        CHECK(calibrate(POSE_LEFT) == COMMAND_NO_FRAMES);
        pass(NULL, 10);
        CHECK(calibrate(POSE_LEFT) == COMMAND_NOBODY_SEATED);
        pass(&SITTER, 20);
        hold_pose(POSE_LEFT, &SITTER, 4); /* stands up in the middle */
        pass(NULL, 4);
        estimate_report_learning(&estimate, &learning);
        CHECK(learning.phase == LEARNING_REFUSED && learning.why == COMMAND_NOBODY_SEATED &&
              !learning.taken[POSE_LEFT]);
        pass(&SITTER, 20);
        hold_pose(POSE_LEFT, &SITTER, 4); /* the mat falls silent */
        now += 20000000;
        estimate_step(&estimate, NULL, now, &posture);
        estimate_report_learning(&estimate, &learning);
        CHECK(learning.phase == LEARNING_REFUSED && learning.why == COMMAND_NO_FRAMES);
        pass(&SITTER, 20);
        hold_pose(POSE_LEFT, &SITTER, 0.1F);
        for (int i = 0; i < 12; i++) { /* to and fro, each time slowly enough to be quiet */
                rocking.x = i % 2 ? 0 : 40;
                pass(&rocking, 4);
        }
        estimate_report_learning(&estimate, &learning);
        CHECK(learning.phase == LEARNING_REFUSED && learning.why == COMMAND_UNSTEADY && !learning.taken[POSE_LEFT]);
}

/* Another sitter's profile brings upright, name and confidence; one of another mat the name only. */
static void test_load_profile(void) {
        static struct profile anna, ben;
        struct learner *l = &estimate.learner;

        sit_upright(32);
        hold_pose(POSE_UPRIGHT, &SITTER, 14);
        anna = l->profile;
        memcpy(anna.sitter, "anna", 5);
        memcpy(ben.sitter, "ben", 4);
        CHECK(calibrate(CALIBRATE_SQUEEZE) == COMMAND_OK);
        estimate_load_profile(&estimate, &ben, 1, 32 * 32);
        estimate_report_learning(&estimate, &learning);
        CHECK(learning.phase == LEARNING_REFUSED &&
              learning.why == COMMAND_BUSY); /* half of a lesson does not count for ben */
        CHECK(strcmp(learning.sitter, "ben") == 0 && !learning.taken[POSE_UPRIGHT]);
        CHECK(!estimate.reference.own.valid);
        estimate_load_profile(&estimate, &anna, 0.93F, 32 * 32);
        estimate_report_learning(&estimate, &learning);
        CHECK(strcmp(learning.sitter, "anna") == 0 && learning.taken[POSE_UPRIGHT] && learning.stale == STALE_NOT);
        CHECK_NEAR(learning.sitter_confidence, 0.93, 1e-6);
        CHECK(estimate.reference.own.valid);
        estimate_load_profile(&estimate, &anna, 1, 16 * 16);
        estimate_report_learning(&estimate, &learning);
        CHECK(strcmp(learning.sitter, "anna") == 0 && !learning.taken[POSE_UPRIGHT] && learning.stale == STALE_MAT);
}

static void add_sits(struct sitter_baseline *baseline, const float upright[BASELINE_N], float by, int n) {
        float sample[BASELINE_N];

        for (int i = 0; i < n; i++) {
                for (int j = 0; j < BASELINE_N; j++)
                        sample[j] = upright[j] + (j < BASELINE_PROFILE ? 0.02F : 0.004F) * (i % 2 ? 1 : -1) * by;
                sitter_baseline_add(baseline, sample);
        }
}

static void test_stale(void) {
        static struct profile p;
        float baseline[BASELINE_N] = {5, 120, 380, 7, 0.05F, 0.1F, 0.2F, 0.2F, 0.15F, 0.1F, 0.1F, 0.1F};
        struct pose_record *upright = &p.calibration.pose[POSE_UPRIGHT];

        memcpy(upright->mean + REFERENCE_PROFILE, baseline + BASELINE_PROFILE, sizeof(float) * PROFILE_BANDS);
        upright->mean[REFERENCE_LOAD] = expf(5);
        upright->taken = 1;
        add_sits(&p.baseline, baseline, 1, 9);
        CHECK(sitter_baseline_stale(&p) == STALE_NOT);
        upright->mean[REFERENCE_PROFILE + 1] += 0.15F;
        upright->mean[REFERENCE_PROFILE + 3] -= 0.15F;
        CHECK(sitter_baseline_stale(&p) == STALE_UPRIGHT);
        p.baseline.sits = 4;
        CHECK(sitter_baseline_stale(&p) == STALE_NOT); /* four sits prove nothing */
        p.baseline.sits = 9;
        upright->mean[REFERENCE_LOAD] = expf(5.5F);
        CHECK(sitter_baseline_stale(&p) == STALE_LOAD);
        upright->taken = 0;
        CHECK(sitter_baseline_stale(&p) == STALE_NOT);
}

static void test_identify(void) {
        static struct sitter_baseline anna, ben, nobody;
        float a[BASELINE_N] = {5, 120, 380, 7, 0.05F, 0.1F, 0.2F, 0.2F, 0.15F, 0.1F, 0.1F, 0.1F}, b[BASELINE_N],
              stranger[BASELINE_N];
        float likeness[3], sure;

        memcpy(b, a, sizeof(a));
        memcpy(stranger, a, sizeof(a));
        b[BASELINE_LOAD] += 0.4F;
        b[BASELINE_WIDTH_MM] += 40;
        b[BASELINE_BONES_MM] -= 10;
        stranger[BASELINE_LOAD] -= 0.25F;
        stranger[BASELINE_WIDTH_MM] -= 30;
        add_sits(&anna, a, 1, 3);
        add_sits(&ben, b, 1, 3);
        likeness[0] = sitter_baseline_likeness(&anna, a);
        likeness[1] = sitter_baseline_likeness(&ben, a);
        likeness[2] = sitter_baseline_likeness(&nobody, a);
        CHECK(sitter_baseline_identify(likeness, 3, &sure) == 0 && sure > 0.9F && sure < 1);
        likeness[0] = sitter_baseline_likeness(&anna, b);
        likeness[1] = sitter_baseline_likeness(&ben, b);
        CHECK(sitter_baseline_identify(likeness, 3, &sure) == 1 && sure > 0.9F);
        likeness[0] = sitter_baseline_likeness(&anna, stranger);
        likeness[1] = sitter_baseline_likeness(&ben, stranger);
        sitter_baseline_identify(likeness, 3, &sure);
        CHECK(sure < 0.5F);
        for (int i = 2; i < BASELINE_N; i++)
                a[i] = NAN; /* load and bones alone */
        likeness[0] = sitter_baseline_likeness(&anna, a);
        CHECK(isinf(likeness[0]) && sitter_baseline_identify(likeness, 1, &sure) == 0 && sure == 0);
        CHECK(sitter_baseline_identify(likeness, 0, &sure) == -1);
}

/* Compares bit by bit, NAN too, except the padding behind sit_bones.valid. */
static bool is_same(const struct features *a, const struct features *b) {
        const size_t bones = offsetof(struct features, sit_bones), rest = offsetof(struct features, sit_bones.left_mm);

        return memcmp(a, b, bones) == 0 && a->sit_bones.valid == b->sit_bones.valid &&
               memcmp((const char *)a + rest, (const char *)b + rest, sizeof(*a) - rest) == 0;
}

/* Only memory that was written is read: leftovers change nothing, on grids and on scattered cells. */
static void test_no_leftovers(uint32_t n, bool scattered) {
        static struct features first[400];
        struct posture last[2];

        for (int run = 0; run < 2; run++) {
                begin(n);
                if (scattered)
                        geometry.kind = GEOMETRY_SCATTERED;
                memset(&condition, run ? 0x5A : 0, sizeof(condition));
                memset(&describe, run ? 0x5A : 0, sizeof(describe));
                memset(&estimate, run ? 0x5A : 0, sizeof(estimate));
                memset(&map, run ? 0x5A : 0, sizeof(map));
                condition_init(&condition, &settings.condition, &geometry);
                describe_init(&describe, &geometry);
                estimate_init(&estimate, &settings, &geometry);
                for (int i = 0; i < 400; i++) {
                        memset(&features, 0, sizeof(features));
                        pass(i < 150 || i > 350 ? NULL : &SITTER, 0.051F);
                        if (run == 0)
                                first[i] = features;
                        CHECK(is_same(&features, &first[i]));
                }
                memset(&last[run], 0, sizeof(last[run]));
                pass(NULL, 3);
                estimate_step(&estimate, NULL, now, &last[run]);
        }
        CHECK(memcmp(&last[0], &last[1], sizeof(last[0])) == 0);
}

int main(void) {
        test_no_leftovers(16, false);
        test_no_leftovers(5, true);

        test_occupancy();
        test_objects();
        test_bags(16);
        test_bags(32);
        test_creeps_back(16);
        test_creeps_back(32);
        test_flickers_away();
        test_single_cell();
        test_small_mats();
        test_silence();
        test_hiccup();
        test_slow_mat();
        test_sends_on_change();
        test_contradicted_silence();
        test_tilt(32);
        test_tilt(16);
        test_lean(32);
        test_lean(16);
        test_leans_from_the_start();
        test_lean_on_resting_mat();
        test_no_flutter();
        test_forward_after_creep();
        test_mat_far_back();
        test_reference_ages();
        test_forward_and_perched();
        test_slide(32);
        test_slide(16);
        test_shifting();
        test_shifts();
        test_calibrate();
        test_poses();
        test_poses_refused();
        test_load_profile();
        test_stale();
        test_identify();
        return 0;
}
