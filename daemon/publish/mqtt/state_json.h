/* SPDX-License-Identifier: MIT */
/* The JSON documents of the MQTT topics: compact, malloc'd, NULL when out of memory. Every key is always there; null
 * is unknown (with a missing key Home Assistant would go on showing the stale value). */
#ifndef PUBLISH_MQTT_STATE_JSON_H
#define PUBLISH_MQTT_STATE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "contract/live_values.h"
#include "publish/mqtt/events.h"
#include "sitbone/command.h"
#include "sitbone/identity.h"

struct answer;

struct settings;

/* An instant keeps its first text: converted again each time, it would flicker by the jitter between the clocks. */
struct stamp {
        uint64_t at_us, wall_us;
};

enum { STAMPS_MAX = 8 };

/* Remembered from one state to the next. */
struct state_memory {
        uint64_t seq;
        struct stamp stamps[STAMPS_MAX]; /* of the instants of the state, in the order of live_fields */
        json_t *values;                  /* that were published as topics of their own, NULL = none */
        bool today_published;
        uint32_t today_min;
};

char *state_json(struct state_memory *memory, const struct live_values *v);

/* Calls publish for each value of a state that differs from the one before, or for all: a bare text, "" for null. */
void state_values(struct state_memory *memory, const char *state, bool all,
                  void (*publish)(void *userdata, const char *key, const char *text), void *userdata);

/* v NULL: the mat is not known yet. */
char *info_json(const struct identity *identity, const struct live_values *v, uint64_t started_realtime_us,
                const char *protocol);

char *settings_json(const struct settings *s);

/* run marks this run of the daemon, so that the id of an event is never used again. */
char *event_json(const struct seat_event *e, uint64_t run, const struct settings *settings);

struct mqtt_counters {
        uint64_t restarts; /* of sitbone-mqtt, after it ended unexpectedly */
        uint64_t reconnects, events_sent, events_dropped, events_expired, events_refused, messages_refused;
        uint64_t commands, commands_refused, commands_unanswered, answers_dropped;
        uint32_t events_waiting;
};

char *diag_json(const struct live_values *v, const struct mqtt_counters *c);

/* transaction: a JSON scalar as text, "" = none. */
char *response_json(const struct answer *answer);

#endif
