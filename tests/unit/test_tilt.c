/* SPDX-License-Identifier: MIT */
/* Turned or slid: decided by the observed angle, by the weight that went off, and by what people do. */
#include "core/estimate/tilt.h"

#include <math.h>
#include <string.h>

#include "check.h"

static struct tilt_belief belief;
static struct uncertain tilt;
static const float DT = 0.1F;

static void observe(float angle, float load, bool quiet, float lean, float seconds) {
        static float age;
        struct tilt_observation s = {
                .angle_deg = angle, .noise_deg = 1.3F, .spread = 0.2F, .lean = lean, .load = load, .quiet = quiet};

        for (int i = 0; (float)i * DT < seconds; i++) {
                age += DT;
                s.age_s = age;
                tilt = tilt_step(&belief, &s, DT);
        }
}

static void begin(void) {
        tilt_reset(&belief);
        observe(0, 100, true, 0, 10);
}

/* To another place, while leaning; least: of the load on the way. */
static void go_leaning(float angle, float least, float lean) {
        observe(angle, least, false, lean, 1);
        observe(angle, 100, true, lean, 10);
}

static void go(float angle, float least) {
        go_leaning(angle, least, 0);
}

static float sum_of(const float *p) {
        float sum = 0;

        for (int i = 0; i < TILT_SLIDES; i++)
                sum += p[i];
        return sum;
}

static void test_turned(void) {
        begin();
        CHECK_NEAR(tilt.value, 0, 0.1);
        float rest = tilt.sd;
        go(-12, 95);
        CHECK_NEAR(tilt.value, -12, 1);
        CHECK(tilt.sd > rest);
        go(8, 95);
        CHECK_NEAR(tilt.value, 8, 1);
        CHECK_NEAR(sum_of(belief.before), 1, 1e-4);
}

/* The same observed angle, after weight went off. */
static void test_slid(void) {
        begin();
        go(5, 95);
        float turned = tilt.value, sure = tilt.sd;
        begin();
        go(5, 60);
        CHECK(tilt.value < turned - 2 && tilt.sd > sure);
        begin();
        go(-14, 60); /* this far at once is hardly a slide and hardly the same posture: the uncertainty shows it */
        CHECK(tilt.value < -5 && tilt.sd > 5);
        begin();
        go(-20, 60);
        CHECK(tilt.value < -15);
}

/* Slides within a posture are measured, one by one; their errors do not add up without end. */
static void test_many_slides(void) {
        static const float TO[] = {4, -3, 6, 1, -5, 2, -2, 5};
        float sd;

        begin();
        for (int i = 0; i < 8; i++)
                go(TO[i], 60);
        CHECK(fabsf(tilt.value) < 3);
        sd = tilt.sd;
        for (int i = 0; i < 80; i++)
                go(TO[i % 8], 60);
        CHECK(fabsf(tilt.value) < 3 && tilt.sd < sd + 0.5F && tilt.sd < 5);
        begin();
        go(-12, 95);
        for (int i = 0; i < 3; i++)
                go(-12 + TO[i], 60);
        CHECK(fabsf(tilt.value - -12) < 4); /* slouched still, elsewhere */
}

/* A sitter who comes back to the same observed angle again and again, between other postures, sits upright there. */
static void test_upright_again(void) {
        begin();
        go(-13, 95);
        go(5, 60); /* slid on the way */
        float first = tilt.value, unsure = tilt.sd;
        for (int i = 0; i < 3; i++) {
                go(-13, 95);
                go(5, 95);
                go(14, 95);
                go(5, 95);
        }
        CHECK(fabsf(tilt.value) < first - 0.5F && tilt.sd < unsure);
        go(-13, 95);
        CHECK(tilt.value < -15); /* relative to the new upright */
}

/* A slump so slow that nothing shifts is another posture all the same. */
static void test_slow_slump(void) {
        begin();
        for (int i = 0; i < 40; i++)
                observe(-0.3F * (float)i, 100, true, 0, 0.1F);
        observe(-12, 100, true, 0, 10);
        CHECK(tilt.value < -10);
        CHECK_NEAR(belief.before_deg, 0, 1);
        observe(0, 100, true, 0, 10);
        CHECK_NEAR(belief.before_deg, -12, 1);
        CHECK_NEAR(tilt.value, 0, 0.5);
}

/* A posture is one piece of evidence, however long it is held. */
static void test_once(void) {
        begin();
        go(6, 60);
        float early = tilt.value;
        observe(6, 100, true, 0, 3600);
        CHECK_NEAR(tilt.value, early, 0.2);
}

static void test_lean(void) {
        begin();
        observe(6, 95, false, 0, 1);
        observe(6, 100, true, 0, 10);
        float straight = tilt.value;
        begin();
        observe(6, 95, false, 1, 1);
        observe(6, 100, true, 1, 10);
        CHECK(tilt.value < straight - 1);
}

/* A slide within a posture is measured when the lean is the same before and after it, whatever the lean is; another
 * lean is another posture. */
static void test_lean_before(void) {
        begin();
        go_leaning(-9, 95, 1);
        float before = tilt.value;
        go_leaning(-4, 60, 1);
        CHECK_NEAR(tilt.value, before, 2);
        begin();
        go_leaning(-9, 95, 0);
        go_leaning(-4, 60, 1);
        CHECK(tilt.value > before + 4);
}

/* Another reference, and moments without an angle. */
static void test_edges(void) {
        struct tilt_observation s = {.angle_deg = NAN, .noise_deg = 1, .load = 100, .quiet = true, .age_s = 1e6F};

        begin();
        go(5, 60);
        CHECK(isnan(tilt_step(&belief, &s, DT).value));
        s.angle_deg = 3;
        s.age_s = 0;
        CHECK(tilt_step(&belief, &s, DT).value > 2); /* nothing has slid since */
        s.angle_deg = 1e6F;
        CHECK(isnan(tilt_step(&belief, &s, DT).value));
        s.quiet = false;
        tilt_step(&belief, &s, DT);
        s.angle_deg = 0;
        s.quiet = true;
        CHECK_NEAR(tilt_step(&belief, &s, 0).value, 0, 0.5);
        s.unknown_deg = 3;
        CHECK(tilt_step(&belief, &s, DT).sd > 3);
}

int main(void) {
        test_turned();
        test_slid();
        test_many_slides();
        test_upright_again();
        test_slow_slump();
        test_once();
        test_lean();
        test_lean_before();
        test_edges();
        return 0;
}
