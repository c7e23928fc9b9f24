/* SPDX-License-Identifier: MIT */
/* Real serial devices through libserialport, with what 0.1.1 leaves out: close-on-exec, exclusive use, hang-up. 0.1.2
 * locks the port in sp_open() itself. */
#include "ports/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "ports/holder.h"
#include "sitbone/settings.h"

enum { BAUD_PART = 20 }; /* a deviation of a twentieth is more than the bits of a byte tolerate */

/* sp_nonblocking_read() returns 0 both for "nothing yet" and for "unplugged": only poll distinguishes them. */
static ssize_t serial_read(struct port *port, uint8_t *ret, size_t size) {
        struct pollfd p = {.fd = port->fd, .events = POLLIN};
        int r = sp_nonblocking_read(port->state, ret, size);

        if (r > 0)
                return r;
        if (r < 0) {
                int error = sp_last_error_code();

                return error == EIO || error == ENODEV || error == ENXIO ? PORT_READ_END : error ? -error : -EIO;
        }
        if (poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)))
                return PORT_READ_END;
        return PORT_READ_NONE;
}

static ssize_t serial_write(struct port *port, const uint8_t *bytes, size_t n) {
        return write(port->fd, bytes, n);
}

static void serial_close(struct port *port) {
        sp_close(port->state);
        sp_free_port(port->state);
}

static int find_error(enum sp_return r) {
        int error = r == SP_ERR_ARG ? EINVAL : r == SP_ERR_MEM ? ENOMEM : r == SP_ERR_SUPP ? ENOTSUP : 0;

        if (error == 0)
                error = sp_last_error_code();
        return error ? error : EIO;
}

/* Sets the lines first, so that a board that resets on DTR sees it for the shortest time. Returns NULL, or the
 * setting that failed. */
static const char *configure_port(struct sp_port *sp, const struct port_options *o, enum sp_return *ret) {
        if (o->dtr != LINE_LEAVE && (*ret = sp_set_dtr(sp, o->dtr == LINE_ON ? SP_DTR_ON : SP_DTR_OFF)) != SP_OK)
                return "DTR";
        if (o->rts != LINE_LEAVE && (*ret = sp_set_rts(sp, o->rts == LINE_ON ? SP_RTS_ON : SP_RTS_OFF)) != SP_OK)
                return "RTS";
        if ((*ret = sp_set_baudrate(sp, o->baud)) != SP_OK)
                return "baud rate";
        if ((*ret = sp_set_bits(sp, 8)) != SP_OK)
                return "8 data bits";
        if ((*ret = sp_set_parity(sp, SP_PARITY_NONE)) != SP_OK)
                return "no parity";
        if ((*ret = sp_set_stopbits(sp, 1)) != SP_OK)
                return "1 stop bit";
        if ((*ret = sp_set_flowcontrol(sp, SP_FLOWCONTROL_NONE)) != SP_OK)
                return "no flow control";
        return NULL;
}

/* The rate that the driver really set; 0 = not known. A chip that cannot run at the rate asked for uses another
 * one, or stays at the last one, and reports success. */
static int read_baud(struct sp_port *sp) {
        struct sp_port_config *config;
        int ret = 0;

        if (sp_new_config(&config) != SP_OK)
                return 0;
        if (sp_get_config(sp, config) != SP_OK || sp_get_config_baudrate(config, &ret) != SP_OK)
                ret = 0;
        sp_free_config(config);
        return ret;
}

/* TIOCEXCL keeps other programs (except those of root) out from now on; the lock detects those that opened the port
 * before and lock it too. */
static int claim_port(int fd) {
        int flags = fcntl(fd, F_GETFD);

        if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
                return -errno;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        return ioctl(fd, TIOCEXCL) < 0 ? -errno : 0;
}

static int explain_busy(struct port_hint hint, const char *path) {
        char holder[96];

        if (!port_holder(path, holder, sizeof(holder))) /* only root sees what other people's processes have open */
                return port_fail(hint, EBUSY, "%s is in use by another program (sudo fuser -v %s)", path, path);
        return port_fail(hint, EBUSY, "%s is in use by %s", path, holder);
}

