/* SPDX-License-Identifier: MIT */
/* The connection to a running daemon: finds the bus and the seat, and calls methods. sitbone-dbus(7) describes them. */
#ifndef TOOLS_SITBONECTL_LIVE_DAEMON_LINK_H
#define TOOLS_SITBONECTL_LIVE_DAEMON_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/sitbonectl/commands.h"

/* LINK_NAME_MAX: length of any name on a bus; LINK_TEXT_MAX: of the sentence of a refusal. */
enum { LINK_NAME_MAX = 256, LINK_TEXT_MAX = 512 };

struct sd_bus;
struct view;

struct link {
        struct sd_bus *bus;
        const char *which; /* "system", "session" */
        char name[LINK_NAME_MAX];
};

/* 1 = linked, 0 = no daemon, -1 = no such bus, or several seats; with loud, the seats are listed in a complaint. */
int link_find(const struct options *options, struct link *ret, bool loud);

/* Calls offer for the id of every seat on both buses, in the form that it has on the bus. */
void link_list_seats(const char *typed, void (*offer)(const char *typed, const char *seat, const char *bus));

/* Complains that there is no daemon. Returns STATUS_FAILED. */
int link_nobody(const struct options *options);

/* STATUS_DONE, or STATUS_FAILED or STATUS_USAGE after a complaint with the next step. */
int link_open(const struct options *options, struct link *ret);
void link_close(struct link *link);

/* Complains that no answer came; r: negative errno. Returns STATUS_FAILED. */
int link_lost(int r);

/* The message when the daemon refuses this user; NULL for any other r. */
const char *link_denied(int r);

/* Calls a method that is a command; arguments by signature, as in sd_bus_call_method(). STATUS_*; a refusal's sentence is
 * written to ret. */
int link_call(struct link *link, const char *method, char *ret, size_t size, const char *signature, ...);

/* The answer of a command; "" and 0 = that is not part of it. */
struct link_answer {
        char alert_id[24], alert_kind[32]; /* the alert that it acted on */
        uint64_t until_us;                 /* wall clock: end of a snooze or pause */
        char refusal[LINK_TEXT_MAX];
};

/* Opens a link, calls a method with arguments by signature, and complains if it is refused. STATUS_*. */
int link_ask(const struct options *options, struct link_answer *ret, const char *method, const char *signature, ...);

/* The same for a method whose answer says nothing more: prints done. */
int link_command(const struct options *options, const char *done, const char *method, const char *signature, ...);

/* Reads the answer to GetLive into *ret. 0 or a negative errno; nothing is printed. */
int link_live(struct link *link, struct view *ret);

#endif
