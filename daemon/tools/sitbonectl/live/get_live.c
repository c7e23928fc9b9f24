/* SPDX-License-Identifier: MIT */
/* GetLive -> view. Keys that are not known are skipped, so that an older sitbonectl works with a newer daemon. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "contract/alert_words.h"
#include "contract/bus_names.h"
#include "tools/sitbonectl/live/daemon_link.h"
#include "util/clock.h"
#include "util/sanitize.h"

/* Where a value of the message goes. size: room of a text. */
static const struct live_row {
        const char *key, *type;
        size_t offset, size;
} rows[] = {
#define TEXT(key, field)                                                                                              \
        { key, "s", offsetof(struct view, field), sizeof(((struct view *)0)->field) }
#define TEXTS(key, field)                                                                                             \
        { key, "as", offsetof(struct view, field), sizeof(((struct view *)0)->field) }
#define ROW(key, type, field)                                                                                         \
        { key, type, offsetof(struct view, field), 0 }
        TEXT("SeatId", seat_id),
        TEXT("SeatName", seat_name),
        TEXT("Version", version),
        TEXT("Mqtt", mqtt),
        TEXT("Occupancy", occupancy),
        TEXT("Posture", posture),
        TEXT("alert_kind", alert_kind),
        TEXT("alert_title", alert_title),
        TEXT("alert_reason", alert_reason),
        TEXT("sitter", sitter),
        TEXT("learning", learning),
        TEXT("learning_what", learning_what),
        TEXT("learning_cue", learning_cue),
        TEXT("learning_why", learning_why),
        TEXT("calibration_stale", calibration_stale),
        TEXT("mat_place", mat_place),
        TEXT("mat_trouble", mat_trouble),
        ROW("mat_moved_x_mm", "d", mat_moved_x_mm),
        ROW("mat_moved_y_mm", "d", mat_moved_y_mm),
        ROW("mat_turned_deg", "d", mat_turned_deg),
        TEXTS("poses", poses),
        TEXTS("taught_postures", taught_postures),
        ROW("sitter_confidence", "d", sitter_confidence),
        ROW("learning_left_s", "d", learning_left_s),
        ROW("squeezing", "b", squeezing),
        ROW("squeezes", "u", squeezes),
        ROW("squeezed_s", "d", squeezed_s),
        ROW("MatOnline", "b", mat_online),
        ROW("referenced", "b", referenced),
        ROW("calibrated", "b", calibrated),
        ROW("Confidence", "d", confidence),
        ROW("TiltDeg", "d", tilt_deg),
        ROW("TiltSdDeg", "d", tilt_sd_deg),
        ROW("ObliquityDeg", "d", obliquity_deg),
        ROW("ObliquitySdDeg", "d", obliquity_sd_deg),
        ROW("load", "d", load),
        ROW("contact_area_cm2", "d", contact_area_cm2),
        ROW("peak", "d", peak),
        ROW("cop_x_mm", "d", cop_x_mm),
        ROW("cop_y_mm", "d", cop_y_mm),
        ROW("asymmetry", "d", asymmetry),
        ROW("ppi", "d", ppi),
        ROW("cov", "d", cov),
        ROW("dispersion", "d", dispersion),
        ROW("gradient_per_cm", "d", gradient_per_cm),
        ROW("cop_path_mm", "d", cop_path_mm),
        ROW("cop_velocity_mm_s", "d", cop_velocity_mm_s),
        ROW("weight_shifts", "u", weight_shifts),
        ROW("pressure_reliefs", "u", pressure_reliefs),
        ROW("stuck_cells", "u", stuck_cells),
        TEXT("taught_now", taught),
        ROW("front_share", "d", front_share),
        ROW("frame_rate_hz", "d", frame_rate_hz),
        ROW("sit_bone_quality", "d", sit_bone_quality),
        ROW("pitch_x_mm", "d", pitch_x_mm),
        ROW("pitch_y_mm", "d", pitch_y_mm),
        ROW("frames", "t", frames),
        ROW("refused", "t", refused),
        ROW("history_lost", "t", history_lost),
        ROW("rows", "u", rows),
        ROW("cols", "u", cols),
        ROW("bouts_today", "u", bouts_today),
        ROW("breaks_today", "u", breaks_today),
        ROW("break_s", "u", break_s),
};

