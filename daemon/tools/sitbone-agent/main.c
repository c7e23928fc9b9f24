/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "tools/sitbone-agent/desktop_inhibit.h"
#include "tools/sitbone-agent/notify.h"
#include "tools/sitbone-agent/seats.h"
#include "tools/sitbone-agent/settings.h"
#include "util/language.h"
#include "util/log.h"
#include "util/version.h"

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE };

static const char usage[] =
        "sitbone-agent                 alerts of the system's daemon, on this desktop\n"
        "sitbone-agent --bus session   after sitboned --user\n"
        "sitbone-agent --print         without a desktop\n"
        "\n"
        "Shows the alerts of sitboned as notifications of this desktop, with buttons for Done, Snooze and Skip.\n"
        "While \"do not disturb\" is on, new alerts wait in sitboned.\n"
        "\n"
        "  --bus BUS      the bus of sitboned: system (default) or session\n"
        "  --session      the same as --bus session\n"
        "  --config FILE  instead of ~/.config/sitbone/agent.conf:\n"
        "                   [agent]\n"
        "                   # or session\n"
        "                   bus = system\n"
        "                   # yes: ask the desktop to play its message sound\n"
        "                   sound = no\n"
        "                   # notify when the mat has sent nothing for this long; 0: never\n"
        "                   mat_silent_s = 30\n"
        "                   # no: alerts are raised also while the desktop has \"do not disturb\" on\n"
        "                   do_not_disturb = yes\n"
        "                   # no: a film or a presentation (the screen is kept awake) does not make alerts wait\n"
        "                   fullscreen = yes\n"
        "  --print        print the text of the notifications, for machines without a desktop\n"
        "  --version, --help\n";

struct options {
        const char *bus, *config;
        bool print;
};

/* Ends the program after --help and on wrong usage. */
static void parse_options(int argc, char **argv, struct options *ret) {
        enum { OPT_BUS = 256, OPT_SESSION, OPT_CONFIG, OPT_PRINT, OPT_VERSION };
        static const struct option options[] = {{"bus", required_argument, NULL, OPT_BUS},
                                                {"session", no_argument, NULL, OPT_SESSION},
                                                {"config", required_argument, NULL, OPT_CONFIG},
                                                {"print", no_argument, NULL, OPT_PRINT},
                                                {"version", no_argument, NULL, OPT_VERSION},
                                                {"help", no_argument, NULL, 'h'},
                                                {NULL, 0, NULL, 0}};
        int c;

        while ((c = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
                switch (c) {
                case OPT_BUS:
                        ret->bus = optarg;
                        break;
                case OPT_SESSION:
                        ret->bus = "session";
                        break;
                case OPT_CONFIG:
                        ret->config = optarg;
                        break;
                case OPT_PRINT:
                        ret->print = true;
                        break;
                case OPT_VERSION:
                        printf("sitbone-agent %s\n", sitbone_version);
                        exit(STATUS_OK);
                case 'h':
                        fputs(usage, stdout);
                        exit(STATUS_OK);
                default: /* getopt has printed the error */
                        exit(STATUS_USAGE);
                }
        }
        if (optind < argc) {
                fprintf(stderr, "sitbone-agent: %s: takes options only; see sitbone-agent --help\n", argv[optind]);
                exit(STATUS_USAGE);
        }
        if (ret->bus && strcmp(ret->bus, "system") != 0 && strcmp(ret->bus, "session") != 0) {
                fprintf(stderr, "sitbone-agent: --bus %s: must be system or session\n", ret->bus);
                exit(STATUS_USAGE);
        }
}

/* ---- the session of the desktop, as logind knows it ---- */

struct session_watch {
        sd_login_monitor *monitor;
        struct notifier *notifier;
};

/* False only when logind reports that this is not the active local session. */
static bool find_may_show(void) {
        char *session = NULL;
        bool may = true;

        /* a user service belongs to no session: the user's graphical session counts */
        if (sd_pid_get_session(0, &session) < 0 && sd_uid_get_display(getuid(), &session) < 0)
                return true; /* no logind, or no session known to it: assume that the user is here */
        if (sd_session_is_active(session) == 0 || sd_session_is_remote(session) > 0)
                may = false;
        free(session);
        return may;
}

static int on_session_change(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct session_watch *w = userdata;

        (void)source, (void)fd, (void)events;
        sd_login_monitor_flush(w->monitor);
        notifier_set_may_show(w->notifier, find_may_show());
        return 0;
}

static void free_session_watch(void *userdata) {
        struct session_watch *w = userdata;

        sd_login_monitor_unref(w->monitor);
        free(w);
}

/* Shows notifications only while this is the active session. Returns 0 also when there is no logind. */
static int watch_session(sd_event *event, struct notifier *notifier) {
        struct session_watch *w = calloc(1, sizeof(*w));
        sd_event_source *source = NULL;
        int r;

        if (!w)
                return -ENOMEM;
        notifier_set_may_show(notifier, find_may_show());
        w->notifier = notifier;
        if (sd_login_monitor_new("session", &w->monitor) < 0) {
                free(w);
                return 0; /* no logind here */
        }
        r = sd_event_add_io(event, &source, sd_login_monitor_get_fd(w->monitor),
                            (uint32_t)sd_login_monitor_get_events(w->monitor), on_session_change, w);
        if (r < 0) {
                free_session_watch(w);
                return r;
        }
        sd_event_source_set_description(source, "logind");
        sd_event_source_set_destroy_callback(source, free_session_watch);
        r = sd_event_source_set_floating(source, 1);
        sd_event_source_unref(source);
        return r < 0 ? r : 0;
}

/* ---- the event loop ---- */

/* Runs before sd-bus closes the bus in an exit source of normal priority. */
static int on_exit_loop(sd_event_source *source, void *userdata) {
        (void)source;
        notifier_close_all(userdata);
        return 0;
}

static int add_exit_source(sd_event *event, struct notifier *notifier) {
        sd_event_source *source;
        int r = sd_event_add_exit(event, &source, on_exit_loop, notifier);

        if (r >= 0)
                r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IMPORTANT);
        if (r >= 0) {
                r = sd_event_source_set_floating(source, 1);
                sd_event_source_unref(source);
        }
        return r;
}

