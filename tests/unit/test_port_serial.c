/* SPDX-License-Identifier: MIT */
/* ports/serial.c and libserialport on a pty: tests/shim_pty.c is part of this program, and so comes before the C library. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"
#include "ports/holder.h"
#include "ports/port.h"
#include "sitbone/settings.h"

static char hint[256];

static int open_pty(char *ret_path, size_t size) {
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

        CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
        CHECK(ptsname_r(master, ret_path, size) == 0);
        return master;
}

static ssize_t must_answer(struct port *port, uint8_t *ret, size_t size) {
        ssize_t n = PORT_READ_NONE;

        for (int i = 0; i < 400 && n == PORT_READ_NONE; i++) {
                struct pollfd p = {.fd = port_fd(port), .events = POLLIN};

                n = poll(&p, 1, 50) >= 0 ? port_read(port, ret, size) : -errno;
        }
        return n;
}

enum manner { HOLDS_LIKE_SITBONE, HOLDS_WITH_LOCK, HOLDS_WITHOUT };

static void hold_port(const char *path, enum manner manner) {
        struct port_options options = {.baud = 115200};
        struct port *other;
        int fd;

        if (manner == HOLDS_LIKE_SITBONE) {
                CHECK(port_open(path, &options, &other, hint, sizeof(hint)) == 0);
                return;
        }
        fd = open(path, O_RDWR | O_NOCTTY);
        CHECK(fd >= 0 && (manner == HOLDS_WITHOUT || flock(fd, LOCK_EX) == 0));
}

/* Another program has the port open: the hint names it, and its line settings stay. */
static void test_busy(enum manner manner) {
        struct port_options options = {.baud = 9600};
        struct termios before, after;
        struct port *port;
        int ready[2], status, master;
        char path[64];
        char byte;
        pid_t child;

        master = open_pty(path, sizeof(path));
        CHECK(pipe(ready) == 0);
        child = fork();
        if (child == 0) {
                prctl(PR_SET_NAME, "holder");
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                hold_port(path, manner);
                CHECK(write(ready[1], "x", 1) == 1);
                pause();
        }
        CHECK(child > 0 && read(ready[0], &byte, 1) == 1);
        CHECK(tcgetattr(master, &before) == 0);
        CHECK(port_open(path, &options, &port, hint, sizeof(hint)) == -EBUSY);
        CHECK(tcgetattr(master, &after) == 0 && before.c_lflag == after.c_lflag);
        CHECK(cfgetospeed(&before) == cfgetospeed(&after));
        CHECK(strstr(hint, "in use by process") && strstr(hint, "(holder)"));
        CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
        close(master);
        close(ready[0]);
        close(ready[1]);
}

/* A pty of the same name in a container is another device. */
static void test_other_pty(const char *path) {
        int ready[2], status, master = -1;
        char name[64] = "", holder[96], byte = 0;
        pid_t child;

        CHECK(pipe(ready) == 0);
        child = fork();
        if (child == 0) {
                prctl(PR_SET_NAME, "boxed");
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, "") < 0 ||
                    mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666") < 0)
                        _exit(77); /* not allowed to */
                for (int i = 0; i < 100 && strcmp(name, path) != 0; i++) {
                        master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
                        CHECK(master >= 0 && unlockpt(master) == 0 && ptsname_r(master, name, sizeof(name)) == 0);
                }
                CHECK(strcmp(name, path) == 0 && open(name, O_RDWR | O_NOCTTY) >= 0);
                CHECK(write(ready[1], "x", 1) == 1);
                pause();
        }
        close(ready[1]);
        if (child > 0 && read(ready[0], &byte, 1) == 1)
                CHECK(!port_holder(path, holder, sizeof(holder)));
        CHECK(child > 0 && (byte == 'x' ? kill(child, SIGKILL) == 0 : true) && waitpid(child, &status, 0) == child);
        CHECK(byte == 'x' || (WIFEXITED(status) && WEXITSTATUS(status) == 77));
        close(ready[0]);
}

static void test_open(int32_t baud, int32_t lines) {
        struct port_options options = {.baud = baud, .dtr = lines, .rts = lines};
        struct termios t;
        struct port *port;
        char path[64];
        uint8_t got[16];
        int master = open_pty(path, sizeof(path)), r;

        r = port_open(path, &options, &port, hint, sizeof(hint));
        if (r < 0)
                fprintf(stderr, "%s\n", hint);
        CHECK(r == 0);
        CHECK(strcmp(port_path(port), path) == 0 && strcmp(port_chip(port).serial_number, "") == 0);
        CHECK(fcntl(port_fd(port), F_GETFD) & FD_CLOEXEC);
        CHECK(open(path, O_RDWR | O_NOCTTY) < 0 || geteuid() == 0); /* TIOCEXCL */
        CHECK(tcgetattr(port_fd(port), &t) == 0 && (t.c_lflag & (ICANON | ECHO)) == 0 && (t.c_cflag & CSIZE) == CS8);
        CHECK(port_read(port, got, sizeof(got)) == PORT_READ_NONE);
        CHECK(write(master, "\xFF\x11\r\n\0a", 6) == 6);
        CHECK(must_answer(port, got, sizeof(got)) == 6 && memcmp(got, "\xFF\x11\r\n\0a", 6) == 0);
        close(master); /* unplugged */
        CHECK(must_answer(port, got, sizeof(got)) == PORT_READ_END);
        port_close(port);
        CHECK(port_open(path, &options, &port, hint, sizeof(hint)) == -ENOENT && strstr(hint, "plugged in"));
}

static void test_baud(int32_t baud, int expected) {
        struct port_options options = {.baud = baud};
        struct port *port = NULL;
        char path[64];
        int master = open_pty(path, sizeof(path));

        CHECK(port_open(path, &options, &port, hint, sizeof(hint)) == expected);
        CHECK(expected == 0 || strstr(hint, "cannot run at 4500000 baud: it stays at 3000000"));
        port_close(port);
        close(master);
}

int main(void) {
        char path[64];
        int master;

        test_open(115200, LINE_LEAVE);
        test_open(1000000, LINE_OFF);
        test_open(250000, LINE_ON); /* a rate without a constant: termios2 */
        test_open(1152000, LINE_LEAVE);
        master = open_pty(path, sizeof(path));
        test_baud(12345, 0);
        test_baud(3000000, 0);
        test_baud(3100000, 0); /* close enough */
        test_baud(4500000, -ERANGE);
        test_busy(HOLDS_LIKE_SITBONE);
        test_busy(HOLDS_WITH_LOCK);
        test_busy(HOLDS_WITHOUT);
        test_other_pty(path);
        close(master);
        return 0;
}
