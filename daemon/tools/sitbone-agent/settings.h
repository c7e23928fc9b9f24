/* SPDX-License-Identifier: MIT */
/* The settings of sitbone-agent: agent.conf. */
#ifndef TOOLS_SITBONE_AGENT_SETTINGS_H
#define TOOLS_SITBONE_AGENT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum { AGENT_SYSTEM_BUS = 1, AGENT_SESSION_BUS = 2 };

struct agent_settings {
        uint32_t buses; /* where daemons are looked for, as bits */
        bool sound;
        bool stay; /* the prompt to stand up stays on the screen until it is answered or the sitter stands */
        /* A silent mat is reported after this time, 0 = never: a plug put back or a hub that resets is not worth a
         * notification. */
        uint32_t mat_silent_s;
        bool do_not_disturb; /* let the daemon's alerts wait while the desktop asks for "do not disturb" */
        bool fullscreen;     /* a film or a presentation that keeps the screen awake counts as "do not disturb" too */
};

/* Reads auto, system or session; false = it is none of them. */
bool agent_read_buses(const char *word, uint32_t *ret);

/* Reads path, or ~/.config/sitbone/agent.conf when NULL (which may be absent). Prints every error on stderr and returns
 * their number. */
int agent_settings_load(const char *path, struct agent_settings *settings);

#endif
