/* SPDX-License-Identifier: MIT */
/* Takes rights away from the process that talks to the broker. */
#ifndef PUBLISH_MQTT_CONFINE_H
#define PUBLISH_MQTT_CONFINE_H

/* Bounds memory and descriptors, and ends the process together with sitboned. At the start of the program. */
void confine_resources(void);

#endif
