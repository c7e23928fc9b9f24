/* SPDX-License-Identifier: MIT */
/* The way to a running daemon: finds the bus and the seat, calls methods, reads the live view. sitbone-dbus(7) has
 * the interface. */
#ifndef TOOLS_SITBONECTL_LIVE_DAEMON_LINK_H
#define TOOLS_SITBONECTL_LIVE_DAEMON_LINK_H

#include <stdbool.h>

#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/view/values.h"

enum { LINK_NAME_MAX = 256 }; /* of any name on a bus */

struct sd_bus;

struct link {
        struct sd_bus *bus;
        const char *which; /* "system", "session" */
        char name[LINK_NAME_MAX];
};

/* 1 = linked, 0 = nobody there, -1 = several seats, which are said when loud, or no such bus. */
int link_find(const struct options *options, struct link *ret, bool loud);

/* Says that there is no daemon. STATUS_FAILED. */
int link_nobody(const struct options *options);

/* STATUS_DONE, or STATUS_FAILED or STATUS_USAGE after a complaint with a hint. */
int link_open(const struct options *options, struct link *ret);
void link_close(struct link *link);

/* Reads GetLive into *ret. 0 or a negative errno; nothing is printed. */
int link_live(struct link *link, struct view *ret);

/* Says that an answer did not come; r: negative errno. STATUS_FAILED. */
int link_lost(int r);

/* What to say when the daemon answers, but not this user; NULL for any other r. */
const char *link_denied(int r);

/* Calls a method without result; argument by signature, as in sd_bus_call_method. STATUS_*; a refusal's sentence is
 * written to ret. */
int link_call(struct link *link, const char *method, char *ret, size_t size, const char *signature, ...);

#endif
