/* SPDX-License-Identifier: MIT */
/* Desktops publish "do not disturb" in different places; any one of them that is on counts:
 *
 *   Inhibited (b)         org.freedesktop.Notifications, KDE: do not disturb, presentations, screen sharing
 *   paused (b)            dunst
 *   ListModes () -> as    mako: the modes do-not-disturb and dnd
 *   InhibitedActions (u)  GNOME's session: bit 8 = kept from idling, as players and presentations do in full screen
 *   HasInhibit () -> b    freedesktop power management (KDE, Xfce): the same
 *   do-not-disturb        Xfce, a property in xfconf
 *
 * and GNOME's own setting (below). Most places announce changes; all are read once a minute, which also renews the request
 * to the daemon before it expires. mako before 1.8 announces nothing: it is asked more often. Programs that keep the screen
 * awake are asked for by name. */
#include "tools/sitbone-agent/desktop_inhibit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/language.h"
#include "util/log.h"
#include "util/sanitize.h"

static const uint64_t TICK_US = 10000000;

enum { TICKS_PER_READING = 6 };

#define PROPERTIES    "org.freedesktop.DBus.Properties"
#define NOTIFICATIONS "org.freedesktop.Notifications"

#define POWER "org.freedesktop.PowerManagement.Inhibit"
#define GNOME "org.gnome.SessionManager"
#define KDE   "org.kde.Solid.PowerManagement.PolicyAgent"

enum { GNOME_IDLE = 8 }; /* flag of an inhibitor that keeps the screen awake */

static const struct source {
        const char *service, *path, *interface, *method;
        const char *argument, *name; /* arguments of the method; name NULL: it has none */
        const char *by;              /* for people; NULL: the programs that ask for it are listed */
        uint32_t mask;               /* bits of a number that count */
        char type;                   /* type in the variant of the reply; 0: a boolean without a variant, 'm': modes */
        bool silent;                 /* may announce no changes */
} sources[] = {
        {NOTIFICATIONS, "/org/freedesktop/Notifications", PROPERTIES, "Get", NOTIFICATIONS, "Inhibited", "KDE", 0, 'b',
         false},
        {NOTIFICATIONS, "/org/freedesktop/Notifications", PROPERTIES, "Get", "org.dunstproject.cmd0", "paused",
         "dunst", 0, 'b', false},
        {NOTIFICATIONS, "/fr/emersion/Mako", "fr.emersion.Mako", "ListModes", NULL, NULL, "mako", 0, 'm', true},
        {"org.xfce.Xfconf", "/org/xfce/Xfconf", "org.xfce.Xfconf", "GetProperty", "xfce4-notifyd", "/do-not-disturb",
         "Xfce", 0, 'b', false},
        {GNOME, "/org/gnome/SessionManager", PROPERTIES, "Get", GNOME, "InhibitedActions", NULL, GNOME_IDLE, 'u',
         false},
        {POWER, "/org/freedesktop/PowerManagement/Inhibit", POWER, "HasInhibit", NULL, NULL, NULL, 0, '\0', false},
};

enum { SOURCES_N = sizeof(sources) / sizeof(*sources) };

/* Services that list the programs which keep the screen awake; the first program stands for all. */
static const struct list {
        const char *source; /* the service that says that there is one */
        const char *service, *path, *interface, *method;
        const char *type; /* of an element: a name, (name, reason), or an object that knows its name */
} lists[] = {
        {GNOME, GNOME, "/org/gnome/SessionManager", GNOME, "GetInhibitors", "o"},
        {POWER, POWER, "/org/freedesktop/PowerManagement/Inhibit", POWER, "GetInhibitors", "s"},
        {POWER, KDE, "/org/kde/Solid/PowerManagement/PolicyAgent", KDE, "ListInhibitions", "(ss)"},
};

enum { LISTS_N = sizeof(lists) / sizeof(*lists) };

struct reading {
        struct desktop_inhibit *owner;
        const struct source *source;
        bool inhibited;
        bool absent; /* the service is not there, or knows no such method */
};

/* GNOME's own setting, as gsettings reads it. */
struct gnome {
        sd_event_source *child; /* gsettings, while it runs */
        int output;             /* its output; -1 = none */
        bool outdated;          /* a setting was written since it began: read again */
        bool inhibited;
};

enum { BY_MAX = 48 };

struct listing {
        struct desktop_inhibit *owner;
        const struct list *list;
};

/* An object of GNOME's session: some keep the screen awake, others only keep the user from logging out. */
struct inhibitor {
        struct desktop_inhibit *owner;
        char path[96];
};

