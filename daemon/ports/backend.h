/* SPDX-License-Identifier: MIT */
/* The struct that every way of opening a port fills. For the files of ports/ only. */
#ifndef PORTS_BACKEND_H
#define PORTS_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ports/types.h"

enum { PORT_PATH_MAX = 512 };

struct port;

/* Receives the sentence for people when a port cannot be opened. */
struct port_hint {
        char *text;
        size_t size;
};

/* One way to open a port. */
struct port_backend {
        /* Fills fd and the other members of a port that is zeroed but for backend and path. 0, or a negative errno; the
         * hint may be left empty for errors of open(). */
        int (*open)(struct port *port, const char *spec, const struct port_options *options, struct port_hint hint);
        ssize_t (*read)(struct port *port, uint8_t *ret, size_t size);
        ssize_t (*write)(struct port *port, const uint8_t *bytes, size_t n); /* -1 and errno */
        void (*close)(struct port *port);                                    /* everything but the struct itself */
};

struct port {
        const struct port_backend *backend;
        int fd;
        bool connecting;
        bool is_file;
        bool two_way;   /* the other side reads what is written */
        bool ask_first; /* standard input: it may be blocking, and others share its flags, so poll before every read */
        void *state;    /* of the backend */
        char path[PORT_PATH_MAX];
        char serial_number[64];
        int latency_ms; /* -1 = has no such timer */
};

/* Writes the hint and returns -error, for use in a return statement. */
int port_fail(struct port_hint hint, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

extern const struct port_backend port_serial; /* a serial device */
extern const struct port_backend port_stream; /* pty, FIFO or file; "-" = standard input */
extern const struct port_backend port_tcp;    /* tcp://host:port */

#endif
