/* SPDX-License-Identifier: MIT */
#include "core/estimate/estimate.h"

#include <math.h>
#include <string.h>

#include "core/estimate/calibration.h"
#include "sitbone/settings.h"
#include "util/minmax.h"

static const float LOAD_DROP = 0.7F;        /* in-seat movement: transient COP change or 30 % load drop (WiSAT) */
static const float SLOW_LOAD_S = 1.5F;      /* "transient": relative to the last few seconds */
static const float COP_SPEED_MM_S = 25;     /* a fidget of 15 mm within half a second or so; breath sways 2-3 mm/s */
static const float STILL_SHARE = 0.6F;      /* movement falls below this share of its threshold before it is over */
static const uint64_t HICCUP_US = 30000000; /* a person before and after a silence this short is the same sitter */
static const float GAP_S = 1;               /* a longer pause between frames counts as this long */
/* Shifts of weight. The drop is less than the 30 % of WiSAT, because many mats show less than the load that changes;
 * fidgets take up to 15 % off. All [judgement, chosen on 12 simulated sits: tests/accuracy/README.md]. */
static const float SHIFT_DROP = 0.23F, SHIFT_BACK = 0.12F; /* share of the load at rest */
static const float SHIFT_RISE = 1.3F;                /* times the load at rest: as much as comes back from a drop */
static const float SHIFT_LASTS_S = 4;                /* weight off for longer is another way of sitting ... */
static const float SHIFT_SEATED = 0.4F;              /* ... with less than this the sitter gets up */
static const float SHIFT_MM = 15, SHIFT_REST_MM = 8; /* the centre moved; within the latter it sways and creeps */
static const float SHIFT_STAYS_S = 3;                /* a fidget is back before */
static const float SHIFT_SETTLE_S = 5, SHIFT_AGAIN_S = 3, SHIFT_LOAD_S = 8, SHIFT_PLACE_S = 10, SHIFT_SMOOTH_S = 0.5F;
/* The thighs are compared where they carry this share of the load; time constant of the upright [judgement]. */
static const float THIGHS_LEAST = 0.05F, THIGHS_S = 2;
static const float TURNED_CONFIDENCE = 0.5F; /* left may be front: no alert rests on it */
/* The sitter is sampled at most twenty times a second; occupancy is classified in every frame. */
static const float SAMPLE_S = 0.045F;

void estimate_configure(struct estimate *e, const struct settings *settings) {
        e->occupancy_settings = settings->occupancy;
        e->posture_settings = settings->posture;
        silence_configure(&e->silence, &settings->device);
        e->shift_movement = settings->sitting.shift_movement;
}

static void clear_angles(struct estimate *e) {
        e->asymmetry = NAN;
        e->tilt_deg = e->obliquity_deg = (struct uncertain){NAN, NAN};
}

static void clear_moment(struct estimate *e) {
        e->slow_load = e->movement = NAN;
        e->shifting = false;
        e->shifts = (struct shift_counter){.load = NAN, .n = e->shifts.n, .began_us = e->shifts.began_us};
        clear_angles(e);
}

static void end_sit(struct estimate *e) {
        struct learner *l = &e->learner;

        reference_leave(&e->reference);
        tilt_reset(&e->tilt);
        pose_average_cancel(&l->pose, COMMAND_NOBODY_SEATED);
        squeeze_reset(&e->squeeze, COMMAND_NOBODY_SEATED);
        l->baseline = (struct baseline_average){0};
        l->place = (struct place_average){0};
        l->sat_upright = false;
        clear_moment(e);
}

/* Derives the gain and the place from the profile. The calibration does not count once the mat has moved. */
static void apply_profile(struct estimate *e) {
        static const struct calibration none;
        const struct profile *p = &e->learner.profile;

        calibration_fit(mat_shift_trusts(&p->place) ? &p->calibration : &none, &e->learner.gain);
        mat_shift_report(&p->place, &e->place);
        if (!e->place_possible) {
                e->place.verdict = PLACE_UNJUDGED;
                e->place.quality_loss = 0;
        }
}

