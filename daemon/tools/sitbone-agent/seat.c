/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/seat.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "contract/bus_alert.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/language.h"
#include "util/log.h"
#include "words/sentences.h"

/* Kinds of notifications: a seat has one alert on the screen at a time, in one place with what announces it. */
#define KIND_ALERT "alert"
#define KIND_OWN   "answer"

/* The advice on safety is for the user, not for one of the seats. */
#define SAFETY_SEAT "sitbone"
#define KIND_SAFETY "safety"

/* Id of what announces an alert; alerts have numbers. */
#define ID_SOON "soon"

/* An announcement is void when its alert falls due later than announced. */
static const uint64_t SOON_MOVED_US = 60000000;

static const uint64_t TIMER_ACCURACY_US = 100000;

/* --- alerts --- */

/* With more than one seat, each notification names its own. */
static void show_text(struct seat *seat, const char *kind, const char *id, const struct notification_text *text) {
        struct notification_text named = *text;
        char title[256];
        int seats = 0;

        if (seat->muted)
                return;
        for (int i = 0; i < SEATS_MAX; i++)
                seats += *seat->seats->of[i].name != '\0';
        snprintf(title, sizeof(title), seats > 1 ? "%s (%s)" : "%s", text->title,
                 *seat->title ? seat->title : seat->key);
        named.title = title;
        notifier_show(seat->seats->notifier, seat->key, kind, id, &named);
}

/* Shows one of the agent's own notifications; each counts as a new one, also after the last one was dismissed. */
static void show_own(struct seat *seat, const char *kind, const struct notification_text *text) {
        char id[32];

        snprintf(id, sizeof(id), "%s-%u", kind, ++seat->seats->own_shown);
        show_text(seat, kind, id, text);
}

static void show_answer(struct seat *seat, const char *title, const char *body, bool quiet) {
        show_own(
                seat, KIND_OWN,
                &(struct notification_text){
                        .title = title, .body = body, .category = "x-sitbone.answer", .quiet = quiet, .brief = quiet});
}

static void hide_alert(struct seat *seat) {
        seat->alert[0] = '\0';
        notifier_hide(seat->seats->notifier, seat->key, KIND_ALERT);
}

static void write_clock(uint64_t wall_us, char *ret, size_t size) {
        time_t at = (time_t)(wall_us / USEC_PER_SEC);
        struct tm tm;

        ret[0] = '\0';
        if (localtime_r(&at, &tm))
                strftime(ret, size, "%H:%M", &tm);
}

/* --- the advice on safety --- */

/* Creates the folders of a path that are missing. */
static void make_parents(char *path) {
        for (char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
                *end = '\0';
                if (mkdir(path, 0700) < 0 && errno != EEXIST)
                        log_debug("%s: %s", path, strerror(errno));
                *end = '/';
        }
}

/* The file whose presence records that the user has read it: $XDG_STATE_HOME/sitbone/safety-shown. False = the user has
 * no home. */
static bool find_marker(char *ret, size_t size) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

        if (state && *state == '/')
                snprintf(ret, size, "%s/sitbone/safety-shown", state);
        else if (home && *home == '/')
                snprintf(ret, size, "%s/.local/state/sitbone/safety-shown", home);
        else
                return false;
        return true;
}

static void record_safety_read(void) {
        char path[4096];
        int r = -ENOENT;

        if (find_marker(path, sizeof(path))) {
                make_parents(path);
                r = file_write_atomically(path, "", 0, 0600);
        }
        if (r < 0)
                log_notice("the advice on safety is shown again: its marker cannot be written: %s", strerror(-r));
}

