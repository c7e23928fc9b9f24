/* SPDX-License-Identifier: MIT */
/* A mat that moved between sits: the report, the loss of trust, and the end of both. The sitters are by formula and
 * come down where the test puts them; simulated ones are in simulate/mat_shift. */
#include "configure/settings.h"
#include "core/estimate/estimate.h"
#include "core/estimate/mat_shift.h"
#include "core/pipeline.h"
#include "sitter.h"
#include "words/names.h"
#include "words/sentences.h"

static struct settings settings;
static struct geometry geometry;
static struct exercise_catalogue exercises;
static struct pipeline pipeline;
static struct snapshot snapshot;
static struct frame frame;
static uint64_t now;

static void pass(const struct sitter *s, int seconds) {
        for (int i = 0; i < 5 * seconds; i++) {
                now += 200000;
                sit(&geometry, s, now, &frame);
                pipeline_step(&pipeline, &frame, now, &snapshot);
        }
}

static void begin(uint32_t n) {
        settings_defaults(&settings);
        grid(&geometry, n, n, 400.0F / (float)n);
        pipeline_init(&pipeline, &settings, &geometry, &exercises);
        memset(&snapshot, 0, sizeof(snapshot));
        now = 1000000;
        pass(NULL, 8);
}

/* Plays a sit at x, y from the usual place, recorded as the daemon does it. */
static void sit_at(const struct sitter *s, float x, float y) {
        float sample[BASELINE_N];
        struct sitter here = *s;

        here.x += x;
        here.y += y;
        pass(NULL, 4);
        pass(&here, 13);
        CHECK(estimate_poll_upright(&pipeline.estimate, sample));
        estimate_record_sit(&pipeline.estimate);
        pass(&here, 1);
}

static void play_usual_sits(int n) {
        static const float x[] = {0, 14, -10, 5, -16, 9, -4}, y[] = {8, -9, 3, -14, 10, 0, 6};

        for (int i = 0; i < n; i++)
                sit_at(&SITTER, x[i % 7], y[i % 7]);
}

static enum place_verdict verdict(void) {
        return snapshot.posture.place.verdict;
}

static const char *words(void) {
        static char text[256];

        place_text(&snapshot.posture.place, text, sizeof(text));
        return text;
}

static void calibrate_pose(enum calibrate_target target, const struct sitter *s) {
        const struct command command = {.type = COMMAND_CALIBRATE, .target = target};

        pass(s, 5);
        CHECK(pipeline_command(&pipeline, &command, now, &snapshot, &(struct command_answer){0}) == COMMAND_OK);
        pass(s, 14);
        CHECK(snapshot.learning.phase == LEARNING_DONE);
}

static void test_moved(void) {
        struct sitter slouched = SITTER;
        float sd;

        slouched.y -= 12;
        slouched.bone = 0.35F;
        begin(16);
        pass(&SITTER, 8);
        calibrate_pose(CALIBRATE_UPRIGHT, &SITTER);
        calibrate_pose(CALIBRATE_SLOUCHED, &slouched);
        CHECK(verdict() == PLACE_LEARNING && !*words());
        play_usual_sits(8);
        CHECK(verdict() == PLACE_USUAL && snapshot.learning.stale == STALE_NOT && snapshot.posture.calibrated);
        CHECK(snapshot.posture.place.quality_loss == 0 && snapshot.map.quality == 1);
        sd = snapshot.posture.tilt_deg.sd;
        sit_at(&SITTER, 44, 0);
        sit_at(&SITTER, 52, 8);
        CHECK(verdict() == PLACE_USUAL);
        sit_at(&SITTER, 40, -5);
        CHECK(verdict() == PLACE_MOVED && snapshot.learning.stale == STALE_MOVED);
        CHECK(snapshot.posture.place.moved_x_mm < -25 && fabsf(snapshot.posture.place.moved_y_mm) < 15);
        CHECK(strstr(words(), "seems to have moved under you by") && strstr(words(), "to the left"));
        CHECK_NEAR(snapshot.posture.place.quality_loss, 0.3, 1e-6);
        CHECK(!snapshot.posture.calibrated);
        CHECK(sd >= 3.5F && snapshot.posture.tilt_deg.sd >= 3.5F); /* what nobody measured, calibrated or not */
        CHECK(snapshot.learning.taken[POSE_SLOUCHED]);             /* it is not lost */
        pass(NULL, 4);
        CHECK(verdict() == PLACE_MOVED); /* also while nobody sits there, and no worse with each frame */
        CHECK_NEAR(snapshot.posture.place.quality_loss, 0.3, 1e-6);

        play_usual_sits(3); /* somebody put it back */
        CHECK(verdict() == PLACE_USUAL && snapshot.learning.stale == STALE_NOT && snapshot.posture.calibrated);
        CHECK(snapshot.posture.place.quality_loss == 0 && snapshot.map.quality == 1);
        sit_at(&SITTER, 90, 0); /* once is not enough */
        CHECK(verdict() == PLACE_USUAL);
        play_usual_sits(3);
        CHECK(verdict() == PLACE_USUAL);
}

