/* SPDX-License-Identifier: MIT */
/* Ports that are plain descriptors: pty, FIFO, file, and standard input ("-"). */
#include "ports/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static bool is_readable(int fd) {
        struct pollfd p = {.fd = fd, .events = POLLIN};

        return poll(&p, 1, 0) > 0;
}

/* A pty whose other side is closed reads as EIO, or as 0 bytes. */
static ssize_t stream_read(struct port *port, uint8_t *ret, size_t size) {
        ssize_t n;

        if (port->ask_first && !is_readable(port->fd))
                return PORT_READ_NONE;
        n = read(port->fd, ret, size);
        if (n > 0)
                return n;
        if (n == 0 || errno == EIO)
                return PORT_READ_END;
        return errno == EAGAIN || errno == EINTR ? PORT_READ_NONE : -errno;
}

static ssize_t stream_write(struct port *port, const uint8_t *bytes, size_t n) {
        return write(port->fd, bytes, n);
}

static void stream_close(struct port *port) {
        close(port->fd);
}

static int make_raw(int fd) {
        struct termios t;

        if (tcgetattr(fd, &t) < 0)
                return errno == EINVAL ? -ENOTTY : -errno; /* from /dev/urandom, for example */
        cfmakeraw(&t);
        return tcsetattr(fd, TCSANOW, &t) < 0 ? -errno : 0;
}

/* A FIFO is opened for writing too: since this process is one of its writers, it never reads as ended between two
 * others, and polling it does not spin. If only reading is permitted, the end of the other writer counts as a
 * hang-up. */
static int open_descriptor(const char *path, mode_t mode) {
        const int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
        int fd = -1;

        if (!S_ISREG(mode))
                fd = open(path, O_RDWR | flags);
        if (S_ISREG(mode) || (fd < 0 && (errno == EACCES || errno == EROFS)))
                fd = open(path, O_RDONLY | flags);
        return fd < 0 ? -errno : fd;
}

static int refuse_kind(const char *path, struct port_hint hint) {
        return port_fail(hint, EINVAL, "%s is neither a serial port nor a pty, FIFO or file", path);
}

static int open_path(struct port *port, const char *path, struct port_hint hint) {
        struct stat st;
        int fd, r;

        if (stat(path, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
                return refuse_kind(path, hint);
        fd = open_descriptor(path, st.st_mode);
        if (fd < 0)
                return fd;
        r = S_ISCHR(st.st_mode) ? make_raw(fd) : 0;
        if (r < 0) {
                close(fd);
                return r == -ENOTTY ? refuse_kind(path, hint) : r;
        }
        port->fd = fd;
        port->is_file = S_ISREG(st.st_mode);
        port->two_way = S_ISCHR(st.st_mode); /* bytes written to a FIFO would come back */
        return 0;
}

static int open_stdin(struct port *port, struct port_hint hint) {
        int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

        if (fd < 0)
                return port_fail(hint, errno, "standard input: %s", strerror(errno));
        port->fd = fd;
        port->is_file = true;
        port->ask_first = true;
        snprintf(port->path, sizeof(port->path), "standard input");
        return 0;
}

static int stream_open(struct port *port, const char *spec, const struct port_options *options,
                       struct port_hint hint) {
        (void)options;
        return strcmp(spec, "-") == 0 ? open_stdin(port, hint) : open_path(port, spec, hint);
}

const struct port_backend port_stream = {
        .open = stream_open, .read = stream_read, .write = stream_write, .close = stream_close};
