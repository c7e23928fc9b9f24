/* SPDX-License-Identifier: MIT */
/* Decides when the state is published. The rows of contract/live_fields.c define how soon a change is worth a
 * message. */
#ifndef PUBLISH_MQTT_PACE_H
#define PUBLISH_MQTT_PACE_H

#include <stdint.h>

#include "contract/live_fields.h"
#include "sitbone/settings/mqtt.h"

/* The pace of the most urgent field that differs. */
enum live_pace find_pace(const struct live_values *last, const struct live_values *now);

/* Time at which the state is due (CLOCK_BOOTTIME; in the past = now). last NULL: it was never sent. */
uint64_t find_state_due_us(const struct live_values *last, uint64_t last_sent_us, const struct live_values *now,
                           const struct settings_mqtt *settings);

#endif
