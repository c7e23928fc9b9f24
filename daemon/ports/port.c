/* SPDX-License-Identifier: MIT */
#include "ports/port.h"

#include <errno.h>
#include <grp.h>
#include <libserialport.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/backend.h"

/* stat() reports this group where the user namespace does not know the real one (PrivateUsers= of the unit). */
enum { GROUP_UNMAPPED = 65534 };

/* Debian and most other distributions give serial devices to this group. */
static const char SERIAL_GROUP[] = "dialout";

static int explain_permission(struct port_hint hint, const char *path) {
        struct stat st;
        struct group *group;

        if (stat(path, &st) < 0)
                return port_fail(hint, EACCES, "no permission to open %s", path);
        if (st.st_gid == GROUP_UNMAPPED)
                return port_fail(
                        hint, EACCES,
                        "no permission for %s: add its group (ls -l %s; usually %s) to the service with systemctl "
                        "edit sitboned, SupplementaryGroups=%s, then systemctl restart sitboned",
                        path, path, SERIAL_GROUP, SERIAL_GROUP);
        group = getgrgid(st.st_gid);
        if (group && (st.st_mode & S_IRGRP) && (st.st_mode & S_IWGRP))
                return port_fail(hint, EACCES,
                                 "no permission for %s: members of the group %s may open it (sudo usermod -aG %s "
                                 "NAME, and log in again)",
                                 path, group->gr_name, group->gr_name);
        return port_fail(hint, EACCES,
                         "no permission for %s (mode %03o, group %s): a udev rule can grant it, see 70-sitboned.rules",
                         path, (unsigned)st.st_mode & 0777u, group ? group->gr_name : "?");
}

/* Writes the hint for an error of open(), unless there is one already. */
static int explain_error(struct port_hint hint, int error, const char *path) {
        switch (error) {
        case ENOENT:
        case ENXIO:
        case ENODEV:
                return port_fail(hint, error, "%s is not there: %s", path,
                                 strchr(path, '/') ? "is the mat plugged in?" : "a whole path like /dev/ttyUSB0?");
        case EPERM: /* from a device cgroup; the mode of the file would give EACCES */
                return port_fail(hint, error,
                                 "%s is withheld from this service: DeviceAllow= of its unit does not name it", path);
        case EACCES:
                return explain_permission(hint, path);
        default:
                return *hint.text ? -error : port_fail(hint, error, "%s: %s", path, strerror(error));
        }
}

/* libserialport knows the devices in /sys/class/tty: real ports, but no pty. */
static bool is_serial(const char *path) {
        char sys[PATH_MAX + 32];
        struct stat st;

        if (strncmp(path, "/dev/", 5) != 0)
                return false;
        snprintf(sys, sizeof(sys), "/sys/class/tty/%s", path + 5);
        return lstat(sys, &st) == 0;
}

static int open_path(struct port *port, const char *spec, const struct port_options *options, struct port_hint hint) {
        char path[PATH_MAX];
        int r;

        if (!realpath(spec, path)) /* libserialport refuses links such as /dev/serial/by-id/... */
                return explain_error(hint, errno, spec);
        if (strlen(path) >= PORT_PATH_MAX)
                return port_fail(hint, ENAMETOOLONG, "%s: name too long", spec);
        snprintf(port->path, sizeof(port->path), "%s", path);
        port->backend = is_serial(path) ? &port_serial : &port_stream;
        r = port->backend->open(port, path, options, hint);
        return r < 0 ? explain_error(hint, -r, path) : 0;
}

static int find_only_usb(char ret[PORT_PATH_MAX], struct port_hint hint) {
        struct sp_port **ports;
        char names[200] = "";
        size_t n = 0, length = 0;

        if (sp_list_ports(&ports) != SP_OK)
                return port_fail(hint, ENOENT, "the serial ports cannot be listed");
        for (size_t i = 0; ports[i]; i++) {
                const char *name = sp_get_port_name(ports[i]);

                if (sp_get_port_transport(ports[i]) != SP_TRANSPORT_USB || !name)
                        continue;
                n++;
                snprintf(ret, PORT_PATH_MAX, "%s", name);
                if (length < sizeof(names))
                        length += (size_t)snprintf(names + length, sizeof(names) - length, " %s", name);
        }
        sp_free_port_list(ports);
        if (n == 0)
                return port_fail(hint, ENOENT, "no USB serial device is plugged in");
        if (n > 1)
                return port_fail(hint, ENOTUNIQ, "there is more than one USB serial device; set device to one of:%s",
                                 names);
        return 0;
}

static int open_spec(struct port *port, const char *spec, const struct port_options *options, struct port_hint hint) {
        const bool tcp = strncmp(spec, "tcp://", 6) == 0;
        char path[PORT_PATH_MAX];
        int r;

        if (tcp || strcmp(spec, "-") == 0) {
                port->backend = tcp ? &port_tcp : &port_stream;
                return port->backend->open(port, spec, options, hint);
        }
        if (strcmp(spec, "auto") != 0)
                return open_path(port, spec, options, hint);
        r = find_only_usb(path, hint);
        return r < 0 ? r : open_path(port, path, options, hint);
}

/* --- port.h --- */

int port_open(const char *spec, const struct port_options *options, struct port **ret, char *hint, size_t hint_size) {
        struct port *port = calloc(1, sizeof(*port));
        int r;

        if (hint_size > 0)
                hint[0] = '\0';
        if (!port)
                return -ENOMEM;
        port->fd = port->latency_ms = -1;
        r = open_spec(port, spec, options, (struct port_hint){hint, hint_size});
        if (r < 0) {
                free(port);
                return r;
        }
        *ret = port;
        return 0;
}

int port_fd(const struct port *port) {
        return port->fd;
}

bool port_connecting(const struct port *port) {
        return port->connecting;
}

ssize_t port_read(struct port *port, uint8_t *ret, size_t size) {
        return port->backend->read(port, ret, size);
}

ssize_t port_write(struct port *port, const uint8_t *bytes, size_t n) {
        ssize_t written;

        if (!port->two_way || port->connecting)
                return 0;
        written = port->backend->write(port, bytes, n);
        if (written >= 0)
                return written;
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

bool port_is_file(const struct port *port) {
        return port->is_file;
}

struct port_chip port_chip(const struct port *port) {
        return (struct port_chip){port->serial_number, port->latency_ms};
}

const char *port_path(const struct port *port) {
        return port->path;
}

void port_close(struct port *port) {
        if (!port)
                return;
        port->backend->close(port);
        free(port);
}
