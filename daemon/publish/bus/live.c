/* SPDX-License-Identifier: MIT */
/* The live view: made when somebody asks, from the last snapshot. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "publish/bus/alert.h"
#include "words/names.h"

static int open_entry(sd_bus_message *m, const char *key, const char *type) {
        int r = sd_bus_message_open_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", key);
        return r < 0 ? r : sd_bus_message_open_container(m, 'v', type);
}

static int close_entry(sd_bus_message *m) {
        int r = sd_bus_message_close_container(m);

        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_number(sd_bus_message *m, const char *key, float value) {
        return sd_bus_message_append(m, "{sv}", key, "d", (double)value);
}

static int append_numbers(sd_bus_message *m, const char *key, const float *value, uint32_t n) {
        int r = open_entry(m, key, "ad");

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "d");
        for (uint32_t i = 0; i < n && r >= 0; i++)
                r = sd_bus_message_append(m, "d", (double)value[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : close_entry(m);
}

static int append_bytes(sd_bus_message *m, const char *key, const uint8_t *bytes, uint32_t n) {
        int r = open_entry(m, key, "ay");

        if (r >= 0)
                r = sd_bus_message_append_array(m, 'y', bytes, n);
        return r < 0 ? r : close_entry(m);
}

/* unmeasured: 1 for a cell that is masked, stuck or dead and not estimated from its neighbours; only where there are any. */
static int append_cells(sd_bus_message *m, const struct map *map, float peak) {
        uint8_t cells[CELLS_MAX], unmeasured[CELLS_MAX];
        uint32_t n = map->n_cells < CELLS_MAX ? map->n_cells : CELLS_MAX;
        int r;

        for (uint32_t i = 0; i < n; i++) {
                cells[i] = peak > 0 ? (uint8_t)lrintf(fminf(fmaxf(map->load[i] / peak, 0), 1) * 255) : 0;
                unmeasured[i] = !map->trusted[i] && !(map->load[i] > 0);
        }
        r = append_bytes(m, "cells", cells, n);
        return r < 0 || !memchr(unmeasured, 1, n) ? r : append_bytes(m, "unmeasured", unmeasured, n);
}

static int append_map(sd_bus_message *m, const struct snapshot *s) {
        const struct geometry *g = s->geometry;
        uint32_t placed = g->kind == GEOMETRY_SCATTERED ? g->n_cells : 0;
        int r = sd_bus_message_append(m, "{sv}{sv}", "rows", "u", g->rows, "cols", "u", g->cols);

        if (r >= 0)
                r = append_cells(m, &s->map, s->features.peak);
        if (r >= 0)
                r = append_number(m, "peak", s->features.peak);
        if (r >= 0)
                r = append_numbers(m, "x_mm", g->x_mm, placed);
        if (r >= 0)
                r = append_numbers(m, "y_mm", g->y_mm, placed);
        if (r < 0 || g->kind == GEOMETRY_UNPLACED)
                return r;
        r = append_number(m, "pitch_x_mm", g->pitch_x_mm);
        return r < 0 ? r : append_number(m, "pitch_y_mm", g->pitch_y_mm);
}

static int append_features(sd_bus_message *m, const struct features *f) {
        const struct sit_bones *b = &f->sit_bones;
        const struct clinic *c = &f->clinic;
        const float bones[4] = {b->left_mm[0], b->left_mm[1], b->right_mm[0], b->right_mm[1]};
        const struct {
                const char *key;
                float value;
        } of[] = {
                {"load", f->load},
                {"contact_area_cm2", f->contact_area_cm2},
                {"cop_x_mm", f->cop_x_mm},
                {"cop_y_mm", f->cop_y_mm},
                {"asymmetry", f->asymmetry},
                {"front_share", f->front_share},
                {"sit_bone_quality", b->valid ? b->quality : NAN},
                {"ppi", f->ppi},
                {"cov", f->cov},
                {"dispersion", c->dispersion},
                {"gradient_per_cm", c->gradient_per_cm},
                {"cop_path_mm", c->cop_path_mm},
                {"cop_velocity_mm_s", c->cop_velocity_mm_s},
        };
        int r = append_numbers(m, "sit_bones", bones, b->valid ? 4 : 0);

        if (r >= 0)
                r = append_numbers(m, "region_loaded_s", c->region_loaded_s, isnan(c->region_load[0]) ? 0 : REGION_N);
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}", "weight_shifts", "u", c->weight_shifts, /* */
                                          "pressure_reliefs", "u", c->reliefs);

        for (size_t i = 0; i < sizeof(of) / sizeof(of[0]) && r >= 0; i++)
                r = append_number(m, of[i].key, of[i].value);
        return r;
}

/* Only of who has taught the seat what a squeeze looks like. */
static int append_squeezes(sd_bus_message *m, const struct snapshot *s) {
        if (!s->posture.squeezes.ready)
                return 0;
        return sd_bus_message_append(m, "{sv}{sv}{sv}",                                      /* */
                                     "squeezing", "b", (int)s->posture.squeezes.contracting, /* */
                                     "squeezes", "u", s->sitting.bout.squeezes,              /* */
                                     "squeezed_s", "d", (double)s->sitting.bout.squeezed_s);
}

