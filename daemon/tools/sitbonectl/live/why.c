/* SPDX-License-Identifier: MIT */
/* why: shows what is due when, what inhibits it, and why the last alert came, from the answer to GetWhy. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "contract/bus_alert.h"
#include "contract/live_json.h"
#include "tools/sitbonectl/live/get_why.h"
#include "tools/sitbonectl/view/values.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"

static const char *get_text(const json_t *o, const char *key) {
        const char *text = json_string_value(json_object_get(o, key));

        return text ? text : "";
}

static uint64_t get_count(const json_t *o, const char *key) {
        return (uint64_t)json_integer_value(json_object_get(o, key));
}

/* "4 min", "40 s" */
static void format_duration(double s, char *ret, size_t size) {
        if (s >= 60)
                snprintf(ret, size, "%.0f min", s / 60);
        else
                snprintf(ret, size, "%.0f s", s);
}

static void print_until(const json_t *all, const char *key, const char *what) {
        char at[16];

        if (get_count(all, key) == 0)
                return;
        view_clock_words(get_count(all, key), at, sizeof(at));
        view_label(_("inhibited"));
        printf(_("%s until %s\n"), what, at);
}

/* The source of the oldest request and its age; a request that is overridden has none. */
static void print_source(const json_t *all, bool requested) {
        const char *by = get_text(all, "inhibited_by");
        char at[16];

        if (!requested)
                return;
        if (get_count(all, "inhibited_since") == 0) {
                view_line("", _("for so long that the setting inhibit_most_min overrides it"));
                return;
        }
        view_clock_words(get_count(all, "inhibited_since"), at, sizeof(at));
        view_label("");
        if (*by)
                printf(_("by %s, since %s\n"), by, at);
        else
                printf(_("since %s\n"), at);
}

static void print_inhibitions(const json_t *all) {
        uint64_t inhibitors = get_count(all, "disturb"), most = get_count(all, "daily_max");

        print_until(all, "snoozed_until", _("snoozed"));
        print_until(all, "paused_until", _("paused"));
        print_until(all, "quiet_until", _("quiet hours"));
        if (inhibitors & (1U << ALERT_INHIBITOR_PERSON))
                view_line(_("inhibited"), _("Do Not Disturb: set by you or an automation, until sitbonectl hold off"));
        if (inhibitors & (1U << ALERT_INHIBITOR_DESKTOP))
                view_line(_("inhibited"), _("Do Not Disturb: set by the desktop"));
        print_source(all, inhibitors != 0);
        if (most > 0 && get_count(all, "alerts_today") >= most) {
                view_label(_("inhibited"));
                printf(ngettext("%llu alert today, no more until midnight\n",
                                "%llu alerts today, no more until midnight\n", most),
                       (unsigned long long)most);
        }
}

/* The reason that inhibits this kind of alert alone; NULL = none. */
static const char *find_obstacle(const json_t *kind) {
        static const struct {
                const char *word, *text;
        } reasons[] = {
                {"off", N_("switched off")},
                {"open", N_("open now")},
                {"away", N_("nobody sits, as far as is known")},
                {"moment", N_("due, waits for a lull or a change of posture")},
                {"confidence", N_("the posture is not certain enough")},
                {"gap", N_("the last posture alert is too recent")},
                {"other", N_("another alert is open, was shown lately, or is about to come")},
        };

        for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
                if (strstr(get_text(kind, "held"), reasons[i].word))
                        return _(reasons[i].text);
        return NULL;
}

static void print_kind(const json_t *kind, uint64_t now_us) {
        uint64_t due_us = get_count(kind, "due_at");
        const char *reason = find_obstacle(kind);
        char at[16], in[32];

        view_label(alert_kind_text(get_text(kind, "kind")));
        if (reason) {
                printf("%s", reason);
        } else if (due_us == 0) {
                printf(_("not due as it is now"));
        } else if (due_us <= now_us) {
                printf("%s", *get_text(kind, "held") ? _("due, but inhibited") : _("due now"));
        } else {
                view_clock_words(due_us, at, sizeof(at));
                format_duration((double)(due_us - now_us) / (double)USEC_PER_SEC, in, sizeof(in));
                printf(_("due at %s, in %s if nothing changes"), at, in);
        }
        if (strncmp(get_text(kind, "held"), "off", 3) != 0) /* "off" comes first in the list */
                printf(_(" (%.1f of %.1f min)"), (double)get_count(kind, "have_s") / 60,
                       (double)get_count(kind, "need_s") / 60);
        putchar('\n');
}

