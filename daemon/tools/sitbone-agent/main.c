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
#include <time.h>
#include <unistd.h>

#include "configure/exercises.h"
#include "sitbone/alert.h"
#include "tools/sitbone-agent/desktop_inhibit.h"
#include "tools/sitbone-agent/notify.h"
#include "tools/sitbone-agent/seats.h"
#include "tools/sitbone-agent/settings.h"
#include "util/clock.h"
#include "util/command_line.h"
#include "util/language.h"
#include "util/log.h"
#include "util/version.h"
#include "words/names.h"
#include "words/sentences.h"

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE };

static const char usage[] =
        "Usage: sitbone-agent [OPTIONS]\n"
        "\n"
        "  sitbone-agent               alerts of sitboned, on this desktop\n"
        "  sitbone-agent --test        show one notification of each kind, and exit\n"
        "  sitbone-agent --print       without a desktop\n"
        "\n"
        "Shows the alerts of sitboned as notifications of this desktop, with buttons for Done, Snooze and Skip.\n"
        "While \"do not disturb\" is on, new alerts wait in sitboned.\n"
        "\n"
        "  --bus BUS      the bus of sitboned: auto (default: both), system, or session (after sitboned --user)\n"
        "  --session      the same as --bus session\n"
        "  --config FILE  instead of ~/.config/sitbone/agent.conf:\n"
        "                   [agent]\n"
        "                   # or system, or session\n"
        "                   bus = auto\n"
        "                   # no: the prompt to stand up leaves the screen after half a minute\n"
        "                   stay = yes\n"
        "                   # yes: ask the desktop to play its message sound\n"
        "                   sound = no\n"
        "                   # notify when the mat has sent nothing for this long; 0: never\n"
        "                   mat_silent_s = 30\n"
        "                   # no: alerts are raised also while the desktop has \"do not disturb\" on\n"
        "                   do_not_disturb = yes\n"
        "                   # no: a film or a presentation (the screen is kept awake) does not make alerts wait\n"
        "                   fullscreen = yes\n"
        "  --test         show one notification of each kind; exit when all are closed, or after a minute\n"
        "  --print        print the text of the notifications, for machines without a desktop\n"
        "  -V, --version  print the version\n"
        "  -h, --help     print this help\n";

struct options {
        const char *config;
        uint32_t buses; /* 0 = as in the settings */
        bool print, test;
};

static void print_usage(FILE *f) {
        fputs(usage, f);
}