void estimate_init(struct estimate *e, const struct settings *settings, const struct geometry *geometry) {
        memset(e, 0, sizeof(*e));
        estimate_configure(e, settings);
        e->place_possible = mat_shift_possible(geometry);
        e->learner.confidence = NAN;
        apply_profile(e);
        recogniser_reset(&e->recogniser);
        end_sit(e);
}

/* ---- learning ---- */

/* Recalibrating upright may bring it close to another pose; those poses are re-checked on use, not here. */
static bool is_apart_from_upright(const struct calibration *c, enum calibrate_pose pose) {
        if (pose == POSE_UPRIGHT || !c->pose[POSE_UPRIGHT].taken)
                return true;
        return calibration_separation(c, POSE_UPRIGHT, pose) >= CALIBRATION_APART_LEAST;
}

static void refuse_pose(struct learner *l, enum command_result why) {
        l->pose.phase = LEARNING_REFUSED;
        l->pose.why = why;
}

static void mark_changed(struct learner *l, const struct features *f) {
        l->profile.n_cells = f->n_cells;
        l->stale_mat = false;
        l->profile_changed = true;
}

static void finish_pose(struct estimate *e, const struct features *f) {
        struct learner *l = &e->learner;
        struct calibration *c = &l->profile.calibration;
        struct pose_record *pose = &c->pose[l->pose.pose], before = *pose;

        pose_average_result(&l->pose, pose);
        if (!is_apart_from_upright(c, l->pose.pose)) {
                *pose = before;
                refuse_pose(l, COMMAND_NOT_APART);
                return;
        }
        if (l->pose.pose == POSE_UPRIGHT) {
                reference_set(&e->reference, pose->mean, true);
                memset(&l->profile.place, 0, sizeof(l->profile.place));       /* the mat lies right as it lies now */
                memset(&l->profile.baseline, 0, sizeof(l->profile.baseline)); /* it was of the upright before */
        }
        apply_profile(e);
        c->version = PROFILE_VERSION;
        mark_changed(l, f);
        l->calibration_changed = true;
}

static void finish_lesson(struct estimate *e, const struct features *f) {
        struct learner *l = &e->learner;

        l->pose.why = lesson_learn(&l->lesson, &l->profile);
        if (l->pose.why != COMMAND_OK) {
                refuse_pose(l, l->pose.why);
                return;
        }
        mark_changed(l, f);
        recogniser_load(&e->recogniser, &l->profile);
}

static void step_learning(struct estimate *e, const struct sitter_sample *sample) {
        const struct features *f = sample->features;
        struct learner *l = &e->learner;
        const bool teaching = *l->lesson.name, done = pose_average_step(&l->pose, sample);

        if (teaching && l->pose.counted && (done || l->pose.phase == LEARNING_RUNNING))
                lesson_add(&l->lesson, &l->profile, f);
        if (done && teaching)
                finish_lesson(e, f);
        else if (done)
                finish_pose(e, f);
        if (squeeze_step(&e->squeeze, f, sample->dt_s, &l->profile.squeeze))
                mark_changed(l, f);
        if (!l->baseline.done)
                mat_shift_step(&l->place, sample);
        if (sitter_baseline_step(&l->baseline, sample, e->posture_settings.reference_s))
                l->sat_upright = true;
}

/* ---- one frame ---- */

static bool is_shifting(struct estimate *e, const struct features *f, float dt) {
        const float ease = e->shifting ? STILL_SHARE : 1;
        bool drop;

        e->slow_load =
                isnan(e->slow_load) ? f->load : e->slow_load + dt / (SLOW_LOAD_S + dt) * (f->load - e->slow_load);
        drop = f->load < LOAD_DROP * e->slow_load;
        return drop || f->movement > ease * e->shift_movement || f->cop_speed_mm_s > ease * COP_SPEED_MM_S;
}

static float follow_value(float value, float to, float time_s, float dt) {
        return isnan(value) ? to : value + dt / (time_s + dt) * (to - value);
}

