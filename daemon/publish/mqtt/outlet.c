/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/outlet.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "publish/mqtt/session.h"
#include "util/clock.h"
#include "util/language.h"
#include "util/log.h"

/* Reconnecting: 1 s doubled to 120 s, anywhere in between (full jitter), so that a fleet does not return in step. */
enum { BACKOFF_LEAST_MS = 100, BACKOFF_FIRST_MS = 1000, BACKOFF_MOST_MS = 120 * 1000 };

enum { BACKOFF_REFUSED_MS = 3 * 1000, BACKOFF_BUSY_MS = 30 * 1000, BACKOFF_TAKEN_OVER_MS = 600 * 1000 };

enum { TAKE_OVERS_TOLERATED = 2, SHORT_LIVES_TOLERATED = 3, CLOSED_UNHEARD_TOLERATED = 2 };

/* Connections shorter than that in a row are no progress: mosquitto 2.0 drops the older of two clients with one id
 * without a reason code, and the two would push each other out for ever. */
#define SHORT_LIFE_US (30 * USEC_PER_SEC)

enum { STOP_MS = 1900 };

struct mqtt {
        atomic_int owners; /* the daemon and the thread; the last one frees */
        pthread_t thread;
        /* used by the decision thread only */
        sd_event_source *commands;
        command_fn execute;
        void *userdata;

        struct mailbox mailbox;
        _Atomic(const char *) status;

        /* MQTT thread's own */
        struct session session;
        bool v5;
        unsigned failures, take_overs, short_lives, unheard;
        char said[sizeof((struct link){0}.why)]; /* last reason logged */
};

static const char *const status_of_end[] = {
        [LINK_UP] = N_("connecting"),
        [LINK_UNREACHABLE] = N_("no broker"),
        [LINK_SILENT] = N_("the broker does not answer"),
        [LINK_PROTOCOL] = N_("refused: MQTT version"),
        [LINK_REFUSED] = N_("refused: not authorised"),
        [LINK_BUSY] = N_("refused: busy"),
        [LINK_TAKEN_OVER] = N_("refused: another client uses this seat id"),
        [LINK_TLS] = N_("refused: TLS"),
        [LINK_SETTINGS] = N_("not tried: password or certificate file"),
};

static void release(struct mqtt *q) {
        if (atomic_fetch_sub(&q->owners, 1) > 1)
                return;
        mailbox_done(&q->mailbox);
        mosquitto_lib_cleanup();
        free(q);
}

static unsigned jitter_ms(unsigned most_ms) {
        unsigned r = 0;

        if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
                r = (unsigned)clock_boottime_us();
        return BACKOFF_LEAST_MS + r % (most_ms - BACKOFF_LEAST_MS);
}

/* Least time before asking again: a refusal does not change at once. */
static unsigned floor_ms(enum link_end end) {
        switch (end) {
        case LINK_REFUSED:
        case LINK_TLS:
        case LINK_SETTINGS:
                return BACKOFF_REFUSED_MS;
        case LINK_BUSY:
                return BACKOFF_BUSY_MS;
        default:
                return 0;
        }
}

static unsigned backoff_ms(const struct mqtt *q) {
        unsigned tries = q->short_lives > SHORT_LIVES_TOLERATED ? q->short_lives + q->failures : q->failures;
        unsigned most = BACKOFF_FIRST_MS << (tries < 7 ? tries : 7);

        if (q->session.link.end == LINK_TAKEN_OVER && q->take_overs > TAKE_OVERS_TOLERATED)
                return BACKOFF_TAKEN_OVER_MS;
        return floor_ms(q->session.link.end) + jitter_ms(most < BACKOFF_MOST_MS ? most : BACKOFF_MOST_MS);
}

static void wait_for_next(struct mqtt *q, unsigned ms) {
        uint64_t now_us = clock_boottime_us(), until_us = now_us + ms * 1000ull, n;
        struct pollfd p = {q->mailbox.wake, POLLIN, 0};

        while (!mailbox_stopping(&q->mailbox) && (now_us = clock_boottime_us()) < until_us)
                if (poll(&p, 1, (int)((until_us - now_us) / 1000) + 1) > 0)
                        (void)!read(q->mailbox.wake, &n, sizeof(n));
}

/* True once, when the pattern is first seen. */
static bool pushed_out(const struct mqtt *q) {
        return q->take_overs == TAKE_OVERS_TOLERATED + 1 ||
               (q->short_lives == SHORT_LIVES_TOLERATED + 1 && q->session.link.up);
}

static void say_why(struct mqtt *q) {
        const struct settings_mqtt *s = &q->session.settings.mqtt;
        const struct link *l = &q->session.link;

        if (pushed_out(q))
                log_error("mqtt: the connection of %s does not last: two daemons with one seat id? Trying again, less "
                          "often",
                          q->session.client_id);
        else if (strcmp(q->said, l->why) != 0)
                log_warning("mqtt: %s:%d: %s; trying again", s->host, s->port, l->why);
        snprintf(q->said, sizeof(q->said), "%s", l->why);
}

/* Old brokers close on an MQTT 5 greeting, or say that they do not know it: then 3.1.1. True: at once. */
static bool choose_protocol(struct mqtt *q) {
        const struct link *l = &q->session.link;

        if (q->session.settings.mqtt.protocol != MQTT_AUTO)
                return false;
        if (l->up) {
                q->v5 = true; /* the broker may have been renewed */
                q->unheard = 0;
                return false;
        }
        if (l->end == LINK_PROTOCOL && q->v5) {
                q->v5 = false;
                return true;
        }
        if (l->end == LINK_UNREACHABLE && l->opened_us && ++q->unheard > CLOSED_UNHEARD_TOLERATED) {
                q->v5 = !q->v5;
                q->unheard = 0;
        }
        return false;
}

