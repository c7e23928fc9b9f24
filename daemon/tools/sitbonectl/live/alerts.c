/* SPDX-License-Identifier: MIT */
/* Commands that answer alerts or inhibit them. */
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "contract/live_json.h"
#include "tools/sitbonectl/live/daemon_link.h"
#include "util/language.h"
#include "words/names.h"

#define JSON_OPTION                                                                                                   \
        { "json", "print JSON: text, until (ISO 8601), alert_id, alert_kind; or error" }

enum { MINUTES_A_DAY = 1440, SNOOZE_MAX_MIN = 240, PAUSE_MAX_MIN = 1440 };

/* "90", "90m", "90 min", "2h", "1h30" or "1.5h"; 0 = none of these. */
static unsigned long parse_duration(const char *text) {
        double minutes = 0;
        bool hours = true; /* minutes follow hours, and nothing follows minutes */

        while (*text && hours) {
                size_t digits = strspn(text, "0123456789."), n;
                char *unit;
                double number = strtod(text, &unit);

                if (digits == 0 || unit != text + digits)
                        return 0;
                unit += *unit == ' ';
                n = strspn(unit, "abcdefghijklmnopqrstuvwxyz");
                hours = n > 0 && strncmp(unit, "hours", n) == 0;
                if (n > 0 && !hours && strncmp(unit, "minutes", n) != 0)
                        return 0;
                minutes += hours ? number * 60 : number;
                text = unit + n;
                text += *text == ' ';
        }
        return *text || !(minutes <= PAUSE_MAX_MIN) ? 0 : (unsigned long)minutes;
}

/* Minutes from now until "15:30", today or tomorrow; 0 = no time of day. */
static unsigned long parse_time_of_day(const char *text) {
        time_t now = time(NULL);
        struct tm at = {0}, local;
        const char *end = strptime(text, "%H:%M", &at);
        int minutes;

        if (!end || *end)
                return 0;
        localtime_r(&now, &local);
        minutes = (at.tm_hour - local.tm_hour) * 60 + at.tm_min - local.tm_min;
        return (unsigned long)(minutes > 0 ? minutes : minutes + MINUTES_A_DAY);
}

/* Without an argument *ret is 0: the daemon uses its own setting. */
static int parse_minutes(const struct options *options, const char *command, unsigned long most, uint32_t *ret) {
        bool until = options->n_args == 2 && strcmp(options->args[0], "until") == 0;
        unsigned long minutes;
        char text[64];

        *ret = 0;
        if (options->n_args == 0)
                return STATUS_DONE;
        snprintf(text, sizeof(text), "%s%s%s", options->args[0], options->n_args == 2 ? " " : "",
                 options->n_args == 2 ? options->args[1] : "");
        if (until)
                minutes = parse_time_of_day(options->args[1]);
        else
                minutes = parse_duration(text);
        if (minutes >= 1 && minutes <= most) {
                *ret = (uint32_t)minutes;
                return STATUS_DONE;
        }
        complain(_("%s %s: must be 1 to %lu minutes, as in 90, 90m, 2h or until 15:30"), command, text, most);
        return STATUS_USAGE;
}

/* "15:30", or "Tue 15:30" on another day. */
static void print_clock_time(uint64_t wall_us, char *ret, size_t size) {
        time_t at = (time_t)(wall_us / 1000000), now = time(NULL);
        struct tm then, today;

        localtime_r(&at, &then);
        localtime_r(&now, &today);
        strftime(ret, size, then.tm_yday == today.tm_yday ? "%H:%M" : "%a %H:%M", &then);
}

/* The sentence; with --json also what it names. */
__attribute__((format(printf, 3, 4))) static void
print_answer(const struct options *options, const struct link_answer *answer, const char *format, ...) {
        time_t until = (time_t)(answer->until_us / 1000000);
        char text[512], iso[32] = "";
        struct tm utc;
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        if (until > 0)
                strftime(iso, sizeof(iso), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&until, &utc));
        if (options->json)
                live_json_print(stdout, json_pack("{s:o, s:o, s:o, s:o}", "text", live_json_text(text), "until",
                                                  live_json_text(iso), "alert_id", live_json_text(answer->alert_id),
                                                  "alert_kind", live_json_text(answer->alert_kind)));
        else
                puts(text);
}

static int run_snooze(const struct options *options) {
        struct link_answer answer;
        char until[32];
        uint32_t minutes;
        int status;

        if (parse_minutes(options, "snooze", SNOOZE_MAX_MIN, &minutes) != STATUS_DONE)
                return STATUS_USAGE;
        if (options->alert)
                status = link_ask(options, &answer, "SnoozeAlert", "su", options->alert, minutes);
        else
                status = link_ask(options, &answer, "Snooze", "u", minutes);
        if (status != STATUS_DONE)
                return status;
        print_clock_time(answer.until_us, until, sizeof(until));
        if (!*answer.alert_id)
                print_answer(options, &answer, _("Snoozed until %s."), until);
        else
                print_answer(options, &answer, _("Snoozed until %s: alert %s (%s)."), until, answer.alert_id,
                             alert_kind_text(answer.alert_kind));
        return STATUS_DONE;
}

static int run_pause(const struct options *options) {
        struct link_answer answer;
        char until[32];
        uint32_t minutes;
        int status;

        if (parse_minutes(options, "pause", PAUSE_MAX_MIN, &minutes) != STATUS_DONE)
                return STATUS_USAGE;
        status = link_ask(options, &answer, "Pause", "u", minutes);
        if (status != STATUS_DONE)
                return status;
        print_clock_time(answer.until_us, until, sizeof(until));
        print_answer(options, &answer, _("Paused until %s. sitbonectl resume ends it."), until);
        return STATUS_DONE;
}