/* Comes with each new alert that offers an exercise, until the user has confirmed it once. */
static void show_safety(struct seats *s, const char *advice) {
        char path[4096], id[32];

        if (!*advice || notifier_shows(s->notifier, SAFETY_SEAT, KIND_SAFETY) ||
            (find_marker(path, sizeof(path)) && file_exists(path)))
                return;
        snprintf(id, sizeof(id), "%u", ++s->own_shown);
        notifier_show(s->notifier, SAFETY_SEAT, KIND_SAFETY, id,
                      &(struct notification_text){.title = _("Before you exercise"),
                                                  .body = advice,
                                                  .confirm = true,
                                                  .category = "x-sitbone.safety",
                                                  .stays = true});
}

/* --- the alert --- */

struct alert_details {
        const char *title, *body, *safety, *safety_short; /* the short advice may be empty */
        uint32_t snooze_min, showings;
        struct bus_alert alert;
};

static int read_detail(sd_bus_message *m, struct alert_details *ret) {
        const char *key;
        int r = sd_bus_message_read(m, "s", &key);

        if (r < 0)
                return r;
        if (strcmp(key, "title") == 0)
                return sd_bus_message_read(m, "v", "s", &ret->title);
        if (strcmp(key, "body") == 0)
                return sd_bus_message_read(m, "v", "s", &ret->body);
        if (strcmp(key, "safety") == 0)
                return sd_bus_message_read(m, "v", "s", &ret->safety);
        if (strcmp(key, "safety_short") == 0)
                return sd_bus_message_read(m, "v", "s", &ret->safety_short);
        if (strcmp(key, "snooze_min") == 0)
                return sd_bus_message_read(m, "v", "u", &ret->snooze_min);
        if (strcmp(key, "showings") == 0)
                return sd_bus_message_read(m, "v", "u", &ret->showings);
        return bus_alert_read(m, key, &ret->alert);
}

static bool is_stand_up(const char *kind) {
        return strcmp(kind, "activate") == 0;
}

/* Shows the alert in the language of this desktop. While the prompt to stand up is open, no lesser alert takes its
 * place. */
static void show_details(struct seat *seat, const char *id, const char *kind, const struct alert_details *details) {
        struct alert_details shown = *details, *d = &shown;
        bool new = strcmp(seat->alert, id) != 0;
        struct alert_words words;

        if (new && * seat->alert && is_stand_up(seat->kind) && !is_stand_up(kind))
                return;
        if (alert_words_make(&d->alert, kind, &words)) {
                d->title = words.title;
                d->body = words.body;
                if (*words.safety) {
                        d->safety = words.safety;
                        d->safety_short = words.safety_short;
                }
        }
        notifier_hide(seat->seats->notifier, seat->key, "workout"); /* one voice at a time */
        snprintf(seat->alert, sizeof(seat->alert), "%s", id);
        snprintf(seat->kind, sizeof(seat->kind), "%s", kind);
        show_text(seat, KIND_ALERT, id,
                  &(struct notification_text){.title = d->title,
                                              .body = d->body,
                                              .snooze_min = d->snooze_min,
                                              .showings = d->showings,
                                              .minutes = (uint32_t)(d->alert.alert.seated_us / (60 * USEC_PER_SEC)),
                                              .category = "x-sitbone.posture.alert",
                                              .stays = is_stand_up(kind) && seat->seats->settings->stay});
        if (new)
                show_safety(seat->seats, *d->safety_short ? d->safety_short : d->safety);
}

/* Reads id, kind and a{sv} of an alert and shows it. */
static int show_alert(struct seat *seat, sd_bus_message *m, const char **ret_id) {
        struct alert_details d = {.title = "", .body = "", .safety = "", .safety_short = ""};
        const char *kind;
        int r = sd_bus_message_read(m, "ss", ret_id, &kind);

        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_detail(m, &d);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r < 0)
                return r;
        show_details(seat, *ret_id, kind, &d);
        return 0;
}

/* Shows the open alert, and hides one that is no longer open. */
static int show_open_alerts(struct seat *seat, sd_bus_message *m) {
        bool open = false;
        const char *id;
        int r = sd_bus_message_enter_container(m, 'v', "a(ssa{sv})");

        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "(ssa{sv})");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "ssa{sv}")) > 0) {
                r = show_alert(seat, m, &id);
                open |= r >= 0 && strcmp(seat->alert, id) == 0;
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0 && !open && strcmp(seat->alert, ID_SOON) != 0)
                hide_alert(seat);
        return r;
}

