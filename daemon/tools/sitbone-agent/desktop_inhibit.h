/* SPDX-License-Identifier: MIT */
/* Whether the desktop asks for "do not disturb". */
#ifndef TOOLS_SITBONE_AGENT_DESKTOP_INHIBIT_H
#define TOOLS_SITBONE_AGENT_DESKTOP_INHIBIT_H

#include <stdbool.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "tools/sitbone-agent/settings.h"

struct desktop_inhibit;

/* Called on every change, and each minute while inhibited is true; by: the program that asks for it. */
typedef void desktop_inhibit_changed(void *userdata, bool inhibited, const char *by);

/* Follows the desktop's state. *ret stays untouched when the settings do not want it. */
int desktop_inhibit_new(sd_event *event, sd_bus *desktop, const struct agent_settings *settings,
                        desktop_inhibit_changed *changed, void *userdata, struct desktop_inhibit **ret);
void desktop_inhibit_free(struct desktop_inhibit *d);

#endif