/* What needs a second look once the whole message is read. */
struct live {
        struct view *view;
        uint64_t seated_since_us, next_alert_us, snoozed_until_us; /* wall clock, 0 = none */
        uint32_t bout_s, today_s;
        const uint8_t *cells, *unmeasured;
        const double *x_mm, *y_mm, *bones, *regions, *separation;
        size_t n_cells, n_unmeasured, n_x, n_y, n_bones, n_regions, n_separation;
        struct bus_alert alert;
};

static int read_text(sd_bus_message *m, char *ret, size_t size) {
        const char *text;
        int r = sd_bus_message_read_basic(m, 's', &text);

        if (r < 0)
                return r;
        snprintf(ret, size, "%s", text);
        sanitize_line(ret);
        return r;
}

/* Separated by blanks. */
static int read_texts(sd_bus_message *m, char *ret, size_t size) {
        int r = sd_bus_message_enter_container(m, 'a', "s");
        const char *text;

        ret[0] = '\0';
        while (r >= 0 && (r = sd_bus_message_read_basic(m, 's', &text)) > 0)
                snprintf(ret + strlen(ret), size - strlen(ret), "%s%s", *ret ? " " : "", text);
        sanitize_line(ret);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_row(sd_bus_message *m, const struct live_row *row, struct view *v) {
        char *field = (char *)v + row->offset;
        int r, yes;

        switch (row->type[0]) {
        case 'a':
                return read_texts(m, field, row->size);
        case 's':
                return read_text(m, field, row->size);
        case 'b':
                r = sd_bus_message_read_basic(m, 'b', &yes);
                if (r >= 0)
                        *(bool *)field = yes;
                return r;
        default:
                return sd_bus_message_read_basic(m, row->type[0], field);
        }
}

static int read_array(sd_bus_message *m, char type, size_t width, const void **ret, size_t *ret_n) {
        size_t n;
        int r = sd_bus_message_read_array(m, type, ret, &n);

        if (r >= 0)
                *ret_n = n / width;
        return r;
}

/* 1 = read, 0 = not one of these. */
static int read_special(sd_bus_message *m, const char *key, const char *type, struct live *live) {
        const struct {
                const char *key, *type;
                void *value;
                size_t *n;
        } specials[] = {
                {"SeatedSince", "t", &live->seated_since_us, NULL},
                {"NextAlertAt", "t", &live->next_alert_us, NULL},
                {"SnoozedUntil", "t", &live->snoozed_until_us, NULL},
                {"BoutSeatedS", "u", &live->bout_s, NULL},
                {"SittingTodayS", "u", &live->today_s, NULL},
                {"cells", "ay", &live->cells, &live->n_cells},
                {"unmeasured", "ay", &live->unmeasured, &live->n_unmeasured},
                {"x_mm", "ad", &live->x_mm, &live->n_x},
                {"y_mm", "ad", &live->y_mm, &live->n_y},
                {"sit_bones", "ad", &live->bones, &live->n_bones},
                {"region_loaded_s", "ad", &live->regions, &live->n_regions},
                {"separation", "ad", &live->separation, &live->n_separation},
        };

        for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++) {
                int r;

                if (strcmp(specials[i].key, key) != 0 || strcmp(specials[i].type, type) != 0)
                        continue;
                if (specials[i].n)
                        r = read_array(m, type[1], type[1] == 'y' ? 1 : sizeof(double), specials[i].value,
                                       specials[i].n);
                else
                        r = sd_bus_message_read_basic(m, type[0], specials[i].value);
                return r < 0 ? r : 1;
        }
        return 0;
}

/* What the open alert is made of: a text or a number. */
static int read_alert(sd_bus_message *m, const char *key, const char *type, struct bus_alert *alert) {
        const char *text = NULL;
        uint32_t u = 0;
        double d = 0;
        int r = *type == 's'   ? sd_bus_message_read_basic(m, 's', &text)
                : *type == 'u' ? sd_bus_message_read_basic(m, 'u', &u)
                : *type == 'd' ? sd_bus_message_read_basic(m, 'd', &d)
                               : sd_bus_message_skip(m, type);

        if (r >= 0)
                bus_alert_take(alert, key, text, *type == 'u' ? u : d);
        return r;
}

