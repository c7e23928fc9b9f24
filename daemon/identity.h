/* Who this daemon is to the outside: settings, mat and host put together. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "acquire/formats.h"
#include "sitbone/geometry.h"
#include "sitbone/identity.h"
#include "sitbone/settings.h"

/* Seat id: the setting, or the mat's serial number, or the one remembered in state_directory (the mat may be unplugged
 * when we start), or the host name. A serial number is remembered there. serial may be ""; state_directory may be NULL. */
void identity_make(const struct settings *settings, const struct format *format, const struct geometry *geometry,
                   const char *serial, const char *state_directory, struct identity *ret);

#endif
