/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "publish/mqtt/channel.h"
#include "publish/mqtt/command.h"
#include "publish/mqtt/mailbox.h"
#include "util/clock.h"
#include "util/language.h"
#include "util/log.h"

/* A report that is not urgent is sent at most this often. */
#define REPORT_US USEC_PER_SEC

/* The child is restarted after 1 s, then 2 s and so on; one that lived this long begins again with 1 s. */
enum { BACKOFF_DOUBLINGS_MAX = 6 };
#define LONG_LIFE_US (60 * USEC_PER_SEC)

/* Time between the end of the socket and that of the process, which is looked for in these steps. */
#define REAP_US (20 * 1000ull)
enum { REAP_TRIES_MAX = 25 };

/* A child that does not read is reported, and ended much later: connecting to a machine that does not answer takes two
 * minutes. */
#define STUCK_US (10 * USEC_PER_SEC)
#define HUNG_US  (300 * USEC_PER_SEC)

/* The end: time for the waiting events, then for the whole good-bye. */
#define DRAIN_US (500 * 1000ull)
#define STOP_US  (1900 * 1000ull)

enum { RECEIVE_MAX = 32 };

struct mqtt {
        sd_event *event;
        command_fn execute;
        void *userdata;
        struct channel_start start; /* for the next child */
        struct mailbox mailbox;
        struct seat_event flight; /* the event that the child has, until it is done */
        bool flying, handed;      /* there is one; this child has it */
        bool started, settings_due;
        bool up, v5; /* as the child reports */
        enum mqtt_status status;

        pid_t pid;                       /* 0 = there is no child */
        int fd;                          /* -1 = its socket has ended */
        sd_event_source *socket, *timer; /* timer: restarts, and reaps */
        unsigned failures, reap_tries;
        uint64_t spawned_us, reported_us, blocked_us; /* blocked: since then it does not read, 0 = it reads */
        uint64_t restarts;
        struct bucket requests;
        struct channel_message message; /* the last one that arrived */
};

/* ---- to the child ---- */

