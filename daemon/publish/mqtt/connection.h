/* SPDX-License-Identifier: MIT */
/* One connection to the broker over libmosquitto, driven by the thread that opened it. Every connection is a fresh
 * client object: nothing that an older one had queued can be sent again behind our back. */
#ifndef PUBLISH_MQTT_CONNECTION_H
#define PUBLISH_MQTT_CONNECTION_H

#include <mosquitto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sitbone/settings/mqtt.h"

struct link_message {
        const char *topic;
        const void *payload;
        size_t n;
        bool retained;
        const char *response_topic; /* NULL = none */
        const void *correlation;
        size_t n_correlation;
};

struct link_handler {
        void (*message)(void *userdata, const struct link_message *message);
        void (*acknowledged)(void *userdata, int mid, int reason);
        void *userdata;
};

/* Why a connection is not there (any more). */
enum link_end {
        LINK_UP,          /* it is there, or still being made */
        LINK_UNREACHABLE, /* no name, no route, nobody listens, lost */
        LINK_SILENT,      /* the broker does not answer */
        LINK_PROTOCOL,    /* this MQTT version is refused */
        LINK_REFUSED,     /* credentials, client id, banned */
        LINK_BUSY,        /* later, please */
        LINK_TAKEN_OVER,  /* another client has our id */
        LINK_TLS,         /* certificates */
        LINK_SETTINGS,    /* cannot even be tried: files, options */
};

struct link {
        struct mosquitto *m;
        const struct link_handler *handler;
        bool v5, up;
        uint64_t opened_us; /* 0: nobody could be reached */
        enum link_end end;
        char why[160]; /* a phrase for the log, set with end */
};

/* Opens; whether the broker agrees is seen in link_step(). False: end and why are set. Resolving and connecting may
 * take as long as the system's time limits. */
bool link_open(struct link *l, const struct settings_mqtt *settings, const char *client_id, const char *will_topic,
               bool v5, const struct link_handler *handler);

/* Waits for the broker or wake_fd, at most timeout_ms, and does what is to be done. False: end and why are set. */
bool link_step(struct link *l, int wake_fd, int timeout_ms);

/* expiry_s 0 = none. Message id, or -1. properties: taken over, may be NULL. */
struct link_publish {
        const char *topic;
        const void *payload;
        size_t n;
        int qos;
        bool retain;
        uint32_t expiry_s;
        mosquitto_property *properties;
};
int link_send(struct link *l, const struct link_publish *p);

void link_subscribe(struct link *l, const char *topic, int qos);

/* More is queued than the broker takes. */
bool link_congested(const struct link *l);

void link_say_goodbye(struct link *l);
void link_close(struct link *l);

#endif