/* The next shift is measured against where this one ends, which takes a moment. */
static void add_shift(struct shift_counter *c, uint64_t began_us) {
        c->n++;
        c->began_us = began_us;
        c->moved_s = 0;
        c->load = c->x_mm = c->y_mm = NAN;
        c->seated_s = SHIFT_SETTLE_S - SHIFT_AGAIN_S;
}

static void count_unloading(struct shift_counter *c, float load, float dt, uint64_t now) {
        const float share = c->load > 0 ? load / c->load : 1;

        if (c->off_s > 0) {
                c->off_s += dt;
                if (share <= 1 - SHIFT_BACK && (c->off_s < SHIFT_LASTS_S || share < SHIFT_SEATED))
                        return;
                c->off_s = 0;
                add_shift(c, c->off_since_us);
        } else if (share < 1 - SHIFT_DROP) {
                c->off_s = dt;
                c->off_since_us = now;
        } else if (!(share > SHIFT_RISE)) {
                c->load = follow_value(c->load, load, SHIFT_LOAD_S, dt);
        }
}

/* The centre of pressure or more weight stays. */
static void count_displacement(struct shift_counter *c, float load, float dt, uint64_t now) {
        const float x = c->now_x_mm - c->x_mm, y = c->now_y_mm - c->y_mm, moved = x * x + y * y;

        if (!(moved >= SHIFT_MM * SHIFT_MM) && !(load > SHIFT_RISE * c->load)) { /* also when one is not known */
                c->moved_s = 0;
        } else if (c->moved_s > 0) {
                c->moved_s += dt;
        } else {
                c->moved_s = dt;
                c->moved_since_us = now;
        }
        if (c->moved_s >= SHIFT_STAYS_S)
                add_shift(c, c->moved_since_us);
        if (!(moved > SHIFT_REST_MM * SHIFT_REST_MM)) {
                c->x_mm = follow_value(c->x_mm, c->now_x_mm, SHIFT_PLACE_S, dt);
                c->y_mm = follow_value(c->y_mm, c->now_y_mm, SHIFT_PLACE_S, dt);
        }
}

static void count_shifts(struct shift_counter *c, const struct features *f, float dt, uint64_t now) {
        c->seated_s += dt;
        if (c->seated_s < SHIFT_SETTLE_S) {
                c->load = f->load;
                c->now_x_mm = c->x_mm = f->cop_x_mm;
                c->now_y_mm = c->y_mm = f->cop_y_mm;
                return;
        }
        c->now_x_mm = follow_value(c->now_x_mm, f->cop_x_mm, SHIFT_SMOOTH_S, dt);
        c->now_y_mm = follow_value(c->now_y_mm, f->cop_y_mm, SHIFT_SMOOTH_S, dt);
        count_unloading(c, f->load, dt, now);
        if (!(c->off_s > 0))
                count_displacement(c, f->load, dt, now);
}

static struct uncertain estimate_tilt(struct estimate *e, const struct reference *r,
                                      const struct sitter_sample *sample) {
        const struct sitter_gain *gain = &e->learner.gain;
        struct tilt_observation observed;
        struct uncertain tilt;

        angles_observe_tilt(r, reference_origin(&e->reference), gain, sample, &observed);
        tilt = tilt_step(&e->tilt, &observed, sample->dt_s);
        return isnan(observed.angle_deg) ? angles_coarse_tilt(r, gain, sample->vector) : tilt;
}

/* Few cells are never matched: only a change from the sitter's own upright says anything of the sitter. */
static float relate_asymmetry(const struct features *f, const struct reference *r) {
        if (!f->can.few)
                return f->asymmetry;
        if (!r->valid || !r->same_sit || isnan(f->asymmetry))
                return NAN;
        return fmaxf(-1, fminf(f->asymmetry - r->value[REFERENCE_ASYMMETRY], 1));
}