static void watch_socket(struct mqtt *q, bool blocked) {
        if (blocked == (q->blocked_us != 0))
                return;
        q->blocked_us = blocked ? clock_boottime_us() : 0;
        sd_event_source_set_io_events(q->socket, blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* False: the child must read first, or has ended, which the socket will report. */
static bool send_message(struct mqtt *q, enum channel_type type, const void *body) {
        int r = channel_send(q->fd, type, body);

        watch_socket(q, r == -EAGAIN);
        return r == 0;
}

/* One event is on its way at a time: it is sent again only if the child or the broker did not acknowledge it. */
static bool send_event(struct mqtt *q) {
        if (!q->up || (q->flying && q->handed))
                return true;
        if (!q->flying)
                q->flying = mailbox_next_event(&q->mailbox, &q->flight);
        if (q->flying)
                q->handed = send_message(q, CHANNEL_EVENT, &q->flight);
        return q->handed || !q->flying;
}

static bool send_report(struct mqtt *q) {
        struct mailbox *m = &q->mailbox;
        struct channel_report report = {.dropped_events = m->dropped_events,
                                        .dropped_answers = m->dropped_answers,
                                        .restarts = q->restarts,
                                        .waiting_events = m->events_ring.n};
        uint64_t now_us = clock_boottime_us();

        if (!m->has_report || (!m->urgent && now_us < q->reported_us + REPORT_US))
                return true;
        report.values = m->report;
        if (!send_message(q, CHANNEL_REPORT, &report))
                return false;
        m->urgent = false;
        q->reported_us = now_us;
        return true;
}

static void send_pending(struct mqtt *q) {
        const struct channel_answer *answer;

        if (!q->started && q->fd >= 0)
                q->started = send_message(q, CHANNEL_START, &q->start);
        if (!q->started)
                return;
        if (q->settings_due && !send_message(q, CHANNEL_SETTINGS, &q->start.settings))
                return;
        q->settings_due = false;
        if (!send_event(q) || !send_report(q))
                return;
        while ((answer = mailbox_first_answer(&q->mailbox)) && send_message(q, CHANNEL_ANSWER, answer))
                mailbox_drop_answer(&q->mailbox);
}

/* ---- from the child ---- */

static void execute_request(struct mqtt *q, const struct channel_request *request) {
        struct channel_answer answer = {.token = request->token};

        answer.result = q->execute(q->userdata, &request->command, &answer.details);
        mailbox_answer(&q->mailbox, &answer);
}

/* False: the message makes no sense. */
static bool apply_message(struct mqtt *q, const struct channel_message *m) {
        switch ((enum channel_type)m->header.type) {
        case CHANNEL_STATUS:
                q->status = m->of.status.status;
                q->up = m->of.status.up;
                q->v5 = m->of.status.v5;
                q->start.carry = m->of.status.carry;
                return true;
        case CHANNEL_EVENT_DONE:
                if (!q->flying || !q->handed || m->of.event_done.number != q->flight.number)
                        return false;
                q->flying = q->handed = false;
                return true;
        case CHANNEL_REQUEST:
                if (!bucket_take(&q->requests, clock_boottime_us()))
                        return false;
                execute_request(q, &m->of.request);
                return true;
        case CHANNEL_START:
        case CHANNEL_SETTINGS:
        case CHANNEL_REPORT:
        case CHANNEL_EVENT:
        case CHANNEL_ANSWER:
        case CHANNEL_STOP:
        case CHANNEL_TYPE_N:
                break;
        }
        return false;
}

static void close_socket(struct mqtt *q) {
        sd_event_source_disable_unref(q->socket);
        q->socket = NULL;
        if (q->fd >= 0)
                close(q->fd);
        q->fd = -1;
        q->started = q->up = q->handed = false;
        q->blocked_us = 0;
}

/* The timer then reaps the process. */
static void end_child(struct mqtt *q) {
        close_socket(q);
        q->reap_tries = 0;
        sd_event_source_set_time_relative(q->timer, 0);
        sd_event_source_set_enabled(q->timer, SD_EVENT_ONESHOT);
}

/* Returns false when the child has ended. A few messages a call: the mat comes first. */
static bool receive_messages(struct mqtt *q) {
        int r = 1;

        for (int i = 0; i < RECEIVE_MAX && r > 0; i++) {
                r = channel_receive(q->fd, false, &q->message);
                if (r > 0 && !apply_message(q, &q->message))
                        r = -EBADMSG;
        }
        if (r == -EBADMSG) {
                log_error("mqtt: sitbone-mqtt sends what it must not, or is of another version than sitboned; it is "
                          "restarted");
                kill(q->pid, SIGKILL);
        }
        return r >= 0;
}

static int on_socket(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct mqtt *q = userdata;

        (void)source, (void)fd, (void)events;
        if (receive_messages(q))
                send_pending(q);
        else
                end_child(q);
        return 0;
}

/* ---- the process ---- */

/* It lies where it is installed, relative to this program so that a moved tree works, or beside it in a build tree. */
static void find_program(char *ret, size_t size) {
        static const char *const places[] = {SITBONE_MQTT_RELATIVE, "sitbone-mqtt"};
        char self[4096];
        ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        char *slash;

        self[n > 0 ? n : 0] = '\0';
        slash = strrchr(self, '/');
        for (size_t i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
                snprintf(ret, size, "%.*s/%s", (int)(slash - self), self, places[i]);
                if (access(ret, X_OK) == 0)
                        return;
        }
        snprintf(ret, size, "%s", SITBONE_MQTT_PROGRAM);
}

/* The environment without what belongs to the daemon: the service manager's socket, its state, the bus. */
static void copy_environment(char **ret, size_t n_max) {
        static const char *const withheld[] = {"NOTIFY_SOCKET=", "WATCHDOG_", "STATE_DIRECTORY=", "LISTEN_", "DBUS_",
                                               "XDG_",           "SSH_"};
        size_t n = 0;

        for (char **e = environ; *e && n + 1 < n_max; e++) {
                bool copy = true;

                for (size_t i = 0; i < sizeof(withheld) / sizeof(withheld[0]); i++)
                        copy = copy && strncmp(*e, withheld[i], strlen(withheld[i])) != 0;
                if (copy)
                        ret[n++] = *e;
        }
        ret[n] = NULL;
}

/* The signals that end sitboned, also those of a terminal, must not end the child before its good-bye. */
static int spawn_program(const char *path, int fd, pid_t *ret) {
        char name[] = "sitbone-mqtt", *argv[] = {name, NULL}, *environment[256];
        const struct sched_param normal = {0};
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t blocked, defaults;
        short flags;
        int r;

        copy_environment(environment, sizeof(environment) / sizeof(environment[0]));
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTERM);
        sigaddset(&blocked, SIGINT);
        sigaddset(&blocked, SIGHUP);
        sigfillset(&defaults);
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, fd, CHANNEL_FD);
        posix_spawn_file_actions_addclosefrom_np(&actions, CHANNEL_FD + 1);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setsigmask(&attributes, &blocked);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        if (sched_getscheduler(0) != SCHED_OTHER) { /* the service may not even ask otherwise */
                posix_spawnattr_setschedpolicy(&attributes, SCHED_OTHER);
                posix_spawnattr_setschedparam(&attributes, &normal);
                flags |= POSIX_SPAWN_SETSCHEDULER;
        }
        posix_spawnattr_setflags(&attributes, flags);
        r = posix_spawn(ret, path, &actions, &attributes, argv, environment);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        return -r;
}

