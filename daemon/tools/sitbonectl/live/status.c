/* SPDX-License-Identifier: MIT */
/* status and tare: the seat as it is now. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"
#include "words/sentences.h"

static void print_line(const char *label, void (*words)(const struct view *, char *, size_t), const struct view *v) {
        char text[VIEW_TEXT_MAX];

        words(v, text, sizeof(text));
        view_line(label, text);
}

static void print_posture(const struct view *v) {
        char text[VIEW_TEXT_MAX];

        view_posture_words(v, text, sizeof(text));
        view_label(v->live.seat_name[0] ? v->live.seat_name : _("seat"));
        printf("%s%s", language_columns(v->live.seat_name, strlen(v->live.seat_name)) > VIEW_LABEL_W ? " " : "", text);
        if (view_is_sure(v))
                printf(_(" (%.0f %% sure)"), v->live.confidence * 100);
        putchar('\n');
}

static void print_sitter(const struct view *v) {
        print_line(_("tilt"), view_tilt_words, v);
        if (!v->live.referenced)
                view_line(
                        "",
                        _("sit upright and still, or run sitbonectl calibrate upright: the reference is then learnt"));
        print_line(_("obliquity"), view_obliquity_words, v);
        print_line(_("balance"), view_balance_words, v);
        print_line(_("shifts"), view_shifts_words, v);
}

static void print_learning(const struct view *v) {
        if (strcmp(v->live.learning, "gathers") == 0) {
                view_label(_("learning"));
                printf(_("%s, %.0f s left\n"), posture_text(v->live.learning_what), v->live.learning_left_s);
        }
        if (isfinite(v->live.squeezed_s)) {
                view_label(_("squeezes"));
                printf(_("%u in this bout, held %.0f s in all%s\n"), v->live.squeezes, v->live.squeezed_s,
                       v->live.squeezing == MAYBE_YES ? _("; now") : "");
                if (isfinite(v->live.squeeze_goal_s)) {
                        view_label("");
                        printf(_("today %.0f of %.0f s\n"), v->live.squeezed_today_s, v->live.squeeze_goal_s);
                }
        }
        if (v->live.taught_postures[0])
                view_line(_("knows"), v->live.taught_postures);
}

static void print_calibration(const struct view *v) {
        char poses[VIEW_TEXT_MAX];

        if (v->live.sitter[0]) {
                view_label(_("sitter"));
                printf(_("%s (%.0f %% sure)\n"), v->live.sitter, v->live.sitter_confidence * 100);
        }
        if (v->live.poses[0]) {
                view_list_words(v->live.poses, posture_text, poses, sizeof(poses));
                view_line(_("calibrated"), poses);
        }
        if (v->live.calibration_stale[0]) {
                view_label(_("calibration"));
                printf(_("may be stale: %s. sitbonectl calibrate\n"), language_translate(v->live.calibration_stale));
        }
        print_learning(v);
}

/* "" = the mat was not moved. */
static void write_place(const struct view *v, char *ret, size_t size) {
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

static void print_status(const struct view *v) {
        char place[VIEW_TEXT_MAX], measures[VIEW_TEXT_MAX];

        print_posture(v);
        if (v->live.taught[0])
                view_line(_("taught"), v->live.taught);
        if (strcmp(v->live.occupancy, "person") == 0)
                print_sitter(v);
        print_calibration(v);
        print_line(_("seated"), view_seated_words, v);
        print_line(_("today"), view_today_words, v);
        print_line(_("next alert"), view_next_words, v);
        if (v->live.trial)
                view_line(_("trial"), _("runs: a prompt to stand up may come up to 10 min after it is due"));
        if (v->live.alert_title[0]) {
                view_label(_("alert"));
                printf("%s: %s%s%s (%s)\n", v->live.alert_title, v->live.alert_reason,
                       v->live.alert_exercise[0] ? ". " : "", v->live.alert_exercise, v->live.alert_id);
        }
        print_line(_("mat"), view_mat_words, v);
        if (!v->live.mat_online && *v->live.mat_trouble)
                view_line("", v->live.mat_trouble);
        if (v->live.measures[0]) {
                view_list_words(v->live.measures, measure_text, measures, sizeof(measures));
                view_line(_("measures"), measures);
        }
        if (v->live.mat_online && *v->live.mat_doubt)
                view_line("", language_translate(map_doubt_text(v->live.mat_doubt)));
        write_place(v, place, sizeof(place));
        if (*place)
                view_line("", place);
        if (v->live.history_lost > 0) {
                view_label(_("history"));
                printf(ngettext("%llu entry lost\n", "%llu entries lost\n", v->live.history_lost),
                       (unsigned long long)v->live.history_lost);
        }
        view_line("mqtt", v->live.mqtt[0] ? language_translate(v->live.mqtt) : _("off"));
}

static int run_status(const struct options *options) {
        struct view *view = malloc(sizeof(*view));
        struct link link;
        int status, r;

        if (!view)
                return complain_of_memory();
        status = link_open(options, &link);
        if (status == STATUS_DONE) {
                r = link_live(&link, view);
                link_close(&link);
                if (r < 0) {
                        status = link_lost(r);
                } else if (options->json) {
                        view_print_json(stdout, view);
                } else {
                        print_status(view);
                }
        }
        free(view);
        return status;
}

static int run_tare(const struct options *options) {
        return link_command(options, _("The seat as it is now counts as empty."),
                            options->empty ? "TareEmpty" : "Tare", "");
}

const struct ctl_command status_command = {
        .name = "status",
        .arguments = "",
        .summary = "show occupancy, posture, sitting time and the next alert",
        .examples = "  sitbonectl status\n"
                    "  sitbonectl status --json | jq .posture\n",
        .options = {{"json"}, {"bus"}, {"seat"}},
        .run = run_status,
};

const struct ctl_command tare_command = {
        .name = "tare",
        .arguments = "",
        .summary = "the seat as it is now counts as empty",
        .examples = "  sitbonectl tare\n"
                    "  sitbonectl tare --empty\n",
        .notes = "Nobody and nothing may be on the seat. A seat that reads like a person is refused, unless you state "
                 "with --empty that it is empty, or repeat the command within a minute.",
        .options = {{"empty", "the seat is empty, whatever it reads like"}, {"bus"}, {"seat"}},
        .run = run_tare,
};
