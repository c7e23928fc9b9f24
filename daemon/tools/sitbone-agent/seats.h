/* SPDX-License-Identifier: MIT */
/* The daemons as the agent knows them: agent_seats.c follows them, agent_answers.c tells them things. */
#ifndef TOOLS_SITBONE_AGENT_SEATS_H
#define TOOLS_SITBONE_AGENT_SEATS_H

#include "tools/sitbone-agent/agent.h"

struct seat {
        struct seats *seats;
        char name[SEAT_NAME_MAX]; /* "" = free */
        char owner[64];           /* unique name, "" = not there now */
        char title[96];           /* what people call it */
        sd_event_source *gone, *silent;
        bool mat_online;
};

struct seats {
        sd_event *event; /* not owned */
        const struct agent_settings *settings;
        struct notifier *notifier;
        sd_bus *bus;
        sd_event_source *retry;
        bool missing_said;
        bool safety_told;
        bool hold; /* the desktop is not to be disturbed */
        unsigned said;
        struct seat of[SEATS_MAX];
};

/* NULL = none of this name; "" = a free entry. */
struct seat *seats_named(struct seats *s, const char *name);
/* What the agent says of its own accord; each time anew, also when the one before was put away. */
void seats_say(struct seat *seat, const char *kind, const struct note_text *text);

/* words "" = there are none. */
void seats_tell_safety(struct seat *seat, const char *words);

void seats_pressed(void *userdata, struct note *note, const char *action);
void seats_tell_hold(struct seat *seat);

#endif