/* Announces the prompt, which then takes its place. */
static int show_soon(struct seat *seat, sd_bus_message *m) {
        char at[16], body[128];
        const char *kind;
        uint64_t due_us;
        int r = sd_bus_message_read(m, "st", &kind, &due_us);

        if (r < 0)
                return r;
        seat->soon_us = due_us;
        write_clock(due_us, at, sizeof(at));
        snprintf(body, sizeof(body), _("The reminder comes at %s."), at);
        snprintf(seat->alert, sizeof(seat->alert), "%s", ID_SOON);
        snprintf(seat->kind, sizeof(seat->kind), "%s", kind);
        show_text(seat, KIND_ALERT, ID_SOON,
                  &(struct notification_text){.title = is_stand_up(kind) ? _("Soon: time to stand up")
                                                                         : _("Soon: time to move a little"),
                                              .body = body,
                                              .showings = ++seat->seats->own_shown,
                                              .category = "x-sitbone.soon",
                                              .quiet = true});
        return r;
}

/* One gentle word after an absence that was too short. */
static int show_stood_briefly(struct seat *seat, sd_bus_message *m) {
        uint32_t away_s, break_s;
        char body[256];
        int r = sd_bus_message_read(m, "uu", &away_s, &break_s);

        if (r < 0)
                return r;
        stood_briefly_text(away_s * USEC_PER_SEC, break_s * USEC_PER_SEC, body, sizeof(body));
        show_answer(seat, _("Almost a break"), body, true);
        return r;
}

static int show_sitting_limit(struct seat *seat, sd_bus_message *m) {
        uint32_t today_s;
        char body[256];
        int r = sd_bus_message_read(m, "u", &today_s);

        if (r < 0)
                return r;
        sitting_limit_text(today_s * USEC_PER_SEC, body, sizeof(body));
        show_own(seat, "limit",
                 &(struct notification_text){.title = _("The sitting time of today"),
                                             .body = body,
                                             .category = "x-sitbone.limit",
                                             .quiet = true});
        return r;
}

static int show_held_long(struct seat *seat, sd_bus_message *m) {
        const char *by;
        uint64_t since_us;
        char at[16], body[256];
        int r = sd_bus_message_read(m, "st", &by, &since_us);

        if (r < 0)
                return r;
        write_clock(since_us, at, sizeof(at));
        snprintf(body, sizeof(body),
                 _("Do not disturb is on since %s, by %s. The setting inhibit_most_min can limit that."), at,
                 *by ? by : _("you or an automation"));
        show_own(seat, "held",
                 &(struct notification_text){.title = _("No reminders for an hour"),
                                             .body = body,
                                             .category = "x-sitbone.held",
                                             .quiet = true});
        return r;
}

void seat_apply_signal(struct seat *seat, sd_bus_message *m) {
        const char *id;
        int r = 0;

        if (sd_bus_message_is_signal(m, BUS_INTERFACE, "AlertRaised")) {
                r = show_alert(seat, m, &id);
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE, "AlertCleared")) {
                r = sd_bus_message_read(m, "s", &id);
                if (r >= 0 && strcmp(seat->alert, id) == 0)
                        hide_alert(seat);
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE, "AlertSoon")) {
                r = show_soon(seat, m);
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE, "StoodBriefly")) {
                r = show_stood_briefly(seat, m);
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE, "SittingLimit")) {
                r = show_sitting_limit(seat, m);
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE, "HeldLong")) {
                r = show_held_long(seat, m);
        }
        if (r < 0)
                log_warning("%s: signal %s ignored: it cannot be parsed: %s", seat->name, sd_bus_message_get_member(m),
                            strerror(-r));
}

/* --- the mat --- */

