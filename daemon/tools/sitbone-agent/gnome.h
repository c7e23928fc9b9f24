/* SPDX-License-Identifier: MIT */
/* GNOME's own "do not disturb" switch. */
#ifndef TOOLS_SITBONE_AGENT_GNOME_H
#define TOOLS_SITBONE_AGENT_GNOME_H

#include <stdbool.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

struct gnome;

/* Returns 0 and leaves *ret untouched on other desktops. changed is called with every reading. */
int gnome_new(sd_event *event, sd_bus *desktop, void (*changed)(void *userdata, bool inhibited), void *userdata,
              struct gnome **ret);
void gnome_free(struct gnome *g);

#endif
