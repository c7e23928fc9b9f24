/* SPDX-License-Identifier: MIT */
#include "core/estimate/learn.h"

#include <math.h>
#include <string.h>

#include "core/estimate/calibration.h"
#include "core/estimate/reference.h"

/* An upright that was taken anew may lie where another pose was: they are judged when somebody asks. */
static bool apart_from_upright(const struct calibration *c, enum calibrate_pose pose) {
        if (pose == POSE_UPRIGHT || !c->pose[POSE_UPRIGHT].taken)
                return true;
        return calibration_separation(c, POSE_UPRIGHT, pose) >= CALIBRATION_APART_LEAST;
}

/* What a calibration means; nothing once the mat has moved. */
static void fit(struct learner *l) {
        static const struct calibration none;

        calibration_fit(moved_trusts(&l->profile.place) ? &l->profile.calibration : &none, &l->personal);
}

static void new_upright(struct estimate *e, const struct pose_record *upright) {
        reference_take(&e->reference, upright->mean, true);
        memset(&e->learner.profile.place, 0, sizeof(e->learner.profile.place)); /* as the mat lies now */
        memset(&e->learner.profile.usual, 0, sizeof(e->learner.profile.usual)); /* it spoke of the one before */
}

static void take_pose(struct estimate *e, const struct features *f) {
        struct learner *l = &e->learner;
        struct calibration *c = &l->profile.calibration;
        struct pose_record *pose = &c->pose[l->gather.pose], before = *pose;

        gather_take(&l->gather, pose);
        if (!apart_from_upright(c, l->gather.pose)) {
                *pose = before;
                l->gather.phase = LEARNING_REFUSED;
                l->gather.why = COMMAND_NOT_APART;
                return;
        }
        if (l->gather.pose == POSE_UPRIGHT)
                new_upright(e, pose);
        fit(l);
        c->version = PROFILE_VERSION;
        l->profile.n_cells = f->n_cells;
        l->stale_mat = false;
        l->profile_changed = l->calibration_changed = true;
}

static void take_lesson(struct estimate *e, const struct features *f) {
        struct learner *l = &e->learner;

        l->gather.why = lesson_learn(&l->lesson, &l->profile);
        if (l->gather.why != COMMAND_OK) {
                l->gather.phase = LEARNING_REFUSED;
                return;
        }
        l->profile.n_cells = f->n_cells;
        l->stale_mat = false;
        l->profile_changed = true;
        recogniser_know(&e->recogniser, &l->profile);
}

void learn_step(struct estimate *e, const struct features *f, float dt) {
        struct learner *l = &e->learner;
        bool teaching = *l->lesson.name, done;
        float value[REFERENCE_N];

        reference_vector(f, value);
        done = gather_step(&l->gather, value, !e->shifting, dt);
        if (teaching && l->gather.counted && (done || l->gather.phase == LEARNING_GATHERS))
                lesson_add(&l->lesson, &l->profile, f);
        if (done && teaching)
                take_lesson(e, f);
        else if (done)
                take_pose(e, f);
        if (squeeze_step(&e->squeeze, f, dt, &l->profile.squeeze)) {
                l->profile.n_cells = f->n_cells;
                l->stale_mat = false;
                l->profile_changed = true;
        }
        if (!l->usual.done)
                moved_look(&l->place, f, !e->shifting, dt);
        if (usual_step(&l->usual, f, !e->shifting, dt, e->posture_settings.reference_s))
                l->sat_upright = true;
}

void learn_leave(struct estimate *e) {
        gather_cancel(&e->learner.gather, COMMAND_NOBODY_SEATED);
        squeeze_lose(&e->squeeze, COMMAND_NOBODY_SEATED);
        usual_forget(&e->learner.usual);
        moved_forget(&e->learner.place);
        e->learner.sat_upright = false;
}

static bool good_name(const char name[SITTER_NAME_MAX]) {
        size_t n = 0;

        while (n < SITTER_NAME_MAX &&
               ((name[n] >= 'a' && name[n] <= 'z') || (name[n] >= '0' && name[n] <= '9') || name[n] == '-'))
                n++;
        return n < SITTER_NAME_MAX && name[n] == '\0';
}

void learn_recall(struct estimate *e, const char sitter[SITTER_NAME_MAX]) {
        if (good_name(sitter))
                memcpy(e->learner.profile.sitter, sitter, SITTER_NAME_MAX);
}

void estimate_know(struct estimate *e, const struct profile *profile, float confidence, uint32_t n_cells) {
        const struct pose_record *upright = &profile->calibration.pose[POSE_UPRIGHT];
        struct learner *l = &e->learner;
        bool another = strncmp(l->profile.sitter, profile->sitter, SITTER_NAME_MAX) != 0;

        gather_cancel(&l->gather, COMMAND_BUSY);
        squeeze_lose(&e->squeeze, COMMAND_BUSY); /* what is half learnt is not the other sitter's */
        l->stale_mat = profile->n_cells && n_cells && profile->n_cells != n_cells;
        l->confidence = *profile->sitter ? confidence : NAN;
        if (l->stale_mat) {
                memset(&l->profile, 0, sizeof(l->profile));
                memcpy(l->profile.sitter, profile->sitter, sizeof(l->profile.sitter));
        } else {
                l->profile = *profile;
        }
        if (!taught_plausible(&l->profile))
                memset(l->profile.taught, 0, sizeof(l->profile.taught));
        if (another)
                e->reference.own.valid = false;
        if (!l->stale_mat && upright->taken && upright->mean[REFERENCE_LOAD] > 0)
                reference_take(&e->reference, upright->mean, false);
        fit(l);
        recogniser_know(&e->recogniser, &l->profile);
}

