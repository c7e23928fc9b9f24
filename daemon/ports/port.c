/* SPDX-License-Identifier: MIT */
#include "ports/port.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <libserialport.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/backend.h"

int port_fail(struct port_hint hint, int error, const char *format, ...) {
        va_list args;

        va_start(args, format);
        vsnprintf(hint.text, hint.size, format, args);
        va_end(args);
        return -error;
}

/* --- who holds it --- */

/* A container has a /dev/pts/0 of its own. */
static bool is_here(int folder, const char *fd, const char *path) {
        struct stat there, here;

        return fstatat(folder, fd, &there, 0) == 0 && stat(path, &here) == 0 && there.st_dev == here.st_dev &&
               there.st_ino == here.st_ino;
}

static bool process_holds(const char *pid, const char *path) {
        char folder[64], link[PATH_MAX];
        bool found = false;
        struct dirent *entry;
        DIR *dir;

        snprintf(folder, sizeof(folder), "/proc/%.20s/fd", pid);
        dir = opendir(folder);
        while (dir && !found && (entry = readdir(dir))) {
                ssize_t n = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

                if (n > 0) {
                        link[n] = '\0';
                        found = strcmp(link, path) == 0 && is_here(dirfd(dir), entry->d_name, path);
                }
        }
        if (dir)
                closedir(dir);
        return found;
}

static void describe_process(const char *pid, char *ret, size_t size) {
        char path[64], name[32] = "?";
        FILE *f;

        snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
        f = fopen(path, "re");
        if (f) {
                if (fgets(name, sizeof(name), f))
                        name[strcspn(name, "\n")] = '\0';
                fclose(f);
        }
        snprintf(ret, size, "process %.20s (%s)", pid, name);
}

bool port_holder(const char *path, char *ret, size_t size) {
        DIR *proc = opendir("/proc");
        struct dirent *entry;
        long self = (long)getpid();
        bool found = false;

        snprintf(ret, size, "another program");
        while (proc && !found && (entry = readdir(proc))) {
                char *end;
                long pid = strtol(entry->d_name, &end, 10);

                if (pid <= 0 || *end || pid == self || !process_holds(entry->d_name, path))
                        continue;
                describe_process(entry->d_name, ret, size);
                found = true;
        }
        if (proc)
                closedir(proc);
        return found;
}

/* --- what stands behind a path --- */

/* What the kernel shows for a group that the user namespace does not know (PrivateUsers= of the unit). */
enum { GROUP_UNMAPPED = 65534 };

static int explain(struct port_hint hint, int error, const char *path) {
        struct stat st;
        struct group *group;

        switch (error) {
        case ENOENT:
        case ENXIO:
        case ENODEV:
                return port_fail(hint, error, "%s is not there: %s", path,
                                 strchr(path, '/') ? "is the mat plugged in?" : "a whole path like /dev/ttyUSB0?");
        case EPERM: /* the file's mode says EACCES; a device cgroup says this */
                return port_fail(hint, error,
                                 "%s is withheld from this service: DeviceAllow= of its unit does not name it", path);
        case EACCES:
                if (stat(path, &st) < 0)
                        return port_fail(hint, error, "no permission to look at %s", path);
                if (st.st_gid == GROUP_UNMAPPED)
                        return port_fail(hint, error,
                                         "no permission for %s: members of its group may open it (ls -l %s); for the "
                                         "service: systemctl edit sitboned, SupplementaryGroups=",
                                         path, path);
                group = getgrgid(st.st_gid);
                if (group && (st.st_mode & S_IRGRP) && (st.st_mode & S_IWGRP))
                        return port_fail(
                                hint, error,
                                "no permission for %s: members of the group %s may open it (sudo usermod -aG %s "
                                "NAME, and log in again)",
                                path, group->gr_name, group->gr_name);
                return port_fail(hint, error,
                                 "no permission for %s (mode %03o, group %s): a udev rule can give it, as "
                                 "70-sitboned.rules tells",
                                 path, (unsigned)st.st_mode & 0777u, group ? group->gr_name : "?");
        default:
                return *hint.text ? -error : port_fail(hint, error, "%s: %s", path, strerror(error));
        }
}

/* libserialport knows what is in /sys/class/tty: real ports, but no pty. */
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
                return explain(hint, errno, spec);
        if (strlen(path) >= PORT_PATH_MAX)
                return port_fail(hint, ENAMETOOLONG, "%s: name too long", spec);
        snprintf(port->path, sizeof(port->path), "%s", path);
        r = is_serial(path) ? port_serial_open(port, path, options, hint) : port_stream_open(port, path, hint);
        return r < 0 ? explain(hint, -r, path) : 0;
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
                return port_fail(hint, ENOTUNIQ, "there is more than one USB serial device, say which:%s", names);
        return 0;
}

static int open_spec(struct port *port, const char *spec, const struct port_options *options, struct port_hint hint) {
        char path[PORT_PATH_MAX];
        int r;

        if (strcmp(spec, "-") == 0)
                return port_stdin_open(port, hint);
        if (strncmp(spec, "tcp://", 6) == 0)
                return port_tcp_open(port, spec, hint);
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
        return port->kind->read(port, ret, size);
}

ssize_t port_write(struct port *port, const uint8_t *bytes, size_t n) {
        ssize_t written;

        if (!port->two_way || port->connecting)
                return 0;
        written = port->kind->write(port, bytes, n);
        if (written >= 0)
                return written;
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

bool port_is_file(const struct port *port) {
        return port->is_file;
}

const char *port_serial_number(const struct port *port) {
        return port->serial_number;
}

const char *port_path(const struct port *port) {
        return port->path;
}

int port_latency_ms(const struct port *port) {
        return port->latency_ms;
}

void port_close(struct port *port) {
        if (!port)
                return;
        port->kind->close(port);
        free(port);
}
