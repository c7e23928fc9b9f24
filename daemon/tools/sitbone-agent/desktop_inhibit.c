/* SPDX-License-Identifier: MIT */
/* Desktops publish "do not disturb" in different places; any one of them that is on counts:
 *
 *   Inhibited (b)         org.freedesktop.Notifications, KDE: do not disturb, presentations, screen sharing
 *   paused (b)            dunst
 *   InhibitedActions (u)  GNOME's session: bit 8 = kept from idling, as players and presentations do in full screen
 *   HasInhibit () -> b    freedesktop power management (KDE, Xfce): the same
 *   do-not-disturb        Xfce, a property in xfconf
 *
 * GNOME's own "do not disturb" is in gnome.c. Most places announce changes; all are read once a minute, which also renews
 * the request to the daemon before it expires. */
#include "tools/sitbone-agent/desktop_inhibit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbone-agent/gnome.h"
#include "util/log.h"

static const uint64_t READ_EVERY_US = 60000000;

#define PROPERTIES    "org.freedesktop.DBus.Properties"
#define NOTIFICATIONS "org.freedesktop.Notifications"

static const struct source {
        const char *service, *path, *interface, *method;
        const char *argument, *name; /* arguments of the method; name NULL: it has none */
        uint32_t mask;               /* bits of a number that count */
        char type;                   /* type in the variant of the reply; 0: a boolean without a variant */
        bool fullscreen;
} sources[] = {
        {NOTIFICATIONS, "/org/freedesktop/Notifications", PROPERTIES, "Get", NOTIFICATIONS, "Inhibited", 0, 'b',
         false},
        {NOTIFICATIONS, "/org/freedesktop/Notifications", PROPERTIES, "Get", "org.dunstproject.cmd0", "paused", 0, 'b',
         false},
        {"org.xfce.Xfconf", "/org/xfce/Xfconf", "org.xfce.Xfconf", "GetProperty", "xfce4-notifyd", "/do-not-disturb",
         0, 'b', false},
        {"org.gnome.SessionManager", "/org/gnome/SessionManager", PROPERTIES, "Get", "org.gnome.SessionManager",
         "InhibitedActions", 8, 'u', true},
        {"org.freedesktop.PowerManagement.Inhibit", "/org/freedesktop/PowerManagement/Inhibit",
         "org.freedesktop.PowerManagement.Inhibit", "HasInhibit", NULL, NULL, 0, '\0', true},
};

enum { SOURCES_N = sizeof(sources) / sizeof(*sources) };

struct reading {
        struct desktop_inhibit *owner;
        const struct source *source;
        bool inhibited;
};

struct desktop_inhibit {
        const struct agent_settings *settings;
        sd_bus *bus; /* not owned */
        sd_event_source *timer;
        void (*changed)(void *userdata, bool inhibited);
        void *userdata;
        bool inhibited;
        struct gnome *gnome;
        bool gnome_inhibited;
        struct reading of[SOURCES_N];
};

static void update_inhibited(struct desktop_inhibit *d) {
        bool inhibited = d->gnome_inhibited;

        for (int i = 0; i < SOURCES_N; i++)
                inhibited |= d->of[i].inhibited;
        if (inhibited == d->inhibited)
                return;
        d->inhibited = inhibited;
        log_info("\"do not disturb\" is %s", inhibited ? "on: alerts wait" : "off");
        d->changed(d->userdata, inhibited);
}

static bool parse_reply(const struct source *s, sd_bus_message *m) {
        uint32_t number = 0;
        int yes = 0;

        if (s->type == 'u')
                return sd_bus_message_read(m, "v", "u", &number) >= 0 && (number & s->mask);
        if (s->type == 'b')
                return sd_bus_message_read(m, "v", "b", &yes) >= 0 && yes;
        return sd_bus_message_read(m, "b", &yes) >= 0 && yes;
}

