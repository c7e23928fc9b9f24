/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/sitbonectl/ports/find.h"
#include "util/sanitize.h"

enum { USB_DEPTH = 4 }; /* tty, port, interface, device */

static void drop_cut_character(char *text) {
        size_t n = strlen(text);

        for (int i = 0; i < 3 && n > 0 && text[n - 1] & 0x80 && !utf8_valid(text); i++)
                text[--n] = '\0';
}

/* The first line of folder/name, "" when there is none. */
static void read_line(const char *folder, const char *name, char *ret, size_t size) {
        char path[PATH_MAX + 64];
        FILE *f;

        *ret = '\0';
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        f = fopen(path, "re");
        if (!f)
                return;
        if (fgets(ret, (int)size, f))
                ret[strcspn(ret, "\n")] = '\0';
        else
                *ret = '\0';
        fclose(f);
        drop_cut_character(ret);
        sanitize_line(ret); /* a device may send anything; a terminal must not obey it */
}

static void read_link_name(const char *folder, const char *name, char *ret, size_t size) {
        char path[PATH_MAX + 64], target[PATH_MAX];
        const char *slash;
        ssize_t n;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        n = readlink(path, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = '\0';
        slash = strrchr(target, '/');
        snprintf(ret, size, "%s", slash ? slash + 1 : target);
}

/* The folder of the USB device is a few levels above that of the tty. */
static void find_usb(const char *device, struct port_facts *ret) {
        char folder[PATH_MAX];

        snprintf(folder, sizeof(folder), "%s", device);
        for (int i = 0; i < USB_DEPTH; i++) {
                char *slash;

                read_line(folder, "idVendor", ret->vendor, sizeof(ret->vendor));
                if (ret->vendor[0])
                        break;
                slash = strrchr(folder, '/');
                if (!slash || slash == folder)
                        return;
                *slash = '\0';
        }
        read_line(folder, "idProduct", ret->product, sizeof(ret->product));
        read_line(folder, "manufacturer", ret->maker, sizeof(ret->maker));
        read_line(folder, "product", ret->title, sizeof(ret->title));
        read_line(folder, "serial", ret->serial, sizeof(ret->serial));
}

static void find_by_id(const char *root, const char *name, char *ret, size_t size) {
        char folder[PATH_MAX], target[288];
        struct dirent *entry;
        DIR *dir;

        *ret = '\0';
        snprintf(folder, sizeof(folder), "%s/dev/serial/by-id", root);
        dir = opendir(folder);
        while (dir && !*ret && (entry = readdir(dir))) {
                read_link_name(folder, entry->d_name, target, sizeof(target));
                if (entry->d_name[0] != '.' && strcmp(target, name) == 0)
                        snprintf(ret, size, "/dev/serial/by-id/%s", entry->d_name);
        }
        if (dir)
                closedir(dir);
}

/* False: a virtual terminal, or a place on the board where no UART is (type 0). */
static bool is_port(const char *root, const char *name, char device[PATH_MAX]) {
        char path[PATH_MAX + 64], type[16];

        snprintf(path, sizeof(path), "%s/sys/class/tty/%s", root, name);
        read_line(path, "type", type, sizeof(type));
        if (strcmp(type, "0") == 0)
                return false;
        snprintf(path, sizeof(path), "%s/sys/class/tty/%s/device", root, name);
        return realpath(path, device) != NULL;
}

static void read_facts(const char *root, const char *name, const char *device, struct port_facts *ret) {
        char line[32];

        memset(ret, 0, sizeof(*ret));
        snprintf(ret->path, sizeof(ret->path), "/dev/%s", name);
        find_by_id(root, name, ret->by_id, sizeof(ret->by_id));
        read_link_name(device, "driver", ret->driver, sizeof(ret->driver));
        find_usb(device, ret);
        read_line(device, "latency_timer", line, sizeof(line));
        ret->latency_ms = line[0] ? (int)strtol(line, NULL, 10) : -1;
}

static int compare_paths(const void *a, const void *b) {
        const struct port_facts *x = a, *y = b;

        return strverscmp(x->path, y->path);
}

int ports_find(const char *root, struct port_facts ret[PORTS_MAX]) {
        char folder[PATH_MAX], device[PATH_MAX];
        struct dirent *entry;
        int n = 0;
        DIR *dir;

        snprintf(folder, sizeof(folder), "%s/sys/class/tty", root);
        dir = opendir(folder);
        while (dir && n < PORTS_MAX && (entry = readdir(dir)))
                if (entry->d_name[0] != '.' && is_port(root, entry->d_name, device))
                        read_facts(root, entry->d_name, device, &ret[n++]);
        if (dir)
                closedir(dir);
        qsort(ret, (size_t)n, sizeof(*ret), compare_paths);
        return n;
}
