/* SPDX-License-Identifier: MIT */
/* The JSON documents of the MQTT topics: compact, malloc'd, NULL when out of memory. Every key is always there; null is
 * unknown (a missing key would leave the stale value standing in Home Assistant). */
#ifndef PUBLISH_MQTT_STATE_JSON_H
#define PUBLISH_MQTT_STATE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "publish/mqtt/diagnostics.h"
#include "sitbone/command.h"
#include "sitbone/identity.h"

/* An instant keeps its text once said: converting anew each time would let it flicker by the clocks' jitter. */
struct stamp {
        uint64_t at_us, wall_us;
};

struct state_memory {
        uint64_t seq;
        struct stamp seated_since, next_alert, snoozed_until, paused_until;
        bool today_said;
        uint64_t today_min;
};

char *state_json(struct state_memory *memory, const struct report *r);

char *info_json(const struct identity *identity, const struct report *r, uint64_t started_realtime_us,
                const char *protocol);

char *settings_json(const struct settings *s);

/* run: marks this run of the daemon, so that an event's id is never used again. */
char *event_json(const struct seat_event *e, uint64_t run, const struct settings *settings);

struct mqtt_counters {
        uint64_t reconnects, events_sent, events_dropped, events_expired, events_refused;
        uint64_t commands, commands_refused, commands_unanswered, answers_dropped;
        uint32_t events_waiting;
};

char *diag_json(const struct report *r, const struct mqtt_counters *c);

/* transaction: a JSON scalar as text, "" = none. */
char *response_json(enum command_result result, const char *transaction);

#endif
