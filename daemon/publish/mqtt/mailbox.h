/* SPDX-License-Identifier: MIT */
/* Between the decision thread and the MQTT thread: newest report, bounded events, bounded commands and their answers.
 * Nobody holds the lock across a system call. */
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

enum { MAILBOX_EVENTS = 100, MAILBOX_COMMANDS = 16, VERB_MAX = 33, TRANSACTION_MAX = 128, CORRELATION_MAX = 128 };

/* Where an answer goes. */
struct reply_to {
        char verb[VERB_MAX];               /* response/<verb> */
        char transaction[TRANSACTION_MAX]; /* a JSON scalar, "" = none */
        char topic[256];                   /* MQTT 5 Response Topic, "" = none */
        uint8_t correlation[CORRELATION_MAX];
        uint32_t n_correlation;
};

struct request {
        struct command command;
        struct reply_to reply_to;
};

struct answer {
        enum command_result result;
        struct reply_to reply_to;
};

struct mailbox {
        pthread_mutex_t lock;
        int wake;    /* readable: the MQTT thread has something to do */
        int waiting; /* readable: commands wait for the decision thread */
        bool stop, has_report, has_settings;
        struct live_values report;
        struct settings settings; /* news for the MQTT thread */
        struct ring events_ring, requests_ring, answers_ring;
        struct seat_event events[MAILBOX_EVENTS];
        struct request requests[MAILBOX_COMMANDS];
        struct answer answers[MAILBOX_COMMANDS];
        uint64_t n_events, dropped_events, dropped_answers;
};

int mailbox_init(struct mailbox *m); /* negative errno; *m was zeroed */
void mailbox_done(struct mailbox *m);

/* Decision thread */
void mailbox_post(struct mailbox *m, const struct snapshot *s, uint64_t realtime_us);
void mailbox_configure(struct mailbox *m, const struct settings *settings);
bool mailbox_next_request(struct mailbox *m, struct request *ret);
void mailbox_answer(struct mailbox *m, const struct answer *answer);
void mailbox_stop(struct mailbox *m);

/* MQTT thread */
bool mailbox_stopping(struct mailbox *m);
bool mailbox_report(struct mailbox *m, struct live_values *ret); /* the newest; false = none yet */
bool mailbox_settings(struct mailbox *m, struct settings *ret);  /* once each change */
bool mailbox_next_event(struct mailbox *m, struct seat_event *ret);
bool mailbox_request(struct mailbox *m, const struct request *request); /* false = full */
bool mailbox_next_answer(struct mailbox *m, struct answer *ret);
/* Events that wait; events and answers that found the mailbox full. */
void mailbox_count(struct mailbox *m, uint32_t *ret_events, uint64_t *ret_dropped, uint64_t *ret_dropped_answers);

#endif
