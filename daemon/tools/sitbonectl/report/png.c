/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/report/png.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/sitbonectl/complain.h"
#include "util/language.h"

extern char **environ;

static char *const CONVERTER[] = {(char[]){"rsvg-convert"}, (char[]){"--zoom"}, (char[]){"2"}, NULL};

/* A file without a name that holds these bytes, at its beginning. Negative errno. */
static int open_bytes(const char *bytes, size_t n) {
        int fd = memfd_create("report.svg", MFD_CLOEXEC);
        ssize_t written = 0;

        if (fd < 0)
                return -errno;
        while (n > 0 && (written = write(fd, bytes, n)) > 0) {
                bytes += written;
                n -= (size_t)written;
        }
        if (n == 0 && lseek(fd, 0, SEEK_SET) == 0)
                return fd;
        close(fd);
        return -EIO;
}

static int start_converter(int input, int output, pid_t *ret) {
        posix_spawn_file_actions_t actions;
        int r = posix_spawn_file_actions_init(&actions);

        if (r != 0)
                return -r;
        r = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (r == 0)
                r = posix_spawnp(ret, CONVERTER[0], &actions, NULL, CONVERTER, environ);
        posix_spawn_file_actions_destroy(&actions);
        return -r;
}

static int read_to_end(int fd, char **ret, size_t *ret_n) {
        FILE *f = open_memstream(ret, ret_n);
        char bytes[64 * 1024];
        ssize_t n = 0;
        int r = 0;

        if (!f)
                return -errno;
        while ((n = read(fd, bytes, sizeof(bytes))) > 0)
                fwrite(bytes, 1, (size_t)n, f);
        if (n < 0)
                r = -errno;
        if (ferror(f))
                r = -ENOMEM;
        if (fclose(f) != 0 && r == 0)
                r = -ENOMEM;
        return r;
}

/* 0, a negative errno, or 1 when the converter has failed and said so itself. */
static int run_converter(int input, char **ret, size_t *ret_n) {
        int ends[2], status = 0, r;
        pid_t pid = -1;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        r = start_converter(input, ends[1], &pid);
        close(ends[1]);
        if (r == 0) {
                r = read_to_end(ends[0], ret, ret_n);
                if (waitpid(pid, &status, 0) < 0 && r == 0)
                        r = -errno;
                if (r == 0 && status != 0)
                        r = 1;
        }
        close(ends[0]);
        return r;
}

int png_from_svg(const char *svg, size_t n, char **ret, size_t *ret_n) {
        int input = open_bytes(svg, n), r;

        *ret = NULL;
        r = input < 0 ? input : run_converter(input, ret, ret_n);
        if (input >= 0)
                close(input);
        if (r == -ENOENT)
                complain(_("cannot make a .png: rsvg-convert is not installed; install the package librsvg2-bin, or "
                           "choose a .svg or .html file"));
        else if (r < 0)
                complain(_("cannot make a .png: %s: %s"), CONVERTER[0], strerror(-r));
        else if (r > 0)
                complain(_("cannot make a .png: rsvg-convert failed; choose a .svg or .html file"));
        if (r == 0)
                return STATUS_DONE;
        free(*ret);
        *ret = NULL;
        return STATUS_FAILED;
}
