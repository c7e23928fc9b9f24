/* SPDX-License-Identifier: MIT */
/* One connection to the broker over libmosquitto. Every connection is a new
 * client object of the library, so that nothing which an older one had queued is sent again unnoticed. */
#ifndef PUBLISH_MQTT_CONNECTION_H
#define PUBLISH_MQTT_CONNECTION_H

#include <mosquitto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "publish/mqtt/channel.h"
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
        /* of a publication or a subscription */
        void (*acknowledged)(void *userdata, int mid, int reason);
        void *userdata;
};

/* Reason codes of MQTT 5 from here on are errors that the broker reports. */
enum { MQTT_REASON_ERROR = 0x80 };

struct link {
        struct mosquitto *m;
        const struct link_handler *handler;
        bool v5, up;
        uint64_t opened_us; /* 0 = the broker could not be reached */
        enum mqtt_status end;
        char why[160]; /* phrase for the log, set together with end */
};

/* Opens a connection; link_step() reports whether the broker accepts it. False: end and why are set. Resolving and
 * connecting may take as long as the time limits of the system. */
bool link_open(struct link *l, const struct settings_mqtt *settings, const char *client_id, const char *will_topic,
               bool v5, const struct link_handler *handler);

/* Waits for the broker or until wake_fd is readable, at most timeout_ms, then reads, writes and keeps alive. False: end and why are
 * set. */
bool link_step(struct link *l, int wake_fd, int timeout_ms);

struct link_publish {
        const char *topic;
        const void *payload;
        size_t n;
        int qos;
        bool retain;
        uint32_t expiry_s;              /* 0 = none */
        mosquitto_property *properties; /* may be NULL; link_send() frees them */
};

/* Returns the message id, or -1. */
int link_send(struct link *l, const struct link_publish *p);

/* As link_send(). */
int link_subscribe(struct link *l, const char *topic, int qos);

/* True if data is queued that the broker has not accepted yet. */
bool link_congested(const struct link *l);

void link_disconnect(struct link *l);
void link_close(struct link *l);

#endif
