/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "contract/live_fields.h"
#include "contract/live_fill.h"
#include "contract/live_json.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"

void view_clear(struct view *v) {
        memset(v, 0, sizeof(*v));
        live_values_clear(&v->live);
        v->kind = GEOMETRY_UNPLACED;
}

void view_settle(struct view *v) {
        const double unknown = (double)NAN;
        struct live_values *l = &v->live;

        if (!l->mat_online) { /* the last map is old */
                for (uint32_t i = 0; i < l->n_cells; i++)
                        v->level[i] *= 0; /* a cell that is not measured stays so */
                l->load = l->contact_area_cm2 = l->peak = unknown;
        }
        if (strcmp(l->occupancy, "person") == 0)
                return;
        l->asymmetry = l->sit_bone_quality = unknown;
        l->ppi = l->cov = l->dispersion = l->gradient_per_cm = l->cop_path_mm = l->cop_velocity_mm_s = unknown;
        live_array_clear(&l->region_loaded_s);
        live_array_clear(&l->sit_bones);
        if (strcmp(l->occupancy, "object") != 0)
                l->cop_x_mm = l->cop_y_mm = l->front_share = unknown;
}

uint32_t view_cols(const struct view *v) {
        if (v->kind == GEOMETRY_GRID)
                return v->live.cols;
        return v->live.n_cells < 6    ? v->live.n_cells
               : v->live.n_cells < 36 ? 6
                                      : (uint32_t)ceil(sqrt(v->live.n_cells));
}

uint32_t view_rows(const struct view *v) {
        uint32_t cols = view_cols(v);

        if (v->kind == GEOMETRY_GRID)
                return v->live.rows;
        return cols ? (v->live.n_cells + cols - 1) / cols : 0;
}

static struct view_extent scattered_extent(const struct view *v) {
        const double far = (double)INFINITY;
        double x0 = far, x1 = -far, y0 = far, y1 = -far;

        for (uint32_t i = 0; i < v->live.n_cells; i++) {
                x0 = fmin(x0, v->x_mm[i]);
                x1 = fmax(x1, v->x_mm[i]);
                y0 = fmin(y0, v->y_mm[i]);
                y1 = fmax(y1, v->y_mm[i]);
        }
        return (struct view_extent){(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0 + v->live.pitch_x_mm,
                                    y1 - y0 + v->live.pitch_y_mm};
}

struct view_extent view_extent(const struct view *v) {
        if (v->live.n_cells == 0)
                return (struct view_extent){0, 0, 1, 1};
        if (v->kind == GEOMETRY_SCATTERED)
                return scattered_extent(v);
        return (struct view_extent){0, 0, view_cols(v) * v->live.pitch_x_mm, view_rows(v) * v->live.pitch_y_mm};
}

uint32_t view_unmeasured(const struct view *v) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < v->live.n_cells; i++)
                n += isnan(v->level[i]) != 0;
        return n;
}

/* Matplotlib's inferno, each colour with the nearest of xterm's colour cube whose lightness still grows. The first colour is
 * that of a cell without load. */
const struct view_colour view_palette[VIEW_PALETTE_N] = {
        {234, {0x1c, 0x1c, 0x1c}}, {17, {0x16, 0x0b, 0x39}},  {53, {0x42, 0x0a, 0x68}},  {89, {0x6a, 0x17, 0x6e}},
        {125, {0x93, 0x26, 0x67}}, {161, {0xbc, 0x37, 0x54}}, {203, {0xdd, 0x51, 0x3a}}, {208, {0xf3, 0x77, 0x1a}},
        {214, {0xfc, 0xa5, 0x0a}}, {221, {0xf6, 0xd6, 0x45}}, {229, {0xfc, 0xff, 0xa4}},
};

float view_shade(const struct view *v, float level) {
        /* A tenth of full scale at least: noise on an empty seat must not glow like a person. */
        float full = v->live.peak > 0.1 ? (float)v->live.peak : 0.1f;
        float shade = level / full;

        if (isnan(level))
                return VIEW_UNMEASURED;
        return shade > 1 ? 1 : shade > 0 ? shade : 0;
}

/* ---- words: nothing here may claim more than the estimate does ---- */

static bool is_person(const struct view *v) {
        return strcmp(v->live.occupancy, "person") == 0;
}

void view_label(const char *label) {
        printf("%-*s ", language_field_width(label, VIEW_LABEL_W), label);
}