static int append_counts(sd_bus_message *m, const struct bus_view *v) {
        const struct snapshot *s = v->snapshot;
        const struct health *h = &s->health;
        uint64_t refused = 0;

        for (enum refusal i = 0; i < REFUSAL_N; i++)
                refused += h->refused[i];
        return sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}",          /* */
                                     "mat_trouble", "s", h->mat_trouble,                             /* */
                                     "taught_now", "s", s->posture.taught,                           /* */
                                     "stuck_cells", "u", s->map.n_stuck,                             /* */
                                     "frame_rate_hz", "d", (double)h->frame_rate_hz,                 /* */
                                     "frames", "t", h->frames, "refused", "t", refused,              /* */
                                     "history_lost", "t", h->history_lost,                           /* */
                                     "referenced", "b", (int)s->posture.referenced,                  /* */
                                     "calibrated", "b", (int)s->posture.calibrated,                  /* */
                                     "break_s", "u", (uint32_t)lrintf(v->settings->sitting.break_s), /* */
                                     "bouts_today", "u", s->sitting.bouts_today,                     /* */
                                     "breaks_today", "u", s->sitting.breaks_today);
}

static int append_texts(sd_bus_message *m, const char *key, const char *const *text, uint32_t n) {
        int r = open_entry(m, key, "as");

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        for (uint32_t i = 0; i < n && r >= 0; i++)
                r = sd_bus_message_append(m, "s", text[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : close_entry(m);
}

static int append_poses(sd_bus_message *m, const struct learning *l) {
        const char *name[POSE_N];
        float separation[POSE_N];
        uint32_t n = 0;
        int r;

        for (enum calibrate_pose p = 0; p < POSE_N; p++) {
                if (!l->taken[p])
                        continue;
                name[n] = pose_name(p);
                separation[n++] = l->separation[p];
        }
        r = append_texts(m, "poses", name, n);
        return r < 0 ? r : append_numbers(m, "separation", separation, n);
}

static int append_place(sd_bus_message *m, const struct place *p) {
        int r = append_number(m, "mat_moved_x_mm", p->moved_x_mm);

        if (r >= 0)
                r = append_number(m, "mat_moved_y_mm", p->moved_y_mm);
        return r < 0 ? r : append_number(m, "mat_turned_deg", (float)p->turned_deg);
}

static int append_learning(sd_bus_message *m, const struct learning *l) {
        const char *what = *l->posture ? l->posture : pose_name(l->pose), *taught[TAUGHT_MAX];
        bool refused = l->phase == LEARNING_REFUSED;
        int r;

        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}",                       /* */
                                  "sitter", "s", l->sitter,                                        /* */
                                  "sitter_confidence", "d", (double)l->sitter_confidence,          /* */
                                  "learning", "s", learning_phase_name(l->phase),                  /* */
                                  "learning_what", "s", l->phase == LEARNING_IDLE ? "" : what,     /* */
                                  "learning_cue", "s", squeeze_cue_name(l->cue),                   /* */
                                  "learning_left_s", "d", (double)l->left_s,                       /* */
                                  "learning_why", "s", refused ? command_result_text(l->why) : "", /* */
                                  "calibration_stale", "s", stale_reason_text(l->stale),           /* */
                                  "mat_place", "s", place_name(l->place.verdict));
        if (r >= 0)
                r = append_place(m, &l->place);

        for (uint32_t i = 0; i < l->n_taught; i++)
                taught[i] = l->taught[i];
        if (r >= 0)
                r = append_texts(m, "taught_postures", taught, l->n_taught);
        return r < 0 ? r : append_poses(m, l);
}

/* The most important alert that is open: the kinds are in that order. */
static int append_alert_line(sd_bus_message *m, const struct bus_view *v) {
        struct bus_alert b;
        enum alert_kind k = 0;
        char reason[256];
        int r;

        while (k < ALERT_KIND_N && !bus_alert_shown(v, k))
                k++;
        if (k == ALERT_KIND_N)
                return 0;
        bus_alert_of(v, k, &b);
        alert_reason(&b.alert, k, reason, sizeof(reason));
        r = sd_bus_message_append(m, "{sv}{sv}{sv}", "alert_kind", "s", alert_kind_name(k), /* */
                                  "alert_title", "s", alert_title(k), "alert_reason", "s", reason);
        return r < 0 ? r : bus_alert_append(m, &b, "alert_");
}

static int append_open_alerts(sd_bus_message *m, const struct bus_view *v) {
        int r = open_entry(m, "OpenAlerts", "a(ssa{sv})");

        if (r >= 0)
                r = bus_append_open_alerts(m, v);
        return r < 0 ? r : close_entry(m);
}

static int append_snapshot(sd_bus_message *m, const struct bus_view *v) {
        int r = append_map(m, v->snapshot);

        if (r >= 0)
                r = append_features(m, &v->snapshot->features);
        if (r >= 0)
                r = append_counts(m, v);
        if (r >= 0)
                r = append_squeezes(m, v->snapshot);
        if (r >= 0)
                r = append_learning(m, &v->snapshot->learning);
        return r < 0 ? r : append_alert_line(m, v);
}

int bus_append_live(sd_bus_message *m, const struct bus_view *v) {
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r >= 0)
                r = bus_append_properties(m, v);
        if (r >= 0)
                r = append_open_alerts(m, v);
        if (r >= 0 && v->snapshot)
                r = append_snapshot(m, v);
        return r < 0 ? r : sd_bus_message_close_container(m);
}
