/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/values.h"

#include <math.h>
#include <string.h>

#include "words/names.h"

static void forget_clinic(struct view *v) {
        v->ppi = v->cov = v->dispersion = v->gradient_per_cm = v->cop_path_mm = v->cop_velocity_mm_s = NAN;
        for (int i = 0; i < REGION_N; i++)
                v->region_loaded_s[i] = NAN;
}

void view_clear(struct view *v) {
        memset(v, 0, sizeof(*v));
        v->kind = GEOMETRY_UNPLACED;
        v->confidence = v->tilt_deg = v->tilt_sd_deg = v->obliquity_deg = v->obliquity_sd_deg = NAN;
        forget_clinic(v);
        v->asymmetry = v->front_share = v->load = v->contact_area_cm2 = v->peak = NAN;
        v->cop_x_mm = v->cop_y_mm = v->sit_bone_quality = v->frame_rate_hz = NAN;
        v->since_s = v->next_alert_s = v->snooze_s = NAN;
        v->sitter_confidence = v->squeezed_s = v->mat_moved_x_mm = v->mat_moved_y_mm = v->mat_turned_deg = NAN;
        for (int i = 0; i < POSE_N; i++)
                v->separation[i] = NAN;
        for (int i = 0; i < 4; i++)
                v->sit_bones[i] = NAN;
        snprintf(v->occupancy, sizeof(v->occupancy), "unknown");
        snprintf(v->posture, sizeof(v->posture), "unknown");
}

static void copy_map(struct view *v, const struct snapshot *s) {
        const struct geometry *g = s->geometry;

        v->kind = g->kind;
        v->rows = g->rows;
        v->cols = g->cols;
        v->n_cells = g->n_cells;
        v->pitch_x_mm = (double)g->pitch_x_mm;
        v->pitch_y_mm = (double)g->pitch_y_mm;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                v->level[i] = s->map.trusted[i] || s->map.load[i] > 0 ? s->map.load[i] : NAN;
                v->x_mm[i] = (double)g->x_mm[i];
                v->y_mm[i] = (double)g->y_mm[i];
        }
}

static void copy_clinic(struct view *v, const struct features *f) {
        v->ppi = (double)f->ppi;
        v->cov = (double)f->cov;
        v->dispersion = (double)f->clinic.dispersion;
        v->gradient_per_cm = (double)f->clinic.gradient_per_cm;
        v->cop_path_mm = (double)f->clinic.cop_path_mm;
        v->cop_velocity_mm_s = (double)f->clinic.cop_velocity_mm_s;
        v->weight_shifts = f->clinic.weight_shifts;
        v->pressure_reliefs = f->clinic.reliefs;
        for (int i = 0; i < REGION_N; i++)
                v->region_loaded_s[i] = (double)f->clinic.region_loaded_s[i];
}

static void copy_features(struct view *v, const struct features *f) {
        v->load = (double)f->load;
        v->contact_area_cm2 = (double)f->contact_area_cm2;
        v->peak = (double)f->peak;
        v->cop_x_mm = (double)f->cop_x_mm;
        v->cop_y_mm = (double)f->cop_y_mm;
        v->front_share = (double)f->front_share;
        copy_clinic(v, f);
        if (!f->sit_bones.valid)
                return;
        v->sit_bone_quality = (double)f->sit_bones.quality;
        for (int i = 0; i < 2; i++) {
                v->sit_bones[i] = (double)f->sit_bones.left_mm[i];
                v->sit_bones[2 + i] = (double)f->sit_bones.right_mm[i];
        }
}

static void copy_posture(struct view *v, const struct posture *p) {
        snprintf(v->occupancy, sizeof(v->occupancy), "%s", occupancy_name(p->occupancy));
        snprintf(v->posture, sizeof(v->posture), "%s", posture_name(p->posture_class));
        v->confidence = (double)p->confidence;
        v->tilt_deg = (double)p->tilt_deg.value;
        v->tilt_sd_deg = (double)p->tilt_deg.sd;
        v->obliquity_deg = (double)p->obliquity_deg.value;
        v->obliquity_sd_deg = (double)p->obliquity_deg.sd;
        v->asymmetry = (double)p->asymmetry;
        v->referenced = p->referenced;
        snprintf(v->taught, sizeof(v->taught), "%s", p->taught);
        v->calibrated = p->calibrated;
}

static double seconds_until(uint64_t then_us, uint64_t now_us) {
        return ((double)then_us - (double)now_us) / 1e6;
}

