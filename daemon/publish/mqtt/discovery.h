/* SPDX-License-Identifier: MIT */
/* Announces the seat to Home Assistant and to other consumers of its discovery messages. */
#ifndef PUBLISH_MQTT_DISCOVERY_H
#define PUBLISH_MQTT_DISCOVERY_H

#include <stdbool.h>

#include "sitbone/identity.h"
#include "sitbone/settings/mqtt.h"

struct announcement {
        const char *prefix, *base; /* the discovery prefix; the topic of the seat */
        const struct identity *identity;
        bool clear; /* send empty texts, which remove what was announced */
        void (*send)(void *userdata, const char *topic, const char *text);
        void *userdata;
};

/* Sends every message of this form: one for the seat and one for its controls, or one for each component. */
void homeassistant_announce(const struct announcement *a, enum mqtt_discovery form);

#endif
