/* SPDX-License-Identifier: MIT */
#include "contract/live_fill.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "contract/live_fields.h"
#include "sitbone/settings.h"
#include "util/clock.h"
#include "words/names.h"
#include "words/sentences.h"

#define US_PER_MIN (60 * USEC_PER_SEC)

/* Copies as much as there is room for. */
static void copy_text(char *ret, size_t size, const char *text) {
        size_t n = strlen(text);

        n = n < size ? n : size - 1;
        memcpy(ret, text, n);
        ret[n] = '\0';
}

#define SET_TEXT(member, text) copy_text(member, sizeof(member), text)

static void append_name(char *names, size_t size, const char *name) {
        size_t n = strlen(names);

        if (n > 0 && n + 1 < size)
                names[n++] = ' ';
        copy_text(names + n, size - n, name);
}

static enum maybe make_maybe(bool known, bool yes) {
        return !known ? MAYBE_UNKNOWN : yes ? MAYBE_YES : MAYBE_NO;
}

static void set_array(struct live_array *ret, const float *value, uint32_t n) {
        live_array_clear(ret);
        for (; ret->n < n; ret->n++)
                ret->of[ret->n] = (double)value[ret->n];
}

/* A property of the calibration, whoever sits now. Without angles there is nothing to calibrate. */
static enum maybe find_calibration_needed(const struct snapshot *s) {
        const struct learning *l = &s->learning;

        return make_maybe(s->features.can.measures & MEASURE_ANGLES, l->stale != STALE_NOT || !l->taken[POSE_UPRIGHT]);
}

static void fill_posture(struct live_values *v, const struct snapshot *s) {
        const struct posture *p = &s->posture;
        const bool person = p->occupancy == OCCUPANCY_PERSON;

        SET_TEXT(v->occupancy, occupancy_name(p->occupancy));
        v->occupied = make_maybe(p->occupancy != OCCUPANCY_UNKNOWN, person);
        SET_TEXT(v->posture, posture_name(p->posture_class));
        SET_TEXT(v->taught, p->taught);
        v->confidence = (double)p->confidence;
        v->confidence_pct = person ? 100.0 * (double)p->confidence : (double)NAN;
        v->tilt_deg = (double)p->tilt_deg.value;
        v->tilt_sd_deg = (double)p->tilt_deg.sd;
        v->obliquity_deg = (double)p->obliquity_deg.value;
        v->obliquity_sd_deg = (double)p->obliquity_deg.sd;
        v->load_left_pct = person ? 50.0 * (1.0 - (double)p->asymmetry) : (double)NAN;
        v->referenced = p->referenced;
        v->calibrated = p->calibrated;
        v->calibration_needed = find_calibration_needed(s);
        v->squeezing = make_maybe(p->squeezes.ready, p->squeezes.contracting);
}

static void fill_features(struct live_values *v, const struct features *f) {
        const struct sit_bones *b = &f->sit_bones;
        const float bones_mm[4] = {b->left_mm[0], b->left_mm[1], b->right_mm[0], b->right_mm[1]};

        v->load = (double)f->load;
        v->contact_area_cm2 = (double)f->contact_area_cm2;
        v->peak = (double)f->peak;
        v->cop_x_mm = (double)f->cop_x_mm;
        v->cop_y_mm = (double)f->cop_y_mm;
        v->asymmetry = (double)f->asymmetry;
        v->front_share = (double)f->front_share;
        set_array(&v->sit_bones, bones_mm, b->valid ? 4 : 0);
        v->sit_bone_quality = b->valid ? (double)b->quality : (double)NAN;
        v->ppi = (double)f->ppi;
        v->cov = (double)f->cov;
        v->dispersion = (double)f->clinical.dispersion;
        v->gradient_per_cm = (double)f->clinical.gradient_per_cm;
        v->cop_path_mm = (double)f->clinical.cop_path_mm;
        v->cop_velocity_mm_s = (double)f->clinical.cop_velocity_mm_s;
        v->weight_shifts = f->clinical.weight_shifts;
        v->pressure_reliefs = f->clinical.reliefs;
        set_array(&v->region_loaded_s, f->clinical.region_loaded_s, isnan(f->clinical.region_load[0]) ? 0 : REGION_N);
}

