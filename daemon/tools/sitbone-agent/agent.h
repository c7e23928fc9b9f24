/* SPDX-License-Identifier: MIT */
/* sitbone-agent: listens to the daemons on their bus (agent_seats.c) and keeps one notification a kind of alert on the
 * desktop (agent_notify.c) while the person at it is there (agent_session.c). */
#ifndef TOOLS_SITBONE_AGENT_AGENT_H
#define TOOLS_SITBONE_AGENT_AGENT_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

enum { NOTES_MAX = 32, SEATS_MAX = 8, SEAT_NAME_MAX = 96, KIND_MAX = 32 };

struct agent_settings {
        bool system_bus; /* where the daemon is; false = session bus */
        bool sound;
        /* A silent mat is said after this time, 0 = never: a plug put back or a hub that resets is not worth a word. */
        uint32_t mat_silent_s;
        bool do_not_disturb; /* tell the daemon to hold its alerts while the desktop is not to be disturbed */
        bool fullscreen;     /* a film or a presentation that keeps the screen awake counts as that too */
};

/* Reads path, or ~/.config/sitbone/agent.conf when NULL (which need not be there). Says every mistake on stderr; returns
 * their number. */
int agent_settings_load(const char *path, struct agent_settings *settings);

/* --- what is shown --- */

struct note_text {
        const char *title, *body;
        uint32_t snooze_min; /* 0 = nothing to press */
        uint32_t showings;   /* grows when the same alert is to come up anew */
        const char *category;
        bool quiet; /* low urgency, kept in no history */
        bool own;   /* said by the agent itself: no daemon lists it */
};

struct note {
        struct notifier *notifier;
        char seat[SEAT_NAME_MAX], kind[KIND_MAX]; /* seat "" = free */
        char alert[32];                           /* id of the alert that it shows */
        char title[128], body[2048], category[40];
        uint32_t snooze_min, showings;
        bool low, own;
        bool wanted;   /* should be on the desktop */
        bool changed;  /* and is not, or not with this text */
        bool asked;    /* Notify is on its way */
        bool put_away; /* the person closed it: this alert comes back no more */
        uint32_t id;   /* of the server, 0 = none */
};

struct notifier {
        sd_bus *bus;
        const struct agent_settings *settings;
        void (*pressed)(void *userdata, struct note *note, const char *action);
        void *userdata;
        enum { SERVER_UNKNOWN, SERVER_ASKED, SERVER_READY } server;
        bool missing_said;
        bool may_show;
        bool actions, body, markup, sound;
        struct note notes[NOTES_MAX];
};

/* session_bus NULL: prints instead. */
int notifier_init(struct notifier *n, sd_bus *session_bus, const struct agent_settings *settings);
/* The same alert again replaces the text in place; another one of this kind takes its place. */
void notifier_show(struct notifier *n, const char *seat, const char *kind, const char *alert,
                   const struct note_text *text);
/* kind NULL: all of the seat. except: the daemon's list of what is open, ids in "1,2," form: these stay, and what the agent
 * says itself; NULL = nothing stays. */
void notifier_hide(struct notifier *n, const char *seat, const char *kind, const char *except);
void notifier_set_may_show(struct notifier *n, bool may_show);
/* Takes down what is shown; waits for the bus a moment. */
void notifier_goodbye(struct notifier *n);

/* --- who is there --- */

/* False only when logind says that this is not the active local session. */
bool session_may_show(void);
/* Calls changed whenever logind has news; 0 also when there is no logind. */
int session_watch(sd_event *event, void (*changed)(void *userdata), void *userdata);

/* --- may it be disturbed --- */

struct disturb;

/* Follows what the desktop says of itself; changed is called with every change, and each minute while it is true. */
int disturb_new(sd_event *event, sd_bus *desktop, const struct agent_settings *settings,
                void (*changed)(void *userdata, bool hold), void *userdata, struct disturb **ret);
void disturb_free(struct disturb *d);

/* GNOME's own switch; 0 and *ret untouched on other desktops. changed is called with every answer. */
struct gnome;
int gnome_new(sd_event *event, sd_bus *desktop, void (*changed)(void *userdata, bool hold), void *userdata,
              struct gnome **ret);
void gnome_free(struct gnome *g);

/* --- the daemons --- */

struct seats;

int seats_new(sd_event *event, const struct agent_settings *settings, struct notifier *notifier, struct seats **ret);
/* The desktop is not to be disturbed: what falls due waits in the daemon. */
void seats_hold(void *userdata, bool hold);
void seats_free(struct seats *s);

#endif
