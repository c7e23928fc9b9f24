/* SPDX-License-Identifier: MIT */
/* MQTT outlet: own thread, MQTT 5 with 3.1.1 fallback; topics in sitbone-mqtt(7). */
#ifndef PUBLISH_MQTT_OUTLET_H
#define PUBLISH_MQTT_OUTLET_H

#include "publish/outlet.h"

/* Starts the thread; the broker need not be there. 0, or a negative errno. */
int mqtt_new(const struct outlet_host *host, struct outlet *ret);

#endif