void view_line(const char *label, const char *text) {
        view_label(label);
        puts(text);
}

bool view_is_sure(const struct view *v) {
        return is_person(v) && strcmp(v->live.posture, "unknown") != 0 && isfinite(v->live.confidence);
}

void view_list_words(const char *names, const char *(*words)(const char *), char *ret, size_t size) {
        char copy[VIEW_TEXT_MAX], *rest = copy, *name;
        size_t n = 0;

        snprintf(copy, sizeof(copy), "%s", names);
        ret[0] = '\0';
        while ((name = strsep(&rest, " ")) && n < size)
                n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? ", " : "", words(name));
}

void view_posture_words(const struct view *v, char *ret, size_t size) {
        if (!v->live.mat_online)
                snprintf(ret, size, "%s", _("no frames from the mat"));
        else if (strcmp(v->live.occupancy, "vacant") == 0)
                snprintf(ret, size, "%s", _("nobody on the seat"));
        else if (strcmp(v->live.occupancy, "object") == 0)
                snprintf(ret, size, "%s", _("something lies on the seat"));
        else if (!is_person(v))
                snprintf(ret, size, "%s",
                         *v->live.mat_doubt ? _("waiting for the first empty seat") : _("not decided yet"));
        else if (strcmp(v->live.posture, "unknown") == 0)
                snprintf(ret, size, "%s", _("sitting, not sure how"));
        else
                snprintf(ret, size, "%s", posture_text(v->live.posture));
}

static void write_uncertain(double value, double sd, const char *otherwise, char *ret, size_t size) {
        if (!isfinite(value) || !isfinite(sd))
                snprintf(ret, size, "%s", otherwise);
        else
                snprintf(ret, size, "%+.1f ± %.1f°", round(value * 10) / 10 + 0.0, sd); /* not -0.0 */
}

void view_tilt_words(const struct view *v, char *ret, size_t size) {
        const char *otherwise = _("unknown");

        if (!is_person(v))
                otherwise = _("unknown, nobody sits");
        else if (!v->live.referenced && v->kind != GEOMETRY_UNPLACED)
                otherwise = _("no upright reference yet");
        write_uncertain(v->live.tilt_deg, v->live.tilt_sd_deg, otherwise, ret, size);
}

void view_obliquity_words(const struct view *v, char *ret, size_t size) {
        write_uncertain(v->live.obliquity_deg, v->live.obliquity_sd_deg, _("unknown"), ret, size);
}

void view_balance_words(const struct view *v, char *ret, size_t size) {
        double percent = fabs(v->live.asymmetry) * 100;

        if (!isfinite(v->live.asymmetry))
                snprintf(ret, size, "%s", _("unknown"));
        else if (percent < 0.5)
                snprintf(ret, size, "%s", _("even"));
        else
                snprintf(ret, size, v->live.asymmetry > 0 ? _("%.0f %% to the right") : _("%.0f %% to the left"),
                         percent);
}

void view_duration_words(double s, char *ret, size_t size) {
        unsigned long whole;

        if (!isfinite(s) || s < 0 || s > 1e9) {
                snprintf(ret, size, "%s", _("unknown"));
                return;
        }
        whole = (unsigned long)s;
        if (whole < 60)
                snprintf(ret, size, "%lu s", whole);
        else if (whole < 3600)
                snprintf(ret, size, "%lu min", whole / 60);
        else
                snprintf(ret, size, "%lu h %02lu min", whole / 3600, whole / 60 % 60);
}

/* "1:10", and "1 h 05 min" for what is too long to count seconds. */
static void write_count(double seconds, char *ret, size_t size) {
        unsigned long s = isfinite(seconds) && seconds > 0 ? (unsigned long)seconds : 0;

        if (s < 3600)
                snprintf(ret, size, "%lu:%02lu", s / 60, s % 60);
        else
                view_duration_words(seconds, ret, size);
}

/* "away for 1:10, a break in 0:50" */
static void write_away(const struct live_values *v, char *ret, size_t size) {
        char away[32], left[32];

        write_count(v->away_s, away, sizeof(away));
        write_count(v->break_in_s, left, sizeof(left));
        if (isfinite(v->break_in_s))
                snprintf(ret, size, _("away for %s, a break in %s"), away, left);
        else
                snprintf(ret, size, _("away for %s"), away);
}

