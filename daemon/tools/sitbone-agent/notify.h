/* SPDX-License-Identifier: MIT */
/* Notifications by the freedesktop.org specification 1.2: one for each kind of alert, replaced in place. */
#ifndef TOOLS_SITBONE_AGENT_NOTIFY_H
#define TOOLS_SITBONE_AGENT_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "tools/sitbone-agent/settings.h"

enum { NOTIFICATIONS_MAX = 32, SEAT_NAME_MAX = 96, KIND_MAX = 32 };

struct notification_text {
        const char *title, *body;
        uint32_t snooze_min; /* 0 = no buttons */
        uint32_t showings;   /* grows when the same alert is to be shown again as if it were new */
        const char *category;
        bool quiet; /* low urgency, stored in no history */
        bool own;   /* the agent's own: no daemon lists it */
};

struct notification {
        struct notifier *notifier;
        char seat[SEAT_NAME_MAX], kind[KIND_MAX]; /* seat "" = free */
        char alert[32];                           /* id of the alert that it shows */
        char title[128], body[2048], category[40];
        uint32_t snooze_min, showings;
        bool quiet, own;
        bool wanted;    /* should be on the desktop */
        bool changed;   /* the server does not have this text yet */
        bool pending;   /* Notify was sent, the reply is awaited */
        bool dismissed; /* closed by the user: this alert is not shown again */
        uint32_t id;    /* given by the server, 0 = none */
};

struct notifier {
        sd_bus *bus; /* not owned; NULL: print instead */
        const struct agent_settings *settings;
        void (*on_press)(void *userdata, struct notification *notification, const char *action);
        void *userdata;
        enum { SERVER_UNKNOWN, SERVER_ASKED, SERVER_READY } server;
        bool missing_reported;
        bool may_show;
        bool actions, body, markup, sound; /* capabilities of the server */
        struct notification notifications[NOTIFICATIONS_MAX];
};

/* session_bus NULL: prints instead. */
int notifier_init(struct notifier *n, sd_bus *session_bus, const struct agent_settings *settings);

/* The same alert replaces the text in place; another alert of the kind replaces the notification. */
void notifier_show(struct notifier *n, const char *seat, const char *kind, const char *alert,
                   const struct notification_text *text);

/* Hides notifications of a seat; kind NULL: of every kind. except: the daemon's list of open alerts, ids in "1,2," form:
 * these and the agent's own stay; NULL = nothing stays. */
void notifier_hide(struct notifier *n, const char *seat, const char *kind, const char *except);

/* Shows nothing while may_show is false. */
void notifier_set_may_show(struct notifier *n, bool may_show);

/* Closes every notification before the agent exits; waits for the bus for at most 2 s. */
void notifier_close_all(struct notifier *n);

#endif
