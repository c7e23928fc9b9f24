/* SPDX-License-Identifier: MIT */
/* The broker's password: never in arguments, environment or settings. */
#ifndef PUBLISH_MQTT_SECRET_H
#define PUBLISH_MQTT_SECRET_H

#include <stdbool.h>
#include <stddef.h>

enum { SECRET_MAX = 512 };

/* The credential mqtt-password of the service manager if there is one, else password_file ("" = none), which only its
 * owner may read. ret "" = no password. Negative errno, then ret_why says what to do. */
int secret_read(const char *password_file, char ret[SECRET_MAX], char *ret_why, size_t why_size);

#endif