static int spawn_child(struct mqtt *q, const char *path) {
        int pair[2], r;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
                return -errno;
        r = spawn_program(path, pair[1], &q->pid);
        close(pair[1]);
        q->fd = pair[0];
        if (r >= 0)
                r = sd_event_add_io(q->event, &q->socket, q->fd, EPOLLIN, on_socket, q);
        if (r < 0) {
                q->pid = 0;
                close_socket(q);
                return r;
        }
        sd_event_source_set_priority(q->socket, SD_EVENT_PRIORITY_NORMAL + 1);
        return 0;
}

static void restart_later(struct mqtt *q) {
        unsigned doublings = q->failures < BACKOFF_DOUBLINGS_MAX ? q->failures : BACKOFF_DOUBLINGS_MAX;

        q->failures++;
        sd_event_source_set_time_relative(q->timer, USEC_PER_SEC << doublings);
        sd_event_source_set_enabled(q->timer, SD_EVENT_ONESHOT);
}

static void start_child(struct mqtt *q) {
        char path[4096 + 64];
        int r;

        find_program(path, sizeof(path));
        r = spawn_child(q, path);
        if (r < 0) {
                if (q->status != STATUS_NO_PROGRAM)
                        log_error("mqtt: %s: %s; check the installation; trying again", path, strerror(-r));
                q->status = STATUS_NO_PROGRAM;
                restart_later(q);
                return;
        }
        q->spawned_us = clock_boottime_us();
        q->mailbox.urgent = true;
        q->settings_due = false; /* the start has them */
        send_pending(q);
}

static bool is_crash(const siginfo_t *end) {
        return end->si_code != CLD_EXITED && end->si_status != SIGKILL && end->si_status != SIGTERM;
}

