/* SPDX-License-Identifier: MIT */
/* The daemons: found by their names on the bus, listened to, asked at first sight for what is already open. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "contract/bus_alert.h"
#include "contract/bus_names.h"
#include "tools/sitbone-agent/seats.h"
#include "util/language.h"
#include "util/log.h"

static const uint64_t retry_us = 5000000;
/* A daemon that restarts keeps its alerts; do not take them down and put them up again. */
static const uint64_t gone_after_us = 10000000;

struct seat *seats_named(struct seats *s, const char *name) {
        for (int i = 0; i < SEATS_MAX; i++)
                if (strcmp(s->of[i].name, name) == 0)
                        return &s->of[i];
        return NULL;
}

/* Only what the owner of a seat's name sends counts: anybody may send a signal that looks like one. */
static struct seat *seat_of_sender(struct seats *s, sd_bus_message *m) {
        const char *sender = sd_bus_message_get_sender(m);

        for (int i = 0; i < SEATS_MAX && sender; i++)
                if (*s->of[i].owner && strcmp(s->of[i].owner, sender) == 0)
                        return &s->of[i];
        return NULL;
}

/* --- alerts --- */

struct details {
        const char *title, *body, *safety;
        uint32_t snooze_min, showings;
        struct bus_alert alert;
};

