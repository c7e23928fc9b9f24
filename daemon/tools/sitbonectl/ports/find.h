/* SPDX-License-Identifier: MIT */
/* The serial ports of this machine, read from /sys. No port is opened, because opening resets many boards. */
#ifndef TOOLS_SITBONECTL_PORTS_FIND_H
#define TOOLS_SITBONECTL_PORTS_FIND_H

#include <stdbool.h>

enum { PORTS_MAX = 64 };

struct port_facts {
        char path[64];               /* /dev/ttyUSB0 */
        char by_id[288];             /* the name that does not change with the number; "" = none */
        char vendor[8], product[8];  /* four hexadecimal digits; "" = not USB */
        char maker[64], title[64];   /* as the device reports them */
        char serial[64], driver[64]; /* "" = none */
        int latency_ms;              /* -1 = no such timer */
};

/* In order of path; returns how many, at most PORTS_MAX. root is put before /sys and /dev ("" outside tests). */
int ports_find(const char *root, struct port_facts ret[PORTS_MAX]);

#endif
