/* SPDX-License-Identifier: MIT */
/* Inside of the port, for port*.c alone: what a way to open one brings. */
#ifndef PORTS_BACKEND_H
#define PORTS_BACKEND_H

#include "ports/port.h"

enum { PORT_PATH_MAX = 512 };

struct port_kind {
        ssize_t (*read)(struct port *port, uint8_t *ret, size_t size);
        ssize_t (*write)(struct port *port, const uint8_t *bytes, size_t n); /* -1 and errno */
        void (*close)(struct port *port);                                    /* everything but the struct itself */
};

struct port {
        const struct port_kind *kind;
        int fd;
        bool connecting;
        bool is_file;
        bool two_way;   /* somebody at the other side listens */
        bool ask_first; /* standard input: its flags belong to others too, so ask before every read */
        void *state;    /* of the kind */
        char path[PORT_PATH_MAX];
        char serial_number[64];
        int latency_ms; /* -1 = has no such timer */
};

struct port_hint {
        char *text;
        size_t size;
};

/* Each fills kind, fd and the rest of a zeroed *port. 0, or a negative errno with the hint written. */
int port_serial_open(struct port *port, const char *path, const struct port_options *options, struct port_hint hint);
int port_stream_open(struct port *port, const char *path, struct port_hint hint);
int port_stdin_open(struct port *port, struct port_hint hint);
int port_tcp_open(struct port *port, const char *spec, struct port_hint hint);

/* Writes the sentence for people and returns -error, so that it can be returned on. */
int port_fail(struct port_hint hint, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
