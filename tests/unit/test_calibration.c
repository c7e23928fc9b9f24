/* SPDX-License-Identifier: MIT */
/* Poses by formula: their gain for the angles, and their separation. */
#include "core/estimate/calibration.h"

#include "core/describe/describe.h"
#include "core/estimate/angles.h"
#include "core/estimate/reference.h"
#include "sitter.h"

static struct geometry geometry;
static struct describe describe;
static struct map map;
static struct features features;
static struct calibration calibration;

static void take_pose(enum calibrate_pose pose, float forward_mm, float right_share) {
        struct sitter s = SITTER;

        s.y += forward_mm; /* the pelvis rolls 1 mm per degree; the knees stay */
        s.thigh_end -= forward_mm;
        s.right = right_share;
        describe_init(&describe, &geometry);
        sit_map(&geometry, &s, 1000000, &map);
        describe_step(&describe, &map, NULL, &features);
        calibration.pose[pose] = (struct pose_record){.taken = 1, .seconds = 10};
        reference_vector(&features, calibration.pose[pose].mean);
}

static void test_nothing_taken(void) {
        struct sitter_gain p;

        memset(&calibration, 0, sizeof(calibration));
        calibration_fit(&calibration, &p);
        CHECK(!p.tilt_known);
        CHECK_NEAR(p.tilt_gain, 1, 1e-6);
        CHECK(isnan(calibration_separation(&calibration, POSE_UPRIGHT, POSE_SLOUCHED)));
}

static void test_gain(void) {
        struct sitter_gain population, small, large;

        memset(&calibration, 0, sizeof(calibration));
        calibration_fit(&calibration, &population);
        take_pose(POSE_UPRIGHT, 0, 0.5F);
        take_pose(POSE_SLOUCHED, -10, 0.5F);
        calibration_fit(&calibration, &large);
        CHECK(large.tilt_known && large.tilt_spread < population.tilt_spread);
        take_pose(POSE_SLOUCHED, -25, 0.5F);
        calibration_fit(&calibration, &small);
        CHECK(small.tilt_gain < large.tilt_gain); /* a sitter who moves more per degree turns less per millimetre */
}

/* A slouch that looks like an arch gives no gain. */
static void test_wrong_way(void) {
        struct sitter_gain p;

        memset(&calibration, 0, sizeof(calibration));
        take_pose(POSE_UPRIGHT, 0, 0.5F);
        take_pose(POSE_SLOUCHED, 12, 0.5F);
        calibration_fit(&calibration, &p);
        CHECK(!p.tilt_known);
        CHECK(calibration_separation(&calibration, POSE_UPRIGHT, POSE_SLOUCHED) < 0);
}

static void test_separation(void) {
        memset(&calibration, 0, sizeof(calibration));
        take_pose(POSE_UPRIGHT, 0, 0.5F);
        take_pose(POSE_SLOUCHED, -12, 0.5F);
        take_pose(POSE_ARCHED, 8, 0.5F);
        take_pose(POSE_LEFT, 0, 0.35F);
        CHECK(calibration_separation(&calibration, POSE_UPRIGHT, POSE_SLOUCHED) > CALIBRATION_APART_LEAST);
        CHECK(calibration_separation(&calibration, POSE_UPRIGHT, POSE_ARCHED) > CALIBRATION_APART_LEAST);
        CHECK(calibration_separation(&calibration, POSE_LEFT, POSE_UPRIGHT) > CALIBRATION_APART_LEAST);
        CHECK(calibration_separation(&calibration, POSE_SLOUCHED, POSE_ARCHED) >
              calibration_separation(&calibration, POSE_UPRIGHT, POSE_ARCHED));
        calibration.pose[POSE_SLOUCHED].sd[REFERENCE_COP_Y] = calibration.pose[POSE_SLOUCHED].sd[REFERENCE_BACK_Y] =
                20;
        CHECK(calibration_separation(&calibration, POSE_UPRIGHT, POSE_SLOUCHED) < CALIBRATION_APART_LEAST);
}

int main(void) {
        grid(&geometry, 32, 32, 12.5F);
        test_nothing_taken();
        test_gain();
        test_wrong_way();
        test_separation();
        return 0;
}
