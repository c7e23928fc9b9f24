/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/seats.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-bus.h>
#include <time.h>

#include "contract/bus_alert.h"
#include "contract/bus_names.h"
#include "util/file.h"
#include "util/language.h"
#include "util/log.h"

#define DBUS_NAME       "org.freedesktop.DBus"
#define DBUS_PATH       "/org/freedesktop/DBus"
#define DBUS_PROPERTIES "org.freedesktop.DBus.Properties"

enum { RETRY_S = 5 };
static const uint64_t RETRY_US = RETRY_S * 1000000ull;

/* A daemon that restarts keeps its alerts: wait this long before its notifications are closed. */
static const uint64_t GONE_AFTER_US = 10000000;

static const uint64_t TIMER_ACCURACY_US = 100000;

enum { SEATS_MAX = 8 };

struct seat {
        struct seats *seats;
        char name[SEAT_NAME_MAX]; /* "" = free */
        char owner[64];           /* unique name, "" = not there now */
        char title[96];           /* the name that people give it */
        sd_event_source *gone, *silent;
        sd_bus_slot *owner_query; /* the call of GetNameOwner that is under way */
        bool mat_online;
        bool seated, workout_today;
        int workout_shown; /* day of the year on which it was shown last, from 1; 0 = never */
};

struct seats {
        sd_event *event; /* not owned */
        const struct agent_settings *settings;
        struct notifier *notifier;
        sd_bus *bus;
        sd_event_source *retry;
        bool missing_reported;
        bool safety_checked; /* the advice on safety was shown, or need not be */
        bool inhibited;      /* the desktop asks for "do not disturb" */
        unsigned own_shown;  /* the agent's own notifications so far */
        struct seat of[SEATS_MAX];
};

/* Starts a timer once; *source is NULL or a timer that has ended. */
static void start_timer(struct seat *seat, sd_event_source **source, uint64_t after_us,
                        sd_event_time_handler_t handler) {
        int r = sd_event_add_time_relative(seat->seats->event, source, CLOCK_MONOTONIC, after_us, TIMER_ACCURACY_US,
                                           handler, seat);

        if (r < 0)
                log_warning("%s: timer not started: %s", seat->name, strerror(-r));
}

/* The entry of this name; "" = a free entry. NULL = none. */
static struct seat *find_seat(struct seats *s, const char *name) {
        for (int i = 0; i < SEATS_MAX; i++)
                if (strcmp(s->of[i].name, name) == 0)
                        return &s->of[i];
        return NULL;
}

/* Only messages of the owner of a seat's name count: any program may send a signal that looks like one. */
static struct seat *seat_of_sender(struct seats *s, sd_bus_message *m) {
        const char *sender = sd_bus_message_get_sender(m);

        for (int i = 0; i < SEATS_MAX && sender; i++)
                if (*s->of[i].owner && strcmp(s->of[i].owner, sender) == 0)
                        return &s->of[i];
        return NULL;
}

/* --- alerts --- */

/* Shows one of the agent's own notifications; each counts as a new one, also after the last one was dismissed. */
static void show_own(struct seat *seat, const char *kind, const struct notification_text *text) {
        struct notification_text own = *text;
        char id[32];

        own.own = true;
        snprintf(id, sizeof(id), "%s-%u", kind, ++seat->seats->own_shown);
        notifier_show(seat->seats->notifier, seat->name, kind, id, &own);
}

/* Creates the folders of a path that are missing. */
static void make_parents(char *path) {
        for (char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
                *end = '\0';
                if (mkdir(path, 0700) < 0 && errno != EEXIST)
                        log_debug("%s: %s", path, strerror(errno));
                *end = '/';
        }
}

/* The file whose presence records the showing: $XDG_STATE_HOME/sitbone/safety-shown. False = the user has no home. */
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

/* True if this user has not been shown the advice yet; records that it is shown now. */
static bool claim_first_safety_showing(void) {
        char path[4096];
        int r = -ENOENT;

        if (find_marker(path, sizeof(path))) {
                if (file_exists(path))
                        return false;
                make_parents(path);
                r = file_write_atomically(path, "", 0, 0600);
        }
        if (r < 0)
                log_notice("the advice on safety is shown again at the next start: its marker cannot be written: %s",
                           strerror(-r));
        return true;
}

