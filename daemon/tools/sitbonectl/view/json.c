/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/sitbonectl/json_writer.h"

static void put_pair(struct out *o, const char *x, double x_value, const char *y, double y_value, int decimals) {
        out_number(o, x, x_value, decimals);
        out_number(o, y, y_value, decimals);
}

static void put_bones(struct out *o, const struct view *v) {
        out_key(o, "sit_bones");
        out_bones(o, v->sit_bones, v->sit_bone_quality);
}

static void put_alert(struct out *o, const struct view *v) {
        out_key(o, "alert");
        if (!v->alert_kind[0]) {
                out_text(o, "null");
                return;
        }
        out_text(o, "{\"kind\":");
        out_string(o, v->alert_kind);
        out_word(o, "title", v->alert_title);
        out_word(o, "reason", v->alert_reason);
        out_word(o, "exercise", v->alert_exercise);
        out_text(o, "}");
}

static void put_clinic(struct out *o, const struct view *v) {
        put_pair(o, "ppi", v->ppi, "cov", v->cov, 3);
        put_pair(o, "dispersion", v->dispersion, "gradient_per_cm", v->gradient_per_cm, 3);
        put_pair(o, "cop_path_mm", v->cop_path_mm, "cop_velocity_mm_s", v->cop_velocity_mm_s, 1);
        put_pair(o, "weight_shifts", v->weight_shifts, "pressure_reliefs", v->pressure_reliefs, 0);
        out_key(o, "region_loaded_s");
        for (int i = 0; i < REGION_N; i++) {
                out_text(o, i == 0 ? "[" : ",");
                out_fixed(o, v->region_loaded_s[i], 0);
        }
        out_text(o, "]");
        out_number(o, "stuck_cells", v->stuck_cells, 0);
}

/* The i-th word of several, cut to size. False = no more. */
static bool word_at(const char *words, int i, char *ret, size_t size) {
        for (; i > 0 && words; i--)
                words = (words = strchr(words, ' ')) ? words + 1 : NULL;
        if (!words || !*words)
                return false;
        snprintf(ret, size, "%.*s", (int)strcspn(words, " "), words);
        return true;
}

static void put_poses(struct out *o, const struct view *v) {
        char pose[32];

        out_key(o, "calibrated_poses");
        out_text(o, "{");
        for (int i = 0; i < POSE_N && word_at(v->poses, i, pose, sizeof(pose)); i++) {
                out_text(o, i ? "," : "");
                out_string(o, pose);
                out_text(o, ":");
                out_fixed(o, v->separation[i], 1);
        }
        out_text(o, "}");
}

static void put_taught(struct out *o, const struct view *v) {
        char name[POSTURE_NAME_MAX];

        out_key(o, "taught_postures");
        out_text(o, "[");
        for (int i = 0; word_at(v->taught_postures, i, name, sizeof(name)); i++) {
                out_text(o, i ? "," : "");
                out_string(o, name);
        }
        out_text(o, "]");
}

static void put_learning(struct out *o, const struct view *v) {
        out_word_or_null(o, "sitter", v->sitter);
        out_number(o, "sitter_confidence", v->sitter_confidence, 2);
        out_word(o, "learning", v->learning);
        out_word_or_null(o, "learning_what", v->learning_what);
        out_word_or_null(o, "learning_cue", v->learning_cue);
        out_number(o, "learning_left_s", v->learning_left_s, 0);
        out_word_or_null(o, "learning_why", v->learning_why);
        put_poses(o, v);
        out_word_or_null(o, "calibration_stale", v->calibration_stale);
        out_word_or_null(o, "mat_place", v->mat_place);
        put_pair(o, "mat_moved_x_mm", v->mat_moved_x_mm, "mat_moved_y_mm", v->mat_moved_y_mm, 0);
        out_number(o, "mat_turned_deg", v->mat_turned_deg, 0);
        out_number(o, "squeezes", isfinite(v->squeezed_s) ? v->squeezes : NAN, 0);
        out_number(o, "squeezed_s", v->squeezed_s, 1);
        put_taught(o, v);
}

static void put_estimate(struct out *o, const struct view *v) {
        out_word(o, "occupancy", v->occupancy);
        out_word(o, "posture", v->posture);
        out_number(o, "confidence", v->confidence, 2);
        put_pair(o, "pelvic_tilt_deg", v->tilt_deg, "pelvic_tilt_sd_deg", v->tilt_sd_deg, 1);
        put_pair(o, "pelvic_obliquity_deg", v->obliquity_deg, "pelvic_obliquity_sd_deg", v->obliquity_sd_deg, 1);
        put_pair(o, "load", v->load, "contact_area_cm2", v->contact_area_cm2, 1);
        put_pair(o, "cop_x_mm", v->cop_x_mm, "cop_y_mm", v->cop_y_mm, 1);
        put_pair(o, "asymmetry", v->asymmetry, "front_share", v->front_share, 3);
        put_bones(o, v);
        put_clinic(o, v);
        out_key(o, "taught");
        if (v->taught[0])
                out_string(o, v->taught);
        else
                out_text(o, "null");
}

void view_print_json(FILE *f, const struct view *v) {
        struct out out, *o = &out;

        out_init(o, f);
        out_text(o, "{\"seat_id\":");
        out_string(o, v->seat_id);
        out_word(o, "seat_name", v->seat_name);
        out_word(o, "version", v->version);
        put_estimate(o, v);
        out_flag(o, "referenced", v->referenced);
        out_flag(o, "calibrated", v->calibrated);
        put_learning(o, v);
        put_pair(o, "bout_seated_s", v->bout_s, "sitting_today_s", v->today_s, 0);
        put_pair(o, "seated_since_s", v->since_s, "next_alert_in_s", v->next_alert_s, 0);
        put_pair(o, "snooze_left_s", v->snooze_s, "breaks_today", v->breaks_today, 0);
        put_alert(o, v);
        out_flag(o, "mat_online", v->mat_online);
        out_word_or_null(o, "mat_trouble", v->mat_trouble);
        out_number(o, "frame_rate_hz", v->frame_rate_hz, 1);
        put_pair(o, "frames", (double)v->frames, "refused", (double)v->refused, 0);
        out_number(o, "history_lost", (double)v->history_lost, 0);
        out_word(o, "mqtt", v->mqtt);
        out_text(o, "}\n");
        out_flush(o);
}