static void connected(struct mqtt *q) {
        const struct settings_mqtt *s = &q->session.settings.mqtt;

        atomic_store(&q->status, N_("connected"));
        log_notice("mqtt: connected to %s:%d (MQTT %s%s)", s->host, s->port, q->v5 ? "5" : "3.1.1",
                   s->tls ? ", TLS" : "");
        q->said[0] = '\0';
        session_begin(&q->session);
}

static void count_life(struct mqtt *q, uint64_t life_us) {
        bool lasted = life_us > SHORT_LIFE_US;

        q->session.counters.reconnects++;
        q->failures = 0;
        q->short_lives = lasted ? 0 : q->short_lives + 1;
        q->take_overs = lasted ? 0 : q->take_overs;
        q->take_overs += q->session.link.end == LINK_TAKEN_OVER;
}

/* From opening to the end of one connection. */
static void one_connection(struct mqtt *q) {
        struct session *s = &q->session;
        uint64_t up_us = 0;
        int sleep_ms = 200;
        bool ok = session_open(s, q->v5);

        while (ok && !mailbox_stopping(&q->mailbox)) {
                ok = link_step(&s->link, q->mailbox.wake, sleep_ms);
                if (ok && s->link.up && !up_us) {
                        up_us = clock_boottime_us();
                        connected(q);
                }
                if (ok && up_us)
                        sleep_ms = session_pump(s);
        }
        if (ok && up_us)
                session_goodbye(s);
        if (s->link.up)
                count_life(q, up_us ? clock_boottime_us() - up_us : 0);
        session_end(s);
}

static void *thread_main(void *userdata) {
        struct mqtt *q = userdata;

        pthread_setname_np(pthread_self(), "mqtt");
        while (!mailbox_stopping(&q->mailbox)) {
                one_connection(q);
                if (mailbox_stopping(&q->mailbox))
                        break;
                atomic_store(&q->status, status_of_end[q->session.link.end]);
                if (choose_protocol(q))
                        continue;
                say_why(q);
                wait_for_next(q, backoff_ms(q));
                q->failures++;
        }
        release(q);
        return NULL;
}

/* ---- the outlet: decision thread ---- */

static void mqtt_post(void *self, const struct snapshot *snapshot) {
        struct mqtt *q = self;

        mailbox_post(&q->mailbox, snapshot, clock_realtime_us());
}

/* Commands wait in the mailbox. */
static int on_commands(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct mqtt *q = userdata;
        struct request request;
        struct answer answer;
        uint64_t n;

        (void)source;
        (void)events;
        (void)!read(fd, &n, sizeof(n));
        while (mailbox_next_request(&q->mailbox, &request)) {
                answer.result = q->execute(q->userdata, &request.command);
                answer.reply_to = request.reply_to;
                mailbox_answer(&q->mailbox, &answer);
        }
        return 0;
}

static const char *mqtt_status(void *self) {
        struct mqtt *q = self;

        return atomic_load(&q->status);
}

static void mqtt_configure(void *self, const struct settings *settings) {
        struct mqtt *q = self;

        mailbox_configure(&q->mailbox, settings);
}

/* Resolving a name or a connect() that nobody answers cannot be interrupted: such a thread is left behind and frees
 * what it holds when it returns. */
static void mqtt_free(void *self) {
        struct mqtt *q = self;
        struct timespec until;

        sd_event_source_disable_unref(q->commands);
        mailbox_stop(&q->mailbox);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += STOP_MS % 1000 * 1000000L;
        until.tv_sec += STOP_MS / 1000 + until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (pthread_timedjoin_np(q->thread, NULL, &until) != 0)
                pthread_detach(q->thread);
        release(q);
}

static const struct outlet_ops mqtt_ops = {
        .name = "mqtt",
        .post = mqtt_post,
        .status = mqtt_status,
        .configure = mqtt_configure,
        .free = mqtt_free,
};

/* Signals are the decision thread's. */
static int start_thread(struct mqtt *q) {
        sigset_t all, before;
        int r;

        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        r = pthread_create(&q->thread, NULL, thread_main, q);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return -r;
}

int mqtt_new(const struct outlet_host *host, struct outlet *ret) {
        struct mqtt *q = calloc(1, sizeof(*q));
        int r;

        if (!q)
                return -ENOMEM;
        r = mailbox_init(&q->mailbox);
        if (r < 0) {
                free(q);
                return r;
        }
        mosquitto_lib_init();
        atomic_init(&q->owners, 2);
        atomic_init(&q->status, "connecting");
        q->execute = host->execute;
        q->userdata = host->userdata;
        q->v5 = host->settings->mqtt.protocol != MQTT_V311;
        session_init(&q->session, host->settings, host->identity, &q->mailbox);
        r = sd_event_add_io(host->event, &q->commands, q->mailbox.waiting, EPOLLIN, on_commands, q);
        if (r >= 0)
                r = start_thread(q);
        if (r < 0) {
                sd_event_source_disable_unref(q->commands);
                atomic_store(&q->owners, 1);
                release(q);
                return r;
        }
        *ret = (struct outlet){&mqtt_ops, q};
        return 0;
}
