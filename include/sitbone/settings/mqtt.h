/* SPDX-License-Identifier: MIT */
/* Settings of the section [mqtt]. */
#ifndef SITBONE_SETTINGS_MQTT_H
#define SITBONE_SETTINGS_MQTT_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/settings/text.h"

enum mqtt_protocol { MQTT_AUTO, MQTT_V5, MQTT_V311 };

/* DISCOVERY_YES is DISCOVERY_DEVICE by another name. */
enum mqtt_discovery { DISCOVERY_NO, DISCOVERY_DEVICE, DISCOVERY_COMPONENTS, DISCOVERY_YES };

enum mqtt_layout { LAYOUT_JSON, LAYOUT_VALUES, LAYOUT_BOTH };

struct settings_mqtt {
        bool enabled;
        char host[SETTING_TEXT_MAX];
        int32_t port;
        int32_t protocol; /* enum mqtt_protocol */
        char user[96];
        char password_file[SETTING_TEXT_MAX];
        bool tls;
        char ca_file[SETTING_TEXT_MAX], cert_file[SETTING_TEXT_MAX], key_file[SETTING_TEXT_MAX];
        char base_topic[96];
        int32_t keepalive_s;
        float state_interval_s, heartbeat_s; /* minimum and maximum time between two states */
        int32_t layout;                      /* enum mqtt_layout */
        int32_t discovery;                   /* enum mqtt_discovery */
        char discovery_prefix[96];
        bool remove; /* not in the file: remove all topics and publish nothing, until the settings are read again */
};

#endif
