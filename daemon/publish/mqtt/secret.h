/* SPDX-License-Identifier: MIT */
/* The password of the broker: never in arguments, in the environment or in the settings. */
#ifndef PUBLISH_MQTT_SECRET_H
#define PUBLISH_MQTT_SECRET_H

#include <stddef.h>

enum { SECRET_MAX = 512 };

/* Reads the password of the broker: the credential mqtt-password of the service manager if there is one, else
 * password_file ("" = none), which only its owner may be able to read. ret "" = no password. Negative errno; ret_why
 * then names the file and the problem. */
int secret_read(const char *password_file, char ret[SECRET_MAX], char *ret_why, size_t why_size);

#endif
