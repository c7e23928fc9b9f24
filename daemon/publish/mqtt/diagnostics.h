/* SPDX-License-Identifier: MIT */
/* What MQTT says of a snapshot: the numbers without the map, and what happened as events. Filled on the decision
 * thread: copies only, nothing from the heap. */
#ifndef PUBLISH_MQTT_DIAGNOSTICS_H
#define PUBLISH_MQTT_DIAGNOSTICS_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/settings.h"
#include "sitbone/snapshot.h"

struct report {
        uint64_t now_us;      /* CLOCK_BOOTTIME of the decision */
        uint64_t realtime_us; /* the wall at the same moment */
        uint32_t rows, cols, n_cells;
        struct {
                uint32_t n_stuck, n_dead, n_filled, flaws;
                bool tared;
                float quality, drift, creep, force_n; /* as in the map */
        } map;
        struct posture posture;
        struct learning learning;
        struct sitting sitting;
        struct alerts alerts;
        struct health health;
};

void report_take(const struct snapshot *s, uint64_t realtime_us, struct report *ret);

/* Of it what may change with every frame. The rest is the same while snapshot.only_numbers. */
void report_numbers(const struct snapshot *s, uint64_t realtime_us, struct report *ret);

/* Something that a person would notice at once if it came late: occupancy, posture, phase of the bout, alerts, snooze,
 * the mat's link. */
bool report_urgent(const struct report *last, const struct report *now);

/* Some number left the dead-band round what was sent last. */
bool report_moved(const struct report *last, const struct report *now);

/* When the state is to be sent (CLOCK_BOOTTIME; in the past = now). last NULL: never sent. */
uint64_t report_due_us(const struct report *last, uint64_t last_sent_us, const struct report *now,
                       const struct settings_mqtt *settings);

enum seat_event_kind {
        EVENT_SAT_DOWN,
        EVENT_STOOD_UP,
        EVENT_BOUT_ENDED,
        EVENT_ALERT_RAISED,
        EVENT_ALERT_REPEATED,
        EVENT_ALERT_CLOSED,
        EVENT_HEADS_UP
};

struct seat_event {
        enum seat_event_kind kind;
        uint64_t number;         /* counts events of this run */
        uint64_t queued_us;      /* CLOCK_BOOTTIME: how old it is */
        uint64_t at_realtime_us; /* when it happened, by the wall */
        uint64_t seated_us;
        /* the alert's, and only set for an alert */
        enum alert_kind alert;
        enum alert_outcome outcome;
        uint64_t alert_id, limit_us;
        uint64_t latency_us;             /* raised to answered; UINT64_MAX = never answered */
        float slouched_share, asymmetry; /* NAN = unknown */
        char reason[192];
        struct {
                char id[EXERCISE_ID_MAX], name[96], dose[96], how[EXERCISE_TEXT_MAX], why[256]; /* "" = none */
        } exercise;
};

/* Calls emit for each thing that happened in this snapshot. number and queued_us are left to the receiver.
 * Sitting down and standing up are told at once, also within a bout; its end is known only a break later. */
void events_of(const struct snapshot *s, uint64_t realtime_us,
               void (*emit)(void *userdata, const struct seat_event *event), void *userdata);

#endif
