/* SPDX-License-Identifier: MIT */
/* The MQTT outlet: a thread of its own, MQTT 5 with fallback to 3.1.1. sitbone-mqtt(7) describes the topics. */
#ifndef PUBLISH_MQTT_OUTLET_H
#define PUBLISH_MQTT_OUTLET_H

#include "publish/outlet.h"

/* Starts the thread; the broker need not be reachable. 0, or a negative errno. */
int mqtt_new(const struct outlet_host *host, struct outlet *ret);

#endif
