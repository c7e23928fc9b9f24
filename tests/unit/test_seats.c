/* SPDX-License-Identifier: MIT */
/* Recordings of many mats through the stages with default settings: ten changes of occupancy on a noisy 32 x 32 pad,
 * found within two frames and none invented; the other mats give sane occupancy and numbers within their ranges. Made
 * recordings (made.h) and the real one of tests/recordings are always played; the larger set needs SITBONE_DATA. */
#include <string.h>

#include "configure/settings.h"
#include "core/acquire/recording.h"
#include "core/condition/condition.h"
#include "core/describe/describe.h"
#include "core/estimate/estimate.h"
#include "made.h"

static struct settings settings;
static struct recording recording;
static struct condition condition;
static struct describe describe;
static struct estimate estimate;
static struct frame frame;
static struct map map;

struct playback {
        size_t n, changes;
        size_t change_at[64];
        enum occupancy to[64], last;
        size_t frames_of[OCCUPANCY_N], empty_labels, vacant_when_empty;
        bool started;
        size_t unknown_at_first;
        uint64_t first_us, first_known_us;
};

static bool is_share(float x) {
        return isnan(x) || (x >= 0 && x <= 1);
}

static void check_ranges(const struct features *f, const struct posture *p) {
        CHECK(f->load >= 0 && f->n_active <= f->n_cells && f->peak >= 0 && f->peak <= 1);
        CHECK(is_share(f->front_share) && is_share(f->ppi) && is_share(f->sit_bones.quality) &&
              is_share(p->confidence));
        CHECK(isnan(f->asymmetry) || fabsf(f->asymmetry) <= 1.0001F);
        CHECK(isnan(p->tilt_deg.value) == isnan(p->tilt_deg.sd));
        CHECK(isnan(p->tilt_deg.value) || (fabsf(p->tilt_deg.value) < 45 && p->tilt_deg.sd > 0));
        CHECK(isnan(p->obliquity_deg.value) || (fabsf(p->obliquity_deg.value) < 45 && p->obliquity_deg.sd > 0));
}

static void play_frame(void *userdata, const struct frame *f, const struct recording_row *row) {
        struct playback *s = userdata;
        struct features features;
        struct posture posture;

        condition_step(&condition, f, &map);
        describe_step(&describe, &map, condition_creep_share(&condition), &features);
        estimate_step(&estimate, &features, f->arrived_us, &posture);
        check_ranges(&features, &posture);
        s->frames_of[posture.occupancy]++;
        s->first_us = s->started ? s->first_us : f->arrived_us;
        if (s->first_known_us == 0 && posture.occupancy == OCCUPANCY_UNKNOWN)
                s->unknown_at_first++;
        else if (s->first_known_us == 0)
                s->first_known_us = f->arrived_us;
        if (strcmp(row->label, "empty") == 0 || strcmp(row->label, "pose0") == 0) {
                s->empty_labels++;
                s->vacant_when_empty += posture.occupancy == OCCUPANCY_VACANT;
        }
        if (s->started && posture.occupancy != s->last && s->changes < 64) {
                s->to[s->changes] = posture.occupancy;
                s->change_at[s->changes++] = s->n;
        }
        s->started = true;
        s->last = posture.occupancy;
        s->n++;
}

/* Frees data. */
static struct playback replay(const char *name, char *data, size_t n) {
        char error[RECORDING_ERROR_MAX] = "";
        struct playback s = {0};

        if (!data) {
                fprintf(stderr, "%s is not there\n", name);
                exit(1);
        }
        settings_defaults(&settings);
        if (recording_open(&recording, data, n, NULL, &settings.device, error) != 0) {
                fprintf(stderr, "%s: %s\n", name, error);
                exit(1);
        }
        condition_init(&condition, &settings.condition, &recording.layout.geometry);
        describe_init(&describe, &recording.layout.geometry);
        estimate_init(&estimate, &settings, &recording.layout.geometry);
        recording_each(&recording, &frame, play_frame, &s);
        free(data);
        printf("%-24s frames %zu: unknown %zu vacant %zu object %zu person %zu, %zu changes; empty %zu, found %zu\n",
               name, s.n, s.frames_of[OCCUPANCY_UNKNOWN], s.frames_of[OCCUPANCY_VACANT], s.frames_of[OCCUPANCY_OBJECT],
               s.frames_of[OCCUPANCY_PERSON], s.changes, s.empty_labels, s.vacant_when_empty);
        return s;
}