static void report_end(struct mqtt *q, const siginfo_t *end) {
        bool by_signal = end->si_code != CLD_EXITED;

        log_warning("mqtt: sitbone-mqtt ended by itself (%s %d%s%s%s); it is restarted, the seat goes on",
                    by_signal ? "signal" : "exit status", end->si_status, by_signal ? ", " : "",
                    by_signal ? strsignal(end->si_status) : "", q->v5 ? ", in MQTT 5" : "");
        if (!is_crash(end) || !q->v5 || q->start.settings.mqtt.protocol != MQTT_AUTO || q->start.v5_spoils)
                return;
        q->start.v5_spoils = 1;
        log_warning(
                "mqtt: MQTT 3.1.1 from now on, until sitboned is restarted: the MQTT library does not survive what "
                "the broker sends in MQTT 5");
}

/* False: the process has not ended yet. */
static bool reap_child(struct mqtt *q) {
        siginfo_t end = {0};

        if (waitid(P_PID, (id_t)q->pid, &end, WEXITED | WNOHANG) == 0 && end.si_pid == 0)
                return false;
        q->pid = 0;
        q->status = STATUS_RESTARTING;
        q->restarts++;
        report_end(q, &end);
        if (clock_boottime_us() - q->spawned_us > LONG_LIFE_US)
                q->failures = 0;
        return true;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        struct mqtt *q = userdata;

        (void)source, (void)usec;
        if (q->pid == 0) {
                start_child(q);
        } else if (reap_child(q)) {
                restart_later(q);
        } else {
                if (++q->reap_tries == REAP_TRIES_MAX)
                        kill(q->pid, SIGKILL);
                sd_event_source_set_time_relative(q->timer, REAP_US);
                sd_event_source_set_enabled(q->timer, SD_EVENT_ONESHOT);
        }
        return 0;
}

/* ---- the outlet ---- */

static void mqtt_post(void *self, const struct snapshot *snapshot) {
        struct mqtt *q = self;

        mailbox_post(&q->mailbox, snapshot, clock_realtime_us());
        if (q->fd < 0)
                return;
        if (q->blocked_us == 0)
                send_pending(q);
        else if (clock_boottime_us() - q->blocked_us > HUNG_US) {
                log_error("mqtt: sitbone-mqtt has not answered for %d s; it is restarted",
                          (int)(HUNG_US / USEC_PER_SEC));
                kill(q->pid, SIGKILL); /* the socket reports the end */
                q->blocked_us = clock_boottime_us();
        }
}

static const char *const status_texts[STATUS_N] = {
        [LINK_UP] = N_("connecting"),
        [LINK_UNREACHABLE] = N_("no broker"),
        [LINK_SILENT] = N_("the broker does not answer"),
        [LINK_PROTOCOL] = N_("refused: MQTT version"),
        [LINK_REFUSED] = N_("refused: not authorised"),
        [LINK_BUSY] = N_("refused: busy"),
        [LINK_TAKEN_OVER] = N_("refused: another client uses this seat id"),
        [LINK_TLS] = N_("refused: TLS"),
        [LINK_SETTINGS] = N_("not tried: password or certificate file"),
        [LINK_TOO_LARGE] = N_("a message at the broker is too large: see the log"),
        [STATUS_CONNECTED] = N_("connected"),
        [STATUS_TOPICS_NOT_AUTHORISED] = N_("connected, but the broker refuses topics (not authorised): see the "
                                            "access rules in docs/home-assistant.md"),
        [STATUS_TOPICS_REFUSED] = N_("connected, but the broker refuses topics: see the log"),
        [STATUS_WITHOUT_COMMANDS] = N_("connected, without commands: a message at the broker is too large"),
        [STATUS_REMOVED] = N_("removed from the broker until a restart or reload"),
        [STATUS_RESTARTING] = N_("restarting after a crash of sitbone-mqtt: see the log"),
        [STATUS_NO_PROGRAM] = N_("the program sitbone-mqtt cannot be started: see the log"),
        [STATUS_STUCK] = N_("sitbone-mqtt does not answer"),
};

