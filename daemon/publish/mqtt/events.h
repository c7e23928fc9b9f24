/* SPDX-License-Identifier: MIT */
/* The events that MQTT publishes. Sitting down and standing up are events at once, also within a bout; the end of a
 * bout is known only a break later. */
#ifndef PUBLISH_MQTT_EVENTS_H
#define PUBLISH_MQTT_EVENTS_H

#include <stdint.h>

#include "sitbone/snapshot.h"

enum seat_event_kind {
        EVENT_SAT_DOWN,
        EVENT_STOOD_UP,
        EVENT_BOUT_ENDED,
        EVENT_STOOD_BRIEFLY, /* too short for a break, about a prompt to stand up */
        EVENT_SITTING_LIMIT, /* of the day */
        EVENT_HELD_LONG,     /* alerts have been inhibited for an hour */
        EVENT_ALERT_RAISED,
        EVENT_ALERT_REPEATED,
        EVENT_ALERT_CLOSED,
        EVENT_HEADS_UP
};

struct seat_event {
        enum seat_event_kind kind;
        uint64_t number;         /* of the event within this run of the daemon */
        uint64_t queued_us;      /* CLOCK_BOOTTIME at which it was queued: events expire */
        uint64_t at_realtime_us; /* wall clock at which it happened */
        uint64_t seated_us;
        uint64_t away_us, break_us,
                next_realtime_us;        /* STOOD_BRIEFLY: absence, what would be a break, the next prompt */
        uint64_t today_us;               /* SITTING_LIMIT: seated today */
        uint64_t since_realtime_us;      /* HELD_LONG */
        char by[ALERT_INHIBITED_BY_MAX]; /* HELD_LONG: the source of the request, "" = it has no name */
        /* set for events of an alert only */
        enum alert_kind alert;
        enum alert_outcome outcome;
        uint64_t alert_id, limit_us;
        uint64_t latency_us;             /* from raised to answered; UINT64_MAX = never answered */
        float slouched_share, asymmetry; /* NAN = unknown */
        char reason[192];
        struct {
                char id[EXERCISE_ID_MAX], name[96], dose[96], how[EXERCISE_TEXT_MAX], why[256]; /* "" = none */
        } exercise;
};

#endif