/* The advice on safety is shown once to each user, with the first alert that offers an exercise. */
static void show_safety(struct seat *seat, const char *advice) {
        struct seats *s = seat->seats;

        if (!*advice || s->safety_checked)
                return;
        s->safety_checked = true;
        if (claim_first_safety_showing())
                show_own(seat, "safety",
                         &(struct notification_text){
                                 .title = _("Before you exercise"), .body = advice, .category = "x-sitbone.safety"});
}

struct alert_details {
        const char *title, *body, *safety;
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
        if (strcmp(key, "snooze_min") == 0)
                return sd_bus_message_read(m, "v", "u", &ret->snooze_min);
        if (strcmp(key, "showings") == 0)
                return sd_bus_message_read(m, "v", "u", &ret->showings);
        return bus_alert_read(m, key, &ret->alert);
}

/* Shows the alert in the language of this desktop. */
static void show_details(struct seat *seat, const char *id, const char *kind, struct alert_details *d) {
        struct alert_words words;

        if (alert_words_make(&d->alert, kind, &words)) {
                d->title = words.title;
                d->body = words.body;
                if (*words.safety)
                        d->safety = words.safety;
        }
        notifier_hide(seat->seats->notifier, seat->name, "workout", NULL); /* one voice at a time */
        notifier_show(seat->seats->notifier, seat->name, kind, id,
                      &(struct notification_text){.title = d->title,
                                                  .body = d->body,
                                                  .snooze_min = d->snooze_min,
                                                  .showings = d->showings,
                                                  .category = "x-sitbone.posture.alert"});
        show_safety(seat, d->safety);
}

/* Reads id, kind and a{sv} of an alert and shows it. */
static int show_alert(struct seat *seat, sd_bus_message *m, const char **ret_id) {
        struct alert_details d = {.title = "", .body = "", .safety = ""};
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

/* Shows the open alerts and hides the others. */
static int show_open_alerts(struct seat *seat, sd_bus_message *m) {
        char open[SEATS_MAX * 32] = "";
        const char *id;
        size_t n = 0;
        int r = sd_bus_message_enter_container(m, 'v', "a(ssa{sv})");

        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "(ssa{sv})");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "ssa{sv}")) > 0) {
                r = show_alert(seat, m, &id);
                if (r >= 0 && n + strlen(id) + 2 < sizeof(open))
                        n += (size_t)snprintf(open + n, sizeof(open) - n, "%s,", id);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r >= 0)
                notifier_hide(seat->seats->notifier, seat->name, NULL, open);
        return r;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seats *s = userdata;
        struct seat *seat = seat_of_sender(s, m);
        const char *id, *kind;
        int r = 0;

        (void)ret_error;
        if (!seat)
                return 0;
        if (sd_bus_message_is_signal(m, BUS_INTERFACE, "AlertRaised")) {
                r = show_alert(seat, m, &id);
        } else if (sd_bus_message_is_signal(m, BUS_INTERFACE, "AlertCleared")) {
                r = sd_bus_message_read(m, "ss", &id, &kind);
                if (r >= 0)
                        notifier_hide(s->notifier, seat->name, kind, NULL);
        }
        if (r < 0)
                log_warning("%s: signal %s ignored: it cannot be parsed: %s", seat->name, sd_bus_message_get_member(m),
                            strerror(-r));
        return 0;
}

/* --- the mat --- */

static int on_silent(sd_event_source *source, uint64_t usec, void *userdata) {
        struct seat *seat = userdata;
        char body[200];

        (void)source, (void)usec;
        snprintf(body, sizeof(body), _("%s: nothing is known of the seat until it sends again. Is it plugged in?"),
                 *seat->title ? seat->title : _("Seat"));
        show_own(seat, "mat",
                 &(struct notification_text){
                         .title = _("The seat mat fell silent"), .body = body, .category = "device.removed"});
        return 0;
}

