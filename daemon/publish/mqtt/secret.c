/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int explain_error(int error, const char *path, const char *problem, char *ret_why, size_t why_size) {
        snprintf(ret_why, why_size, "%s: %s", path, problem);
        return error;
}

/* Reads the first line. Editors end it with a newline, which is not part of the password. */
static int read_line(int fd, char ret[SECRET_MAX]) {
        ssize_t n = read(fd, ret, SECRET_MAX - 1);

        if (n < 0)
                return -errno;
        if (n == SECRET_MAX - 1)
                return -EFBIG;
        ret[n] = '\0';
        ret[strcspn(ret, "\r\n")] = '\0';
        return 0;
}

static int read_file(const char *path, bool owner_only, char ret[SECRET_MAX], char *ret_why, size_t why_size) {
        int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat st;

        if (fd < 0)
                return explain_error(-errno, path, strerror(errno), ret_why, why_size);
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                r = explain_error(-EINVAL, path, "not a regular file", ret_why, why_size);
        else if (owner_only && (st.st_mode & (S_IRWXG | S_IRWXO)))
                r = explain_error(-EPERM, path, "other users may read it; run chmod 600 on it", ret_why, why_size);
        else if ((r = read_line(fd, ret)) < 0)
                explain_error(r, path, strerror(-r), ret_why, why_size);
        close(fd);
        return r;
}

int secret_read(const char *password_file, char ret[SECRET_MAX], char *ret_why, size_t why_size) {
        const char *directory = getenv("CREDENTIALS_DIRECTORY");
        char path[PATH_MAX];

        ret[0] = '\0';
        if (directory && (size_t)snprintf(path, sizeof(path), "%s/mqtt-password", directory) < sizeof(path) &&
            access(path, F_OK) == 0)
                return read_file(path, false, ret, ret_why, why_size);
        return password_file[0] ? read_file(password_file, true, ret, ret_why, why_size) : 0;
}