static struct playback replay_file(const char *folder, const char *name) {
        size_t n = 0;
        char *data = wire_file(folder, name, &n);

        return replay(name, data, n);
}

static void check_seat32(const struct playback *s, const size_t truth[10]) {
        CHECK(s->changes == 10);
        for (size_t i = 0; i < 10; i++) {
                printf("  frame %zu, found at %zu\n", truth[i], s->change_at[i]);
                CHECK(s->to[i] == (i % 2 ? OCCUPANCY_VACANT : OCCUPANCY_PERSON));
                CHECK(s->change_at[i] >= truth[i] && s->change_at[i] <= truth[i] + 2);
        }
        CHECK(s->frames_of[OCCUPANCY_UNKNOWN] == 0 && s->frames_of[OCCUPANCY_OBJECT] == 0);
}

/* Somebody sits throughout, whatever the mat; getting up for a moment between two poses is allowed for `up` frames. On
 * a mat that shows no shape a sitter who was there before the first frame is recognised by moving, within a minute. */
static void check_seated(struct playback s, size_t up) {
        CHECK(s.frames_of[OCCUPANCY_PERSON] + s.unknown_at_first >= s.n - s.n / 50);
        CHECK(s.first_known_us - s.first_us <= 60000000);
        CHECK(s.frames_of[OCCUPANCY_VACANT] <= up);
}

static struct playback replay_made(const char *name, struct made m) {
        return replay(name, m.text, m.n);
}

static void test_made(void) {
        struct playback s = replay_made("made seat32", made_seat32());

        check_seat32(&s, MADE_SEAT32_CHANGE);
        check_seated(replay_made("made chair12", made_chair12(false)), 0);
        check_seated(replay_made("made wheelchair12", made_wheelchair12()), 0);
        check_seated(replay_made("made levels", made_levels()), 0);
        s = replay_made("made chair12, gets up", made_chair12(true));
        CHECK(s.empty_labels == 480 && s.vacant_when_empty * 100 >= s.empty_labels * 90 && s.changes <= 24);
        s = replay_made("made fsr9", made_fsr9());
        CHECK(s.empty_labels == 500 && s.vacant_when_empty + 4 >= s.empty_labels && s.changes == 2);
}

/* Recorded by others, on real mats. */
static void test_larger_set(const char *folder) {
        static const size_t truth[] = {38, 68, 110, 150, 194, 234, 277, 317, 359, 398};
        struct playback s = replay_file(folder, "seat32-jq.csv");

        check_seat32(&s, truth);
        check_seated(replay_file(folder, "chair12-p1.csv"), 2); /* every cell at 0 for a second and a half at 1742 s */
        check_seated(replay_file(folder, "chair12-p2-free.csv"), 0);
        check_seated(replay_file(folder, "wheelchair12-p1-s1.csv"), 0);
        check_seated(replay_file(folder, "wheelchair12-p1-s3.csv"), 0);
        check_seated(replay_file(folder, "wheelchair12-p2-s1.csv"), 0);
        check_seated(replay_file(folder, "wheelchair12-p2-s3.csv"), 0);

        check_seated(replay_file(folder, "cushion10x15-digits.csv"), 0);
        s = replay_file(folder, "chair12-p2.csv"); /* eleven times nobody between two poses, at first with one cell
                                                    * still loaded */
        CHECK(s.empty_labels > 800 && s.vacant_when_empty * 100 >= s.empty_labels * 90 && s.changes <= 22);
        s = replay_file(folder, "cushion-fsr9-r1.csv");
        CHECK(s.empty_labels > 400 && s.vacant_when_empty + 4 >= s.empty_labels);
}

int main(void) {
        const char *folder = getenv("SITBONE_DATA");
        struct playback s;

        test_made();
        s = replay_file("tests/recordings", "cushion9x9-p1.csv"); /* a frame each 5 s, and even: movement takes time */
        CHECK(s.unknown_at_first <= 33 && s.frames_of[OCCUPANCY_PERSON] + s.unknown_at_first == s.n &&
              s.frames_of[OCCUPANCY_VACANT] == 0);
        if (folder && *folder)
                test_larger_set(folder);
        else
                printf("the larger set was not played: needs SITBONE_DATA\n");
        return 0;
}
