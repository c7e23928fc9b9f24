/* SPDX-License-Identifier: MIT */
#include "core/estimate/estimate.h"

#include <math.h>
#include <string.h>

#include "core/estimate/angles.h"
#include "core/estimate/learn.h"
#include "core/estimate/occupancy.h"
#include "core/estimate/posture_class.h"
#include "core/estimate/reference.h"

static const float LOAD_DROP = 0.7F;         /* in-seat movement: transient COP change or 30 % load drop (WiSAT) */
static const float SLOW_LOAD_S = 1.5F;       /* "transient": against the last few seconds */
static const float COP_SPEED_MM_S = 25;      /* a fidget of 15 mm within half a second or so; breath sways 2-3 mm/s */
static const float STILL_SHARE = 0.6F;       /* movement falls below this share of its threshold before it is over */
static const uint64_t SLOWEST_US = 10000000; /* a frame each ten seconds is the slowest mat */
static const uint64_t HICCUP_US = 30000000;  /* who is there before and after a silence so short is the same sitter */
static const float GAP_S = 1;                /* a longer pause between frames counts as so long at most */
static const float TURNED_CONFIDENCE = 0.5F; /* left may be front: no alert rests on it */
static const float SITTER_S = 0.045F;        /* a sitter is looked at twenty times a second; who sits there, always */

void estimate_configure(struct estimate *e, const struct settings *settings) {
        e->occupancy_settings = settings->occupancy;
        e->posture_settings = settings->posture;
        e->stale_us = (uint64_t)(settings->device.stale_ms > 0 ? settings->device.stale_ms : 0) * 1000;
        e->shift_movement = settings->sitting.shift_movement;
}

static void forget_moment(struct estimate *e) {
        e->slow_load = NAN;
        e->shifting = false;
        e->asymmetry = e->movement = e->tilt_deg.value = e->tilt_deg.sd = e->obliquity_deg.value =
                e->obliquity_deg.sd = NAN;
}

static void forget_sitter(struct estimate *e) {
        reference_leave(&e->reference);
        tilt_forget(&e->tilt);
        learn_leave(e);
        forget_moment(e);
}

void estimate_init(struct estimate *e, const struct settings *settings) {
        memset(e, 0, sizeof(*e));
        estimate_configure(e, settings);
        e->learner.confidence = NAN;
        calibration_fit(&e->learner.profile.calibration, &e->learner.personal);
        recogniser_lose(&e->recogniser);
        forget_sitter(e);
}

static bool is_shifting(struct estimate *e, const struct features *f, float dt) {
        const float ease = e->shifting ? STILL_SHARE : 1;
        bool drop;

        e->slow_load =
                isnan(e->slow_load) ? f->load : e->slow_load + dt / (SLOW_LOAD_S + dt) * (f->load - e->slow_load);
        drop = f->load < LOAD_DROP * e->slow_load;
        return drop || f->movement > ease * e->shift_movement || f->cop_speed_mm_s > ease * COP_SPEED_MM_S;
}

static struct uncertain tilt_of(struct estimate *e, const struct reference *r, const struct features *f, float dt) {
        struct tilt_seen seen = {.quiet = !e->shifting};
        struct uncertain tilt;

        angles_seen(r, reference_origin(&e->reference), &e->learner.personal, f, &seen);
        tilt = tilt_step(&e->tilt, &seen, dt);
        return isnan(seen.angle_deg) ? angles_coarse_tilt(r, &e->learner.personal, f) : tilt;
}

static void observe_sitter(struct estimate *e, const struct features *f, uint64_t now) {
        const float dt = e->unseen_s < GAP_S ? e->unseen_s : GAP_S;
        struct kind_evidence evidence = {.features = f};

        e->unseen_s = 0;
        e->shifting = is_shifting(e, f, dt);
        reference_step(&e->reference, f, !e->shifting, dt, e->posture_settings.reference_s);
        learn_step(e, f, dt);
        evidence.reference = reference_current(&e->reference);
        if (!evidence.reference->valid || !evidence.reference->same_sit)
                e->rest_share = f->rest_share;
        evidence.rest_share = e->rest_share;
        evidence.usual_load = e->reference.usual_load;
        e->tilt_deg = tilt_of(e, evidence.reference, f, dt);
        e->obliquity_deg = angles_obliquity(evidence.reference, &e->learner.personal, f);
        e->asymmetry = f->asymmetry;
        if (moved_turned(&e->learner.profile.place)) /* which side is which, is not known */
                e->asymmetry = e->tilt_deg.value = e->tilt_deg.sd = e->obliquity_deg.value = e->obliquity_deg.sd = NAN;
        e->movement = f->movement;
        evidence.tilt_deg = e->tilt_deg;
        evidence.shifting = e->shifting;
        kind_step(&e->kind, &e->posture_settings, &evidence, now);
}

static void lose(struct estimate *e) {
        e->seen = false;
        e->silent_sitter_us = e->occupancy.now == OCCUPANCY_PERSON ? e->frame_us : e->silent_sitter_us;
        gather_cancel(&e->learner.gather, COMMAND_NO_FRAMES);
        squeeze_lose(&e->squeeze, COMMAND_NO_FRAMES);
        occupancy_lose(&e->occupancy, e->frame_us);
        recogniser_lose(&e->recogniser);
        forget_moment(e);
        kind_set(&e->kind, POSTURE_UNKNOWN, e->frame_us);
}

