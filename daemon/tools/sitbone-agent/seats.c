/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/seats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "contract/bus_names.h"
#include "tools/sitbone-agent/seat.h"
#include "util/log.h"

#define DBUS_NAME       "org.freedesktop.DBus"
#define DBUS_PATH       "/org/freedesktop/DBus"
#define DBUS_PROPERTIES "org.freedesktop.DBus.Properties"

enum { RETRY_S = 5 };
static const uint64_t RETRY_US = RETRY_S * 1000000ull;

/* Programs that start together find each other within this time. */
static const uint64_t ALONE_AFTER_US = 3000000;

/* A daemon that restarts keeps its alerts: wait this long before its notifications are closed. */
static const uint64_t GONE_AFTER_US = 10000000;

static const uint64_t TIMER_ACCURACY_US = 100000;

/* The entry of this name on this bus; NULL = none. */
static struct seat *find_seat(struct link *link, const char *name) {
        for (int i = 0; i < SEATS_MAX; i++) {
                struct seat *seat = &link->seats->of[i];

                if (*seat->name && seat->link == link && strcmp(seat->name, name) == 0)
                        return seat;
        }
        return NULL;
}

/* Only messages of the owner of a seat's name count: any program may send a signal that looks like one. */
static struct seat *seat_of_sender(struct link *link, sd_bus_message *m) {
        struct seats *s = link->seats;
        const char *sender = sd_bus_message_get_sender(m);

        for (int i = 0; i < SEATS_MAX && sender; i++)
                if (*s->of[i].owner && s->of[i].link == link && strcmp(s->of[i].owner, sender) == 0)
                        return &s->of[i];
        return NULL;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = seat_of_sender(userdata, m);

        (void)ret_error;
        if (seat)
                seat_apply_signal(seat, m);
        return 0;
}

static int on_all_properties(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;

        (void)ret_error;
        if (!*seat->name || seat_of_sender(seat->link, m) != seat)
                return 0; /* the daemon is gone, or the bus replied in its place */
        if (sd_bus_message_is_method_error(m, NULL))
                log_warning("%s: %s", seat->name, sd_bus_message_get_error(m)->message);
        else
                seat_apply_properties(seat, m);
        return 0;
}

static int on_seat_name(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;
        const char *text;

        (void)ret_error;
        if (*seat->name && seat_of_sender(seat->link, m) == seat && !sd_bus_message_is_method_error(m, NULL) &&
            sd_bus_message_read(m, "v", "s", &text) >= 0)
                snprintf(seat->title, sizeof(seat->title), "%s", text);
        return 0;
}

/* Reads what is published; the name first, which the notifications need. */
static void query_properties(struct seat *seat) {
        int r = sd_bus_call_method_async(seat->link->bus, NULL, seat->owner, BUS_PATH, DBUS_PROPERTIES, "Get",
                                         on_seat_name, seat, "ss", BUS_INTERFACE, "SeatName");

        if (r >= 0)
                r = sd_bus_call_method_async(seat->link->bus, NULL, seat->owner, BUS_PATH, DBUS_PROPERTIES, "GetAll",
                                             on_all_properties, seat, "s", BUS_INTERFACE);
        if (r < 0)
                log_warning("%s: properties not queried: %s", seat->name, strerror(-r));
}

static int on_properties(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = seat_of_sender(userdata, m);
        bool muted = seat && seat->muted;

        (void)ret_error;
        if (seat && sd_bus_message_skip(m, "s") >= 0)
                seat_apply_properties(seat, m);
        if (muted && !seat->muted) /* shows what is open */
                query_properties(seat);
        return 0;
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
        const struct seats *s = seat->seats;
        char who[96];
        int r = 0;

        snprintf(who, sizeof(who), *s->inhibited_by ? "desktop:%s" : "desktop", s->inhibited_by);
        if (seat->link->bus && *seat->owner)
                r = sd_bus_call_method_async(seat->link->bus, NULL, seat->owner, BUS_PATH, BUS_INTERFACE, "Hold",
                                             on_inhibited, seat, "bs", (int)s->inhibited, who);
        if (r < 0)
                log_warning("%s: \"do not disturb\" not sent: %s", seat->name, strerror(-r));
}

