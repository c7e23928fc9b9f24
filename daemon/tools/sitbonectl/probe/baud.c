/* SPDX-License-Identifier: MIT */
/* A file of its own: the kernel's termios2 cannot be included together with the header of the C library. */
#include <asm/termbits.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "tools/sitbonectl/probe/baud.h"

int line_set_baud(int fd, int32_t baud) {
        struct termios2 t;

        if (ioctl(fd, TCGETS2, &t) < 0)
                return -errno;
        t.c_cflag &= ~(tcflag_t)(CBAUD | CBAUD << IBSHIFT);
        t.c_cflag |= BOTHER;
        t.c_ospeed = t.c_ispeed = (speed_t)baud;
        if (ioctl(fd, TCSETS2, &t) < 0)
                return -errno;
        if (ioctl(fd, TCGETS2, &t) < 0 || ioctl(fd, TCFLSH, TCIFLUSH) < 0)
                return -errno;
        return llabs((long long)t.c_ospeed - baud) <= baud / 20 ? 0 : -ERANGE;
}
