/* SPDX-License-Identifier: MIT */
/* Takes rights away from the process that talks to the broker. */
#ifndef PUBLISH_MQTT_CONFINE_H
#define PUBLISH_MQTT_CONFINE_H

#include <stdbool.h>

/* Bounds memory and descriptors, and ends the process together with sitboned. At the start of the program. */
void confine_resources(void);

/* From now on only the system calls that a network client needs: no programs, no writing to files, no listening. False:
 * the kernel or the architecture has no filter. */
bool confine_calls(void);

#endif