static int run_resume(const struct options *options) {
        return link_command(options, _("Neither paused nor snoozed any more."), "Resume", "");
}

/* Calls method for the alert that is open, or METHODAlert for the one that is named. */
static int answer_alert(const struct options *options, const char *method, const char *method_alert,
                        struct link_answer *ret) {
        if (options->n_args == 0)
                return link_ask(options, ret, method, "");
        return link_ask(options, ret, method_alert, "s", options->args[0]);
}

static int run_done(const struct options *options) {
        struct link_answer answer;
        int status = answer_alert(options, "Done", "DoneAlert", &answer);

        if (status != STATUS_DONE)
                return status;
        if (strcmp(answer.alert_kind, "activate") == 0)
                print_answer(options, &answer,
                             _("Alert %s (%s): done. The next prompt comes a full interval from now."),
                             answer.alert_id, alert_kind_text(answer.alert_kind));
        else
                print_answer(options, &answer, _("Alert %s (%s): done. The prompt to stand up comes as planned."),
                             answer.alert_id, alert_kind_text(answer.alert_kind));
        return STATUS_DONE;
}

static int run_skip(const struct options *options) {
        struct link_answer answer;
        int status = answer_alert(options, "Skip", "SkipAlert", &answer);

        if (status != STATUS_DONE)
                return status;
        if (strcmp(answer.alert_kind, "activate") == 0)
                print_answer(options, &answer,
                             _("Alert %s (%s): skipped. The next prompt comes a full interval from now."),
                             answer.alert_id, alert_kind_text(answer.alert_kind));
        else
                print_answer(options, &answer, _("Alert %s (%s): skipped. The prompt to stand up comes as planned."),
                             answer.alert_id, alert_kind_text(answer.alert_kind));
        return STATUS_DONE;
}

static int run_hold(const struct options *options) {
        bool on = strcmp(options->args[0], "on") == 0;

        if (!on && strcmp(options->args[0], "off") != 0) {
                complain(_("hold %s: must be on or off"), options->args[0]);
                return STATUS_USAGE;
        }
        return link_command(options, on ? _("Alerts wait until sitbonectl hold off.") : _("Alerts come again."),
                            "Hold", "bs", on, "");
}

const struct ctl_command snooze_command = {
        .name = "snooze",
        .arguments = "[MIN]",
        .max_args = 2,
        .summary = "no alerts for MIN minutes; counted",
        .examples = "  sitbonectl snooze\n"
                    "  sitbonectl snooze 30\n",
        .notes = "MIN is 1 to 240, also as 30m, 2h, 1h30 or until 15:30; the default is the setting [alert] "
                 "snooze_min. The "
                 "setting snoozes_max "
                 "limits the number a day. With --alert ID only that alert is put off, and others still come.",
        .options = {{"bus"}, {"seat"}, {"alert"}, JSON_OPTION},
        .run = run_snooze,
};

const struct ctl_command done_command = {
        .name = "done",
        .arguments = "[ID]",
        .max_args = 1,
        .summary = "close the alert: the exercise was done",
        .examples = "  sitbonectl done\n"
                    "  sitbonectl done 7\n",
        .notes = "ID is the number of an alert, as in status --json and in its events; the default is the one that is "
                 "open. Only the prompt to stand up starts the time to the next prompt again.",
        .options = {{"bus"}, {"seat"}, JSON_OPTION},
        .run = run_done,
};

const struct ctl_command skip_command = {
        .name = "skip",
        .arguments = "[ID]",
        .max_args = 1,
        .summary = "close the alert: not this time",
        .examples = "  sitbonectl skip\n"
                    "  sitbonectl skip 7\n",
        .notes = "ID is as in done. Skips are counted apart from snoozes.",
        .options = {{"bus"}, {"seat"}, JSON_OPTION},
        .run = run_skip,
};

const struct ctl_command pause_command = {
        .name = "pause",
        .arguments = "[MIN]",
        .max_args = 2,
        .summary = "no alerts for MIN minutes; not counted, for a meeting",
        .examples = "  sitbonectl pause\n"
                    "  sitbonectl pause 90\n",
        .notes = "MIN is 1 to 1440, also as 90m, 2h, 1h30 or until 15:30; the default is the setting [alert] "
                 "pause_min. A "
                 "pause ends by itself.",
        .options = {{"bus"}, {"seat"}, JSON_OPTION},
        .run = run_pause,
};

static int run_ha_remove(const struct options *options) {
        return link_command(options,
                            _("Removed from Home Assistant and the broker. Nothing is published until sitboned is "
                              "restarted or\nreloaded; to keep it so, set enabled = no in [mqtt]."),
                            "RemoveTopics", "");
}

const struct ctl_command ha_remove_command = {
        .name = "ha-remove",
        .arguments = "",
        .summary = "remove the seat from Home Assistant and the broker",
        .examples = "  sitbonectl ha-remove\n",
        .notes = "Every topic that the broker has retained of the seat is emptied, and the daemon publishes nothing "
                 "until it is restarted or reloaded.",
        .options = {{"bus"}, {"seat"}},
        .run = run_ha_remove,
};

const struct ctl_command resume_command = {
        .name = "resume",
        .arguments = "",
        .summary = "end a pause or a snooze",
        .examples = "  sitbonectl resume\n",
        .options = {{"bus"}, {"seat"}},
        .run = run_resume,
};

const struct ctl_command hold_command = {
        .name = "hold",
        .arguments = "on|off",
        .min_args = 1,
        .max_args = 1,
        .summary = "Do Not Disturb: alerts wait until it is off",
        .examples = "  sitbonectl hold on\n"
                    "  sitbonectl hold off\n",
        .notes = "It does not end by itself, unlike a pause.",
        .options = {{"bus"}, {"seat"}},
        .run = run_hold,
};
