/* SPDX-License-Identifier: MIT */
#include "ports/holder.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the open file and the path are the same device. A container has a /dev/pts/0 of its own. */
static bool is_same_device(int folder, const char *fd, const char *path) {
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
                        found = strcmp(link, path) == 0 && is_same_device(dirfd(dir), entry->d_name, path);
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
