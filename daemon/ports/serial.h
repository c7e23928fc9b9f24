/* SPDX-License-Identifier: MIT */
/* Real serial devices through libserialport, with what 0.1.1 leaves out: close-on-exec, exclusive use, hang-up. 0.1.2
 * locks the port in sp_open() itself. */
#ifndef PORTS_SERIAL_H
#define PORTS_SERIAL_H

#include "ports/backend.h"

extern const struct port_backend port_serial;

#endif