bool estimate_sat_upright(struct estimate *e, float ret[USUAL_N]) {
        bool news = e->learner.sat_upright;

        e->learner.sat_upright = false;
        memcpy(ret, e->learner.usual.mean, sizeof(e->learner.usual.mean));
        return news;
}

void estimate_note_sit(struct estimate *e) {
        struct learner *l = &e->learner;

        if (l->stale_mat || !l->usual.done)
                return;
        usual_add(&l->profile.usual, l->usual.mean);
        moved_add(&l->profile.place, &l->place);
        fit(l);
        l->profile_changed = true;
}

enum command_result estimate_calibrate(struct estimate *e, enum calibrate_pose pose, uint64_t now_us) {
        enum command_result r = estimate_anybody(e, now_us);

        if (r != COMMAND_OK)
                return r;
        if (pose == POSE_UPRIGHT && !reference_by_hand(&e->reference))
                return COMMAND_UNSTEADY;
        gather_start(&e->learner.gather, pose);
        e->squeeze.lesson.phase = LEARNING_IDLE;
        *e->learner.lesson.name = '\0';
        return COMMAND_OK;
}

enum command_result estimate_squeeze(struct estimate *e, uint64_t now_us) {
        enum command_result r = estimate_anybody(e, now_us);

        if (r != COMMAND_OK)
                return r;
        gather_cancel(&e->learner.gather, COMMAND_BUSY);
        squeeze_learn(&e->squeeze);
        return COMMAND_OK;
}

static bool room_for(const struct profile *p, const char *name) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (!*p->taught[i].name || strncmp(p->taught[i].name, name, POSTURE_NAME_MAX) == 0)
                        return true;
        return false;
}

enum command_result estimate_teach(struct estimate *e, const char *name, uint64_t now_us) {
        enum command_result r = estimate_anybody(e, now_us);
        struct learner *l = &e->learner;
        struct lesson lesson;

        if (!lesson_begin(&lesson, name))
                return COMMAND_MALFORMED;
        if (r != COMMAND_OK)
                return r;
        if (!room_for(&l->profile, name))
                return COMMAND_FULL;
        gather_start(&l->gather, POSE_UPRIGHT);
        e->squeeze.lesson.phase = LEARNING_IDLE;
        l->lesson = lesson;
        return COMMAND_OK;
}

enum command_result estimate_unteach(struct estimate *e, const char *name) {
        struct learner *l = &e->learner;

        if (!taught_forget(&l->profile, name))
                return COMMAND_NO_SUCH_NAME;
        l->profile_changed = true;
        recogniser_know(&e->recogniser, &l->profile);
        return COMMAND_OK;
}

static void list_taught(const struct profile *p, struct learning *ret) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (*p->taught[i].name)
                        memcpy(ret->taught[ret->n_taught++], p->taught[i].name, POSTURE_NAME_MAX);
}

/* The one of both that was begun last. */
static void tell_squeeze(const struct squeeze_watch *w, struct learning *ret) {
        if (w->lesson.phase == LEARNING_IDLE)
                return;
        ret->phase = w->lesson.phase;
        ret->why = w->lesson.why;
        memcpy(ret->posture, "squeeze", sizeof("squeeze"));
        ret->cue = squeeze_cue(&w->lesson, &ret->left_s, &ret->round);
}

/* Where the mat lies matters to a calibration only. */
static enum stale_reason stale(const struct learner *l) {
        const struct profile *p = &l->profile;

        if (l->stale_mat)
                return STALE_MAT;
        if (p->calibration.pose[POSE_UPRIGHT].taken && !moved_trusts(&p->place))
                return moved_turned(&p->place) ? STALE_TURNED : STALE_MOVED;
        return usual_stale(p);
}

void estimate_learning(struct estimate *e, struct learning *ret) {
        struct learner *l = &e->learner;

        memset(ret, 0, sizeof(*ret));
        memcpy(ret->sitter, l->profile.sitter, sizeof(ret->sitter));
        ret->sitter_confidence = l->confidence;
        ret->phase = l->gather.phase;
        ret->pose = l->gather.pose;
        memcpy(ret->posture, l->lesson.name, sizeof(ret->posture));
        ret->left_s = gather_left_s(&l->gather);
        ret->why = l->gather.why;
        tell_squeeze(&e->squeeze, ret);
        for (int i = 0; i < POSE_N; i++) {
                ret->taken[i] = l->profile.calibration.pose[i].taken;
                ret->separation[i] = i == POSE_UPRIGHT ? NAN
                                                       : calibration_separation(&l->profile.calibration, POSE_UPRIGHT,
                                                                                (enum calibrate_pose)i);
        }
        moved_tell(&l->profile.place, &ret->place);
        ret->stale = stale(l);
        ret->profile_changed = l->profile_changed;
        ret->calibration_changed = l->calibration_changed;
        list_taught(&l->profile, ret);
        l->profile_changed = l->calibration_changed = false;
}
