/* SPDX-License-Identifier: MIT */
/* why: what is due when, what holds it, and why the last alert came. Words are put here to what GetWhy says. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>

#include "contract/bus_alert.h"
#include "contract/bus_names.h"
#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/live/get_why.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"

/* ---- in words ---- */

static const char *text_of(const json_t *o, const char *key) {
        const char *text = json_string_value(json_object_get(o, key));

        return text ? text : "";
}

static uint64_t count_of(const json_t *o, const char *key) {
        return (uint64_t)json_integer_value(json_object_get(o, key));
}

/* 14:05 by this machine's clock */
static void clock_words(uint64_t realtime_us, char *ret, size_t size) {
        time_t t = (time_t)(realtime_us / USEC_PER_SEC);
        struct tm tm;

        localtime_r(&t, &tm);
        strftime(ret, size, "%H:%M", &tm);
}

/* "4 min", "40 s" */
static void length_words(double s, char *ret, size_t size) {
        if (s >= 60)
                snprintf(ret, size, "%.0f min", s / 60);
        else
                snprintf(ret, size, "%.0f s", s);
}

static void print_until(const json_t *all, const char *key, const char *what) {
        char at[16];

        if (count_of(all, key) == 0)
                return;
        clock_words(count_of(all, key), at, sizeof(at));
        view_label(_("held"));
        printf(_("%s until %s\n"), what, at);
}

static void print_held(const json_t *all) {
        uint64_t disturb = count_of(all, "disturb"), most = count_of(all, "daily_max");

        print_until(all, "snoozed_until", _("snoozed"));
        print_until(all, "paused_until", _("paused"));
        print_until(all, "quiet_until", _("quiet hours"));
        if (disturb & (1U << ALERT_INHIBITOR_PERSON))
                view_line(_("held"), _("do not disturb: said by you or an automation, until sitbonectl hold off"));
        if (disturb & (1U << ALERT_INHIBITOR_DESKTOP))
                view_line(_("held"), _("do not disturb: the desktop says so"));
        if (most > 0 && count_of(all, "alerts_today") >= most) {
                view_label(_("held"));
                printf(ngettext("%llu alert today, no more until midnight\n",
                                "%llu alerts today, no more until midnight\n", most),
                       (unsigned long long)most);
        }
}

/* What stands against this kind alone. */
static const char *obstacle(const json_t *kind) {
        static const struct {
                const char *word, *said;
        } of[] = {
                {"off", N_("switched off")},
                {"open", N_("open now")},
                {"away", N_("nobody is known to sit")},
                {"moment", N_("due, waits for a lull or a change of posture")},
                {"confidence", N_("the posture is not sure enough")},
                {"gap", N_("the last posture alert is too fresh")},
        };

        for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
                if (strstr(text_of(kind, "held"), of[i].word))
                        return _(of[i].said);
        return NULL;
}

static void print_kind(const json_t *kind, uint64_t now_us) {
        uint64_t due_us = count_of(kind, "due_at");
        const char *against = obstacle(kind);
        char at[16], in[32];

        view_label(alert_kind_text(text_of(kind, "kind")));
        if (against) {
                printf("%s", against);
        } else if (due_us == 0) {
                printf(_("not due as it is now"));
        } else if (due_us <= now_us) {
                printf("%s", *text_of(kind, "held") ? _("due, but held") : _("due now"));
        } else {
                clock_words(due_us, at, sizeof(at));
                length_words((double)(due_us - now_us) / (double)USEC_PER_SEC, in, sizeof(in));
                printf(_("due at %s, in %s if nothing changes"), at, in);
        }
        if (strncmp(text_of(kind, "held"), "off", 3) != 0) /* the first that is named */
                printf(_(" (%.1f of %.1f min)"), (double)count_of(kind, "have_s") / 60,
                       (double)count_of(kind, "need_s") / 60);
        putchar('\n');
}

static const char *moment_said(const char *moment) {
        if (strcmp(moment, "lull") == 0)
                return _("it came in a lull");
        if (strcmp(moment, "change") == 0)
                return _("it came as you moved");
        return strcmp(moment, "limit") == 0 ? _("it had waited long enough for a lull") : _("it came at once");
}

static void print_exercise(const char *name, const char *why) {
        if (!*name)
                return;
        view_label("");
        printf("%s: %s\n", name, *why ? why : _("it was its turn"));
}

/* The words of the last alert: the daemon's, or our own. */
static void last_words(json_t *all, struct alert_words *ret) {
        struct bus_alert alert = {.kind = ALERT_ACTIVATE};
        const char *key;
        json_t *value;

        json_object_foreach(all, key, value) {
                if (strncmp(key, "last_", 5) == 0)
                        bus_alert_set_value(&alert, key + 5, json_string_value(value),
                                            json_is_null(value) ? (double)NAN : json_number_value(value));
        }
        if (alert_words_make(&alert, text_of(all, "last_kind"), ret))
                return;
        snprintf(ret->reason, sizeof(ret->reason), "%s", text_of(all, "last_reason"));
        snprintf(ret->chosen, sizeof(ret->chosen), "%s", text_of(all, "last_exercise_why"));
        snprintf(ret->exercise, sizeof(ret->exercise), "%s", text_of(all, "last_exercise_name"));
}

static void print_last(json_t *all) {
        double latency_s = json_number_value(json_object_get(all, "last_latency_s"));
        const char *outcome = text_of(all, "last_outcome");
        bool pending = strcmp(outcome, "pending") == 0;
        char at[16], after[32];
        struct alert_words words;

        if (!*text_of(all, "last_kind")) {
                view_line(_("last"), _("no alert yet"));
                return;
        }
        last_words(all, &words);
        clock_words(count_of(all, "last_at"), at, sizeof(at));
        view_label(_("last"));
        printf(_("%s at %s: %s; %s\n"), alert_kind_text(text_of(all, "last_kind")), at, words.reason,
               moment_said(text_of(all, "last_moment")));
        print_exercise(words.exercise, words.chosen);
        if (latency_s < 0) {
                view_line("", pending ? _("nothing came of it yet") : alert_outcome_text(outcome));
                return;
        }
        length_words(latency_s, after, sizeof(after));
        view_label("");
        printf(_("%s, after %s\n"), pending ? _("you left the seat") : alert_outcome_text(outcome), after);
}

/* Whether today is a day of strengthening, and why. */
static void print_session(const json_t *all) {
        char when[128];

        if (!*text_of(all, "session"))
                return;
        workout_words(all, when, sizeof(when));
        view_line(_("session"), when);
}

static void print_words(json_t *all) {
        const json_t *kind;
        size_t i;

        print_held(all);
        json_array_foreach(json_object_get(all, "kinds"), i, kind) print_kind(kind, clock_realtime_us());
        print_last(all);
        print_session(all);
}

static int run_why(const struct options *options) {
        json_t *all = json_object();
        int status = get_why(options, all);

        if (status == STATUS_DONE && options->json) {
                json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
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
