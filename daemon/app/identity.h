/* SPDX-License-Identifier: MIT */
/* Combines settings, mat and host into the identity that the daemon publishes. */
#ifndef APP_IDENTITY_H
#define APP_IDENTITY_H

#include "core/acquire/format.h"
#include "sitbone/geometry.h"
#include "sitbone/identity.h"

struct settings;

/* The seat id is the setting. With "auto" it is the serial number of the mat or, when the mat has none or is away
 * at the first start, the host name. Either is stored in state_directory: a host name permanently, a serial number
 * until another mat comes. serial may be ""; state_directory may be NULL. */
void identity_make(const struct settings *settings, const struct format *format, const struct geometry *geometry,
                   const char *serial, const char *state_directory, struct identity *ret);

#endif