void seats_set_inhibited(void *userdata, bool inhibited, const char *by) {
        struct seats *s = userdata;

        s->inhibited = inhibited;
        snprintf(s->inhibited_by, sizeof(s->inhibited_by), "%s", by);
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
        notifier_hide(seat->seats->notifier, seat->key, NULL);
        log_info("%s is gone", seat->name);
        seat->owner_query = sd_bus_slot_unref(seat->owner_query);
        seat->name[0] = '\0';
        return 0;
}

static void lose_owner(struct seat *seat) {
        seat->owner[0] = '\0';
        seat->owner_query = sd_bus_slot_unref(seat->owner_query);
        if (!seat->gone && sd_event_add_time_relative(seat->seats->event, &seat->gone, CLOCK_MONOTONIC, GONE_AFTER_US,
                                                      TIMER_ACCURACY_US, on_gone, seat) < 0)
                log_warning("%s: its notifications stay: no timer", seat->name);
}

/* The entry of this name, a new one if there is none. */
static struct seat *claim_seat(struct link *link, const char *name) {
        struct seats *s = link->seats;
        struct seat *seat = find_seat(link, name);

        for (int i = 0; i < SEATS_MAX && !seat; i++)
                if (!*s->of[i].name) {
                        seat = &s->of[i];
                        *seat = (struct seat){.seats = s, .link = link};
                        snprintf(seat->name, sizeof(seat->name), "%s", name);
                        snprintf(seat->key, sizeof(seat->key), "%s%s", name, link == &s->links[1] ? "@user" : "");
                }
        if (!seat)
                log_warning("%s: not followed: at most %d seats at a time", name, SEATS_MAX);
        return seat;
}

static void set_owner(struct link *link, const char *name, const char *owner) {
        struct seats *s = link->seats;
        struct seat *seat = claim_seat(link, name);

        if (!seat || strcmp(seat->owner, owner) == 0)
                return;
        snprintf(seat->owner, sizeof(seat->owner), "%s", owner);
        seat->gone = sd_event_source_disable_unref(seat->gone);
        log_info("listening to %s on the %s bus", name, link->bus_name);
        if (s->inhibited)
                send_inhibited(seat);
        for (int i = 0; i < SEATS_MAX;
             i++) /* the other seats, too: from the second one on, notifications name theirs */
                if (*s->of[i].name && *s->of[i].owner)
                        query_properties(&s->of[i]);
}

static bool is_seat_name(const char *name) {
        size_t n = strlen(BUS_INTERFACE);

        return strncmp(name, BUS_INTERFACE, n) == 0 && (name[n] == '\0' || name[n] == '.') &&
               strlen(name) < BUS_NAME_MAX;
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct link *link = userdata;
        const char *name, *old, *owner;
        struct seat *seat;

        (void)ret_error;
        if (sd_bus_message_read(m, "sss", &name, &old, &owner) < 0 || !is_seat_name(name))
                return 0;
        if (*owner)
                set_owner(link, name, owner);
        else if ((seat = find_seat(link, name)))
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
                set_owner(seat->link, seat->name, owner);
        return 0;
}

/* The call ends with the entry: a reply never reaches another seat that uses the entry later. */
static void query_owner(struct seat *seat) {
        int r;

        seat->owner_query = sd_bus_slot_unref(seat->owner_query);
        r = sd_bus_call_method_async(seat->link->bus, &seat->owner_query, DBUS_NAME, DBUS_PATH, DBUS_NAME,
                                     "GetNameOwner", on_owner, seat, "s", seat->name);
        if (r < 0) {
                log_warning("%s: owner not queried: %s", seat->name, strerror(-r));
                lose_owner(seat);
        }
}

static int on_names(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat;
        const char *name;

        (void)ret_error;
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_enter_container(m, 'a', "s") < 0)
                return 0;
        while (sd_bus_message_read(m, "s", &name) > 0)
                if (is_seat_name(name) && (seat = claim_seat(userdata, name)))
                        query_owner(seat);
        return 0;
}

/* --- the connections --- */

static void disconnect_bus(struct link *link) {
        link->bus = sd_bus_close_unref(link->bus);
        for (int i = 0; i < SEATS_MAX; i++)
                if (*link->seats->of[i].name && link->seats->of[i].link == link)
                        lose_owner(&link->seats->of[i]);
}