/* A service that is absent, or does not know the method, inhibits nothing. */
static int on_reply(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct reading *reading = userdata;

        (void)ret_error;
        reading->inhibited = !sd_bus_message_is_method_error(m, NULL) && parse_reply(reading->source, m);
        update_inhibited(reading->owner);
        return 0;
}

/* Starts no service: one that is not running inhibits nothing. */
static void request_reading(struct reading *reading) {
        const struct source *s = reading->source;
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(reading->owner->bus, &m, s->service, s->path, s->interface, s->method);

        if (r >= 0 && s->name)
                r = sd_bus_message_append(m, "ss", s->argument, s->name);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(m, 0);
        if (r >= 0)
                r = sd_bus_call_async(reading->owner->bus, NULL, m, on_reply, reading, 0);
        if (r < 0)
                log_warning("%s: \"do not disturb\" not read: %s", s->service, strerror(-r));
        sd_bus_message_unref(m);
}

static void request_all(struct desktop_inhibit *d) {
        for (int i = 0; i < SOURCES_N; i++)
                if (!sources[i].fullscreen || d->settings->fullscreen)
                        request_reading(&d->of[i]);
}

static int on_news(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)m, (void)ret_error;
        request_all(userdata);
        return 0;
}

static void on_gnome(void *userdata, bool inhibited) {
        struct desktop_inhibit *d = userdata;

        d->gnome_inhibited = inhibited;
        update_inhibited(d);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        struct desktop_inhibit *d = userdata;

        (void)usec;
        if (d->inhibited)
                d->changed(d->userdata, true);
        request_all(d);
        return sd_event_source_set_time_relative(source, READ_EVERY_US);
}

static int listen_for_changes(struct desktop_inhibit *d) {
        static const char *const matches[] = {
                "type='signal',interface='" PROPERTIES
                "',member='PropertiesChanged',path='/org/freedesktop/Notifications'",
                "type='signal',interface='" PROPERTIES "',member='PropertiesChanged',path='/org/gnome/SessionManager'",
                "type='signal',interface='org.freedesktop.PowerManagement.Inhibit',member='HasInhibitChanged'",
                "type='signal',interface='org.xfce.Xfconf',arg0='xfce4-notifyd'",
                "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" NOTIFICATIONS "'",
        };
        int r = 0;

        for (size_t i = 0; i < sizeof(matches) / sizeof(*matches) && r >= 0; i++)
                r = sd_bus_add_match_async(d->bus, NULL, matches[i], on_news, NULL, d);
        return r;
}

int desktop_inhibit_new(sd_event *event, sd_bus *desktop, const struct agent_settings *settings,
                        void (*changed)(void *userdata, bool inhibited), void *userdata,
                        struct desktop_inhibit **ret) {
        struct desktop_inhibit *d;
        int r;

        if (!settings->do_not_disturb)
                return 0;
        d = calloc(1, sizeof(*d));
        if (!d)
                return -ENOMEM;
        d->settings = settings;
        d->bus = desktop;
        d->changed = changed;
        d->userdata = userdata;
        for (int i = 0; i < SOURCES_N; i++)
                d->of[i] = (struct reading){.owner = d, .source = &sources[i]};
        r = listen_for_changes(d);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &d->timer, CLOCK_MONOTONIC, 0, 100000, on_timer, d);
        if (r >= 0)
                r = sd_event_source_set_enabled(d->timer, SD_EVENT_ON);
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(d->timer, 1);
        if (r >= 0)
                r = gnome_new(event, desktop, on_gnome, d, &d->gnome);
        if (r < 0) {
                sd_event_source_disable_unref(d->timer);
                free(d);
                return r;
        }
        *ret = d;
        return 0;
}

void desktop_inhibit_free(struct desktop_inhibit *d) {
        if (!d)
                return;
        gnome_free(d->gnome);
        sd_event_source_disable_unref(d->timer);
        free(d);
}
