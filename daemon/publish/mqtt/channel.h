/* SPDX-License-Identifier: MIT */
/* The messages between sitboned and its child process sitbone-mqtt, over a socket pair of packets (SOCK_SEQPACKET). Each
 * is a header with version and length, then one struct of fixed size. Both sides check every message before they use
 * it: the child talks to brokers, and may have been taken over by one. */
#ifndef PUBLISH_MQTT_CHANNEL_H
#define PUBLISH_MQTT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/live_values.h"
#include "publish/mqtt/events.h"
#include "publish/mqtt/state_json.h"
#include "sitbone/command.h"
#include "sitbone/identity.h"
#include "sitbone/settings.h"

/* Raise the version whenever a struct in a message changes: an update replaces the program while sitboned runs. */
enum { CHANNEL_VERSION = 1, CHANNEL_FD = 3 };

enum channel_type {
        /* to sitbone-mqtt */
        CHANNEL_START,
        CHANNEL_SETTINGS,
        CHANNEL_REPORT,
        CHANNEL_EVENT, /* one at a time: the next one follows CHANNEL_EVENT_DONE */
        CHANNEL_ANSWER,
        CHANNEL_STOP,
        /* to sitboned */
        CHANNEL_STATUS,
        CHANNEL_EVENT_DONE,
        CHANNEL_REQUEST,
        CHANNEL_TYPE_N
};

enum mqtt_status {
        /* reasons why there is no connection (any more) */
        LINK_UP,          /* connected, or still connecting */
        LINK_UNREACHABLE, /* name, route or listener missing, or connection lost */
        LINK_SILENT,      /* the broker does not answer */
        LINK_PROTOCOL,    /* this MQTT version is refused */
        LINK_REFUSED,     /* credentials, client id, banned */
        LINK_BUSY,        /* the broker asks to come back later */
        LINK_TAKEN_OVER,  /* another client connected with the same id */
        LINK_TLS,         /* certificate not accepted */
        LINK_SETTINGS,    /* not attempted: files or options cannot be used */
        LINK_TOO_LARGE,   /* a message does not fit into the memory */
        /* states of a connection */
        STATUS_CONNECTED,
        STATUS_TOPICS_NOT_AUTHORISED,
        STATUS_TOPICS_REFUSED,
        STATUS_WITHOUT_COMMANDS, /* not subscribed, after LINK_TOO_LARGE */
        STATUS_REMOVED,          /* sitbonectl ha-remove: nothing is published */
        /* set by sitboned */
        STATUS_RESTARTING,
        STATUS_NO_PROGRAM,
        STATUS_STUCK,
        STATUS_N
};

/* Continues after a restart of the child. */
struct channel_carry {
        struct mqtt_counters counters;
        uint64_t seq; /* of the states */
};

struct channel_start {
        struct settings settings;
        struct identity identity;
        uint64_t started_realtime_us; /* start of sitboned: events of one run have ids of their own */
        uint32_t log_level;
        uint32_t v5_spoils; /* 1: an earlier child crashed under MQTT 5 */
        struct channel_carry carry;
};

struct channel_report {
        struct live_values values;
        uint64_t dropped_events, dropped_answers, restarts;
        uint32_t waiting_events;
};

struct channel_status {
        uint32_t status; /* enum mqtt_status */
        uint32_t up;     /* 1: connected, so that events may be sent */
        uint32_t v5;     /* 1: the present attempt or connection is MQTT 5 */
        struct channel_carry carry;
};

struct channel_event_done {
        uint64_t number;
};

struct channel_request {
        uint32_t token; /* the answer has the same */
        struct command command;
};

struct channel_answer {
        uint32_t token;
        enum command_result result;
        struct command_answer details;
        uint64_t until_realtime_us; /* details.until_us on the wall clock, 0 = none; the mailbox fills it */
};

struct channel_header {
        uint16_t version, type; /* enum channel_type */
        uint32_t size;          /* of the struct after it */
};

struct channel_message {
        struct channel_header header;
        union {
                struct channel_start start;
                struct settings settings;
                struct channel_report report;
                struct seat_event event;
                struct channel_answer answer;
                struct channel_status status;
                struct channel_event_done event_done;
                struct channel_request request;
        } of;
};

/* Never waits. body: the struct of this type. 0, -EAGAIN when the other side does not read, or another negative
 * errno. */
int channel_send(int fd, enum channel_type type, const void *body);

/* Never waits. 1: *ret is a valid message for this side; 0: there is none now. -EPIPE: the other side has ended;
 * -EBADMSG: the message is invalid. to_child: this side is sitbone-mqtt. */
int channel_receive(int fd, bool to_child, struct channel_message *ret);

/* Checks the n bytes of a message that was received. Texts are terminated. */
bool channel_check(struct channel_message *message, size_t n, bool to_child);

#endif
