/* SPDX-License-Identifier: MIT */
/* The MQTT client, which is the program sitbone-mqtt: connects, publishes, and answers commands; it outlives connections.
 * Topics are described in sitbone-mqtt(7). */
#ifndef PUBLISH_MQTT_CLIENT_H
#define PUBLISH_MQTT_CLIENT_H

#include "publish/mqtt/channel.h"
#include "publish/mqtt/command.h"
#include "publish/mqtt/connection.h"
#include "publish/mqtt/retry.h"
#include "publish/mqtt/state_json.h"

enum { TOPIC_MAX = 256, CLIENT_SENT_MAX = 96, CLIENT_REQUESTS_MAX = 16 };

/* The event that is on its way. It stays here until the broker has acknowledged it. */
struct client_event {
        struct seat_event event;
        bool held;
        int mid; /* message id, -1 = not handed to this connection yet */
};

/* A message or subscription that the broker acknowledges; "" = none. */
struct client_sent {
        int mid;
        char topic[TOPIC_MAX];
};

/* Values that this connection published last. */
struct client_published {
        struct live_values state;
        uint64_t state_us, diag_us, config_us; /* time of each publication, 0 = none */
        int mat_online;                        /* -1 = not published */
        uint32_t rows, cols;
};

/* Messages of sitboned that wait. */
struct client_inbox {
        struct channel_message message; /* the last one */
        bool stop, has_report, has_event;
        struct channel_report report; /* the newest */
        struct seat_event event;      /* has not been taken yet */
};

/* A command that sitboned executes. */
struct client_request {
        bool used;
        struct reply_to reply_to;
};

struct client {
        struct client_inbox inbox;
        enum mqtt_status status;

        struct settings settings;
        struct identity identity;
        struct link link;
        struct link_handler handler;
        char base[192]; /* "<base_topic>/<seat id>" */
        char client_id[80];
        char will_topic[TOPIC_MAX];
        uint64_t started_realtime_us;
        struct state_memory memory;
        struct mqtt_counters counters;
        struct bucket commands, answers;
        struct client_retry retry;
        struct client_event flight;
        struct client_published published;
        struct client_request requests[CLIENT_REQUESTS_MAX];
        struct client_sent sent[CLIENT_SENT_MAX];
        unsigned n_sent;
        char refused_topic[TOPIC_MAX]; /* the first topic that this broker refused, "" = none */
        uint64_t announce_at_us;       /* 0 = no announcement is planned */
        uint64_t remove_until_us;      /* 0 = the topics are not being removed */
        bool config_due;
        int offline_mid; /* message id of the last "offline", -1 = not sent */
        bool offline_acknowledged;
};

/* *c was zeroed. */
void client_init(struct client *c, const struct channel_start *start);

/* Connects again and again until sitboned says stop. */
void client_run(struct client *c);

#endif