static int read_value(sd_bus_message *m, const char *key, const char *type, struct live *live) {
        int r = read_special(m, key, type, live);

        if (r != 0)
                return r;
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                if (strcmp(rows[i].key, key) == 0 && strcmp(rows[i].type, type) == 0)
                        return read_row(m, &rows[i], live->view);
        if (strncmp(key, "alert_", 6) == 0)
                return read_alert(m, key + 6, type, &live->alert);
        return sd_bus_message_skip(m, type);
}

static int read_entry(sd_bus_message *m, struct live *live) {
        const char *key, *type;
        int r = sd_bus_message_read_basic(m, 's', &key);

        if (r < 0)
                return r;
        r = sd_bus_message_peek_type(m, NULL, &type);
        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(m, 'v', type);
        if (r < 0)
                return r;
        r = read_value(m, key, type, live);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_entries(sd_bus_message *m, struct live *live) {
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_entry(m, live);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r;
}

static void settle_map(struct live *live) {
        struct view *v = live->view;

        v->n_cells = live->n_cells > CELLS_MAX ? CELLS_MAX : (uint32_t)live->n_cells;
        for (uint32_t i = 0; i < v->n_cells; i++)
                v->level[i] = i < live->n_unmeasured && live->unmeasured[i]
                                      ? NAN
                                      : (float)live->cells[i] / 255.0f * (isfinite(v->peak) ? (float)v->peak : 0);
        if ((uint64_t)v->rows * v->cols == v->n_cells && v->n_cells > 0)
                v->kind = GEOMETRY_GRID;
        else if (live->n_x == v->n_cells && live->n_y == v->n_cells && v->n_cells > 0)
                v->kind = GEOMETRY_SCATTERED;
        for (uint32_t i = 0; v->kind == GEOMETRY_SCATTERED && i < v->n_cells; i++) {
                v->x_mm[i] = live->x_mm[i];
                v->y_mm[i] = live->y_mm[i];
        }
        if (!(v->pitch_x_mm > 0))
                v->pitch_x_mm = 10; /* unplaced: any unit will do */
        if (!(v->pitch_y_mm > 0))
                v->pitch_y_mm = 10;
        for (int i = 0; live->n_bones == 4 && i < 4; i++)
                v->sit_bones[i] = live->bones[i];
        for (int i = 0; live->n_regions == REGION_N && i < REGION_N; i++)
                v->region_loaded_s[i] = live->regions[i];
}

static void settle_separation(struct live *live) {
        for (size_t i = 0; i < live->n_separation && i < POSE_N; i++)
                live->view->separation[i] = live->separation[i];
}

static void settle_alert(struct live *live) {
        struct view *v = live->view;
        struct alert_words words;

        snprintf(v->alert_exercise, sizeof(v->alert_exercise), "%s", live->alert.exercise.name);
        if (!v->alert_kind[0] || !alert_words_make(&live->alert, v->alert_kind, &words))
                return;
        snprintf(v->alert_title, sizeof(v->alert_title), "%s", words.title);
        snprintf(v->alert_reason, sizeof(v->alert_reason), "%s", words.reason);
        snprintf(v->alert_exercise, sizeof(v->alert_exercise), "%s", words.exercise);
}

static void settle_times(struct live *live, uint64_t now_us) {
        struct view *v = live->view;

        v->bout_s = live->bout_s;
        v->today_s = live->today_s;
        if (live->seated_since_us)
                v->since_s = ((double)now_us - (double)live->seated_since_us) / 1e6;
        if (live->next_alert_us)
                v->next_alert_s = ((double)live->next_alert_us - (double)now_us) / 1e6;
        if (live->snoozed_until_us > now_us)
                v->snooze_s = ((double)live->snoozed_until_us - (double)now_us) / 1e6;
}

int link_live(struct link *link, struct view *ret) {
        sd_bus_message *call = NULL, *reply = NULL;
        struct live live = {.view = ret};
        int r = sd_bus_message_new_method_call(link->bus, &call, link->name, BUS_PATH, BUS_INTERFACE, "GetLive");

        if (r >= 0)
                r = sd_bus_call(link->bus, call, 2000000, NULL, &reply);
        sd_bus_message_unref(call);
        if (r < 0)
                return r;
        view_clear(ret);
        r = read_entries(reply, &live);
        if (r >= 0) {
                settle_map(&live);
                settle_separation(&live);
                settle_alert(&live);
                settle_times(&live, clock_realtime_us());
                view_settle(ret);
        }
        sd_bus_message_unref(reply);
        return r < 0 ? r : 0;
}
