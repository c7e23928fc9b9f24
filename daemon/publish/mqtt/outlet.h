/* SPDX-License-Identifier: MIT */
/* The MQTT outlet: starts the program sitbone-mqtt, which talks to the broker, and starts it again when it ends. A broker,
 * libmosquitto and TLS can thus cost the link, but not the seat. sitbone-mqtt(7) describes the topics. */
#ifndef PUBLISH_MQTT_OUTLET_H
#define PUBLISH_MQTT_OUTLET_H

#include "publish/outlet.h"

/* Starts the process; the broker need not be reachable. 0, or a negative errno. */
int mqtt_new(const struct outlet_host *host, struct outlet *ret);

#endif
