/* SPDX-License-Identifier: MIT */
/* Notifications by the freedesktop.org specification 1.2: each replaced in place. */
#ifndef TOOLS_SITBONE_AGENT_NOTIFY_H
#define TOOLS_SITBONE_AGENT_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "tools/sitbone-agent/settings.h"

enum { NOTIFICATIONS_MAX = 32, SEAT_KEY_MAX = 104, KIND_MAX = 32 };

struct notification_text {
        const char *title, *body;
        uint32_t snooze_min; /* an alert, with buttons to answer it; 0 = it is none */
        bool confirm;        /* has the button "Understood" */
        uint32_t showings;   /* grows when the same alert is to be shown again as if it were new */
        uint32_t minutes;    /* of sitting, as the text gives them */
        const char *category;
        bool quiet; /* low urgency */
        bool brief; /* stored in no history */
        bool stays; /* until it is answered or hidden; else it expires */
};

struct notification {
        struct notifier *notifier;
        char seat[SEAT_KEY_MAX], kind[KIND_MAX]; /* seat "" = free */
        char alert[32];                          /* id of the alert that it shows */
        char title[224], body[2048];
        struct notification_text text; /* its title and body are those above */
        bool wanted;                   /* should be on the desktop */
        bool changed;                  /* the server does not have this text yet */
        bool pending;                  /* Notify was sent, the reply is awaited */
        bool dismissed;                /* closed by the user: this alert is not shown again */
        uint32_t id;                   /* given by the server, 0 = none */
};

struct notifier {
        sd_bus *bus; /* not owned; NULL: print instead */
        const struct agent_settings *settings;
        void (*on_press)(void *userdata, struct notification *notification, const char *action);
        void *userdata;
        enum { SERVER_UNKNOWN, SERVER_ASKED, SERVER_READY } server;
        char server_owner[64]; /* its unique name */
        bool missing_reported, silence_reported;
        bool may_show;
        bool actions, body, markup, sound; /* capabilities of the server */
        bool buttons;                      /* dunst and mako have none: there, a click is the action "default" */
        struct notification notifications[NOTIFICATIONS_MAX];
};

/* session_bus NULL: prints instead. */
int notifier_init(struct notifier *n, sd_bus *session_bus, const struct agent_settings *settings);

/* The same alert replaces the text in place, but not for each minute that its text counts: some servers show that as a
 * new notification. Another alert of the kind replaces the notification by a new one. */
void notifier_show(struct notifier *n, const char *seat, const char *kind, const char *alert,
                   const struct notification_text *text);

/* Hides a notification of a seat; kind NULL: of every kind. */
void notifier_hide(struct notifier *n, const char *seat, const char *kind);

/* Whether it is on the desktop, or will be; one that was dismissed or has expired is not. */
bool notifier_shows(const struct notifier *n, const char *seat, const char *kind);

/* Shows nothing while may_show is false. */
void notifier_set_may_show(struct notifier *n, bool may_show);

/* Closes every notification before the agent exits; waits for the bus for at most 2 s. */
void notifier_close_all(struct notifier *n);

#endif
