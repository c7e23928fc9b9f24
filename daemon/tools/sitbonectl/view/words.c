/* SPDX-License-Identifier: MIT */
/* Values of a view as words. Nothing here may claim more than the estimate does. */
#include "tools/sitbonectl/view/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/language.h"
#include "words/names.h"
#include "words/sentences.h"

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

void view_poses_words(const char *poses, char *ret, size_t size) {
        char names[VIEW_TEXT_MAX], *rest = names, *pose;
        size_t n = 0;

        snprintf(names, sizeof(names), "%s", poses);
        ret[0] = '\0';
        while ((pose = strsep(&rest, " ")) && n < size)
                n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? ", " : "", posture_text(pose));
}

void view_posture_words(const struct view *v, char *ret, size_t size) {
        if (!v->live.mat_online)
                snprintf(ret, size, "%s", _("no frames from the mat"));
        else if (strcmp(v->live.occupancy, "vacant") == 0)
                snprintf(ret, size, "%s", _("nobody on the seat"));
        else if (strcmp(v->live.occupancy, "object") == 0)
                snprintf(ret, size, "%s", _("something lies on the seat"));
        else if (!is_person(v))
                snprintf(ret, size, "%s", _("not decided yet"));
        else if (strcmp(v->live.posture, "unknown") == 0)
                snprintf(ret, size, "%s", _("sitting, not sure how"));
        else
                snprintf(ret, size, "%s", posture_text(v->live.posture));
}

void view_uncertain_words(double value, double sd, const char *otherwise, char *ret, size_t size) {
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
        view_uncertain_words(v->live.tilt_deg, v->live.tilt_sd_deg, otherwise, ret, size);
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

void view_seated_words(const struct view *v, char *ret, size_t size) {
        if (!isfinite(v->live.seated_since_s))
                snprintf(ret, size, "%s", _("not seated"));
        else
                view_duration_words(v->live.bout_seated_s, ret, size);
}

void view_next_words(const struct view *v, char *ret, size_t size) {
        char duration[32];

        if (isfinite(v->live.snooze_left_s) && v->live.snooze_left_s > 0) {
                view_duration_words(v->live.snooze_left_s, duration, sizeof(duration));
                snprintf(ret, size, _("snoozed, %s left"), duration);
        } else if (v->live.alert_title[0]) {
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

void view_place_words(const struct view *v, char *ret, size_t size) {
        struct place place = {.moved_x_mm = (float)v->live.mat_moved_x_mm,
                              .moved_y_mm = (float)v->live.mat_moved_y_mm};

        *ret = '\0';
        place.turned_deg = isfinite(v->live.mat_turned_deg) ? (int)v->live.mat_turned_deg : 0;
        for (int i = 0; i < PLACE_VERDICT_N; i++) {
                place.verdict = (enum place_verdict)i;
                if (strcmp(v->live.mat_place, place_name(place.verdict)) == 0)
                        place_text(&place, ret, size);
        }
}

void view_mat_words(const struct view *v, char *ret, size_t size) {
        char refused[48] = "";

        if (v->live.refused > 0)
                snprintf(refused, sizeof(refused), _(", %llu refused"), (unsigned long long)v->live.refused);
        if (!v->live.mat_online)
                snprintf(ret, size, _("silent%s"), refused);
        else if (isfinite(v->live.frame_rate_hz))
                snprintf(ret, size, _("%.1f frames/s%s"), v->live.frame_rate_hz, refused);
        else
                snprintf(ret, size, _("online%s"), refused);
}

void view_unmeasured_words(const struct view *v, char *ret, size_t size) {
        snprintf(ret, size, _("not measured: %u"), view_unmeasured(v));
}