/* The mat was silent for a moment and the sitter is still there: a cable, not another sit. */
static bool after_hiccup(const struct estimate *e) {
        return e->occupancy.now == OCCUPANCY_PERSON && e->silent_sitter_us > 0 &&
               e->occupancy.since_us < e->silent_sitter_us + HICCUP_US;
}

static uint64_t least_of(const uint64_t gaps[3]) {
        uint64_t least = gaps[0] < gaps[1] ? gaps[0] : gaps[1];

        return gaps[2] < least ? gaps[2] : least;
}

/* Silence is longer than the setting, and longer than this mat takes from frame to frame. */
static uint64_t stale_at(const struct estimate *e) {
        uint64_t pause = least_of(e->gaps_us);

        pause = pause < SLOWEST_US ? pause : SLOWEST_US;
        return e->frame_us + (5 * pause / 2 > e->stale_us ? 5 * pause / 2 : e->stale_us);
}

static bool is_stale(const struct estimate *e, uint64_t now) {
        return e->seen && now >= stale_at(e);
}

static void observe(struct estimate *e, const struct features *f, uint64_t now) {
        enum occupancy before;
        bool news;
        float dt;

        if (is_stale(e, now)) /* nobody called in between: the silence was there all the same */
                lose(e);
        before = e->occupancy.now;
        dt = e->seen ? (float)(now - e->frame_us) * 1e-6F : 0;
        e->gaps_us[2] = e->gaps_us[1];
        e->gaps_us[1] = e->gaps_us[0];
        e->gaps_us[0] = e->frame_us ? now - e->frame_us : 0;
        e->seen = true;
        e->frame_us = now;
        recogniser_step(&e->recogniser, f); /* whoever sits there: an empty seat may have been taught as well */
        occupancy_step(&e->occupancy, &e->occupancy_settings, f, now);
        news = e->occupancy.now != before;
        e->unseen_s = news ? dt : e->unseen_s + dt;
        if (news) {
                if (!after_hiccup(e))
                        forget_sitter(e);
                e->silent_sitter_us = 0;
                kind_set(&e->kind, e->occupancy.now == OCCUPANCY_VACANT ? POSTURE_VACANT : POSTURE_UNKNOWN,
                         e->occupancy.since_us);
        }
        if (e->occupancy.now == OCCUPANCY_PERSON && (news || e->unseen_s >= SITTER_S))
                observe_sitter(e, f, now);
}

static void report(const struct estimate *e, struct posture *ret) {
        ret->occupancy = e->occupancy.now;
        ret->occupancy_since_us = e->occupancy.since_us;
        ret->doubted = e->occupancy.candidate != e->occupancy.now;
        ret->posture_class = e->kind.now;
        ret->class_since_us = e->kind.since_us;
        ret->confidence = e->kind.confidence * (moved_turned(&e->learner.profile.place) ? TURNED_CONFIDENCE : 1);
        ret->tilt_deg = e->tilt_deg;
        ret->obliquity_deg = e->obliquity_deg;
        ret->referenced = e->seen && (e->reference.held.valid || e->reference.own.valid);
        ret->calibrated = e->learner.personal.tilt && !isnan(e->tilt_deg.value);
        ret->asymmetry = e->asymmetry;
        ret->movement = e->movement;
        ret->shifting = e->shifting;
        ret->squeezes = e->squeeze.now;
        ret->squeezes.ready = e->learner.profile.squeeze.taken; /* also while nobody sits there */
        recogniser_report(&e->recogniser, ret);
}

uint64_t estimate_step(struct estimate *e, const struct features *features, uint64_t now_us, struct posture *ret) {
        if (features)
                observe(e, features, now_us);
        else if (is_stale(e, now_us))
                lose(e);
        report(e, ret);
        return e->seen ? stale_at(e) : UINT64_MAX;
}

enum command_result estimate_anybody(const struct estimate *e, uint64_t now_us) {
        if (!e->seen || is_stale(e, now_us))
                return COMMAND_NO_FRAMES;
        return e->occupancy.now == OCCUPANCY_PERSON ? COMMAND_OK : COMMAND_NOBODY_SEATED;
}

_Static_assert((int)REFERENCE_N == (int)MEMORY_REFERENCE_N, "a reference is stored as it is");

void estimate_remember(const struct estimate *e, struct memory *ret) {
        const struct reference *own = &e->reference.own;

        ret->reference.valid = ret->reference.by_hand = own->valid;
        memcpy(ret->reference.value, own->value, sizeof(ret->reference.value));
        memcpy(ret->sitter, e->learner.profile.sitter, sizeof(ret->sitter));
}

/* Only what the sitter said is kept: an automatic reference belongs to a sit that may be over. */
void estimate_recall(struct estimate *e, const struct memory *memory) {
        const struct memory_reference *reference = &memory->reference;
        struct reference *own = &e->reference.own;

        learn_recall(e, memory->sitter);
        if (!reference->valid || !reference->by_hand || !(reference->value[REFERENCE_LOAD] > 0))
                return;
        for (int i = 0; i < REFERENCE_N; i++)
                if (isinf(reference->value[i]))
                        return;
        memcpy(own->value, reference->value, sizeof(own->value));
        own->valid = true;
        own->same_sit = false;
}