enum { INHIBITORS_MAX = 8 };

struct desktop_inhibit {
        const struct agent_settings *settings;
        sd_event *event; /* not owned, like the bus */
        sd_bus *bus;
        sd_event_source *timer;
        desktop_inhibit_changed *changed;
        void *userdata;
        bool inhibited;
        char by[BY_MAX];
        char program[BY_MAX]; /* that keeps the screen awake, as far as is known */
        unsigned ticks;
        struct gnome gnome;
        struct reading of[SOURCES_N];
        struct listing listings[LISTS_N];
        struct inhibitor inhibitors[INHIBITORS_MAX];
};

static void report_inhibited(struct desktop_inhibit *d) {
        d->changed(d->userdata, d->inhibited, d->by);
}

/* Returns what inhibits, for people; NULL = nothing does. */
static const char *find_inhibitor(const struct desktop_inhibit *d) {
        for (int i = 0; i < SOURCES_N; i++)
                if (d->of[i].inhibited && sources[i].by)
                        return sources[i].by;
        if (d->gnome.inhibited)
                return "GNOME";
        for (int i = 0; i < SOURCES_N; i++)
                if (d->of[i].inhibited)
                        return *d->program ? d->program : _("a program that keeps the screen awake");
        return NULL;
}

static void update_inhibited(struct desktop_inhibit *d) {
        const char *by = find_inhibitor(d);

        if (strcmp(by ? by : "", d->by) == 0)
                return;
        if (d->inhibited != (by != NULL))
                log_info("\"do not disturb\" is %s%s", by ? "on: alerts wait; by " : "off", by ? by : "");
        d->inhibited = by != NULL;
        snprintf(d->by, sizeof(d->by), "%s", by ? by : "");
        if (!by)
                d->program[0] = '\0';
        report_inhibited(d);
}

/* ---- GNOME ---- */

/* GNOME's "do not disturb" is a setting: the shell shows no banners. dconf announces on the bus that settings were written,
 * without their values; gsettings reads them. It is read only on a desktop that calls itself GNOME: others may have that
 * setting, too, and ignore it. */
#define GNOME_FOLDER "/org/gnome/desktop/notifications/"

static bool is_gnome(void) {
        const char *desktops = getenv("XDG_CURRENT_DESKTOP"); /* "ubuntu:GNOME" */

        for (const char *p = desktops; p && *p; p += *p == ':') {
                size_t n = strcspn(p, ":");

                if (n == 5 && strncmp(p, "GNOME", n) == 0)
                        return true;
                p += n;
        }
        return false;
}

static int spawn_gsettings(int out, pid_t *ret_pid) {
        char name[] = "gsettings", command[] = "get", schema[] = "org.gnome.desktop.notifications",
             key[] = "show-banners";
        char *const argv[] = {name, command, schema, key, NULL};
        posix_spawn_file_actions_t files;
        posix_spawnattr_t attributes;
        sigset_t none;
        int r;

        sigemptyset(&none); /* the agent's own signals are blocked */
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        r = posix_spawnp(ret_pid, argv[0], &files, &attributes, argv, environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&files);
        return -r;
}

static void read_setting(struct desktop_inhibit *d);

static int on_child_exit(sd_event_source *source, const siginfo_t *info, void *userdata) {
        struct desktop_inhibit *d = userdata;
        struct gnome *g = &d->gnome;
        char text[16] = "";

        (void)source;
        g->child = sd_event_source_disable_unref(g->child);
        if (info->si_code == CLD_EXITED && info->si_status == 0 && read(g->output, text, sizeof(text) - 1) > 0) {
                g->inhibited = strncmp(text, "false", 5) == 0;
                update_inhibited(d);
        }
        close(g->output);
        g->output = -1;
        if (g->outdated)
                read_setting(d);
        return 0;
}

static void read_setting(struct desktop_inhibit *d) {
        struct gnome *g = &d->gnome;
        int pipes[2], r;
        pid_t pid = 0;

        g->outdated = g->child != NULL;
        if (g->child)
                return;
        if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0) {
                log_warning("GNOME's \"do not disturb\" not read: %s", strerror(errno));
                return;
        }
        r = spawn_gsettings(pipes[1], &pid);
        close(pipes[1]);
        g->output = pipes[0];
        if (r >= 0)
                r = sd_event_add_child(d->event, &g->child, pid, WEXITED, on_child_exit, d);
        if (r >= 0)
                return;
        log_warning("GNOME's \"do not disturb\" not read: gsettings: %s", strerror(-r));
        close(g->output);
        g->output = -1;
}