static const char *explain_moment(const char *moment) {
        if (strcmp(moment, "lull") == 0)
                return _("it came in a lull");
        if (strcmp(moment, "change") == 0)
                return _("it came with a change of posture");
        return strcmp(moment, "limit") == 0 ? _("it had waited long enough for a lull") : _("it came at once");
}

static void print_exercise(const char *name, const char *why) {
        if (!*name)
                return;
        view_label("");
        printf("%s: %s\n", name, *why ? why : _("it was its turn"));
}

/* The words of the last alert, in the user's language; in English by the daemon if its values are incomplete. */
static void make_last_words(json_t *all, struct alert_words *ret) {
        struct bus_alert alert = {.kind = ALERT_ACTIVATE};
        const char *key;
        json_t *value;

        json_object_foreach(all, key, value) {
                if (strncmp(key, "last_", 5) == 0)
                        bus_alert_set_value(&alert, key + 5, json_string_value(value),
                                            json_is_null(value) ? (double)NAN : json_number_value(value));
        }
        if (alert_words_make(&alert, get_text(all, "last_kind"), ret))
                return;
        snprintf(ret->reason, sizeof(ret->reason), "%s", get_text(all, "last_reason"));
        snprintf(ret->chosen, sizeof(ret->chosen), "%s", get_text(all, "last_exercise_why"));
        snprintf(ret->exercise, sizeof(ret->exercise), "%s", get_text(all, "last_exercise_name"));
}

static void print_last(json_t *all) {
        double latency_s = json_number_value(json_object_get(all, "last_latency_s"));
        const char *outcome = get_text(all, "last_outcome");
        bool pending = strcmp(outcome, "pending") == 0;
        char at[16], after[32];
        struct alert_words words;

        if (!*get_text(all, "last_kind")) {
                view_line(_("last"), _("no alert yet"));
                return;
        }
        make_last_words(all, &words);
        view_clock_words(get_count(all, "last_at"), at, sizeof(at));
        view_label(_("last"));
        printf(_("%s at %s: %s; %s\n"), alert_kind_text(get_text(all, "last_kind")), at, words.reason,
               explain_moment(get_text(all, "last_moment")));
        print_exercise(words.exercise, words.chosen);
        if (latency_s < 0) {
                view_line("", pending ? _("no outcome yet") : alert_outcome_text(outcome));
                return;
        }
        format_duration(latency_s, after, sizeof(after));
        view_label("");
        printf(_("%s, after %s\n"), pending ? _("you left the seat") : alert_outcome_text(outcome), after);
}

/* Prints whether a workout is planned for today, and why. */
static void print_workout(const json_t *all) {
        char when[128];

        if (!*get_text(all, "session"))
                return;
        workout_words(all, when, sizeof(when));
        view_line(_("session"), when);
}

static void print_coach(const json_t *all) {
        struct view v = {0};
        char words[128];

        if (!json_object_get(all, "shifts_target"))
                return;
        v.live.shifts_per_hour = json_number_value(json_object_get(all, "shifts_per_hour"));
        v.live.shifts_target = json_number_value(json_object_get(all, "shifts_target"));
        view_shifts_words(&v, words, sizeof(words));
        view_line(_("shifts"), words);
}

static void print_words(json_t *all) {
        const json_t *kind;
        size_t i;

        print_inhibitions(all);
        json_array_foreach(json_object_get(all, "kinds"), i, kind) print_kind(kind, clock_realtime_us());
        if (json_is_true(json_object_get(all, "trial")))
                view_line(_("trial"), _("runs: a prompt to stand up may come up to 10 min after it is due"));
        print_coach(all);
        print_last(all);
        print_workout(all);
}

static int run_why(const struct options *options) {
        json_t *all = json_object();
        int status = get_why(options, all);

        if (status == STATUS_DONE && options->json) {
                live_json_write(stdout, json_incref(all), JSON_COMPACT | JSON_REAL_PRECISION(9));
                putchar('\n');
        } else if (status == STATUS_DONE) {
                print_words(all);
        }
        json_decref(all);
        return status;
}

const struct ctl_command why_command = {
        .name = "why",
        .arguments = "",
        .summary = "show what is due when, what inhibits it, and the last alert",
        .examples = "  sitbonectl why\n"
                    "  sitbonectl why --json | jq .kinds\n",
        .options = {{"json"}, {"bus"}, {"seat"}},
        .run = run_why,
};
