/* SPDX-License-Identifier: MIT */
/* The source of wire bytes: a real serial device (serial.c), a pty, FIFO, file or standard input (stream.c), or
 * tcp://host:port (tcp.c). Never blocks: TCP connects in the background, reads are non-blocking. */
#ifndef PORTS_PORT_H
#define PORTS_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ports/types.h"
#include "sitbone/settings/device.h"

struct port; /* on the heap, from port_open() to port_close() */

/* Opens SPEC; "auto" picks the only USB serial device. 0, or a negative errno (-EBUSY: another program has it open;
 * -ENOENT: not there yet) with a sentence for people in hint. */
int port_open(const char *spec, const struct port_options *options, struct port **ret, char *hint, size_t hint_size);

/* The descriptor to poll for EPOLLIN (EPOLLOUT while port_connecting). Stays the same until port_close. */
int port_fd(const struct port *port);
bool port_connecting(const struct port *port);

/* > 0 bytes read, PORT_READ_NONE, PORT_READ_END, or a negative errno. */
ssize_t port_read(struct port *port, uint8_t *ret, size_t size);

/* Sends as much as fits without waiting. Returns the number of bytes sent, 0 where nothing may be sent (files, FIFOs,
 * standard input, a connection that is not made yet), or a negative errno. */
ssize_t port_write(struct port *port, const uint8_t *bytes, size_t n);

/* True for regular files: end of file is the end of the data, not a hang-up. */
bool port_is_file(const struct port *port);

/* The path with all links resolved, for messages. */
const char *port_path(const struct port *port);

/* The USB chip of the port, as it was when the port was opened. */
struct port_chip {
        const char *serial_number; /* "" = it has none; valid while the port is open */
        /* Time that it waits for more bytes before it delivers those it has (FTDI's latency timer); -1 = no timer. */
        int latency_ms;
};

struct port_chip port_chip(const struct port *port);

void port_close(struct port *port); /* NULL is fine */

#endif
