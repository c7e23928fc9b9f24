/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/outlet.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "publish/mqtt/client.h"
#include "util/clock.h"

enum { STOP_MS = 1900 };

struct mqtt {
        atomic_int owners; /* the daemon and the thread; the last one frees */
        pthread_t thread;
        struct client client;

        /* used by the decision thread only */
        sd_event_source *commands;
        command_fn execute;
        void *userdata;
        struct settings settings;
};

static void release_mqtt(struct mqtt *q) {
        if (atomic_fetch_sub(&q->owners, 1) > 1)
                return;
        client_free(&q->client);
        free(q);
}

static void *thread_main(void *userdata) {
        struct mqtt *q = userdata;

        pthread_setname_np(pthread_self(), "mqtt");
        client_run(&q->client);
        release_mqtt(q);
        return NULL;
}

static void mqtt_post(void *self, const struct snapshot *snapshot) {
        struct mqtt *q = self;

        mailbox_post(&q->client.mailbox, snapshot, clock_realtime_us());
}

/* Executes the commands that wait in the mailbox. */
static int on_commands(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct mqtt *q = userdata;
        struct request request;
        struct answer answer;
        uint64_t n;

        (void)source;
        (void)events;
        (void)!read(fd, &n, sizeof(n));
        while (mailbox_next_request(&q->client.mailbox, &request)) {
                answer.details = (struct command_answer){0};
                answer.result = q->execute(q->userdata, &request.command, &answer.details);
                answer.reply_to = request.reply_to;
                mailbox_answer(&q->client.mailbox, &answer);
        }
        return 0;
}

static const char *mqtt_status(void *self) {
        struct mqtt *q = self;

        return atomic_load(&q->client.status);
}

static void mqtt_configure(void *self, const struct settings *settings) {
        struct mqtt *q = self;

        q->settings = *settings;
        mailbox_configure(&q->client.mailbox, settings);
}

static bool mqtt_remove(void *self) {
        struct mqtt *q = self;
        struct settings settings = q->settings;

        if (strncmp(mqtt_status(q), "connected", strlen("connected")) != 0)
                return false;
        settings.mqtt.remove = true;
        mailbox_configure(&q->client.mailbox, &settings);
        return true;
}

/* Resolving a name cannot be interrupted, nor can a connect() that nobody answers. Such a thread is left behind; it
 * frees what it holds when it returns. */
static void mqtt_free(void *self) {
        struct mqtt *q = self;
        struct timespec until;

        sd_event_source_disable_unref(q->commands);
        mailbox_stop(&q->client.mailbox);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += STOP_MS % 1000 * 1000000L;
        until.tv_sec += STOP_MS / 1000 + until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (pthread_timedjoin_np(q->thread, NULL, &until) != 0)
                pthread_detach(q->thread);
        release_mqtt(q);
}

static const struct outlet_ops mqtt_ops = {
        .name = "mqtt",
        .post = mqtt_post,
        .status = mqtt_status,
        .configure = mqtt_configure,
        .remove = mqtt_remove,
        .free = mqtt_free,
};

/* The new thread blocks all signals: the decision thread handles them. */
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
        r = client_init(&q->client, host->settings, host->identity);
        if (r < 0) {
                free(q);
                return r;
        }
        atomic_init(&q->owners, 2);
        q->settings = *host->settings;
        q->execute = host->execute;
        q->userdata = host->userdata;
        r = sd_event_add_io(host->event, &q->commands, q->client.mailbox.requests_fd, EPOLLIN, on_commands, q);
        if (r >= 0)
                r = start_thread(q);
        if (r < 0) {
                sd_event_source_disable_unref(q->commands);
                atomic_store(&q->owners, 1);
                release_mqtt(q);
                return r;
        }
        *ret = (struct outlet){&mqtt_ops, q};
        return 0;
}