static void set_mat_online(struct seat *seat, bool online) {
        if (online == seat->mat_online)
                return;
        seat->mat_online = online;
        if (online) {
                seat->silent = sd_event_source_disable_unref(seat->silent);
                notifier_hide(seat->seats->notifier, seat->name, "mat", NULL);
        } else if (!seat->silent && seat->seats->settings->mat_silent_s) {
                start_timer(seat, &seat->silent, seat->seats->settings->mat_silent_s * 1000000ull, on_silent);
        }
}

/* --- the workout of today --- */

static bool shows_alert(const struct seat *seat) {
        const struct notifier *n = seat->seats->notifier;

        for (int i = 0; i < NOTIFICATIONS_MAX; i++)
                if (n->notifications[i].wanted && !n->notifications[i].own)
                        return true;
        return false;
}

/* Shown once a day, when somebody sits down and no alert is shown; hidden by an alert, and when the workout is done. */
static void update_workout(struct seat *seat) {
        time_t now = time(NULL);
        struct tm day;

        if (!seat->workout_today)
                notifier_hide(seat->seats->notifier, seat->name, "workout", NULL);
        if (!seat->workout_today || !seat->seated || shows_alert(seat) || !localtime_r(&now, &day) ||
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

static int apply_property(struct seat *seat, sd_bus_message *m) {
        const char *key, *text;
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

static int apply_properties(struct seat *seat, sd_bus_message *m) {
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
        return r;
}

static int on_properties(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = seat_of_sender(userdata, m);

        (void)ret_error;
        if (seat && sd_bus_message_skip(m, "s") >= 0)
                apply_properties(seat, m);
        return 0;
}

static int on_all_properties(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;

        (void)ret_error;
        if (seat_of_sender(seat->seats, m) != seat)
                return 0; /* the daemon is gone, or the bus replied in its place */
        if (sd_bus_message_is_method_error(m, NULL))
                log_warning("%s: %s", seat->name, sd_bus_message_get_error(m)->message);
        else
                apply_properties(seat, m);
        return 0;
}

/* --- buttons --- */

static void show_answer(struct seat *seat, const char *title, const char *body, bool quiet) {
        show_own(seat, "answer",
                 &(struct notification_text){
                         .title = title, .body = body, .category = "x-sitbone.answer", .quiet = quiet});
}

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

static int on_answered(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)ret_error;
        show_refusal(userdata, m);
        return 0;
}

static int on_done(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;

        (void)ret_error;
        if (!show_refusal(seat, m) && *seat->name)
                show_answer(seat, _("Well done"), _("The time to the next reminder starts again."), true);
        return 0;
}

static int call_seat(struct seat *seat, const char *method, sd_bus_message_handler_t on_reply, const char *types,
                     ...) {
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = sd_bus_call_method_asyncv(seat->seats->bus, NULL, seat->owner, BUS_PATH, BUS_INTERFACE, method, on_reply,
                                      seat, types, arguments);
        va_end(arguments);
        return r;
}

static void on_press(void *userdata, struct notification *notification, const char *action) {
        struct seats *s = userdata;
        struct seat *seat = find_seat(s, notification->seat);
        int r = 0;

        if (!seat)
                return;
        log_info("%s: %s pressed for %s", seat->name, action, notification->kind);
        if (!*seat->owner || !s->bus)
                show_answer(seat, _("The seat could not do that"), _("sitboned is not running."), false);
        else if (strcmp(action, "done") == 0)
                r = call_seat(seat, "Done", on_done, NULL);
        else if (strcmp(action, "snooze") == 0)
                r = call_seat(seat, "Snooze", on_answered, "u", notification->snooze_min);
        else if (strcmp(action, "skip") == 0)
                r = call_seat(seat, "Skip", on_answered, NULL);
        if (r < 0)
                show_answer(seat, _("The seat could not do that"), strerror(-r), false);
}

/* --- do not disturb --- */

/* If the daemon cannot make its alerts wait, the desktop itself inhibits them: a log line is enough. */
static int on_inhibited(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        const sd_bus_error *e = sd_bus_message_get_error(m);
        struct seat *seat = userdata;

        (void)ret_error;
        if (e)
                log_warning("%s: \"do not disturb\" refused: %s", seat->name, e->message ? e->message : e->name);
        return 0;
}

static void send_inhibited(struct seat *seat) {
        struct seats *s = seat->seats;
        int r = 0;

        if (s->bus && *seat->owner)
                r = call_seat(seat, "Hold", on_inhibited, "bs", (int)s->inhibited, "desktop");
        if (r < 0)
                log_warning("%s: \"do not disturb\" not sent: %s", seat->name, strerror(-r));
}

void seats_set_inhibited(void *userdata, bool inhibited) {
        struct seats *s = userdata;

        s->inhibited = inhibited;
        for (int i = 0; i < SEATS_MAX; i++)
                if (*s->of[i].name)
                        send_inhibited(&s->of[i]);
}

/* --- daemons that come and go --- */

static int on_gone(sd_event_source *source, uint64_t usec, void *userdata) {
        struct seat *seat = userdata;

        (void)source, (void)usec;
        seat->gone = sd_event_source_disable_unref(seat->gone);
        seat->silent = sd_event_source_disable_unref(seat->silent);
        notifier_hide(seat->seats->notifier, seat->name, NULL, NULL);
        log_info("%s is gone", seat->name);
        seat->owner_query = sd_bus_slot_unref(seat->owner_query);
        seat->name[0] = '\0';
        return 0;
}

static void lose_owner(struct seat *seat) {
        seat->owner[0] = '\0';
        seat->owner_query = sd_bus_slot_unref(seat->owner_query);
        if (!seat->gone)
                start_timer(seat, &seat->gone, GONE_AFTER_US, on_gone);
}

/* The entry of this name, a new one if there is none. */
static struct seat *claim_seat(struct seats *s, const char *name) {
        struct seat *seat = find_seat(s, name);

        if (seat)
                return seat;
        seat = find_seat(s, "");
        if (!seat) {
                log_warning("%s: not followed: at most %d seats at a time", name, SEATS_MAX);
                return NULL;
        }
        *seat = (struct seat){.seats = s};
        snprintf(seat->name, sizeof(seat->name), "%s", name);
        return seat;
}

static void set_owner(struct seats *s, const char *name, const char *owner) {
        struct seat *seat = claim_seat(s, name);
        int r;

        if (!seat || strcmp(seat->owner, owner) == 0)
                return;
        snprintf(seat->owner, sizeof(seat->owner), "%s", owner);
        seat->gone = sd_event_source_disable_unref(seat->gone);
        log_info("listening to %s", name);
        if (s->inhibited)
                send_inhibited(seat);
        r = sd_bus_call_method_async(s->bus, NULL, owner, BUS_PATH, DBUS_PROPERTIES, "GetAll", on_all_properties, seat,
                                     "s", BUS_INTERFACE);
        if (r < 0)
                log_warning("%s: properties not queried: %s", name, strerror(-r));
}

static bool is_seat_name(const char *name) {
        size_t n = strlen(BUS_INTERFACE);

        return strncmp(name, BUS_INTERFACE, n) == 0 && (name[n] == '\0' || name[n] == '.') &&
               strlen(name) < SEAT_NAME_MAX;
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seats *s = userdata;
        const char *name, *old, *owner;
        struct seat *seat;

        (void)ret_error;
        if (sd_bus_message_read(m, "sss", &name, &old, &owner) < 0 || !is_seat_name(name))
                return 0;
        if (*owner)
                set_owner(s, name, owner);
        else if ((seat = find_seat(s, name)))
                lose_owner(seat);
        return 0;
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;
        const char *owner;

        (void)ret_error;
        seat->owner_query = sd_bus_slot_unref(seat->owner_query);
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "s", &owner) < 0)
                lose_owner(seat);
        else
                set_owner(seat->seats, seat->name, owner);
        return 0;
}