static const char *mqtt_status(void *self) {
        const struct mqtt *q = self;
        bool stuck = q->up && q->blocked_us && clock_boottime_us() - q->blocked_us > STUCK_US;

        return status_texts[stuck ? STATUS_STUCK : q->status];
}

static void send_settings(struct mqtt *q) {
        q->settings_due = q->started;
        if (q->fd >= 0)
                send_pending(q);
}

static void mqtt_configure(void *self, const struct settings *settings) {
        struct mqtt *q = self;
        const struct settings_mqtt first = q->start.settings.mqtt;

        /* what needs a restart of sitboned stays as it was, also for a child that is started later */
        q->start.settings = *settings;
        q->start.settings.mqtt = first;
        q->start.settings.mqtt.remove = false;
        q->start.settings.mqtt.discovery = settings->mqtt.discovery;
        q->start.settings.mqtt.state_interval_s = settings->mqtt.state_interval_s;
        q->start.settings.mqtt.heartbeat_s = settings->mqtt.heartbeat_s;
        q->start.settings.mqtt.layout = settings->mqtt.layout;
        send_settings(q);
}

/* Until the settings are read again, also over a restart of the child. */
static bool mqtt_remove(void *self) {
        struct mqtt *q = self;

        if (!q->up)
                return false;
        q->start.settings.mqtt.remove = true;
        send_settings(q);
        return true;
}

/* Serves the child until its socket ends or the time is up; with draining also ends when no event waits. */
static void serve_until(struct mqtt *q, uint64_t until_us, bool draining) {
        uint64_t now_us;
        struct pollfd p = {q->fd, POLLIN, 0};

        while ((now_us = clock_boottime_us()) < until_us) {
                if (draining && (!q->up || (!q->flying && q->mailbox.events_ring.n == 0)))
                        return;
                if (poll(&p, 1, (int)((until_us - now_us) / 1000) + 1) > 0 && !receive_messages(q))
                        return;
                if (draining)
                        send_pending(q);
        }
}

/* The child says good-bye to the broker. One that cannot, because it resolves a name or connects, is ended. */
static void mqtt_free(void *self) {
        struct mqtt *q = self;
        uint64_t begin_us = clock_boottime_us();

        if (q->fd >= 0) {
                serve_until(q, begin_us + DRAIN_US, true);
                send_message(q, CHANNEL_STOP, NULL);
                serve_until(q, begin_us + STOP_US, false);
        }
        if (q->pid > 0) {
                if (clock_boottime_us() >= begin_us + STOP_US)
                        kill(q->pid, SIGKILL);
                waitpid(q->pid, NULL, 0);
        }
        close_socket(q);
        sd_event_source_disable_unref(q->timer);
        free(q);
}

static const struct outlet_ops mqtt_ops = {
        .name = "mqtt",
        .post = mqtt_post,
        .status = mqtt_status,
        .configure = mqtt_configure,
        .remove = mqtt_remove,
        .free = mqtt_free,
};

int mqtt_new(const struct outlet_host *host, struct outlet *ret) {
        struct mqtt *q = calloc(1, sizeof(*q));
        int r;

        if (!q)
                return -ENOMEM;
        *q = (struct mqtt){.event = host->event, .execute = host->execute, .userdata = host->userdata, .fd = -1};
        q->start = (struct channel_start){.settings = *host->settings,
                                          .identity = *host->identity,
                                          .started_realtime_us = clock_realtime_us(),
                                          .log_level = log_get_max()};
        q->requests = (struct bucket){30, 30, 5, clock_boottime_us()};
        r = sd_event_add_time_relative(q->event, &q->timer, CLOCK_BOOTTIME, 0, 0, on_timer, q);
        if (r < 0) {
                free(q);
                return r;
        }
        start_child(q);
        if (q->pid > 0)
                sd_event_source_set_enabled(q->timer, SD_EVENT_OFF);
        *ret = (struct outlet){&mqtt_ops, q};
        return 0;
}
