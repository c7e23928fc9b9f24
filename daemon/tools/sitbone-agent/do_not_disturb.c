/* SPDX-License-Identifier: MIT */
/* May this desktop be disturbed? Desktops say so in different places; any one of them that says no counts.
 *
 *   Inhibited (b)         org.freedesktop.Notifications, KDE's way: do not disturb, presentations, screen sharing
 *   paused (b)            dunst
 *   InhibitedActions (u)  GNOME's session: bit 8 = kept from idling, as players and presentations do in full screen
 *   HasInhibit () -> b    freedesktop power management (KDE, Xfce): the same
 *   do-not-disturb        Xfce, a property in xfconf
 *
 * GNOME's own "do not disturb" is in agent_gnome.c. Changes are announced by most; all are asked once a minute, which also
 * renews what the daemon was told. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbone-agent/agent.h"
#include "util/log.h"

static const uint64_t ask_every_us = 60000000;

#define PROPERTIES    "org.freedesktop.DBus.Properties"
#define NOTIFICATIONS "org.freedesktop.Notifications"

static const struct source {
        const char *service, *path, *interface, *method;
        const char *of, *name; /* what is asked for, NULL: the method has no arguments */
        uint32_t mask;         /* of a number */
        char type;             /* in the variant that comes; 0: a boolean as it is */
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

struct answer {
        struct disturb *disturb;
        const struct source *source;
        bool hold;
};

struct disturb {
        const struct agent_settings *settings;
        sd_bus *bus; /* not owned */
        sd_event_source *timer;
        void (*changed)(void *userdata, bool hold);
        void *userdata;
        bool hold;
        struct gnome *gnome;
        bool gnome_hold;
        struct answer of[SOURCES_N];
};

static void decide(struct disturb *d) {
        bool hold = d->gnome_hold;

        for (int i = 0; i < SOURCES_N; i++)
                hold |= d->of[i].hold;
        if (hold == d->hold)
                return;
        d->hold = hold;
        log_info("the desktop %s", hold ? "is not to be disturbed: alerts wait" : "may be disturbed again");
        d->changed(d->userdata, hold);
}

static bool read_answer(const struct source *s, sd_bus_message *m) {
        uint32_t number = 0;
        int yes = 0;

        if (s->type == 'u')
                return sd_bus_message_read(m, "v", "u", &number) >= 0 && (number & s->mask);
        if (s->type == 'b')
                return sd_bus_message_read(m, "v", "b", &yes) >= 0 && yes;
        return sd_bus_message_read(m, "b", &yes) >= 0 && yes;
}

/* Who is not there, or does not know the question, has nothing against it. */
static int on_answer(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct answer *a = userdata;

        (void)ret_error;
        a->hold = !sd_bus_message_is_method_error(m, NULL) && read_answer(a->source, m);
        decide(a->disturb);
        return 0;
}

/* Starts nobody: a service that is not running inhibits nothing. */
static void ask(struct answer *a) {
        const struct source *s = a->source;
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(a->disturb->bus, &m, s->service, s->path, s->interface, s->method);

        if (r >= 0 && s->name)
                r = sd_bus_message_append(m, "ss", s->of, s->name);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(m, 0);
        if (r >= 0)
                r = sd_bus_call_async(a->disturb->bus, NULL, m, on_answer, a, 0);
        if (r < 0)
                log_warning("%s not asked: %s", s->service, strerror(-r));
        sd_bus_message_unref(m);
}

static void ask_all(struct disturb *d) {
        for (int i = 0; i < SOURCES_N; i++)
                if (!sources[i].fullscreen || d->settings->fullscreen)
                        ask(&d->of[i]);
}

static int on_news(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)m, (void)ret_error;
        ask_all(userdata);
        return 0;
}

static void on_gnome(void *userdata, bool hold) {
        struct disturb *d = userdata;

        d->gnome_hold = hold;
        decide(d);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        struct disturb *d = userdata;

        (void)usec;
        if (d->hold)
                d->changed(d->userdata, true);
        ask_all(d);
        sd_event_source_set_time_relative(source, ask_every_us);
        return 0;
}

static int listen_to(struct disturb *d) {
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

int disturb_new(sd_event *event, sd_bus *desktop, const struct agent_settings *settings,
                void (*changed)(void *userdata, bool hold), void *userdata, struct disturb **ret) {
        struct disturb *d;
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
                d->of[i] = (struct answer){.disturb = d, .source = &sources[i]};
        r = listen_to(d);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &d->timer, CLOCK_MONOTONIC, 0, 100000, on_timer, d);
        if (r >= 0)
                r = sd_event_source_set_enabled(d->timer, SD_EVENT_ON);
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

void disturb_free(struct disturb *d) {
        if (!d)
                return;
        gnome_free(d->gnome);
        sd_event_source_disable_unref(d->timer);
        free(d);
}