static int on_silent(sd_event_source *source, uint64_t usec, void *userdata) {
        struct seat *seat = userdata;
        char body[200];

        (void)source, (void)usec;
        snprintf(body, sizeof(body), _("%s: nothing is known of the seat until it sends again. Is it plugged in?"),
                 *seat->title ? seat->title : _("Seat"));
        show_own(seat, "mat",
                 &(struct notification_text){.title = _("The seat mat fell silent"),
                                             .body = body,
                                             .category = "device.removed",
                                             .stays = true});
        return 0;
}

static void set_mat_online(struct seat *seat, bool online) {
        int r;

        if (online == seat->mat_online)
                return;
        seat->mat_online = online;
        if (online) {
                seat->silent = sd_event_source_disable_unref(seat->silent);
                notifier_hide(seat->seats->notifier, seat->key, "mat");
        } else if (!seat->silent && seat->seats->settings->mat_silent_s) {
                r = sd_event_add_time_relative(seat->seats->event, &seat->silent, CLOCK_MONOTONIC,
                                               seat->seats->settings->mat_silent_s * USEC_PER_SEC, TIMER_ACCURACY_US,
                                               on_silent, seat);
                if (r < 0)
                        log_warning("%s: timer not started: %s", seat->name, strerror(-r));
        }
}

/* --- the workout of today --- */

/* Shown once a day, when somebody sits down and no alert is shown; hidden by an alert, and when the workout is done. */
static void update_workout(struct seat *seat) {
        time_t now = time(NULL);
        struct tm day;

        if (!seat->workout_today)
                notifier_hide(seat->seats->notifier, seat->key, "workout");
        if (!seat->workout_today || !seat->seated || *seat->alert || !localtime_r(&now, &day) ||
            seat->workout_shown == day.tm_yday + 1)
                return;
        seat->workout_shown = day.tm_yday + 1;
        show_own(seat, "workout",
                 &(struct notification_text){.title = _("A workout is planned for today"),
                                             .body = _("Strengthening, whenever it suits you: \"sitbonectl session\" "
                                                       "shows it, \"sitbonectl session done\" records it."),
                                             .category = "x-sitbone.workout",
                                             .quiet = true});
}

/* --- properties --- */

static void set_muted(struct seat *seat, bool muted) {
        static const char *const own[] = {KIND_ALERT, KIND_OWN, "workout", "mat", "limit", "held"};

        seat->muted = muted;
        for (size_t i = 0; muted && i < sizeof(own) / sizeof(own[0]); i++)
                notifier_hide(seat->seats->notifier, seat->key, own[i]);
}

static int apply_property(struct seat *seat, sd_bus_message *m) {
        const char *key, *text;
        uint64_t next_us;
        int flag, r = sd_bus_message_read(m, "s", &key);

        if (r < 0)
                return r;
        if (strcmp(key, "OpenAlerts") == 0)
                return show_open_alerts(seat, m);
        if (strcmp(key, "MatOnline") == 0) {
                r = sd_bus_message_read(m, "v", "b", &flag);
                if (r >= 0)
                        set_mat_online(seat, flag);
                return r;
        }
        if (strcmp(key, "DesktopNotifications") == 0) {
                r = sd_bus_message_read(m, "v", "b", &flag);
                if (r >= 0)
                        set_muted(seat, !flag);
                return r;
        }
        if (strcmp(key, "WorkoutToday") == 0) {
                r = sd_bus_message_read(m, "v", "b", &flag);
                if (r >= 0)
                        seat->workout_today = flag;
                return r;
        }
        if (strcmp(key, "Occupancy") == 0) {
                r = sd_bus_message_read(m, "v", "s", &text);
                if (r >= 0)
                        seat->seated = strcmp(text, "person") == 0;
                if (!seat->seated && strcmp(seat->alert, ID_SOON) == 0)
                        hide_alert(seat);
                return r;
        }
        if (strcmp(key, "NextAlertAt") == 0) {
                r = sd_bus_message_read(m, "v", "t", &next_us);
                if (r >= 0 && next_us > seat->soon_us + SOON_MOVED_US && strcmp(seat->alert, ID_SOON) == 0)
                        hide_alert(seat);
                return r;
        }
        if (strcmp(key, "SeatName") == 0) {
                r = sd_bus_message_read(m, "v", "s", &text);
                if (r >= 0)
                        snprintf(seat->title, sizeof(seat->title), "%s", text);
                return r;
        }
        return sd_bus_message_skip(m, "v");
}

