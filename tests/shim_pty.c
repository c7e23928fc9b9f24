/* SPDX-License-Identifier: MIT */
/* Makes libserialport take a pty for a serial port, for tests: it looks for /sys/class/tty/pts/N and asks for modem
 * lines, which a pty has not. Preloaded (LD_PRELOAD), or built into a test program. */
#undef _FORTIFY_SOURCE /* would define these functions inline */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <asm/termbits.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_fake(const char *path) {
        return strncmp(path, "/sys/class/tty/pts/", 19) == 0;
}

static int fake_lstat(const char *path, struct stat *ret) {
        char pty[64];

        snprintf(pty, sizeof(pty), "/dev/%s", path + 15);
        if (stat(pty, ret) < 0)
                return -1;
        ret->st_mode = S_IFLNK | 0777;
        return 0;
}

int lstat(const char *restrict path, struct stat *restrict ret) {
        int (*real)(const char *, struct stat *) = (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "lstat");

        return is_fake(path) ? fake_lstat(path, ret) : real(path, ret);
}

/* What lstat() was called before glibc 2.33, as the library still does. */
int __lxstat(int version, const char *path, struct stat *ret);
int __lxstat(int version, const char *path, struct stat *ret) {
        int (*real)(int, const char *, struct stat *) =
                (int (*)(int, const char *, struct stat *))dlsym(RTLD_NEXT, "__lxstat");

        return is_fake(path) ? fake_lstat(path, ret) : real(version, path, ret);
}

ssize_t readlink(const char *restrict path, char *restrict ret, size_t size) {
        static const char target[] = "../../devices/virtual/tty/pts";
        ssize_t (*real)(const char *, char *, size_t) =
                (ssize_t(*)(const char *, char *, size_t))dlsym(RTLD_NEXT, "readlink");

        if (!is_fake(path))
                return real(path, ret, size);
        memcpy(ret, target, sizeof(target) - 1 < size ? sizeof(target) - 1 : size);
        return (ssize_t)(sizeof(target) - 1 < size ? sizeof(target) - 1 : size);
}

/* As a chip that ends at 3 Mbaud does it. */
static void limit_baud(struct termios2 *t) {
        if (t->c_ospeed > 3000000)
                t->c_ospeed = t->c_ispeed = 3000000;
}

int ioctl(int fd, unsigned long request, ...) {
        int (*real)(int, unsigned long, void *) = (int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
        va_list args;
        void *arg;
        int r;

        va_start(args, request);
        arg = va_arg(args, void *);
        va_end(args);
        if (request == TCSETS2)
                limit_baud(arg);
        r = real(fd, request, arg);
        if (r < 0 && (errno == ENOTTY || errno == EINVAL)) {
                if (request == TIOCMGET)
                        *(int *)arg = TIOCM_DTR | TIOCM_RTS;
                if (request == TIOCMGET || request == TIOCMSET || request == TIOCMBIS || request == TIOCMBIC)
                        return 0;
        }
        return r;
}
