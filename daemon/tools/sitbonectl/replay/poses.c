/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/estimate/calibration.h"
#include "core/estimate/pose_average.h"
#include "core/estimate/reference.h"
#include "tools/sitbonectl/replay/command.h"
#include "tools/sitbonectl/source.h"
#include "words/names.h"

struct span {
        const char *text; /* as it was typed */
        double from_s, to_s;
        enum calibrate_pose pose;
        struct pose_average gather;
};

struct replay_poses {
        int n;
        double last_s; /* of the frame before; NAN = none */
        struct span of[POSE_N];
};

static bool pose_of(const char *name, size_t n, enum calibrate_pose *ret) {
        for (enum calibrate_pose p = POSE_UPRIGHT; p < POSE_N; p++)
                if (strlen(pose_name(p)) == n && strncmp(pose_name(p), name, n) == 0) {
                        *ret = p;
                        return true;
                }
        return false;
}

/* "POSE=FROM-TO" */
static bool parse(const char *text, struct span *ret) {
        const char *times = strchr(text, '=');

        if (!times || !pose_of(text, (size_t)(times - text), &ret->pose))
                return false;
        ret->text = text;
        return parse_span(times + 1, &ret->from_s, &ret->to_s);
}

int replay_poses_new(const struct options *options, struct replay_poses **ret) {
        const struct repeated *all = &options->calibrate;
        struct replay_poses *p;
        bool upright = false;

        *ret = NULL;
        if (all->n == 0)
                return STATUS_DONE;
        if (all->n > POSE_N) {
                complain("--calibrate once for each of the %d poses", POSE_N);
                return STATUS_USAGE;
        }
        p = calloc(1, sizeof(*p));
        if (!p) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        *ret = p;
        p->last_s = NAN;
        for (; p->n < all->n; p->n++) {
                struct span *s = &p->of[p->n];

                if (!parse(all->of[p->n], s)) {
                        complain("--calibrate %s: must be POSE=FROM-TO, upright, slouched, arched, left or right and "
                                 "seconds of the recording, as in slouched=60-75",
                                 all->of[p->n]);
                        return STATUS_USAGE;
                }
                pose_average_start(&s->gather, s->pose);
                upright = upright || s->pose == POSE_UPRIGHT;
        }
        if (upright)
                return STATUS_DONE;
        complain("--calibrate: upright=FROM-TO belongs to it, the others are held against it");
        return STATUS_USAGE;
}

void replay_poses_decided(struct replay_poses *p, const struct snapshot *s) {
        const double now_s = replay_time_s(s), dt = isnan(p->last_s) ? 0 : now_s - p->last_s;
        struct sitter_sample sample = {.features = &s->features, .quiet = !s->posture.shifting, .dt_s = (float)dt};

        if (!s->fresh)
                return;
        p->last_s = now_s;
        reference_vector(&s->features, sample.vector);
        for (int i = 0; i < p->n; i++)
                if (now_s >= p->of[i].from_s - 1e-6 && now_s < p->of[i].to_s - 1e-6 &&
                    s->posture.occupancy == OCCUPANCY_PERSON)
                        pose_average_step(&p->of[i].gather, &sample);
}

int replay_poses_learn(const struct replay_poses *p, uint32_t n_cells, struct profile *ret) {
        struct calibration *c = &ret->calibration;

        for (int i = 0; i < p->n; i++) {
                if (p->of[i].gather.phase != LEARNING_DONE) {
                        complain("--calibrate %s: not ten quiet seconds of somebody sitting in that time",
                                 p->of[i].text);
                        return STATUS_FAILED;
                }
                pose_average_result(&p->of[i].gather, &c->pose[p->of[i].pose]);
        }
        for (int i = 0; i < p->n; i++)
                if (calibration_separation(c, POSE_UPRIGHT, p->of[i].pose) < CALIBRATION_APART_LEAST) {
                        complain("--calibrate %s: not told apart from upright", p->of[i].text);
                        return STATUS_FAILED;
                }
        c->version = PROFILE_VERSION;
        ret->n_cells = n_cells;
        return STATUS_DONE;
}

void replay_poses_free(struct replay_poses *p) {
        free(p);
}