/* A tty that is opened for the first time echoes the bytes it receives, and delivers lines, until a program changes
 * that. libserialport queries the port before it does so. This function therefore opens the port first, sets raw
 * mode at once and drops echoes that are not sent yet. Bytes that arrive between open() and tcsetattr() are still
 * echoed to the mat: no program can prevent that.
 *
 * If another program has the port open, its settings are left alone. A program that locks nothing can be seen in
 * /proc only: by root, or when it belongs to the same user. The lock is released at once: sp_open() of
 * libserialport 0.1.2 locks its own descriptor, and would find this one. Returns the descriptor, or a negative
 * errno. */
static int open_quietly(const char *path) {
        struct termios t;
        char holder[96];
        int fd;

        if (port_holder(path, holder, sizeof(holder)))
                return -EBUSY;
        fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
                close(fd);
                return -EBUSY;
        }
        if (tcgetattr(fd, &t) == 0) {
                cfmakeraw(&t);
                tcsetattr(fd, TCSANOW, &t);
                tcflush(fd, TCOFLUSH);
        }
        flock(fd, LOCK_UN);
        return fd;
}

/* Time that an FTDI chip waits for more bytes. -1 = the chip has no such timer. */
static int read_latency_ms(const char *path) {
        const char *name = strrchr(path, '/');
        char text[128];
        ssize_t n;
        int fd;

        snprintf(text, sizeof(text), "/sys/class/tty/%.64s/device/latency_timer", name ? name + 1 : path);
        fd = open(text, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return -1;
        n = read(fd, text, sizeof(text) - 1);
        close(fd);
        text[n > 0 ? n : 0] = '\0';
        return n > 0 ? (int)strtol(text, NULL, 10) : -1;
}

static int open_sp(struct port *port, struct sp_port *sp, const struct port_options *options, struct port_hint hint) {
        int quiet = open_quietly(port->path), error, got;
        const char *what, *number;
        enum sp_return r;

        if (quiet < 0)
                return quiet == -EBUSY ? explain_busy(hint, port->path) : quiet;
        r = sp_open(sp, SP_MODE_READ_WRITE);
        error = r == SP_OK ? 0 : find_error(r);
        close(quiet); /* the descriptor of libserialport keeps the port open */
        if (r != SP_OK) {
                sp_close(sp); /* 0.1.2 leaves its descriptor open when the lock fails */
                return error == EBUSY || error == EWOULDBLOCK ? explain_busy(hint, port->path) : -error;
        }
        error = sp_get_port_handle(sp, &port->fd) == SP_OK ? claim_port(port->fd) : -EIO;
        if (error < 0) {
                sp_close(sp);
                return error == -EBUSY ? explain_busy(hint, port->path) : error;
        }
        what = configure_port(sp, options, &r);
        if (what) {
                error = find_error(r);
                sp_close(sp);
                return port_fail(hint, error, "%s cannot be set to %s (baud %d): %s", port->path, what,
                                 (int)options->baud, strerror(error));
        }
        got = read_baud(sp);
        if (got > 0 && abs(got - options->baud) > options->baud / BAUD_PART) {
                sp_close(sp);
                return port_fail(hint, ERANGE, "%s cannot run at %d baud: it stays at %d", port->path,
                                 (int)options->baud, got);
        }
        number = sp_get_port_usb_serial(sp);
        snprintf(port->serial_number, sizeof(port->serial_number), "%s", number ? number : "");
        port->latency_ms = read_latency_ms(port->path);
        return 0;
}

static int serial_open(struct port *port, const char *path, const struct port_options *options,
                       struct port_hint hint) {
        struct sp_port *sp;
        enum sp_return found = sp_get_port_by_name(path, &sp);
        int r;

        if (found != SP_OK)
                return -(found == SP_ERR_ARG ? ENODEV : find_error(found));
        r = open_sp(port, sp, options, hint);
        if (r < 0) {
                sp_free_port(sp);
                return r;
        }
        port->two_way = true;
        port->state = sp;
        return 0;
}

const struct port_backend port_serial = {
        .open = serial_open, .read = serial_read, .write = serial_write, .close = serial_close};