/* The call ends with the entry: a reply never reaches another seat that uses the entry later. */
static void query_owner(struct seat *seat) {
        int r;

        seat->owner_query = sd_bus_slot_unref(seat->owner_query);
        r = sd_bus_call_method_async(seat->seats->bus, &seat->owner_query, DBUS_NAME, DBUS_PATH, DBUS_NAME,
                                     "GetNameOwner", on_owner, seat, "s", seat->name);
        if (r < 0) {
                log_warning("%s: owner not queried: %s", seat->name, strerror(-r));
                lose_owner(seat);
        }
}

static int on_names(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seats *s = userdata;
        struct seat *seat;
        const char *name;

        (void)ret_error;
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_enter_container(m, 'a', "s") < 0)
                return 0;
        while (sd_bus_message_read(m, "s", &name) > 0)
                if (is_seat_name(name) && (seat = claim_seat(s, name)))
                        query_owner(seat);
        return 0;
}

/* --- the connection --- */

static void disconnect_bus(struct seats *s) {
        s->bus = sd_bus_close_unref(s->bus);
        for (int i = 0; i < SEATS_MAX; i++)
                if (*s->of[i].name)
                        lose_owner(&s->of[i]);
}

static const char *name_of_bus(const struct seats *s) {
        return s->settings->system_bus ? "system" : "session";
}

