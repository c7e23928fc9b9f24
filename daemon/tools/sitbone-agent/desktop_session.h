/* SPDX-License-Identifier: MIT */
/* Whether this is the active session of the machine, as logind knows it. */
#ifndef TOOLS_SITBONE_AGENT_DESKTOP_SESSION_H
#define TOOLS_SITBONE_AGENT_DESKTOP_SESSION_H

#include <stdbool.h>
#include <systemd/sd-event.h>

/* Calls changed now, and on every change that logind reports. may_show is false only when logind reports that this is not
 * the active local session. Returns 0 also when there is no logind. */
int session_watch(sd_event *event, void (*changed)(void *userdata, bool may_show), void *userdata);

#endif
