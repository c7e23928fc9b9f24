/* SPDX-License-Identifier: MIT */
/* Keeps for sitbone-mqtt, the child process of sitboned: the newest report, and bounded queues of events and
 * answers. *m is zeroed at first. */
#ifndef PUBLISH_MQTT_MAILBOX_H
#define PUBLISH_MQTT_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/live_values.h"
#include "publish/mqtt/channel.h"
#include "sitbone/settings.h"
#include "util/ring.h"

enum { MAILBOX_EVENTS = 100, MAILBOX_COMMANDS = 16 };

struct mailbox {
        bool has_report;
        bool urgent; /* the report or an event should be sent now; the reader clears it */
        struct live_values report;
        struct ring events_ring, answers_ring;
        struct seat_event events[MAILBOX_EVENTS];
        struct channel_answer answers[MAILBOX_COMMANDS];
        uint64_t n_events, dropped_events, dropped_answers;
};

void mailbox_post(struct mailbox *m, const struct snapshot *s, uint64_t realtime_us);

/* The oldest event, moved to *ret. False: there is none. */
bool mailbox_next_event(struct mailbox *m, struct seat_event *ret);

void mailbox_answer(struct mailbox *m, const struct channel_answer *answer);

/* The oldest answer; mailbox_drop_answer() removes it. NULL: there is none. */
const struct channel_answer *mailbox_first_answer(const struct mailbox *m);
void mailbox_drop_answer(struct mailbox *m);

/* Time at which the state is due (CLOCK_BOOTTIME; in the past = now). last NULL: it was never sent. */
uint64_t find_state_due_us(const struct live_values *last, uint64_t last_sent_us, const struct live_values *now,
                           const struct settings_mqtt *settings);

#endif
