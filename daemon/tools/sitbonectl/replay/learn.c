/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/replay/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/estimate/calibration.h"
#include "core/estimate/pose_average.h"
#include "core/estimate/reference.h"
#include "core/estimate/taught.h"
#include "tools/sitbonectl/replay/time.h"
#include "tools/sitbonectl/source.h"
#include "words/names.h"

struct span {
        const char *text; /* as it was typed */
        double from_s, to_s;
};

struct lesson_span {
        struct span span;
        struct lesson lesson;
};

struct pose_span {
        struct span span;
        enum calibrate_pose pose;
        struct pose_average average;
};

struct replay_learner {
        double last_s; /* time of the previous frame; NAN = none */
        struct profile profile;
        int n_poses, n_lessons;
        struct pose_span poses[POSE_N];
        struct lesson_span lessons[];
};

static bool is_in_span(const struct span *span, double now_s) {
        return now_s >= span->from_s - 1e-6 && now_s < span->to_s - 1e-6;
}

/* ---- lessons ---- */

/* "NAME=FROM-TO". The name may hold a "-", the times may not be negative. */
static bool parse_lesson(const char *text, struct lesson_span *ret) {
        const char *times = strchr(text, '=');
        char name[POSTURE_NAME_MAX] = "";
        size_t n = times ? (size_t)(times - text) : 0;

        if (n == 0 || n >= sizeof(name))
                return false;
        memcpy(name, text, n);
        ret->span.text = text;
        return parse_span(times + 1, &ret->span.from_s, &ret->span.to_s) && lesson_begin(&ret->lesson, name);
}

static int read_lessons(struct replay_learner *l, const struct repeated *all) {
        for (; l->n_lessons < all->n; l->n_lessons++)
                if (!parse_lesson(all->of[l->n_lessons], &l->lessons[l->n_lessons])) {
                        complain("--teach %s: must be NAME=FROM-TO, a name of letters, digits, - and _ (at most %d) "
                                 "and seconds of the recording, as in crossed-left=30-40",
                                 all->of[l->n_lessons], POSTURE_NAME_MAX - 1);
                        return STATUS_USAGE;
                }
        return STATUS_DONE;
}

static const char *lesson_refusal(enum command_result r) {
        return r == COMMAND_OUT_OF_RANGE ? "too many names" : "fewer than two maps in that time";
}

static int learn_lessons(struct replay_learner *l) {
        for (int i = 0; i < l->n_lessons; i++) {
                enum command_result r = lesson_learn(&l->lessons[i].lesson, &l->profile);

                if (r == COMMAND_OK)
                        continue;
                complain("--teach %s: %s", l->lessons[i].span.text, lesson_refusal(r));
                return STATUS_FAILED;
        }
        return STATUS_DONE;
}

/* ---- poses ---- */

static bool find_pose(const char *name, size_t n, enum calibrate_pose *ret) {
        for (enum calibrate_pose p = POSE_UPRIGHT; p < POSE_N; p++)
                if (strlen(pose_name(p)) == n && strncmp(pose_name(p), name, n) == 0) {
                        *ret = p;
                        return true;
                }
        return false;
}

/* "POSE=FROM-TO" */
static bool parse_pose(const char *text, struct pose_span *ret) {
        const char *times = strchr(text, '=');

        if (!times || !find_pose(text, (size_t)(times - text), &ret->pose))
                return false;
        ret->span.text = text;
        return parse_span(times + 1, &ret->span.from_s, &ret->span.to_s);
}

static int read_poses(struct replay_learner *l, const struct repeated *all) {
        bool upright = all->n == 0;

        for (; l->n_poses < all->n; l->n_poses++) {
                struct pose_span *p = &l->poses[l->n_poses];

                if (!parse_pose(all->of[l->n_poses], p)) {
                        complain("--calibrate %s: must be POSE=FROM-TO, upright, slouched, arched, left or right and "
                                 "seconds of the recording, as in slouched=60-75",
                                 all->of[l->n_poses]);
                        return STATUS_USAGE;
                }
                pose_average_start(&p->average, p->pose);
                upright = upright || p->pose == POSE_UPRIGHT;
        }
        if (upright)
                return STATUS_DONE;
        complain("--calibrate: upright=FROM-TO is missing; the other poses are compared with it");
        return STATUS_USAGE;
}

static int learn_poses(const struct replay_learner *l, uint32_t n_cells, struct profile *ret) {
        struct calibration *c = &ret->calibration;

        for (int i = 0; i < l->n_poses; i++) {
                const struct pose_span *p = &l->poses[i];

                if (p->average.phase != LEARNING_DONE) {
                        complain("--calibrate %s: not ten quiet seconds of somebody sitting in that time",
                                 p->span.text);
                        return STATUS_FAILED;
                }
                pose_average_result(&p->average, &c->pose[p->pose]);
        }
        for (int i = 0; i < l->n_poses; i++)
                if (calibration_separation(c, POSE_UPRIGHT, l->poses[i].pose) < CALIBRATION_APART_LEAST) {
                        complain("--calibrate %s: cannot be distinguished from upright", l->poses[i].span.text);
                        return STATUS_FAILED;
                }
        if (l->n_poses == 0)
                return STATUS_DONE;
        c->version = PROFILE_VERSION;
        ret->n_cells = n_cells;
        return STATUS_DONE;
}

/* ---- both ---- */

int replay_learner_new(const struct options *options, struct replay_learner **ret) {
        const struct repeated *teach = &options->teach, *calibrate = &options->calibrate;
        struct replay_learner *l;
        int status;

        *ret = NULL;
        if (teach->n > OPTIONS_REPEATED_MAX) {
                complain("--teach at most %d times", OPTIONS_REPEATED_MAX);
                return STATUS_USAGE;
        }
        if (calibrate->n > POSE_N) {
                complain("--calibrate once for each of the %d poses", POSE_N);
                return STATUS_USAGE;
        }
        if (teach->n == 0 && calibrate->n == 0)
                return STATUS_DONE;
        l = calloc(1, sizeof(*l) + (size_t)teach->n * sizeof(l->lessons[0]));
        if (!l) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        *ret = l;
        l->last_s = (double)NAN;
        status = read_lessons(l, teach);
        return status == STATUS_DONE ? read_poses(l, calibrate) : status;
}

void replay_learner_free(struct replay_learner *l) {
        free(l);
}

void replay_learner_decided(void *userdata, const struct snapshot *s) {
        struct replay_learner *l = userdata;
        const double now_s = replay_time_s(s), dt = isnan(l->last_s) ? 0 : now_s - l->last_s;
        struct sitter_sample sample = {.features = &s->features, .quiet = !s->posture.shifting, .dt_s = (float)dt};

        if (!s->fresh)
                return;
        l->last_s = now_s;
        for (int i = 0; i < l->n_lessons; i++)
                if (is_in_span(&l->lessons[i].span, now_s))
                        lesson_add(&l->lessons[i].lesson, &l->profile, &s->features);
        if (l->n_poses > 0)
                reference_vector(&s->features, sample.vector);
        for (int i = 0; i < l->n_poses; i++)
                if (is_in_span(&l->poses[i].span, now_s) && s->posture.occupancy == OCCUPANCY_PERSON)
                        pose_average_step(&l->poses[i].average, &sample);
}

int replay_learner_finish(struct replay_learner *l, uint32_t n_cells, struct profile *ret) {
        int status = learn_lessons(l);

        if (status != STATUS_DONE)
                return status;
        *ret = l->profile;
        return learn_poses(l, n_cells, ret);
}
