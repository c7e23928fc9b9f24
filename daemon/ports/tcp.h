/* SPDX-License-Identifier: MIT */
/* tcp://host:port, for ser2net and Wi-Fi mats. */
#ifndef PORTS_TCP_H
#define PORTS_TCP_H

#include "ports/backend.h"

/* Fills backend, fd and the other members of a zeroed *port. 0, or a negative errno with the hint written. */
int port_tcp_open(struct port *port, const char *spec, struct port_hint hint);

#endif