/* Without this timer the agent would be deaf for good: a failure ends it. */
static int schedule_retry(struct seats *s) {
        int r = sd_event_source_set_time_relative(s->retry, RETRY_US);

        if (r >= 0)
                r = sd_event_source_set_enabled(s->retry, SD_EVENT_ONESHOT);
        return r < 0 ? sd_event_exit(s->event, r) : 0;
}

static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seats *s = userdata;

        (void)ret_error;
        if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected")) {
                log_notice("connection to the %s bus lost; trying again every %d s", name_of_bus(s), RETRY_S);
                return schedule_retry(s);
        }
        return 0;
}

static int connect_bus(struct seats *s) {
        int r = s->settings->system_bus ? sd_bus_open_system(&s->bus) : sd_bus_open_user(&s->bus);

        if (r >= 0)
                r = sd_bus_add_filter(s->bus, NULL, on_message, s);
        if (r >= 0)
                r = sd_bus_add_match_async(s->bus, NULL,
                                           "type='signal',sender='org.freedesktop.DBus',"
                                           "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                                           "arg0namespace='" BUS_INTERFACE "'",
                                           on_owner_changed, NULL, s);
        if (r >= 0)
                r = sd_bus_add_match_async(s->bus, NULL,
                                           "type='signal',path='" BUS_PATH "',interface='" BUS_INTERFACE "'",
                                           on_signal, NULL, s);
        if (r >= 0)
                r = sd_bus_add_match_async(s->bus, NULL,
                                           "type='signal',path='" BUS_PATH "',"
                                           "interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
                                           "arg0='" BUS_INTERFACE "'",
                                           on_properties, NULL, s);
        if (r >= 0)
                r = sd_bus_attach_event(s->bus, s->event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_call_method_async(s->bus, NULL, DBUS_NAME, DBUS_PATH, DBUS_NAME, "ListNames", on_names, s,
                                             NULL);
        return r;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata) {
        struct seats *s = userdata;
        int r;

        (void)source, (void)usec;
        disconnect_bus(s);
        r = connect_bus(s);
        if (r >= 0) {
                s->missing_reported = false;
                return 0;
        }
        if (!s->missing_reported)
                log_notice("no %s bus: %s; trying again every %d s", name_of_bus(s), strerror(-r), RETRY_S);
        s->missing_reported = true;
        disconnect_bus(s);
        return schedule_retry(s);
}

int seats_new(sd_event *event, const struct agent_settings *settings, struct notifier *notifier, struct seats **ret) {
        struct seats *s = calloc(1, sizeof(*s));
        int r;

        if (!s)
                return -ENOMEM;
        s->event = event;
        s->settings = settings;
        s->notifier = notifier;
        notifier->on_press = on_press;
        notifier->userdata = s;
        r = sd_event_add_time_relative(event, &s->retry, CLOCK_MONOTONIC, 0, 1000, on_retry, s);
        if (r < 0) {
                free(s);
                return r;
        }
        *ret = s;
        return 0;
}

void seats_free(struct seats *s) {
        if (!s)
                return;
        sd_event_source_disable_unref(s->retry);
        for (int i = 0; i < SEATS_MAX; i++) {
                sd_event_source_disable_unref(s->of[i].gone);
                sd_event_source_disable_unref(s->of[i].silent);
                sd_bus_slot_unref(s->of[i].owner_query);
        }
        sd_bus_close_unref(s->bus);
        free(s);
}
