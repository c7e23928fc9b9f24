/* SPDX-License-Identifier: MIT */
/* One seat: what its daemon publishes, as notifications. */
#ifndef TOOLS_SITBONE_AGENT_SEAT_H
#define TOOLS_SITBONE_AGENT_SEAT_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "contract/bus_names.h"
#include "tools/sitbone-agent/notify.h"
#include "tools/sitbone-agent/settings.h"

enum { SEATS_MAX = 8 };

struct seat {
        struct seats *seats;
        struct link *link;
        char name[BUS_NAME_MAX]; /* "" = free */
        char key[SEAT_KEY_MAX];  /* the name, and the bus if daemons on both are followed */
        char owner[64];          /* unique name, "" = not there now */
        char title[96];          /* the name that people give it */
        char alert[32];          /* id of what is in the place of the alert, "" = nothing */
        char kind[KIND_MAX];     /* of that alert, or of the announced one */
        uint64_t soon_us;        /* when the announced alert falls due */
        sd_event_source *gone, *silent;
        sd_bus_slot *owner_query; /* the call of GetNameOwner that is under way */
        bool mat_online;
        bool seated, workout_today;
        bool muted;        /* the settings of the daemon ask for no notifications */
        int workout_shown; /* day of the year on which it was shown last, from 1; 0 = never */
};

/* The connection to a bus on which daemons may be. */
struct link {
        struct seats *seats;
        const char *bus_name;
        sd_bus *bus;
        sd_event_source *retry;
        bool missing_reported;
};

struct seats {
        sd_event *event; /* not owned */
        const struct agent_settings *settings;
        struct notifier *notifier;
        struct link links[2];
        sd_event_source *alone;
        bool inhibited; /* the desktop asks for "do not disturb" */
        char inhibited_by[64];
        unsigned own_shown; /* the agent's own notifications so far */
        struct seat of[SEATS_MAX];
};

/* Shows what a signal of the seat's daemon announces. */
void seat_apply_signal(struct seat *seat, sd_bus_message *m);

/* Reads the a{sv} of the properties that have changed. */
void seat_apply_properties(struct seat *seat, sd_bus_message *m);

/* Answers the alert that the notification shows, whatever is open by then. userdata: struct seats. */
void seat_press_button(void *userdata, struct notification *notification, const char *action);

#endif
