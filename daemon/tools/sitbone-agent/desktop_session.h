/* SPDX-License-Identifier: MIT */
/* Whether this is the active session of the machine, as logind knows it. */
#ifndef TOOLS_SITBONE_AGENT_DESKTOP_SESSION_H
#define TOOLS_SITBONE_AGENT_DESKTOP_SESSION_H

#include <stdbool.h>
#include <systemd/sd-event.h>

/* False only when logind reports that this is not the active local session. */
bool session_may_show(void);

/* Calls changed on every change that logind reports. Returns 0 also when there is no logind. */
int session_watch(sd_event *event, void (*changed)(void *userdata), void *userdata);

#endif
