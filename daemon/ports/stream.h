/* SPDX-License-Identifier: MIT */
/* Ports that are plain descriptors: pty, FIFO, file, and standard input ("-"). */
#ifndef PORTS_STREAM_H
#define PORTS_STREAM_H

#include "ports/backend.h"

extern const struct port_backend port_stream;

#endif
