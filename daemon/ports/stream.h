/* SPDX-License-Identifier: MIT */
/* Ports that are plain descriptors: pty, FIFO, file, standard input. */
#ifndef PORTS_STREAM_H
#define PORTS_STREAM_H

#include "ports/backend.h"

/* Each of them fills backend, fd and the other members of a zeroed *port. 0, or a negative errno with the hint
 * written. */
int port_stream_open(struct port *port, const char *path, struct port_hint hint);
int port_stdin_open(struct port *port, struct port_hint hint);

#endif