static int on_written(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)m, (void)ret_error;
        read_setting(userdata);
        return 0;
}

static int follow_gnome(struct desktop_inhibit *d) {
        sigset_t child;
        int r;

        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child, NULL);
        r = sd_bus_add_match_async(d->bus, NULL,
                                   "type='signal',interface='ca.desrt.dconf.Writer',member='Notify',"
                                   "arg0path='" GNOME_FOLDER "'",
                                   on_written, NULL, d);
        if (r >= 0)
                read_setting(d);
        return r;
}

/* ---- the other desktops ---- */

static bool parse_reply(const struct source *s, sd_bus_message *m) {
        uint32_t number = 0;
        int yes = 0;

        if (s->type == 'u')
                return sd_bus_message_read(m, "v", "u", &number) >= 0 && (number & s->mask);
        if (s->type == 'b')
                return sd_bus_message_read(m, "v", "b", &yes) >= 0 && yes;
        return sd_bus_message_read(m, "b", &yes) >= 0 && yes;
}

/* mako's modes are the user's: these two names are the ones that its manual and its users give to this. */
static bool parse_modes(sd_bus_message *m) {
        const char *mode;
        bool found = false;

        if (sd_bus_message_enter_container(m, 'a', "s") >= 0)
                while (sd_bus_message_read(m, "s", &mode) > 0)
                        found |= strcmp(mode, "do-not-disturb") == 0 || strcmp(mode, "dnd") == 0;
        return found;
}

/* Starts no service: one that is not running inhibits nothing. */
static int call_running(sd_bus *bus, sd_bus_message *m, sd_bus_message_handler_t on_reply, void *userdata) {
        int r = sd_bus_message_set_auto_start(m, 0);

        return r < 0 ? r : sd_bus_call_async(bus, NULL, m, on_reply, userdata, 0);
}

/* Stores the name of a program, at most as much of it as fits, in whole characters. */
static void set_program(struct desktop_inhibit *d, const char *name) {
        snprintf(d->program, sizeof(d->program), "%s", name);
        for (size_t n = strlen(d->program); n > 0 && !utf8_valid(d->program); n--)
                d->program[n - 1] = '\0';
        update_inhibited(d);
}

static int on_program(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        const char *name;

        (void)ret_error;
        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "s", &name) >= 0 && *name)
                set_program(userdata, name);
        return 0;
}

static void call_inhibitor(struct inhibitor *inhibitor, const char *method, sd_bus_message_handler_t on_reply,
                           void *userdata) {
        sd_bus_message *m = NULL;

        if (sd_bus_message_new_method_call(inhibitor->owner->bus, &m, GNOME, inhibitor->path, GNOME ".Inhibitor",
                                           method) >= 0)
                call_running(inhibitor->owner->bus, m, on_reply, userdata);
        sd_bus_message_unref(m);
}

static int on_flags(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct inhibitor *inhibitor = userdata;
        uint32_t flags;

        (void)ret_error;
        if (!sd_bus_message_is_method_error(m, NULL) && sd_bus_message_read(m, "u", &flags) >= 0 &&
            (flags & GNOME_IDLE))
                call_inhibitor(inhibitor, "GetAppId", on_program, inhibitor->owner);
        return 0;
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        const struct listing *listing = userdata;
        struct desktop_inhibit *d = listing->owner;
        const char *type = listing->list->type, *name;

        (void)ret_error;
        if (sd_bus_message_is_method_error(m, NULL) || sd_bus_message_enter_container(m, 'a', type) < 0 ||
            (*type == '(' && sd_bus_message_enter_container(m, 'r', "ss") <= 0))
                return 0;
        for (int i = 0; i < INHIBITORS_MAX && sd_bus_message_read_basic(m, *type == 'o' ? 'o' : 's', &name) > 0; i++) {
                if (*type != 'o') {
                        set_program(d, name);
                        break;
                }
                d->inhibitors[i].owner = d;
                snprintf(d->inhibitors[i].path, sizeof(d->inhibitors[i].path), "%s", name);
                call_inhibitor(&d->inhibitors[i], "GetFlags", on_flags, &d->inhibitors[i]);
        }
        return 0;
}

static void request_programs(struct desktop_inhibit *d, const struct source *source) {
        for (int i = 0; i < LISTS_N; i++) {
                sd_bus_message *m = NULL;

                if (strcmp(lists[i].source, source->service) == 0 &&
                    sd_bus_message_new_method_call(d->bus, &m, lists[i].service, lists[i].path, lists[i].interface,
                                                   lists[i].method) >= 0)
                        call_running(d->bus, m, on_list, &d->listings[i]);
                sd_bus_message_unref(m);
        }
}

