/* SPDX-License-Identifier: MIT */
#include "util/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int read_to_end(int fd, size_t limit, char **ret, size_t *ret_n) {
        size_t n = 0, room = 16384;
        char *data = malloc(room + 1), *grown;
        ssize_t got;

        if (!data)
                return -ENOMEM;
        while ((got = read(fd, data + n, room - n)) != 0) {
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0 || n + (size_t)got > limit) {
                        int r = got < 0 ? -errno : -EFBIG;
                        free(data);
                        return r;
                }
                n += (size_t)got;
                if (n < room)
                        continue;
                grown = realloc(data, room * 2 + 1);
                if (!grown) {
                        free(data);
                        return -ENOMEM;
                }
                data = grown;
                room *= 2;
        }
        data[n] = '\0';
        *ret = data;
        *ret_n = n;
        return 0;
}

/* Opens a regular file or /dev/null (which masks a file). The descriptor or negative errno. */
static int open_file(const char *path, size_t *ret_n) {
        struct stat st;
        int r = 0, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not block */

        if (fd < 0)
                return -errno;
        if (fstat(fd, &st) < 0)
                r = -errno;
        else if (S_ISDIR(st.st_mode))
                r = -EISDIR;
        else if (!S_ISREG(st.st_mode) && (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)))
                r = -EINVAL;
        if (r < 0) {
                close(fd);
                return r;
        }
        *ret_n = (size_t)st.st_size;
        return fd;
}

int file_read(const char *path, size_t limit, char **ret, size_t *ret_n) {
        size_t size;
        int r, fd = open_file(path, &size);

        if (fd < 0)
                return fd;
        r = read_to_end(fd, limit, ret, ret_n);
        close(fd);
        return r;
}

int file_map(const char *path, const char **ret, size_t *ret_n) {
        void *data = NULL;
        size_t n = 0;
        int r = 0, fd = open_file(path, &n);

        if (fd < 0)
                return fd;
        if (n > 0 && (data = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
                r = -errno;
        close(fd);
        if (r < 0)
                return r;
        *ret = n > 0 ? data : "";
        *ret_n = n;
        return 0;
}

void file_unmap(const char *data, size_t n) {
        if (n > 0)
                munmap((void *)(uintptr_t)data, n); // NOLINT(performance-no-int-to-ptr): only readers see it as const
}

static int write_all(int fd, const char *data, size_t n) {
        while (n > 0) {
                ssize_t put = write(fd, data, n);
                if (put < 0 && errno == EINTR)
                        continue;
                if (put < 0)
                        return -errno;
                data += put;
                n -= (size_t)put;
        }
        return 0;
}

int file_write_atomically(const char *path, const void *data, size_t n, unsigned mode) {
        char temporary[4096];
        int fd, r;

        if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary))
                return -ENAMETOOLONG;
        fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
        if (fd < 0)
                return -errno;
        r = write_all(fd, data, n);
        if (r == 0 && fsync(fd) < 0)
                r = -errno;
        if (close(fd) < 0 && r == 0)
                r = -errno;
        if (r == 0 && rename(temporary, path) < 0)
                r = -errno;
        if (r < 0)
                unlink(temporary);
        return r;
}

bool file_exists(const char *path) {
        return access(path, F_OK) == 0;
}

enum { DROP_INS_MAX = 256 };

struct drop_in {
        char name[256];
        const char *tree;
};

static int compare_names(const void *a, const void *b) {
        return strcmp(((const struct drop_in *)a)->name, ((const struct drop_in *)b)->name);
}

static bool is_drop_in(const char *name) {
        size_t n = strlen(name);

        return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

/* Adds the files of one folder that no more important folder has. Returns the new number of files. */
static size_t collect_drop_ins(const char *tree, struct drop_in *found, size_t n) {
        DIR *dir = opendir(tree);
        const struct dirent *entry;

        if (!dir)
                return n;
        while (n < DROP_INS_MAX && (entry = readdir(dir)) != NULL) {
                bool known = false;

                for (size_t i = 0; i < n && !known; i++)
                        known = strcmp(found[i].name, entry->d_name) == 0;
                if (known || !is_drop_in(entry->d_name))
                        continue;
                snprintf(found[n].name, sizeof(found[n].name), "%s", entry->d_name);
                found[n++].tree = tree;
        }
        closedir(dir);
        return n;
}

void file_each_drop_in(const char *const *trees, void (*each)(void *userdata, const char *path), void *userdata) {
        struct drop_in *found = calloc(DROP_INS_MAX, sizeof(*found));
        char path[4096];
        size_t n = 0;

        if (!found)
                return;
        for (const char *const *tree = trees; *tree; tree++)
                n = collect_drop_ins(*tree, found, n);
        qsort(found, n, sizeof(*found), compare_names);
        for (size_t i = 0; i < n; i++) {
                snprintf(path, sizeof(path), "%s/%s", found[i].tree, found[i].name);
                each(userdata, path);
        }
        free(found);
}