/* The mat slipped and stays there: upright is calibrated at the new place. */
static void test_calibrated_again(void) {
        struct sitter there = SITTER;

        begin(16);
        play_usual_sits(8);
        for (int i = 0; i < 3; i++)
                sit_at(&SITTER, -3, 55);
        CHECK(verdict() == PLACE_MOVED && snapshot.learning.stale == STALE_NOT); /* there is no calibration to doubt */
        CHECK(strstr(words(), " backward"));
        there.y += 55;
        there.x -= 3;
        calibrate_pose(CALIBRATE_UPRIGHT, &there);
        CHECK(verdict() == PLACE_LEARNING && snapshot.map.flaws == 0);
        for (int i = 0; i < 8; i++)
                sit_at(&there, i % 2 ? 12 : -12, i % 3 ? 5 : -10);
        CHECK(verdict() == PLACE_USUAL);
}

/* Plays a mat turned by a quarter under the sitter: its front is on the left. */
static void pass_turned(int seconds) {
        static struct frame straight;

        for (int i = 0; i < 5 * seconds; i++) {
                now += 200000;
                sit(&geometry, &SITTER, now, &straight);
                frame.arrived_us = now;
                frame.seq++;
                for (uint32_t row = 0; row < geometry.rows; row++)
                        for (uint32_t col = 0; col < geometry.cols; col++)
                                frame.raw[col * geometry.cols + geometry.cols - 1 - row] =
                                        straight.raw[row * geometry.cols + col];
                pipeline_step(&pipeline, &frame, now, &snapshot);
        }
}

static void test_turned(void) {
        float sample[BASELINE_N];

        begin(16);
        play_usual_sits(8);
        for (int i = 0; i < 3; i++) {
                CHECK(verdict() == PLACE_USUAL);
                pass(NULL, 4);
                pass_turned(13);
                CHECK(estimate_poll_upright(&pipeline.estimate, sample));
                estimate_record_sit(&pipeline.estimate);
        }
        pass_turned(4);
        CHECK(verdict() == PLACE_TURNED && snapshot.posture.place.turned_deg == 90);
        CHECK(strstr(words(), "turned by a quarter to the right"));
        CHECK(snapshot.posture.place.quality_loss == 0.5F);
        CHECK(snapshot.posture.occupancy == OCCUPANCY_PERSON && isnan(snapshot.posture.tilt_deg.value));
        CHECK(isnan(snapshot.posture.obliquity_deg.sd) && isnan(snapshot.posture.asymmetry));
        CHECK(snapshot.posture.confidence <= 0.5F);
}

static void add_sits(struct place_baseline *baseline, int n, float orientation_x_mm, float orientation_y_mm) {
        const struct features f = {.n_cells = 256,
                                   .tared = true,
                                   .cop_x_mm = 1,
                                   .orientation_x_mm = orientation_x_mm,
                                   .orientation_y_mm = orientation_y_mm};

        for (int i = 0; i < n; i++) {
                const struct sitter_sample sample = {.features = &f, .quiet = true, .dt_s = 1};
                struct place_average sit = {0};

                mat_shift_step(&sit, &sample);
                mat_shift_add(baseline, &sit);
        }
}

/* An orientation without a direction shows no turn, be it the usual one or the present one. */
static void test_no_orientation(void) {
        struct place_baseline baseline = {0};

        add_sits(&baseline, 10, 0, 20);
        CHECK(baseline.verdict == PLACE_USUAL);
        add_sits(&baseline, 3, 5, -1);
        CHECK(baseline.verdict == PLACE_USUAL);
        baseline = (struct place_baseline){0};
        add_sits(&baseline, 10, 0, 5);
        add_sits(&baseline, 3, 20, 0);
        CHECK(baseline.verdict == PLACE_USUAL);
        baseline = (struct place_baseline){0};
        add_sits(&baseline, 10, 0, 7);
        add_sits(&baseline, 3, 7, 0);
        CHECK(baseline.verdict == PLACE_TURNED);
}

static void test_not_judged(void) {
        static struct place_baseline baseline;
        struct place_average sit = {0};
        struct features f = {.n_cells = 256, .tared = true, .cop_x_mm = 3, .orientation_y_mm = 20};
        struct sitter_sample sample = {.features = &f, .quiet = true, .dt_s = 1};

        f.tared = false; /* the load of the empty mat is in the centre of pressure */
        mat_shift_step(&sit, &sample);
        f.tared = true;
        f.cop_x_mm = NAN;
        mat_shift_step(&sit, &sample);
        f.cop_x_mm = 3;
        f.n_cells = 9;
        mat_shift_step(&sit, &sample);
        f.n_cells = 256;
        sample.quiet = false;
        mat_shift_step(&sit, &sample);
        sample.quiet = true;
        mat_shift_add(&baseline, &sit);
        CHECK(baseline.n_recent == 0);
        mat_shift_step(&sit, &sample);
        mat_shift_add(&baseline, &sit);
        CHECK(baseline.n_recent == 1 && baseline.verdict == PLACE_LEARNING && mat_shift_trusts(&baseline));

        begin(3);
        CHECK(verdict() == PLACE_UNJUDGED && strstr(words(), "cannot be detected"));
        geometry.n_cells = 25;
        CHECK(mat_shift_possible(&geometry));
        geometry.kind = GEOMETRY_UNPLACED;
        CHECK(!mat_shift_possible(&geometry));
}

int main(void) {
        test_moved();
        test_calibrated_again();
        test_turned();
        test_no_orientation();
        test_not_judged();
        return 0;
}