/* Without this timer the agent would be deaf for good: a failure ends it. */
static int schedule_retry(struct link *link) {
        int r = sd_event_source_set_time_relative(link->retry, RETRY_US);

        if (r >= 0)
                r = sd_event_source_set_enabled(link->retry, SD_EVENT_ONESHOT);
        return r < 0 ? sd_event_exit(link->seats->event, r) : 0;
}

static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct link *link = userdata;

        (void)ret_error;
        if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected")) {
                log_notice("connection to the %s bus lost; trying again every %d s", link->bus_name, RETRY_S);
                return schedule_retry(link);
        }
        return 0;
}

static int connect_bus(struct link *link) {
        int r = link == &link->seats->links[0] ? sd_bus_open_system(&link->bus) : sd_bus_open_user(&link->bus);

        if (r >= 0)
                r = sd_bus_add_filter(link->bus, NULL, on_message, link);
        if (r >= 0)
                r = sd_bus_add_match_async(link->bus, NULL,
                                           "type='signal',sender='org.freedesktop.DBus',"
                                           "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                                           "arg0namespace='" BUS_INTERFACE "'",
                                           on_owner_changed, NULL, link);
        if (r >= 0)
                r = sd_bus_add_match_async(link->bus, NULL,
                                           "type='signal',path='" BUS_PATH "',interface='" BUS_INTERFACE "'",
                                           on_signal, NULL, link);
        if (r >= 0)
                r = sd_bus_add_match_async(link->bus, NULL,
                                           "type='signal',path='" BUS_PATH "',"
                                           "interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
                                           "arg0='" BUS_INTERFACE "'",
                                           on_properties, NULL, link);
        if (r >= 0)
                r = sd_bus_attach_event(link->bus, link->seats->event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_call_method_async(link->bus, NULL, DBUS_NAME, DBUS_PATH, DBUS_NAME, "ListNames", on_names,
                                             link, NULL);
        return r;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata) {
        struct link *link = userdata;
        int r;

        (void)source, (void)usec;
        disconnect_bus(link);
        r = connect_bus(link);
        if (r >= 0) {
                link->missing_reported = false;
                return 0;
        }
        if (!link->missing_reported)
                log_notice("no %s bus: %s; trying again every %d s", link->bus_name, strerror(-r), RETRY_S);
        link->missing_reported = true;
        disconnect_bus(link);
        return schedule_retry(link);
}

static int on_alone(sd_event_source *source, uint64_t usec, void *userdata) {
        const struct seats *s = userdata;

        (void)source, (void)usec;
        for (int i = 0; i < SEATS_MAX; i++)
                if (*s->of[i].owner)
                        return 0;
        if (s->settings->buses == (AGENT_SYSTEM_BUS | AGENT_SESSION_BUS))
                log_notice("no sitboned on the system bus or the session bus; waiting for one (\"systemctl start "
                           "sitboned\", or \"sitboned --user\")");
        else
                log_notice("no sitboned on the %s bus; waiting for one (bus = auto finds it on the other bus, too)",
                           s->settings->buses == AGENT_SYSTEM_BUS ? "system" : "session");
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
        notifier->on_press = seat_press_button;
        notifier->userdata = s;
        r = sd_event_add_time_relative(event, &s->alone, CLOCK_MONOTONIC, ALONE_AFTER_US, TIMER_ACCURACY_US, on_alone,
                                       s);
        for (unsigned i = 0; i < 2 && r >= 0; i++) {
                s->links[i] = (struct link){.seats = s, .bus_name = i == 0 ? "system" : "session"};
                if (settings->buses & (i == 0 ? AGENT_SYSTEM_BUS : AGENT_SESSION_BUS))
                        r = sd_event_add_time_relative(event, &s->links[i].retry, CLOCK_MONOTONIC, 0, 1000, on_retry,
                                                       &s->links[i]);
        }
        if (r < 0) {
                seats_free(s);
                return r;
        }
        *ret = s;
        return 0;
}

void seats_free(struct seats *s) {
        if (!s)
                return;
        for (int i = 0; i < SEATS_MAX; i++) {
                sd_event_source_disable_unref(s->of[i].gone);
                sd_event_source_disable_unref(s->of[i].silent);
                sd_bus_slot_unref(s->of[i].owner_query);
        }
        for (int i = 0; i < 2; i++) {
                sd_event_source_disable_unref(s->links[i].retry);
                sd_bus_close_unref(s->links[i].bus);
        }
        sd_event_source_disable_unref(s->alone);
        free(s);
}
