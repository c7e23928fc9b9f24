/* SPDX-License-Identifier: MIT */
/* What is said and heard over MQTT: topics, their pace and the answers. Lives on the MQTT thread and outlives
 * connections; topics in sitbone-mqtt(7). */
#ifndef PUBLISH_MQTT_SESSION_H
#define PUBLISH_MQTT_SESSION_H

#include "publish/mqtt/command.h"
#include "publish/mqtt/connection.h"
#include "publish/mqtt/mailbox.h"
#include "publish/mqtt/state_json.h"

enum { TOPIC_MAX = 256 };

struct session {
        struct settings settings;
        struct identity identity;
        struct mailbox *mailbox; /* not owned */
        struct link link;
        struct link_handler handler;
        char base[192]; /* "<base_topic>/<seat id>" */
        char client_id[80];
        char will_topic[TOPIC_MAX];
        uint64_t started_realtime_us;
        struct state_memory memory;
        struct mqtt_counters counters;
        struct bucket commands, answers;

        /* The event on its way: it stays here until the broker has acknowledged it. */
        struct seat_event event;
        bool event_held;
        int event_mid;      /* -1: not handed to this connection yet */
        int offline_mid;    /* of the good-bye, -1 = not said */
        bool offline_known; /* acknowledged */

        /* What this connection was told last. */
        bool told; /* a state */
        struct live_values last;
        uint64_t state_sent_us, diag_sent_us, config_sent_us;
        int mat_online; /* -1 = not told */
        uint32_t rows, cols;
        uint64_t announce_at_us; /* 0 = no */
        bool config_due;
};

void session_init(struct session *s, const struct settings *settings, const struct identity *identity,
                  struct mailbox *mailbox);

/* One connection: open (false: link.end says why), begin once link.up, pump after each step, end when it is lost. */
bool session_open(struct session *s, bool v5);
void session_begin(struct session *s);
int session_pump(struct session *s); /* milliseconds it may sleep */
void session_end(struct session *s);

/* Sends what waits and says offline; the connection is over then. Bounded to 1.3 s. */
void session_goodbye(struct session *s);

#endif