static uint32_t find_place_flaws(const struct place *place) {
        if (place->verdict == PLACE_TURNED)
                return FLAW_TURNED;
        return place->verdict == PLACE_MOVED ? FLAW_MOVED : 0;
}

/* Quality and flaws as published: those of the map, and what the sitter's place on the mat adds to them. */
static void fill_map(struct live_values *v, const struct snapshot *s) {
        const struct map *m = &s->map;
        const struct place *place = &s->posture.place;
        const bool seen = s->health.frames > 0;

        v->tared = m->tared;
        v->load_pct = seen && m->n_cells > 0
                              ? 100.0 * (double)(s->features.load / (s->geometry->cell_cm2 * (float)m->n_cells))
                              : (double)NAN;
        v->quality_pct = seen ? 100.0 * (double)(m->quality * (1 - place->quality_loss)) : (double)NAN;
        v->drift_pct = seen ? 100.0 * (double)m->drift : (double)NAN;
        v->creep_pct = seen ? 100.0 * (double)m->creep : (double)NAN;
        v->force_n = seen ? (double)m->force_n : (double)NAN;
        v->stuck_cells = m->n_stuck;
        v->dead_cells = m->n_dead;
        v->filled_cells = m->n_filled;
        SET_TEXT(v->mat_doubt, map_doubt_name(seen ? m->flaws : 0));
        v->flaws = seen ? m->flaws | find_place_flaws(place) : 0;
}

static void fill_health(struct live_values *v, const struct health *h) {
        v->mat_online = h->mat_online;
        SET_TEXT(v->mat_link, mat_state_name(h->mat_state));
        SET_TEXT(v->mat_trouble, h->mat_trouble);
        v->mat_quiet_s = (double)h->quiet_s;
        v->frame_rate_hz = (double)h->frame_rate_hz;
        v->bytes = h->bytes;
        v->frames = h->frames;
        v->refused = 0;
        for (int i = 0; i < REFUSAL_N; i++) {
                v->refused_of[i] = h->refused[i];
                v->refused += h->refused[i];
        }
        v->words = h->words;
        v->discarded_bytes = h->discarded_bytes;
        v->reopened = h->reopened;
        v->decide_worst_us = h->decide_worst_us;
        v->decide_p99_us = h->decide_p99_us;
        v->deadlines_missed = h->deadlines_missed;
        v->history_lost = h->history_lost;
}

void live_values_fill_frame(struct live_values *v, const struct snapshot *s, uint64_t realtime_us) {
        v->now_us = s->now_us;
        v->realtime_us = realtime_us;
        fill_posture(v, s);
        fill_features(v, &s->features);
        fill_map(v, s);
        fill_health(v, &s->health);
}

static void fill_geometry(struct live_values *v, const struct geometry *g) {
        v->rows = g->rows;
        v->cols = g->cols;
        v->n_cells = g->n_cells;
        if (g->kind == GEOMETRY_UNPLACED)
                return;
        v->pitch_x_mm = (double)g->pitch_x_mm;
        v->pitch_y_mm = (double)g->pitch_y_mm;
}

static void fill_profile(struct live_values *v, const struct learning *l) {
        float separation[POSE_N];
        uint32_t n = 0;

        SET_TEXT(v->sitter, l->sitter);
        v->sitter_confidence = (double)l->sitter_confidence;
        v->sitter_confidence_pct = 100.0 * (double)l->sitter_confidence;
        for (int i = 0; i < POSE_N; i++)
                if (l->taken[i]) {
                        append_name(v->poses, sizeof(v->poses), pose_name((enum calibrate_pose)i));
                        separation[n++] = l->separation[i];
                }
        set_array(&v->separation, separation, n);
        SET_TEXT(v->calibration_stale, stale_reason_text(l->stale));
        SET_TEXT(v->calibration_doubt, stale_reason_name(l->stale));
        for (uint32_t i = 0; i < l->n_taught; i++)
                append_name(v->taught_postures, sizeof(v->taught_postures), l->taught[i]);
        v->untaught_noticed = l->untaught_noticed;
}

