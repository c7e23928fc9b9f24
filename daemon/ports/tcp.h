/* SPDX-License-Identifier: MIT */
/* tcp://host:port, for ser2net and Wi-Fi mats. */
#ifndef PORTS_TCP_H
#define PORTS_TCP_H

#include "ports/backend.h"

extern const struct port_backend port_tcp;

#endif