/* Asymmetry of the front third beside that of the rest, relative to upright. NAN = not known. */
static float relate_thighs(struct estimate *e, const struct features *f) {
        const float *load = f->clinical.region_load;
        const float left = load[REGION_BACK_LEFT] + load[REGION_MIDDLE_LEFT];
        const float right = load[REGION_BACK_RIGHT] + load[REGION_MIDDLE_RIGHT];
        const float front = load[REGION_FRONT_LEFT] + load[REGION_FRONT_RIGHT];
        float now;

        if (f->can.few || !(left + right > 0) || !(front > THIGHS_LEAST * f->load))
                return NAN;
        now = (load[REGION_FRONT_RIGHT] - load[REGION_FRONT_LEFT]) / front - (right - left) / (right + left);
        if (!e->reference.settled)
                e->thighs_upright =
                        follow_value(e->reference.this_sit.valid ? e->thighs_upright : NAN, now, THIGHS_S, SAMPLE_S);
        return now - e->thighs_upright;
}

static void sample_sitter(struct estimate *e, const struct features *f, uint64_t now) {
        struct sitter_sample sample = {.features = f, .dt_s = e->unsampled_s < GAP_S ? e->unsampled_s : GAP_S};
        struct posture_evidence evidence = {.features = f};

        e->unsampled_s = 0;
        e->shifting = is_shifting(e, f, sample.dt_s);
        sample.quiet = !e->shifting;
        count_shifts(&e->shifts, f, sample.dt_s, now);
        reference_vector(f, sample.vector);
        reference_step(&e->reference, &sample, e->posture_settings.reference_s);
        step_learning(e, &sample);
        evidence.reference = reference_current(&e->reference);
        if (!evidence.reference->valid || !evidence.reference->same_sit)
                e->rest_share = f->rest_share;
        evidence.rest_share = e->rest_share;
        evidence.expected_load = e->reference.expected_load;
        e->tilt_deg = estimate_tilt(e, evidence.reference, &sample);
        e->obliquity_deg = angles_obliquity(evidence.reference, sample.vector);
        e->asymmetry = relate_asymmetry(f, evidence.reference);
        if (f->can.n_cells > 0 && !(f->can.measures & MEASURE_ANGLES))
                e->tilt_deg = e->obliquity_deg = (struct uncertain){NAN, NAN};
        if (e->learner.profile.place.verdict == PLACE_TURNED) /* it is not known which side is which */
                clear_angles(e);
        e->movement = f->movement;
        evidence.tilt_deg = e->tilt_deg;
        evidence.thighs = relate_thighs(e, f);
        evidence.shifting = e->shifting;
        posture_class_step(&e->posture_class, &e->posture_settings, &evidence, now);
}

static void begin_silence(struct estimate *e) {
        e->receiving = false;
        e->silent_sitter_us = e->occupancy.now == OCCUPANCY_PERSON ? e->silence.frame_us : e->silent_sitter_us;
        pose_average_cancel(&e->learner.pose, COMMAND_NO_FRAMES);
        squeeze_reset(&e->squeeze, COMMAND_NO_FRAMES);
        occupancy_reset(&e->occupancy, e->silence.frame_us);
        recogniser_reset(&e->recogniser);
        clear_moment(e);
        posture_class_set(&e->posture_class, POSTURE_UNKNOWN, e->silence.frame_us);
}

/* The mat was silent for a moment and the sitter is still there: a loose cable, not another sit. */
static bool is_after_hiccup(const struct estimate *e) {
        return e->occupancy.now == OCCUPANCY_PERSON && e->silent_sitter_us > 0 &&
               e->occupancy.since_us < e->silent_sitter_us + HICCUP_US;
}

static struct silence_limits find_limits(const struct estimate *e) {
        return silence_find_limits(&e->silence, e->occupancy.now, e->occupancy.candidate);
}

static bool is_stale(const struct estimate *e, uint64_t now) {
        return e->receiving && now >= find_limits(e).unknown_us;
}