static void fill_learning(struct live_values *v, const struct learning *l) {
        const bool refused = l->phase == LEARNING_REFUSED;

        SET_TEXT(v->learning, learning_phase_name(l->phase));
        if (l->phase != LEARNING_IDLE)
                SET_TEXT(v->learning_what, *l->posture ? l->posture : pose_name(l->pose));
        SET_TEXT(v->learning_cue, squeeze_cue_name(l->cue));
        v->learning_left_s = (double)l->left_s;
        v->learning_left_whole_s = l->left_s > 0 ? (uint32_t)ceilf(l->left_s) : 0;
        SET_TEXT(v->learning_why, refused ? command_result_text(l->why) : "");
        SET_TEXT(v->learning_refusal, refused ? command_result_name(l->why) : "");
}

static void fill_place(struct live_values *v, const struct place *p) {
        SET_TEXT(v->mat_place, place_name(p->verdict));
        v->mat_moved =
                make_maybe(p->verdict != PLACE_UNJUDGED && p->verdict != PLACE_LEARNING, p->verdict != PLACE_USUAL);
        v->mat_moved_x_mm = (double)p->moved_x_mm;
        v->mat_moved_y_mm = (double)p->moved_y_mm;
        v->mat_turned_deg = p->turned_deg;
}

static void fill_sitting(struct live_values *v, const struct snapshot *s) {
        const struct sitting *sitting = &s->sitting;

        SET_TEXT(v->phase, phase_name(sitting->phase));
        v->seated_since_us = sitting->bout_started_us;
        if (sitting->bout_started_us)
                v->bout_seated_s = (uint32_t)(sitting->bout.seated_us / USEC_PER_SEC);
        if (sitting->left_seat_us > 0)
                v->away_since_us = sitting->left_seat_us;
        else if (sitting->phase == SITTING_AWAY && s->posture.occupancy == OCCUPANCY_VACANT)
                v->away_since_us = s->posture.occupancy_since_us;
        v->sitting_today_s = (uint32_t)(sitting->today_us / USEC_PER_SEC);
        v->sitting_today_min = (uint32_t)(sitting->today_us / US_PER_MIN);
        if (sitting->last_bout_us)
                v->last_session_min = (uint32_t)(sitting->last_bout_us / US_PER_MIN);
        v->shifts = sitting->bout.shifts;
        v->shifts_per_hour = (double)sitting->shifts_per_hour;
        v->shifts_target = (double)sitting->shifts_target;
        v->bouts_today = sitting->bouts_today;
        v->breaks_today = sitting->breaks_today;
        if (!s->posture.squeezes.ready)
                return;
        v->squeezes = sitting->bout.squeezes;
        v->squeezed_s = (double)sitting->bout.squeezed_s;
        v->squeezed_today_s = (double)sitting->squeezed_today_s;
}

static void fill_alerts(struct live_values *v, const struct alerts *a) {
        v->next_alert_us = a->activate_due_us;
        v->snoozed_until_us = a->snoozed_until_us;
        v->paused_until_us = a->paused_until_us;
        v->trial = a->trial_runs;
        v->inhibited = a->inhibitors != 0;
        v->do_not_disturb = a->inhibitors & (1U << ALERT_INHIBITOR_PERSON);
        alert_held_names(a->plan[ALERT_ACTIVATE].inhibits & ALERT_INHIBIT_ALL, v->held, sizeof(v->held));
        SET_TEXT(v->held_by, a->inhibited_by);
        v->held_since_us = a->inhibited_since_us;
        v->quiet_until_us = a->quiet_until_us;
        v->alerts_today = a->raised_today;
        v->session_today = make_maybe(a->workout.of > 0, a->workout.in_days == 0);
        if (a->workout.of > 0)
                v->sessions_done_week = a->workout.done;
        v->glute_alert = a->of[ALERT_ACTIVATE].open;
        v->posture_alert = a->of[ALERT_SLOUCH].open || a->of[ALERT_ASYMMETRY].open;
        v->still_alert = a->of[ALERT_STILL].open;
}