void view_seated_words(const struct view *v, char *ret, size_t size) {
        if (isfinite(v->live.away_s))
                write_away(&v->live, ret, size);
        else if (!isfinite(v->live.seated_since_s))
                snprintf(ret, size, "%s", _("not seated"));
        else
                view_duration_words(v->live.bout_seated_s, ret, size);
}

/* The reference is a laboratory study of 60 people who typed on a seat mat (Roynarin, Ergonomics 2024): 20 an hour. Other
 * instruments and definitions give other numbers: 36 (Davidson and Callaghan 2025). */
void view_shifts_words(const struct view *v, char *ret, size_t size) {
        if (isfinite(v->live.shifts_per_hour) && isfinite(v->live.shifts_target))
                snprintf(ret, size, _("coach: %.0f shifts an hour, target %.0f"), v->live.shifts_per_hour,
                         v->live.shifts_target);
        else if (isfinite(v->live.shifts_per_hour))
                snprintf(ret, size, _("%.0f an hour (study: 20)"), v->live.shifts_per_hour);
        else
                snprintf(ret, size, _("%u in this bout"), v->live.shifts);
}

void view_clock_words(uint64_t realtime_us, char *ret, size_t size) {
        time_t at = (time_t)(realtime_us / USEC_PER_SEC);
        struct tm tm;

        localtime_r(&at, &tm);
        strftime(ret, size, "%H:%M", &tm);
}

/* Local time of day of an instant. */
static void write_clock(const struct live_values *v, uint64_t at_us, char *ret, size_t size) {
        view_clock_words(v->realtime_us + at_us - v->now_us, ret, size);
}

static bool is_held(const struct live_values *v, const char *reason) {
        return strstr(v->held, reason) != NULL;
}

/* Writes the reason that inhibits every alert, and its time; false = none does. */
static bool write_held(const struct live_values *v, char *ret, size_t size) {
        char at[16];

        if (is_held(v, "pause")) {
                write_clock(v, v->paused_until_us, at, sizeof(at));
                snprintf(ret, size, _("paused until %s"), at);
        } else if (is_held(v, "disturb")) {
                write_clock(v, v->held_since_us, at, sizeof(at));
                if (*v->held_by)
                        snprintf(ret, size, _("held: do not disturb, by %s; since %s"), v->held_by, at);
                else
                        snprintf(ret, size, _("held: do not disturb, by you or an automation; since %s"), at);
        } else if (is_held(v, "quiet")) {
                write_clock(v, v->quiet_until_us, at, sizeof(at));
                snprintf(ret, size, _("held: quiet hours until %s"), at);
        } else if (is_held(v, "snooze")) {
                write_clock(v, v->snoozed_until_us, at, sizeof(at));
                snprintf(ret, size, _("snoozed until %s"), at);
        } else if (is_held(v, "day")) {
                snprintf(ret, size, "%s", _("held: no more alerts today, the setting daily_max"));
        } else {
                return false;
        }
        return true;
}

void view_next_words(const struct view *v, char *ret, size_t size) {
        char duration[32];

        if (write_held(&v->live, ret, size))
                return;
        if (v->live.alert_title[0]) {
                snprintf(ret, size, "%s", _("due now"));
        } else if (!isfinite(v->live.next_alert_in_s)) {
                snprintf(ret, size, "%s", _("none"));
        } else {
                view_duration_words(fmax(v->live.next_alert_in_s, 0), duration, sizeof(duration));
                snprintf(ret, size, _("in %s"), duration);
        }
}

void view_today_words(const struct view *v, char *ret, size_t size) {
        char duration[32];

        view_duration_words(v->live.sitting_today_s, duration, sizeof(duration));
        snprintf(ret, size, ngettext("%s, %u break", "%s, %u breaks", v->live.breaks_today), duration,
                 v->live.breaks_today);
}

void view_contact_words(const struct view *v, char *ret, size_t size) {
        if (isfinite(v->live.contact_area_cm2) && isfinite(v->live.peak))
                snprintf(ret, size, _("%.0f cm², peak %.0f %%"), v->live.contact_area_cm2, v->live.peak * 100);
        else if (isfinite(v->live.peak))
                snprintf(ret, size, _("area unknown, peak %.0f %%"), v->live.peak * 100);
        else
                snprintf(ret, size, "%s", _("unknown"));
}

