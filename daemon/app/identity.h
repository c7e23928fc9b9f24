/* SPDX-License-Identifier: MIT */
/* Who this daemon is to the outside: settings, mat and host put together. */
#ifndef APP_IDENTITY_H
#define APP_IDENTITY_H

#include "core/acquire/format.h"
#include "sitbone/geometry.h"
#include "sitbone/identity.h"

struct settings;

/* Seat id: the setting; with "auto" the mat's serial number or, when it has none or is away at the first start, the host
 * name. Either is remembered in state_directory: a host name for ever, a serial number until another mat comes. serial may
 * be ""; state_directory may be NULL. */
void identity_make(const struct settings *settings, const struct format *format, const struct geometry *geometry,
                   const char *serial, const char *state_directory, struct identity *ret);

#endif