static void change_occupancy(struct estimate *e) {
        if (!is_after_hiccup(e))
                end_sit(e);
        e->silent_sitter_us = 0;
        posture_class_set(&e->posture_class, e->occupancy.now == OCCUPANCY_VACANT ? POSTURE_VACANT : POSTURE_UNKNOWN,
                          e->occupancy.since_us);
}

/* Decides what a pause of the mat decides; returns the moment at which it decides next. */
static uint64_t process_pause(struct estimate *e, uint64_t now) {
        struct silence_limits limits = find_limits(e);
        const enum occupancy before = e->occupancy.now;
        uint64_t due;

        if (!e->receiving)
                return UINT64_MAX;
        due = occupancy_wait(&e->occupancy, &e->occupancy_settings,
                             now >= limits.confirms_us && limits.confirms_us <= limits.unknown_us ? now : 0);
        if (e->occupancy.now != before) {
                change_occupancy(e);
                limits = find_limits(e);
        }
        if (now < limits.unknown_us)
                return min_u64(limits.unknown_us, max_u64(due, limits.confirms_us));
        begin_silence(e);
        return UINT64_MAX;
}

static void process_frame(struct estimate *e, const struct features *f, uint64_t now) {
        enum occupancy before;
        bool changed;
        float dt;

        process_pause(e, now); /* nobody called in between, but the mat paused all the same */
        before = e->occupancy.now;
        dt = e->receiving ? (float)(now - e->silence.frame_us) * 1e-6F : 0;
        e->receiving = true;
        recogniser_step(&e->recogniser, f); /* at any occupancy: an empty seat may have been taught as well */
        occupancy_step(&e->occupancy, &e->occupancy_settings, f, now);
        silence_frame(&e->silence, e->occupancy.now, now);
        changed = e->occupancy.now != before;
        e->unsampled_s = changed ? dt : e->unsampled_s + dt;
        if (changed)
                change_occupancy(e);
        if (e->occupancy.now == OCCUPANCY_PERSON && (changed || e->unsampled_s >= SAMPLE_S))
                sample_sitter(e, f, now);
}

static void report_posture(const struct estimate *e, struct posture *ret) {
        const struct learner *l = &e->learner;

        ret->occupancy = e->occupancy.now;
        ret->occupancy_since_us = e->occupancy.since_us;
        ret->doubted = e->occupancy.candidate != e->occupancy.now;
        ret->posture_class = e->posture_class.now;
        ret->class_since_us = e->posture_class.since_us;
        ret->confidence =
                e->posture_class.confidence * (l->profile.place.verdict == PLACE_TURNED ? TURNED_CONFIDENCE : 1);
        ret->tilt_deg = e->tilt_deg;
        ret->obliquity_deg = e->obliquity_deg;
        ret->referenced = e->receiving && (e->reference.this_sit.valid || e->reference.own.valid);
        ret->calibrated = l->gain.tilt_known && !isnan(e->tilt_deg.value);
        ret->asymmetry = e->asymmetry;
        ret->movement = e->movement;
        ret->shifting = e->shifting;
        ret->shifts = e->shifts.n;
        ret->shift_began_us = e->shifts.began_us;
        ret->squeezes = e->squeeze.now;
        ret->squeezes.ready = l->profile.squeeze.taken; /* also while nobody sits there */
        ret->place = e->place;
        recogniser_report(&e->recogniser, ret);
}

uint64_t estimate_step(struct estimate *e, const struct features *features, uint64_t now_us, struct posture *ret) {
        uint64_t next;

        if (features)
                process_frame(e, features, now_us);
        next = process_pause(e, now_us);
        report_posture(e, ret);
        return next;
}

/* ---- commands ---- */

/* Is there somebody who could hold a pose? */
static enum command_result check_seated(const struct estimate *e, uint64_t now_us) {
        if (!e->receiving || is_stale(e, now_us))
                return COMMAND_NO_FRAMES;
        return e->occupancy.now == OCCUPANCY_PERSON ? COMMAND_OK : COMMAND_NOBODY_SEATED;
}