static void copy_alert(struct view *v, const struct snapshot *s) {
        for (int k = ALERT_KIND_N - 1; k >= 0; k--) { /* the first kind weighs most */
                const struct alert *a = &s->alerts.of[k];

                if (!a->open)
                        continue;
                snprintf(v->alert_kind, sizeof(v->alert_kind), "%s", alert_kind_name((enum alert_kind)k));
                snprintf(v->alert_title, sizeof(v->alert_title), "%s", alert_title((enum alert_kind)k));
                alert_reason(a, (enum alert_kind)k, v->alert_reason, sizeof(v->alert_reason));
                v->alert_exercise[0] = '\0';
                if (a->exercise >= 0 && (uint32_t)a->exercise < s->exercises->n)
                        snprintf(v->alert_exercise, sizeof(v->alert_exercise), "%s",
                                 s->exercises->of[a->exercise].name);
        }
}

void view_from_snapshot(struct view *v, const struct snapshot *s, float break_s) {
        view_clear(v);
        copy_map(v, s);
        copy_features(v, &s->features);
        copy_posture(v, &s->posture);
        copy_alert(v, s);
        v->mat_online = s->health.mat_online;
        v->break_s = (unsigned)break_s;
        v->bout_s = (double)s->sitting.bout.seated_us / 1e6;
        v->today_s = (double)s->sitting.today_us / 1e6;
        v->bouts_today = s->sitting.bouts_today;
        v->breaks_today = s->sitting.breaks_today;
        if (s->sitting.bout_started_us > 0)
                v->since_s = -seconds_until(s->sitting.bout_started_us, s->now_us);
        if (s->alerts.activate_due_us > 0)
                v->next_alert_s = seconds_until(s->alerts.activate_due_us, s->now_us);
        if (s->alerts.snoozed_until_us > s->now_us)
                v->snooze_s = seconds_until(s->alerts.snoozed_until_us, s->now_us);
        view_settle(v);
}

void view_settle(struct view *v) {
        if (!v->mat_online) { /* what the mat said last is no news of now */
                for (uint32_t i = 0; i < v->n_cells; i++)
                        v->level[i] *= 0; /* but not measured is not measured */
                v->load = v->contact_area_cm2 = v->peak = NAN;
        }
        if (strcmp(v->occupancy, "person") == 0)
                return;
        v->asymmetry = v->sit_bone_quality = NAN;
        forget_clinic(v);
        for (int i = 0; i < 4; i++)
                v->sit_bones[i] = NAN;
        if (strcmp(v->occupancy, "object") != 0)
                v->cop_x_mm = v->cop_y_mm = v->front_share = NAN;
}

uint32_t view_cols(const struct view *v) {
        if (v->kind == GEOMETRY_GRID)
                return v->cols;
        return v->n_cells < 6 ? v->n_cells : v->n_cells < 36 ? 6 : (uint32_t)ceil(sqrt(v->n_cells));
}

uint32_t view_rows(const struct view *v) {
        uint32_t cols = view_cols(v);

        if (v->kind == GEOMETRY_GRID)
                return v->rows;
        return cols ? (v->n_cells + cols - 1) / cols : 0;
}

static struct view_extent scattered_extent(const struct view *v) {
        double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;

        for (uint32_t i = 0; i < v->n_cells; i++) {
                x0 = fmin(x0, v->x_mm[i]);
                x1 = fmax(x1, v->x_mm[i]);
                y0 = fmin(y0, v->y_mm[i]);
                y1 = fmax(y1, v->y_mm[i]);
        }
        return (struct view_extent){(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0 + v->pitch_x_mm, y1 - y0 + v->pitch_y_mm};
}

struct view_extent view_extent(const struct view *v) {
        if (v->n_cells == 0)
                return (struct view_extent){0, 0, 1, 1};
        if (v->kind == GEOMETRY_SCATTERED)
                return scattered_extent(v);
        return (struct view_extent){0, 0, view_cols(v) * v->pitch_x_mm, view_rows(v) * v->pitch_y_mm};
}

uint32_t view_unmeasured(const struct view *v) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < v->n_cells; i++)
                n += isnan(v->level[i]) != 0;
        return n;
}

float view_shade(const struct view *v, float level) {
        /* A tenth of full scale at least: noise on an empty seat must not glow like a person. */
        float full = v->peak > 0.1 ? (float)v->peak : 0.1f;
        float shade = level / full;

        if (isnan(level))
                return VIEW_UNMEASURED;
        return shade > 1 ? 1 : shade > 0 ? shade : 0;
}
