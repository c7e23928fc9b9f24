/* SPDX-License-Identifier: MIT */
/* Home Assistant's MQTT device discovery: one message that describes every value of the seat. */
#ifndef PUBLISH_MQTT_DISCOVERY_H
#define PUBLISH_MQTT_DISCOVERY_H

#include "sitbone/identity.h"

/* base: "<base_topic>/<seat id>". Compact JSON, malloc'd, NULL when out of memory. */
char *homeassistant_config(const char *base, const struct identity *identity);

#endif
