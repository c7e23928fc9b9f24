/* SPDX-License-Identifier: MIT */
/* The settings of sitbone-agent: agent.conf. */
#ifndef TOOLS_SITBONE_AGENT_SETTINGS_H
#define TOOLS_SITBONE_AGENT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct agent_settings {
        bool system_bus; /* the daemon is on the system bus; false = on the session bus */
        bool sound;
        /* A silent mat is reported after this time, 0 = never: a plug put back or a hub that resets is not worth a
         * notification. */
        uint32_t mat_silent_s;
        bool do_not_disturb; /* let the daemon's alerts wait while the desktop asks for "do not disturb" */
        bool fullscreen;     /* a film or a presentation that keeps the screen awake counts as "do not disturb" too */
};

/* Reads path, or ~/.config/sitbone/agent.conf when NULL (which may be absent). Prints every error on stderr and returns
 * their number. */
int agent_settings_load(const char *path, struct agent_settings *settings);

#endif
