/* SPDX-License-Identifier: MIT */
/* The seats: every daemon on the buses, its alerts as notifications, and the buttons pressed on them. */
#ifndef TOOLS_SITBONE_AGENT_SEATS_H
#define TOOLS_SITBONE_AGENT_SEATS_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "tools/sitbone-agent/notify.h"
#include "tools/sitbone-agent/settings.h"

struct seats;

int seats_new(sd_event *event, const struct agent_settings *settings, struct notifier *notifier, struct seats **ret);

/* Passes the desktop's "do not disturb" on: alerts that fall due wait in the daemons. by: the program that
 * asks for it, for people. userdata: struct seats. */
void seats_set_inhibited(void *userdata, bool inhibited, const char *by);
void seats_free(struct seats *s);

#endif