/* The sitter takes the pose now, for the next seconds; upright is in force at once, too. */
static enum command_result start_pose(struct estimate *e, enum calibrate_pose pose) {
        if (pose == POSE_UPRIGHT && !reference_set_by_hand(&e->reference))
                return COMMAND_UNSTEADY;
        pose_average_start(&e->learner.pose, pose);
        e->squeeze.lesson.phase = LEARNING_IDLE;
        *e->learner.lesson.name = '\0';
        return COMMAND_OK;
}

/* Five squeezes from now on, at the beat of learning.cue. */
static enum command_result start_squeezes(struct estimate *e) {
        pose_average_cancel(&e->learner.pose, COMMAND_BUSY);
        squeeze_start_lesson(&e->squeeze);
        return COMMAND_OK;
}

static bool has_room_for(const struct profile *p, const char *name) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (!*p->taught[i].name || strncmp(p->taught[i].name, name, POSTURE_NAME_MAX) == 0)
                        return true;
        return false;
}

/* The sitter sits like this for the next seconds: adds to earlier lessons of this name. */
static enum command_result start_lesson(struct estimate *e, const char *name, uint64_t now_us) {
        enum command_result r = check_seated(e, now_us);
        struct learner *l = &e->learner;
        struct lesson lesson;

        if (!lesson_begin(&lesson, name))
                return COMMAND_MALFORMED;
        if (r != COMMAND_OK)
                return r;
        if (!has_room_for(&l->profile, name))
                return COMMAND_FULL;
        pose_average_start(&l->pose, POSE_UPRIGHT);
        e->squeeze.lesson.phase = LEARNING_IDLE;
        l->lesson = lesson;
        return COMMAND_OK;
}

static enum command_result forget_posture(struct estimate *e, const char *name) {
        struct learner *l = &e->learner;

        if (!taught_remove(&l->profile, name))
                return COMMAND_NO_SUCH_NAME;
        l->profile_changed = true;
        recogniser_load(&e->recogniser, &l->profile);
        return COMMAND_OK;
}

enum command_result estimate_command(struct estimate *e, const struct command *command, uint64_t now_us) {
        enum command_result r;

        if (command->type == COMMAND_TEACH)
                return start_lesson(e, command->name, now_us);
        if (command->type == COMMAND_UNTEACH)
                return forget_posture(e, command->name);
        r = check_seated(e, now_us);
        if (r != COMMAND_OK)
                return r;
        if (command->target == CALIBRATE_SQUEEZE)
                return start_squeezes(e);
        return start_pose(e, (enum calibrate_pose)command->target);
}

static void list_taught(const struct profile *p, struct learning *ret) {
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (*p->taught[i].name)
                        memcpy(ret->taught[ret->n_taught++], p->taught[i].name, POSTURE_NAME_MAX);
}

/* A lesson in squeezing replaces the pose: of both, the one that was begun last is reported. */
static void report_squeeze_lesson(const struct squeeze_detector *d, struct learning *ret) {
        if (d->lesson.phase == LEARNING_IDLE)
                return;
        ret->phase = d->lesson.phase;
        ret->why = d->lesson.why;
        memcpy(ret->posture, "squeeze", sizeof("squeeze"));
        ret->cue = squeeze_cue(&d->lesson, &ret->left_s, &ret->round);
}

/* The place of the mat matters to a calibration only. */
static enum stale_reason find_stale_reason(const struct learner *l) {
        const struct profile *p = &l->profile;

        if (l->stale_mat)
                return STALE_MAT;
        if (p->calibration.pose[POSE_UPRIGHT].taken && !mat_shift_trusts(&p->place))
                return p->place.verdict == PLACE_TURNED ? STALE_TURNED : STALE_MOVED;
        return sitter_baseline_stale(p);
}