/* The kinds are in order of importance: the first that is open is shown. */
static void fill_open_alert(struct live_values *v, const struct snapshot *s) {
        const struct exercise *e;
        int k = 0;

        while (k < ALERT_KIND_N && !s->alerts.of[k].open)
                k++;
        if (k == ALERT_KIND_N)
                return;
        snprintf(v->alert_id, sizeof(v->alert_id), "%" PRIu64, s->alerts.of[k].id);
        SET_TEXT(v->alert_kind, alert_kind_name((enum alert_kind)k));
        SET_TEXT(v->alert_title, alert_title((enum alert_kind)k));
        alert_reason(&s->alerts.of[k], (enum alert_kind)k, v->alert_reason, sizeof(v->alert_reason));
        e = alert_exercise(s->exercises, &s->alerts.of[k]);
        SET_TEXT(v->alert_exercise, e ? e->name : "");
}

void live_values_set_ages(struct live_values *v) {
        double now_us = (double)v->now_us;

        if (v->seated_since_us)
                v->seated_since_s = (now_us - (double)v->seated_since_us) / 1e6;
        if (v->away_since_us)
                v->away_s = (now_us - (double)v->away_since_us) / 1e6;
        if (strcmp(v->phase, phase_name(SITTING_INTERRUPTED)) == 0)
                v->break_in_s = fmax((double)v->break_s - v->away_s, 0);
        if (v->held_since_us)
                v->held_since_s = (now_us - (double)v->held_since_us) / 1e6;
        if (v->paused_until_us > v->now_us)
                v->pause_left_s = ((double)v->paused_until_us - now_us) / 1e6;
        if (v->quiet_until_us > v->now_us)
                v->quiet_left_s = ((double)v->quiet_until_us - now_us) / 1e6;
        if (v->next_alert_us)
                v->next_alert_in_s = ((double)v->next_alert_us - now_us) / 1e6;
        if (v->snoozed_until_us > v->now_us)
                v->snooze_left_s = ((double)v->snoozed_until_us - now_us) / 1e6;
}

void live_values_fill(struct live_values *ret, const struct snapshot *s, uint64_t realtime_us,
                      const struct settings *settings, const struct identity *identity) {
        live_values_clear(ret);
        SET_TEXT(ret->seat_id, identity ? identity->seat_id : "");
        SET_TEXT(ret->seat_name, identity ? identity->seat_name : "");
        SET_TEXT(ret->version, identity ? identity->version : "");
        SET_TEXT(ret->phase, phase_name(SITTING_AWAY));
        ret->confidence = 0;
        if (!s)
                return;
        live_values_fill_frame(ret, s, realtime_us);
        fill_geometry(ret, s->geometry);
        measure_names(s->features.can.measures, ret->measures, sizeof(ret->measures));
        fill_profile(ret, &s->learning);
        fill_learning(ret, &s->learning);
        fill_place(ret, &s->posture.place);
        fill_sitting(ret, s);
        fill_alerts(ret, &s->alerts);
        if (settings) {
                ret->desktop_notifications = settings->alert.desktop;
                ret->break_s = (uint32_t)lrintf(settings->sitting.break_s);
                if (settings->exercise.squeeze_goal_s > 0)
                        ret->squeeze_goal_s = settings->exercise.squeeze_goal_s;
                fill_open_alert(ret, s);
        }
        live_values_set_ages(ret);
}