/* Ends the program after --help and on wrong usage. */
static void parse_options(int argc, char **argv, struct options *ret) {
        enum { OPT_BUS = 256, OPT_SESSION, OPT_CONFIG, OPT_PRINT, OPT_TEST };
        static const struct option options[] = {{"bus", required_argument, NULL, OPT_BUS},
                                                {"session", no_argument, NULL, OPT_SESSION},
                                                {"config", required_argument, NULL, OPT_CONFIG},
                                                {"print", no_argument, NULL, OPT_PRINT},
                                                {"test", no_argument, NULL, OPT_TEST},
                                                {"version", no_argument, NULL, 'V'},
                                                {"help", no_argument, NULL, 'h'},
                                                {NULL, 0, NULL, 0}};
        int c;

        opterr = 0;
        command_line_translate(argc, argv);
        while ((c = getopt_long(argc, argv, ":hV", options, NULL)) >= 0) {
                switch (c) {
                case OPT_BUS:
                        if (agent_read_buses(optarg, &ret->buses))
                                break;
                        command_line_complain("sitbone-agent", "--bus %s: must be auto, system or session", optarg);
                        exit(STATUS_USAGE);
                case OPT_SESSION:
                        ret->buses = AGENT_SESSION_BUS;
                        break;
                case OPT_TEST:
                        ret->test = true;
                        break;
                case OPT_CONFIG:
                        ret->config = optarg;
                        break;
                case OPT_PRINT:
                        ret->print = true;
                        break;
                case 'V':
                        printf("sitbone-agent %s\n", sitbone_version);
                        command_line_exit("sitbone-agent");
                case 'h':
                        command_line_help("sitbone-agent", print_usage);
                default:
                        command_line_refuse(options, c, argv[optind - 1], "sitbone-agent");
                }
        }
        if (optind < argc) {
                command_line_complain("sitbone-agent", "%s: takes options only; see sitbone-agent --help",
                                      argv[optind]);
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

/* ---- one notification of each kind, as they look on this desktop ---- */

#define EXAMPLE_SEAT "example"

static const uint64_t US_PER_MIN = 60 * USEC_PER_SEC, LOOK_EVERY_US = 500000;

static void show_example(struct notifier *n, const char *kind, const struct notification_text *text) {
        notifier_show(n, EXAMPLE_SEAT, kind, "1", text);
}

static void show_alerts(struct notifier *n, const struct exercise_catalogue *c) {
        struct alert a = {.seated_us = 31 * US_PER_MIN,
                          .cause_us = 22 * US_PER_MIN,
                          .limit_us = 20 * US_PER_MIN,
                          .window_us = 30 * US_PER_MIN,
                          .break_us = 2 * US_PER_MIN,
                          .slouched_share = 0.6f,
                          .asymmetry = 0.3f};
        const struct exercise *e = NULL;
        char body[1536];

        for (uint32_t i = 0; i < c->n && !e; i++)
                e = c->of[i].prompt ? &c->of[i] : NULL;
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                alert_body(&a, k, k == ALERT_ACTIVATE ? e : NULL, body, sizeof(body));
                show_example(n, alert_kind_name(k),
                             &(struct notification_text){.title = alert_title(k),
                                                         .body = body,
                                                         .snooze_min = 15,
                                                         .category = "x-sitbone.posture.alert",
                                                         .stays = k == ALERT_ACTIVATE && n->settings->stay});
        }
}

static void show_all(struct notifier *n) {
        struct exercise_catalogue *c = calloc(1, sizeof(*c));
        struct config_errors *errors = calloc(1, sizeof(*errors));

        if (c && errors) {
                exercises_load(NULL, errors, c);
                show_alerts(n, c);
                show_example(n, "safety",
                             &(struct notification_text){.title = _("Before you exercise"),
                                                         .body = c->safety_short,
                                                         .confirm = true,
                                                         .category = "x-sitbone.safety",
                                                         .stays = true});
        }
        free(errors);
        free(c);
        show_example(n, "soon",
                     &(struct notification_text){.title = _("Soon: time to stand up"),
                                                 .body = "",
                                                 .category = "x-sitbone.soon",
                                                 .quiet = true});
        show_example(n, "mat",
                     &(struct notification_text){.title = _("The seat mat fell silent"),
                                                 .body = "",
                                                 .category = "device.removed",
                                                 .stays = true});
        show_example(n, "answer",
                     &(struct notification_text){.title = _("Well done"),
                                                 .body = _("The time to the next reminder starts again."),
                                                 .category = "x-sitbone.answer",
                                                 .quiet = true,
                                                 .brief = true});
}

static bool are_shown(const struct notifier *n) {
        for (int i = 0; i < NOTIFICATIONS_MAX; i++)
                if (n->notifications[i].wanted && !n->notifications[i].dismissed)
                        return true;
        return false;
}

static void on_press(void *userdata, struct notification *notification, const char *action) {
        printf("%s: %s\n", notification->kind, action);
        fflush(stdout);
        notifier_hide(userdata, EXAMPLE_SEAT, notification->kind);
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata) {
        const struct notifier *n = userdata;
        int r;

        (void)usec;
        if (!n->bus || !are_shown(n))
                return sd_event_exit(sd_event_source_get_event(source), 0);
        r = sd_event_source_set_time_relative(source, LOOK_EVERY_US);
        return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int show_examples(sd_event *event, struct notifier *notifier) {
        int r = sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, LOOK_EVERY_US, 0, on_look, notifier);

        if (r >= 0) /* exits the loop */
                r = sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, US_PER_MIN, 0, NULL, NULL);
        notifier->on_press = on_press;
        notifier->userdata = notifier;
        show_all(notifier);
        return r;
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

static int run_agent(sd_event *event, sd_bus *desktop, const struct agent_settings *settings, bool test) {
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
        if (r >= 0 && test)
                r = show_examples(event, &notifier);
        else if (r >= 0)
                r = seats_new(event, settings, &notifier, &seats);
        if (r >= 0 && desktop && !test)
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
        if (options.buses)
                settings.buses = options.buses;
        log_open(LOG_LEVEL_INFO);

        r = sd_event_default(&event);
        if (r >= 0 && !options.print)
                r = sd_bus_open_user(&desktop);
        if (r < 0)
                log_error("no session bus: %s; start the agent inside a desktop session", strerror(-r));
        else
                r = run_agent(event, desktop, &settings, options.test);
        sd_bus_close_unref(desktop);
        sd_event_unref(event);
        return r < 0 ? STATUS_FAILED : STATUS_OK;
}