static int add_signals(sd_event *event) {
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGHUP);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        for (int i = 0; i < 3; i++) {
                int r = sd_event_add_signal(event, NULL, (const int[]){SIGTERM, SIGINT, SIGHUP}[i], NULL, NULL);

                if (r < 0)
                        return r;
        }
        return 0;
}

static int run_agent(sd_event *event, sd_bus *desktop, const struct agent_settings *settings) {
        static struct notifier notifier; /* 80 kB: too large for the stack */
        struct desktop_inhibit *inhibit = NULL;
        struct seats *seats = NULL;
        int r = notifier_init(&notifier, desktop, settings);

        if (r >= 0 && desktop)
                r = sd_bus_attach_event(desktop, event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0 && desktop) /* when the desktop's bus ends, the session and the agent end too */
                r = sd_bus_set_exit_on_disconnect(desktop, 1);
        if (r >= 0)
                r = add_signals(event);
        if (r >= 0)
                r = add_exit_source(event, &notifier);
        if (r >= 0)
                r = watch_session(event, &notifier);
        if (r >= 0)
                r = seats_new(event, settings, &notifier, &seats);
        if (r >= 0 && desktop)
                r = desktop_inhibit_new(event, desktop, settings, seats_set_inhibited, seats, &inhibit);
        if (r < 0)
                return r;
        sd_notify(0, "READY=1");
        r = sd_event_loop(event);
        desktop_inhibit_free(inhibit);
        seats_free(seats);
        return r;
}

int main(int argc, char **argv) {
        struct options options = {0};
        struct agent_settings settings;
        sd_event *event = NULL;
        sd_bus *desktop = NULL;
        int r;

        language_choose("auto");
        parse_options(argc, argv, &options);
        if (agent_settings_load(options.config, &settings) > 0)
                return STATUS_USAGE;
        if (options.bus)
                settings.system_bus = strcmp(options.bus, "system") == 0;
        log_open(LOG_LEVEL_INFO);

        r = sd_event_default(&event);
        if (r >= 0 && !options.print)
                r = sd_bus_open_user(&desktop);
        if (r < 0)
                log_error("no session bus: %s; start the agent inside a desktop session", strerror(-r));
        else
                r = run_agent(event, desktop, &settings);
        sd_bus_close_unref(desktop);
        sd_event_unref(event);
        return r < 0 ? STATUS_FAILED : STATUS_OK;
}