void estimate_report_learning(struct estimate *e, struct learning *ret) {
        struct learner *l = &e->learner;
        const struct calibration *c = &l->profile.calibration;

        *ret = (struct learning){.sitter_confidence = l->confidence,
                                 .phase = l->pose.phase,
                                 .pose = l->pose.pose,
                                 .left_s = pose_average_left_s(&l->pose),
                                 .why = l->pose.why,
                                 .stale = find_stale_reason(l),
                                 .profile_changed = l->profile_changed,
                                 .calibration_changed = l->calibration_changed};
        memcpy(ret->sitter, l->profile.sitter, sizeof(ret->sitter));
        memcpy(ret->posture, l->lesson.name, sizeof(ret->posture));
        report_squeeze_lesson(&e->squeeze, ret);
        for (enum calibrate_pose i = 0; i < POSE_N; i++) {
                ret->taken[i] = c->pose[i].taken;
                ret->separation[i] = i == POSE_UPRIGHT ? NAN : calibration_separation(c, POSE_UPRIGHT, i);
        }
        list_taught(&l->profile, ret);
        ret->untaught_noticed = e->recogniser.notices_untaught;
        l->profile_changed = l->calibration_changed = false;
}

/* ---- the profile ---- */

static bool is_sitter_name(const char name[SITTER_NAME_MAX]) {
        size_t n = 0;

        while (n < SITTER_NAME_MAX &&
               ((name[n] >= 'a' && name[n] <= 'z') || (name[n] >= '0' && name[n] <= '9') || name[n] == '-'))
                n++;
        return n < SITTER_NAME_MAX && name[n] == '\0';
}

void estimate_load_profile(struct estimate *e, const struct profile *profile, float confidence, uint32_t n_cells) {
        const struct pose_record *upright = &profile->calibration.pose[POSE_UPRIGHT];
        struct learner *l = &e->learner;
        const bool another = strncmp(l->profile.sitter, profile->sitter, SITTER_NAME_MAX) != 0;

        pose_average_cancel(&l->pose, COMMAND_BUSY);
        squeeze_reset(&e->squeeze, COMMAND_BUSY); /* a lesson half done is not the other sitter's */
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
                reference_set(&e->reference, upright->mean, false);
        apply_profile(e);
        recogniser_load(&e->recogniser, &l->profile);
}

bool estimate_poll_upright(struct estimate *e, float ret[BASELINE_N]) {
        const bool ready = e->learner.sat_upright;

        e->learner.sat_upright = false;
        memcpy(ret, e->learner.baseline.mean, sizeof(e->learner.baseline.mean));
        return ready;
}

void estimate_record_sit(struct estimate *e) {
        struct learner *l = &e->learner;

        if (l->stale_mat || !l->baseline.done)
                return;
        sitter_baseline_add(&l->profile.baseline, l->baseline.mean);
        mat_shift_add(&l->profile.place, &l->place);
        apply_profile(e);
        l->profile_changed = true;
}

_Static_assert((int)REFERENCE_N == (int)MEMORY_REFERENCE_N, "a reference is stored as it is");

void estimate_remember(const struct estimate *e, struct memory *ret) {
        const struct reference *own = &e->reference.own;

        ret->reference.valid = ret->reference.by_hand = own->valid;
        memcpy(ret->reference.value, own->value, sizeof(ret->reference.value));
        memcpy(ret->sitter, e->learner.profile.sitter, sizeof(ret->sitter));
}

/* Only a reference from the sitter is restored: an automatic one belongs to a sit that may be over. */
void estimate_recall(struct estimate *e, const struct memory *memory) {
        const struct memory_reference *reference = &memory->reference;
        struct reference *own = &e->reference.own;

        if (is_sitter_name(memory->sitter))
                memcpy(e->learner.profile.sitter, memory->sitter, SITTER_NAME_MAX);
        if (!reference->valid || !reference->by_hand || !(reference->value[REFERENCE_LOAD] > 0))
                return;
        for (int i = 0; i < REFERENCE_N; i++)
                if (isinf(reference->value[i]))
                        return;
        memcpy(own->value, reference->value, sizeof(own->value));
        own->valid = true;
        own->same_sit = false;
}