void seat_apply_properties(struct seat *seat, sd_bus_message *m) {
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = apply_property(seat, m);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r < 0)
                log_warning("%s: properties ignored: they cannot be parsed: %s", seat->name, strerror(-r));
        else
                update_workout(seat);
}

/* --- buttons --- */

/* Shows a refusal; false when the reply is none. */
static bool show_refusal(struct seat *seat, sd_bus_message *m) {
        const sd_bus_error *e = sd_bus_message_get_error(m);

        if (!e)
                return false;
        log_warning("%s: refused: %s", seat->name, e->message ? e->message : e->name);
        if (*seat->name)
                show_answer(seat, _("The seat could not do that"),
                            e->message ? language_translate(e->message) : e->name, false);
        return true;
}

static int on_skipped(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)ret_error;
        show_refusal(userdata, m);
        return 0;
}

static int on_snoozed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;
        const char *id, *kind;
        char at[16], title[64];
        uint64_t until_us;

        (void)ret_error;
        if (show_refusal(seat, m) || !*seat->name || sd_bus_message_read(m, "sst", &id, &kind, &until_us) < 0)
                return 0;
        write_clock(until_us, at, sizeof(at));
        snprintf(title, sizeof(title), _("Snoozed until %s"), at);
        show_answer(seat, title, "", true);
        return 0;
}

static int on_done(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;
        const char *id, *kind;

        (void)ret_error;
        if (show_refusal(seat, m) || !*seat->name || sd_bus_message_read(m, "ss", &id, &kind) < 0)
                return 0;
        show_answer(seat, _("Well done"), is_stand_up(kind) ? _("The time to the next reminder starts again.") : "",
                    true);
        return 0;
}

static int call_seat(struct seat *seat, const char *method, sd_bus_message_handler_t on_reply, const char *types,
                     ...) {
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = sd_bus_call_method_asyncv(seat->link->bus, NULL, seat->owner, BUS_PATH, BUS_INTERFACE, method, on_reply,
                                      seat, types, arguments);
        va_end(arguments);
        return r;
}

void seat_press_button(void *userdata, struct notification *notification, const char *action) {
        struct seats *s = userdata;
        struct seat *seat = NULL;
        const char *alert = notification->alert;
        int r = 0;

        if (notification->text.confirm) {
                notifier_hide(s->notifier, notification->seat, notification->kind);
                if (strcmp(action, "later") != 0)
                        record_safety_read();
                return;
        }
        for (int i = 0; i < SEATS_MAX && !seat; i++)
                if (*s->of[i].name && strcmp(s->of[i].key, notification->seat) == 0)
                        seat = &s->of[i];
        if (!seat)
                return;
        log_info("%s: %s pressed for %s %s", seat->name, action, seat->kind, alert);
        if (!*seat->owner || !seat->link->bus)
                show_answer(seat, _("The seat could not do that"), _("sitboned is not running."), false);
        else if (strcmp(action, "done") == 0)
                r = call_seat(seat, "DoneAlert", on_done, "s", alert);
        else if (strcmp(action, "snooze") == 0)
                r = call_seat(seat, "SnoozeAlert", on_snoozed, "su", alert, notification->text.snooze_min);
        else if (strcmp(action, "skip") == 0)
                r = call_seat(seat, "SkipAlert", on_skipped, "s", alert);
        if (r < 0)
                show_answer(seat, _("The seat could not do that"), strerror(-r), false);
}
