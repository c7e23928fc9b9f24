/* SPDX-License-Identifier: MIT */
/* Where bytes come from. One port, two ways to open it: port_serial.c (libserialport: real devices) and port_stream.c
 * (pty, FIFO, file, standard input, tcp://). Never blocks: tcp connects in the background, reads are non-blocking. */
#ifndef PORTS_PORT_H
#define PORTS_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sitbone/settings/device.h"

struct port_options {
        int32_t baud; /* already resolved: the setting, or the format's */
        int32_t dtr, rts;
};

struct port; /* heap, made once per opening */

enum port_outcome {
        PORT_READ_NONE = 0,    /* nothing yet */
        PORT_READ_END = -1000, /* hung up or end of file: close it and open again later */
};

/* Opens SPEC. Negative errno on failure (-EBUSY: somebody else holds it; -ENOENT: not there yet), with a sentence for
 * people in hint. "auto" picks the only USB serial device there is. */
int port_open(const char *spec, const struct port_options *options, struct port **ret, char *hint, size_t hint_size);

/* The descriptor to poll for EPOLLIN (EPOLLOUT while port_connecting). Stays the same until port_close. */
int port_fd(const struct port *port);
bool port_connecting(const struct port *port);

/* > 0 bytes read, PORT_READ_NONE, PORT_READ_END, or a negative errno. */
ssize_t port_read(struct port *port, uint8_t *ret, size_t size);

/* Sends what fits without waiting: returns how many bytes went, 0 where nothing may be sent (files, FIFOs, standard
 * input, a connection not made yet), or a negative errno. */
ssize_t port_write(struct port *port, const uint8_t *bytes, size_t n);

/* True for regular files: end of file is the end of the data, not a hang-up. */
bool port_is_file(const struct port *port);

/* USB serial of the device, or "" ; real path for messages. */
const char *port_serial_number(const struct port *port);
const char *port_path(const struct port *port);

/* How long the chip of the port waits for more bytes before it hands over what there is (FTDI's latency timer), as it was
 * when the port was opened; -1 = it has no such timer. */
int port_latency_ms(const struct port *port);

void port_close(struct port *port); /* NULL is fine */

/* Who else has the path open: true and "process 123 (minicom)", or false and "another program" when nobody can be seen. */
bool port_holder(const char *path, char *ret, size_t size);

#endif
