/* SPDX-License-Identifier: MIT */
/* Real serial devices through libserialport, with what 0.1.1 leaves out: close-on-exec, exclusive use, hang-up. 0.1.2
 * locks the port in sp_open() itself. */
#ifndef PORTS_SERIAL_H
#define PORTS_SERIAL_H

#include "ports/backend.h"

/* Fills backend, fd and the other members of a zeroed *port. 0, or a negative errno with the hint written. */
int port_serial_open(struct port *port, const char *path, const struct port_options *options, struct port_hint hint);

#endif
