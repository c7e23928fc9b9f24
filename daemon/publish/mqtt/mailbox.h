/* SPDX-License-Identifier: MIT */
/* Mailbox between the decision thread and the MQTT thread: the newest report, and bounded queues of events, commands
 * and answers. The lock is never held across a system call. */
#ifndef PUBLISH_MQTT_MAILBOX_H
#define PUBLISH_MQTT_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "contract/live_values.h"
#include "publish/mqtt/events.h"
#include "sitbone/command.h"
#include "sitbone/settings.h"
#include "util/ring.h"

enum {
        MAILBOX_EVENTS = 100,
        MAILBOX_COMMANDS = 16,
        COMMAND_NAME_MAX = 33,
        TRANSACTION_MAX = 128,
        CORRELATION_MAX = 128
};

/* Address of an answer. */
struct reply_to {
        char command[COMMAND_NAME_MAX];    /* the answer goes to response/<command> ... */
        char transaction[TRANSACTION_MAX]; /* a JSON scalar, "" = none */
        char topic[256];                   /* ... or to this MQTT 5 Response Topic, "" = none */
        uint8_t correlation[CORRELATION_MAX];
        uint32_t n_correlation;
};

struct request {
        struct command command;
        struct reply_to reply_to;
};

struct answer {
        enum command_result result;
        struct command_answer details;
        uint64_t until_realtime_us; /* details.until_us on the wall clock, 0 = none; the mailbox fills it */
        struct reply_to reply_to;
};

struct mailbox {
        pthread_mutex_t lock;
        int wake_fd;     /* readable: the MQTT thread has something to do */
        int requests_fd; /* readable: commands wait for the decision thread */
        bool stop, has_report, has_settings;
        struct live_values report;
        struct settings settings; /* new ones for the MQTT thread */
        struct ring events_ring, requests_ring, answers_ring;
        struct seat_event events[MAILBOX_EVENTS];
        struct request requests[MAILBOX_COMMANDS];
        struct answer answers[MAILBOX_COMMANDS];
        uint64_t n_events, dropped_events, dropped_answers;
};

/* *m was zeroed. Negative errno. */
int mailbox_init(struct mailbox *m);
void mailbox_free(struct mailbox *m);

/* Called on the decision thread. */
void mailbox_post(struct mailbox *m, const struct snapshot *s, uint64_t realtime_us);
void mailbox_configure(struct mailbox *m, const struct settings *settings);
bool mailbox_next_request(struct mailbox *m, struct request *ret);
void mailbox_answer(struct mailbox *m, const struct answer *answer);
void mailbox_stop(struct mailbox *m);

/* Called on the MQTT thread. */
bool mailbox_stopping(struct mailbox *m);
bool mailbox_report(struct mailbox *m, struct live_values *ret); /* the newest report; false = none yet */
bool mailbox_settings(struct mailbox *m, struct settings *ret);  /* once after each change */
bool mailbox_next_event(struct mailbox *m, struct seat_event *ret);
bool mailbox_request(struct mailbox *m, const struct request *request); /* false = the queue is full */
bool mailbox_next_answer(struct mailbox *m, struct answer *ret);

/* Time at which the state is due (CLOCK_BOOTTIME; in the past = now). last NULL: it was never sent. */
uint64_t find_state_due_us(const struct live_values *last, uint64_t last_sent_us, const struct live_values *now,
                           const struct settings_mqtt *settings);

/* Events that wait, and events and answers that were dropped because a queue was full. */
void mailbox_count(struct mailbox *m, uint32_t *ret_events, uint64_t *ret_dropped_events,
                   uint64_t *ret_dropped_answers);

#endif