void view_bones_words(const struct view *v, char *ret, size_t size) {
        const double *b = v->live.sit_bones.of;

        if (!isfinite(b[0] + b[1] + b[2] + b[3]))
                snprintf(ret, size, "%s", _("not found"));
        else
                snprintf(ret, size, _("%.0f mm apart, quality %.2f"), hypot(b[2] - b[0], b[3] - b[1]),
                         v->live.sit_bone_quality);
}

static bool has_link(const struct view *v, enum mat_state state) {
        return strcmp(v->live.mat_link, mat_state_name(state)) == 0;
}

/* A mat that pauses for this long sends only on change. */
static const double PAUSE_S = 5;

/* Lines and packets beside the frames, as the end of a phrase. */
static void write_others(const struct live_values *l, char *ret, size_t size) {
        size_t n = 0;

        ret[0] = '\0';
        if (l->refused > 0)
                n = (size_t)snprintf(ret, size, _(", %llu refused"), (unsigned long long)l->refused);
        if (l->words > 0 && n < size)
                snprintf(ret + n, size - n, ngettext(", %llu line of words", ", %llu lines of words", l->words),
                         (unsigned long long)l->words);
}

void view_mat_words(const struct view *v, char *ret, size_t size) {
        char others[96], quiet[32];

        view_duration_words(v->live.mat_quiet_s, quiet, sizeof(quiet));
        write_others(&v->live, others, sizeof(others));
        if (has_link(v, MAT_NO_DEVICE))
                snprintf(ret, size, "%s", _("no device"));
        else if (has_link(v, MAT_ENDED))
                snprintf(ret, size, "%s", _("the file has ended"));
        else if (has_link(v, MAT_WAITING))
                snprintf(ret, size, "%s", _("waiting for frames"));
        else if (has_link(v, MAT_NO_FRAMES))
                snprintf(ret, size, _("bytes, but no frames%s"), others);
        else if (!v->live.mat_online)
                snprintf(ret, size, _("silent for %s"), quiet);
        else if (v->live.mat_quiet_s > PAUSE_S)
                snprintf(ret, size, _("pausing for %s, the last frame holds%s"), quiet, others);
        else if (isfinite(v->live.frame_rate_hz))
                snprintf(ret, size, _("%.1f frames/s%s"), v->live.frame_rate_hz, others);
        else
                snprintf(ret, size, _("online%s"), others);
}

/* ---- JSON ---- */

json_t *view_bones_json(const struct live_values *v) {
        const double *mm = v->sit_bones.of;

        if (!isfinite(mm[0] + mm[1] + mm[2] + mm[3]))
                return json_null();
        return json_pack("{s:[o,o],s:[o,o],s:o}", "left_mm", live_json_number(mm[0], 0), live_json_number(mm[1], 0),
                         "right_mm", live_json_number(mm[2], 0), live_json_number(mm[3], 0), "quality",
                         live_json_number(v->sit_bone_quality, 2));
}

/* Each calibrated pose with its separation from upright. */
static json_t *make_poses(const struct live_values *v) {
        json_t *poses = json_object();
        const char *rest = v->poses;
        size_t n;

        for (int i = 0; i < LIVE_ARRAY_MAX && (n = strcspn(rest, " ")) > 0; i++, rest += n + (rest[n] == ' ')) {
                char pose[LIVE_WORD_MAX];

                snprintf(pose, sizeof(pose), "%.*s", (int)n, rest);
                json_object_set_new(poses, pose, live_json_number(v->separation.of[i], 1));
        }
        return poses;
}

static json_t *make_alert(const struct live_values *v) {
        if (!v->alert_kind[0])
                return json_null();
        return json_pack("{s:s,s:s,s:s,s:s,s:s}", "id", v->alert_id, "kind", v->alert_kind, "title", v->alert_title,
                         "reason", v->alert_reason, "exercise", v->alert_exercise);
}

void view_print_json(FILE *f, const struct view *v) {
        json_t *root = json_object();

        live_json_put(root, &v->live, LIVE_STATUS);
        /* these two are objects in JSON, and lists on D-Bus */
        json_object_set_new(root, "sit_bones", view_bones_json(&v->live));
        json_object_set_new(root, "calibrated_poses", make_poses(&v->live));
        json_object_set_new(root, "alert", make_alert(&v->live));
        live_json_print(f, root);
}