static int read_detail(sd_bus_message *m, struct details *ret) {
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

/* In the language of who sits here. */
static void show_details(struct seat *seat, const char *id, const char *kind, struct details *d) {
        struct alert_words words;

        if (alert_words_make(&d->alert, kind, &words)) {
                d->title = words.title;
                d->body = words.body;
                if (*words.safety)
                        d->safety = words.safety;
        }
        notifier_show(seat->seats->notifier, seat->name, kind, id,
                      &(struct note_text){.title = d->title,
                                          .body = d->body,
                                          .snooze_min = d->snooze_min,
                                          .showings = d->showings,
                                          .category = "x-sitbone.posture.alert"});
        seats_tell_safety(seat, d->safety);
}

/* Reads id, kind, a{sv} and shows it. */
static int show_alert(struct seat *seat, sd_bus_message *m, const char **ret_id) {
        struct details d = {.title = "", .body = "", .safety = ""};
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

/* Shows what is open, takes down what is not any more. */
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
                log_warning("%s: %s not understood: %s", seat->name, sd_bus_message_get_member(m), strerror(-r));
        return 0;
}

/* What the agent says of its own accord; each time anew, also when the one before was put away. */
void seats_say(struct seat *seat, const char *kind, const struct note_text *text) {
        struct note_text own = *text;
        char id[32];

        own.own = true;
        snprintf(id, sizeof(id), "%s-%u", kind, ++seat->seats->said);
        notifier_show(seat->seats->notifier, seat->name, kind, id, &own);
}

/* --- the mat --- */

static int on_silent(sd_event_source *source, uint64_t usec, void *userdata) {
        struct seat *seat = userdata;
        char body[200];

        (void)source, (void)usec;
        snprintf(body, sizeof(body), _("%s: nothing is known of the seat until it sends again. Is it plugged in?"),
                 *seat->title ? seat->title : _("Seat"));
        seats_say(seat, "mat",
                  &(struct note_text){
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
                sd_event_add_time_relative(seat->seats->event, &seat->silent, CLOCK_MONOTONIC,
                                           seat->seats->settings->mat_silent_s * 1000000ull, 100000, on_silent, seat);
        }
}

/* --- properties --- */

static int take_property(struct seat *seat, sd_bus_message *m) {
        const char *key, *text;
        int online, r = sd_bus_message_read(m, "s", &key);

        if (r < 0)
                return r;
        if (strcmp(key, "OpenAlerts") == 0)
                return show_open_alerts(seat, m);
        if (strcmp(key, "MatOnline") == 0) {
                r = sd_bus_message_read(m, "v", "b", &online);
                if (r >= 0)
                        set_mat_online(seat, online);
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

static int take_properties(struct seat *seat, sd_bus_message *m) {
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = take_property(seat, m);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r < 0)
                log_warning("%s: properties not understood: %s", seat->name, strerror(-r));
        return r;
}

static int on_properties(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = seat_of_sender(userdata, m);

        (void)ret_error;
        if (seat && sd_bus_message_skip(m, "s") >= 0)
                take_properties(seat, m);
        return 0;
}

static int on_all_properties(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;

        (void)ret_error;
        if (seat_of_sender(seat->seats, m) != seat)
                return 0; /* it went away, or the bus answered in its place */
        if (sd_bus_message_is_method_error(m, NULL))
                log_warning("%s: %s", seat->name, sd_bus_message_get_error(m)->message);
        else
                take_properties(seat, m);
        return 0;
}

/* --- the names come and go --- */

static int on_gone(sd_event_source *source, uint64_t usec, void *userdata) {
        struct seat *seat = userdata;

        (void)source, (void)usec;
        seat->gone = sd_event_source_disable_unref(seat->gone);
        seat->silent = sd_event_source_disable_unref(seat->silent);
        notifier_hide(seat->seats->notifier, seat->name, NULL, NULL);
        log_info("%s is gone", seat->name);
        memset(seat->name, 0, sizeof(seat->name));
        return 0;
}

static void seat_lost(struct seat *seat) {
        seat->owner[0] = '\0';
        if (!seat->gone)
                sd_event_add_time_relative(seat->seats->event, &seat->gone, CLOCK_MONOTONIC, gone_after_us, 100000,
                                           on_gone, seat);
}

/* The entry of this name, a new one if need be. */
static struct seat *seat_take(struct seats *s, const char *name) {
        struct seat *seat = seats_named(s, name);

        if (seat)
                return seat;
        seat = seats_named(s, "");
        if (!seat) {
                log_warning("%s: only %d seats at a time are followed", name, SEATS_MAX);
                return NULL;
        }
        *seat = (struct seat){.seats = s};
        snprintf(seat->name, sizeof(seat->name), "%s", name);
        return seat;
}

static void seat_found(struct seats *s, const char *name, const char *owner) {
        struct seat *seat = seat_take(s, name);

        if (!seat || strcmp(seat->owner, owner) == 0)
                return;
        snprintf(seat->owner, sizeof(seat->owner), "%s", owner);
        seat->gone = sd_event_source_disable_unref(seat->gone);
        log_info("listening to %s", name);
        if (s->hold)
                seats_tell_hold(seat);
        sd_bus_call_method_async(s->bus, NULL, owner, BUS_PATH, "org.freedesktop.DBus.Properties", "GetAll",
                                 on_all_properties, seat, "s", BUS_INTERFACE);
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
                seat_found(s, name, owner);
        else if ((seat = seats_named(s, name)))
                seat_lost(seat);
        return 0;
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;
        const char *owner;

        (void)ret_error;
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_read(m, "s", &owner) < 0)
                seat_lost(seat);
        else
                seat_found(seat->seats, seat->name, owner);
        return 0;
}

static int on_names(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seats *s = userdata;
        struct seat *seat;
        const char *name;

        (void)ret_error;
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_enter_container(m, 'a', "s") < 0)
                return 0;
        while (sd_bus_message_read(m, "s", &name) > 0)
                if (is_seat_name(name) && (seat = seat_take(s, name)))
                        sd_bus_call_method_async(s->bus, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                 "org.freedesktop.DBus", "GetNameOwner", on_owner, seat, "s", name);
        return 0;
}

/* --- the connection --- */

static void disconnect(struct seats *s) {
        s->bus = sd_bus_close_unref(s->bus);
        for (int i = 0; i < SEATS_MAX; i++)
                if (*s->of[i].name)
                        seat_lost(&s->of[i]);
}

static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seats *s = userdata;

        (void)ret_error;
        if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected")) {
                log_notice("the bus of sitboned went away; trying again");
                sd_event_source_set_time_relative(s->retry, retry_us);
                sd_event_source_set_enabled(s->retry, SD_EVENT_ONESHOT);
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
                r = sd_bus_call_method_async(s->bus, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                             "org.freedesktop.DBus", "ListNames", on_names, s, NULL);
        return r;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata) {
        struct seats *s = userdata;
        int r;

        (void)source, (void)usec;
        disconnect(s);
        r = connect_bus(s);
        if (r >= 0) {
                s->missing_said = false;
                return 0;
        }
        if (!s->missing_said)
                log_notice("no %s bus (%s); trying again", s->settings->system_bus ? "system" : "session",
                           strerror(-r));
        s->missing_said = true;
        disconnect(s);
        sd_event_source_set_time_relative(s->retry, retry_us);
        sd_event_source_set_enabled(s->retry, SD_EVENT_ONESHOT);
        return 0;
}

int seats_new(sd_event *event, const struct agent_settings *settings, struct notifier *notifier, struct seats **ret) {
        struct seats *s = calloc(1, sizeof(*s));
        int r;

        if (!s)
                return -ENOMEM;
        s->event = event;
        s->settings = settings;
        s->notifier = notifier;
        notifier->pressed = seats_pressed;
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
        sd_bus_close_unref(s->bus);
        sd_event_source_disable_unref(s->retry);
        for (int i = 0; i < SEATS_MAX; i++) {
                sd_event_source_disable_unref(s->of[i].gone);
                sd_event_source_disable_unref(s->of[i].silent);
        }
        free(s);
}