/* A service that is absent, or does not know the method, inhibits nothing. */
static int on_reply(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct reading *reading = userdata;
        const struct source *s = reading->source;

        (void)ret_error;
        reading->absent = sd_bus_message_is_method_error(m, NULL);
        reading->inhibited = !reading->absent && (s->type == 'm' ? parse_modes(m) : parse_reply(s, m));
        update_inhibited(reading->owner);
        if (!s->by && reading->inhibited)
                request_programs(reading->owner, s);
        return 0;
}

static void request_reading(struct reading *reading) {
        const struct source *s = reading->source;
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(reading->owner->bus, &m, s->service, s->path, s->interface, s->method);

        if (r >= 0 && s->name)
                r = sd_bus_message_append(m, "ss", s->argument, s->name);
        if (r >= 0)
                r = call_running(reading->owner->bus, m, on_reply, reading);
        if (r < 0)
                log_warning("%s: \"do not disturb\" not read: %s", s->service, strerror(-r));
        sd_bus_message_unref(m);
}

static void request_all(struct desktop_inhibit *d) {
        for (int i = 0; i < SOURCES_N; i++)
                if (sources[i].by || d->settings->fullscreen)
                        request_reading(&d->of[i]);
}

static int on_news(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)m, (void)ret_error;
        request_all(userdata);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        struct desktop_inhibit *d = userdata;

        (void)usec;
        if (d->ticks++ % TICKS_PER_READING == 0) {
                if (d->inhibited)
                        report_inhibited(d);
                request_all(d);
        } else {
                for (int i = 0; i < SOURCES_N; i++)
                        if (sources[i].silent && !d->of[i].absent)
                                request_reading(&d->of[i]);
        }
        return sd_event_source_set_time_relative(source, TICK_US);
}

static int listen_for_changes(struct desktop_inhibit *d) {
        static const char *const matches[] = {
                "type='signal',interface='" PROPERTIES
                "',member='PropertiesChanged',path='/org/freedesktop/Notifications'",
                "type='signal',interface='" PROPERTIES "',member='PropertiesChanged',path='/org/gnome/SessionManager'",
                "type='signal',interface='org.freedesktop.PowerManagement.Inhibit',member='HasInhibitChanged'",
                "type='signal',interface='org.xfce.Xfconf',arg0='xfce4-notifyd'",
                "type='signal',interface='" PROPERTIES "',member='PropertiesChanged',path='/fr/emersion/Mako'",
                "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" NOTIFICATIONS "'",
        };
        int r = 0;

        for (size_t i = 0; i < sizeof(matches) / sizeof(*matches) && r >= 0; i++)
                r = sd_bus_add_match_async(d->bus, NULL, matches[i], on_news, NULL, d);
        return r;
}

int desktop_inhibit_new(sd_event *event, sd_bus *desktop, const struct agent_settings *settings,
                        desktop_inhibit_changed *changed, void *userdata, struct desktop_inhibit **ret) {
        struct desktop_inhibit *d;
        int r;

        if (!settings->do_not_disturb)
                return 0;
        d = calloc(1, sizeof(*d));
        if (!d)
                return -ENOMEM;
        d->settings = settings;
        d->event = event;
        d->bus = desktop;
        d->gnome.output = -1;
        d->changed = changed;
        d->userdata = userdata;
        for (int i = 0; i < SOURCES_N; i++)
                d->of[i] = (struct reading){.owner = d, .source = &sources[i]};
        for (int i = 0; i < LISTS_N; i++)
                d->listings[i] = (struct listing){.owner = d, .list = &lists[i]};
        r = listen_for_changes(d);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &d->timer, CLOCK_MONOTONIC, 0, 100000, on_timer, d);
        if (r >= 0)
                r = sd_event_source_set_enabled(d->timer, SD_EVENT_ON);
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(d->timer, 1);
        if (r >= 0 && is_gnome())
                r = follow_gnome(d);
        if (r < 0) {
                desktop_inhibit_free(d);
                return r;
        }
        *ret = d;
        return 0;
}

void desktop_inhibit_free(struct desktop_inhibit *d) {
        if (!d)
                return;
        sd_event_source_disable_unref(d->gnome.child);
        if (d->gnome.output >= 0)
                close(d->gnome.output);
        sd_event_source_disable_unref(d->timer);
        free(d);
}
