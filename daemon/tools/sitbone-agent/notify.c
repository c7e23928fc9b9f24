/* SPDX-License-Identifier: MIT */
/* Notifications by the freedesktop.org specification 1.2: one a kind of alert, replaced in place. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/sitbone-agent/agent.h"
#include "util/language.h"
#include "util/log.h"
#include "util/sanitize.h"

#define SERVICE "org.freedesktop.Notifications"
#define PATH    "/org/freedesktop/Notifications"

enum { GOODBYE_US = 2000000 };

static void sync_note(struct note *note);

static void sync_all(struct notifier *n) {
        for (int i = 0; i < NOTES_MAX; i++)
                if (*n->notes[i].seat)
                        sync_note(&n->notes[i]);
}

/* The server is not there (any more): it knows none of our numbers. What is open is shown when it comes. */
static void server_gone(struct notifier *n, const char *why) {
        if (!n->missing_said)
                log_notice("no notification server (%s); waiting for one", why);
        n->missing_said = true;
        n->server = SERVER_UNKNOWN;
        for (int i = 0; i < NOTES_MAX; i++) {
                n->notes[i].id = 0;
                n->notes[i].changed = n->notes[i].wanted;
        }
}

static int on_capabilities(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct notifier *n = userdata;
        const char *cap;

        (void)ret_error;
        if (n->server != SERVER_ASKED)
                return 0;
        if (sd_bus_message_is_method_error(m, NULL)) {
                server_gone(n, sd_bus_message_get_error(m)->message);
                return 0;
        }
        n->actions = n->body = n->markup = n->sound = false;
        if (sd_bus_message_enter_container(m, 'a', "s") < 0)
                return 0;
        while (sd_bus_message_read(m, "s", &cap) > 0) {
                n->actions |= strcmp(cap, "actions") == 0;
                n->body |= strcmp(cap, "body") == 0;
                n->markup |= strcmp(cap, "body-markup") == 0;
                n->sound |= strcmp(cap, "sound") == 0;
        }
        n->server = SERVER_READY;
        n->missing_said = false;
        sync_all(n);
        return 0;
}

/* Also starts a server that the bus can start. */
static void ask_server(struct notifier *n) {
        if (n->server == SERVER_UNKNOWN && sd_bus_call_method_async(n->bus, NULL, SERVICE, PATH, SERVICE,
                                                                    "GetCapabilities", on_capabilities, n, NULL) >= 0)
                n->server = SERVER_ASKED;
}

/* The body is plain text for us; to a server that reads markup, & < > must be written as entities. */
static void write_body(const char *text, bool markup, char *ret, size_t size) {
        size_t n = 0;

        for (; *text && n + 6 < size; text++) {
                const char *as = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : NULL;

                if (markup && as)
                        n += (size_t)snprintf(ret + n, size - n, "%s", as);
                else
                        ret[n++] = *text;
        }
        ret[n] = '\0';
}

static int append_actions(sd_bus_message *m, const struct note *note) {
        char snooze[32];

        if (!note->notifier->actions || note->snooze_min == 0)
                return sd_bus_message_append(m, "as", 0);
        snprintf(snooze, sizeof(snooze), _("Snooze %u min"), note->snooze_min);
        /* A click on the text only says "seen": it must not count as an exercise done. */
        return sd_bus_message_append(m, "as", 8, "default", _("Seen"), "done", _("Done"), "snooze", snooze, "skip",
                                     _("Skip"));
}

static int append_hints(sd_bus_message *m, const struct note *note) {
        const struct notifier *n = note->notifier;
        char synchronous[SEAT_NAME_MAX + KIND_MAX + 1];
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        snprintf(synchronous, sizeof(synchronous), "%s-%s", note->seat, note->kind);
        if (r >= 0) /* urgency is a byte: some servers drop the notification otherwise */
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}", "urgency", "y", note->low ? 0 : 1, /* */
                                          "category", "s", note->category,                              /* */
                                          "desktop-entry", "s", "org.sitbone.Agent",                    /* */
                                          "x-canonical-private-synchronous", "s", synchronous,          /* */
                                          "transient", "b", (int)note->low);
        if (r >= 0 && n->sound && n->settings->sound && !note->low && note->id == 0)
                r = sd_bus_message_append(m, "{sv}", "sound-name", "s", "message-new-instant");
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int on_notified(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct note *note = userdata;

        (void)ret_error;
        note->asked = false;
        if (sd_bus_message_is_method_error(m, NULL)) {
                const sd_bus_error *e = sd_bus_message_get_error(m);

                /* tried again with the next update of the alert, or when a server appears */
                log_warning("notification not shown: %s", e->message ? e->message : e->name);
                note->changed = note->wanted;
                if (sd_bus_error_has_name(e, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
                    sd_bus_error_has_name(e, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
                        server_gone(note->notifier, e->message);
                return 0;
        }
        if (sd_bus_message_read(m, "u", &note->id) >= 0)
                sync_note(note);
        return 0;
}

static int notify(struct note *note) {
        struct notifier *n = note->notifier;
        char body[sizeof(note->body) * 5] = "";
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(n->bus, &m, SERVICE, PATH, SERVICE, "Notify");

        if (n->body)
                write_body(note->body, n->markup, body, sizeof(body));
        if (r >= 0)
                r = sd_bus_message_append(m, "susss", "sitbone", note->id, "appointment-soon", note->title, body);
        if (r >= 0)
                r = append_actions(m, note);
        if (r >= 0)
                r = append_hints(m, note);
        if (r >= 0)
                r = sd_bus_message_append(m, "i", -1);
        if (r >= 0)
                r = sd_bus_call_async(n->bus, NULL, m, on_notified, note, 0);
        sd_bus_message_unref(m);
        return r;
}

static void take_down(struct note *note) {
        sd_bus_message *m = NULL;

        if (note->id && note->notifier->bus &&
            sd_bus_message_new_method_call(note->notifier->bus, &m, SERVICE, PATH, SERVICE, "CloseNotification") >=
                    0) {
                sd_bus_message_append(m, "u", note->id);
                sd_bus_message_set_expect_reply(m, 0);
                sd_bus_message_set_auto_start(m, 0);
                sd_bus_send(note->notifier->bus, m, NULL);
                sd_bus_message_unref(m);
        }
        note->id = 0;
}

/* Lines as a seat said them: only their ends control a terminal. */
static void take_text(const char *text, char *ret, size_t size) {
        char *end;

        snprintf(ret, size, "%s", text);
        while ((end = strchr(ret, '\n'))) {
                *end = '\0';
                sanitize_line(ret);
                *end = '\n';
                ret = end + 1;
        }
        sanitize_line(ret);
}

/* Without a desktop: what it would say, once an alert; numbers that move are not worth a new page. */
static void print_note(struct note *note) {
        if (note->wanted && note->changed && note->id == 0) {
                printf("%s\n%s\n", note->title, note->body);
                if (note->snooze_min)
                        printf(_("[Done]  [Snooze %u min]  [Skip]\n"), note->snooze_min);
                note->id = 1;
        } else if (!note->wanted && note->id) {
                printf(_("(taken down: %s)\n"), note->title);
                note->id = 0;
        }
        note->changed = false;
        fflush(stdout);
}

/* Brings the desktop to what is wanted, one call at a time a note. */
static void sync_note(struct note *note) {
        struct notifier *n = note->notifier;
        int r;

        if (!n->bus) {
                print_note(note);
                return;
        }
        if (note->asked)
                return;
        if (!note->wanted) {
                take_down(note);
                return;
        }
        if (!note->changed || note->put_away || !n->may_show)
                return;
        if (n->server != SERVER_READY) {
                ask_server(n);
                return;
        }
        r = notify(note);
        note->asked = r >= 0;
        note->changed = r < 0;
        if (r < 0)
                log_warning("notification not sent: %s", strerror(-r));
}

static struct note *note_of(struct notifier *n, const char *seat, const char *kind) {
        struct note *spare = NULL;

        for (int i = 0; i < NOTES_MAX; i++) {
                struct note *note = &n->notes[i];

                if (strcmp(note->seat, seat) == 0 && strcmp(note->kind, kind) == 0)
                        return note;
                if (!spare && !note->wanted && !note->asked && note->id == 0)
                        spare = note;
        }
        if (!spare)
                return NULL;
        *spare = (struct note){.notifier = n};
        snprintf(spare->seat, sizeof(spare->seat), "%s", seat);
        snprintf(spare->kind, sizeof(spare->kind), "%s", kind);
        return spare;
}

void notifier_show(struct notifier *n, const char *seat, const char *kind, const char *alert,
                   const struct note_text *text) {
        struct note *note = note_of(n, seat, kind);

        if (!note) {
                log_warning("too many notifications at once: %s of %s not shown", kind, seat);
                return;
        }
        if (strcmp(note->alert, alert) != 0) {
                note->put_away = false;
        } else if (text->showings > note->showings) { /* again, as if it were new */
                note->put_away = false;
                take_down(note);
        }
        note->showings = text->showings;
        snprintf(note->alert, sizeof(note->alert), "%s", alert);
        take_text(text->title, note->title, sizeof(note->title));
        take_text(text->body, note->body, sizeof(note->body));
        snprintf(note->category, sizeof(note->category), "%s", text->category);
        note->snooze_min = text->snooze_min;
        note->low = text->quiet;
        note->own = text->own;
        note->wanted = note->changed = true;
        sync_note(note);
}

static bool listed(const char *list, const char *alert) {
        size_t n = strlen(alert);

        for (const char *p = list; p && n && (p = strstr(p, alert)); p += n)
                if ((p == list || p[-1] == ',') && p[n] == ',')
                        return true;
        return false;
}

void notifier_hide(struct notifier *n, const char *seat, const char *kind, const char *except) {
        for (int i = 0; i < NOTES_MAX; i++) {
                struct note *note = &n->notes[i];

                if (strcmp(note->seat, seat) != 0 || (kind && strcmp(note->kind, kind) != 0) ||
                    (except && (note->own || listed(except, note->alert))))
                        continue;
                note->wanted = false;
                sync_note(note);
        }
}

void notifier_set_may_show(struct notifier *n, bool may_show) {
        if (n->may_show == may_show)
                return;
        n->may_show = may_show;
        log_info("this session is %s", may_show ? "active: showing alerts" : "not active: holding alerts back");
        sync_all(n);
}

/* A notification that is still on its way has no number yet by which it could be taken down: the server answers one after
 * the other. */
static void await_numbers(struct notifier *n) {
        sd_bus_message *m = NULL;

        if (sd_bus_message_new_method_call(n->bus, &m, SERVICE, PATH, SERVICE, "GetServerInformation") >= 0)
                sd_bus_call(n->bus, m, GOODBYE_US, NULL, NULL);
        sd_bus_message_unref(m);
        while (sd_bus_process(n->bus, NULL) > 0)
                ;
}

void notifier_goodbye(struct notifier *n) {
        bool asked = false;

        if (!n->bus)
                return;
        for (int i = 0; i < NOTES_MAX; i++) {
                n->notes[i].wanted = false;
                asked |= n->notes[i].asked;
                if (!n->notes[i].asked)
                        take_down(&n->notes[i]);
        }
        if (asked)
                await_numbers(n);
        sd_bus_flush(n->bus); /* the session bus of this person; we are on our way out */
}

static struct note *note_shown(struct notifier *n, uint32_t id) {
        for (int i = 0; i < NOTES_MAX; i++)
                if (id && n->notes[i].id == id)
                        return &n->notes[i];
        return NULL;
}

static int on_closed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        uint32_t id, reason;
        struct note *note;

        (void)ret_error;
        if (sd_bus_message_read(m, "uu", &id, &reason) < 0 || !(note = note_shown(userdata, id)))
                return 0;
        note->id = 0;
        /* Closed or run out: numbers that move are no reason to come back. But one that is on its way to the server meanwhile
         * comes up there anew. */
        note->put_away = !note->asked;
        return 0;
}

static int on_action(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct notifier *n = userdata;
        const char *action;
        struct note *note;
        uint32_t id;

        (void)ret_error;
        if (sd_bus_message_read(m, "us", &id, &action) >= 0 && (note = note_shown(n, id)))
                n->pressed(n->userdata, note, action);
        return 0;
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct notifier *n = userdata;
        const char *name, *old, *owner;

        (void)ret_error;
        if (sd_bus_message_read(m, "sss", &name, &old, &owner) < 0)
                return 0;
        if (*old)
                server_gone(n, "it went away");
        if (*owner) {
                n->server = SERVER_UNKNOWN; /* an answer still on its way is of the old one */
                ask_server(n);
        }
        return 0;
}

int notifier_init(struct notifier *n, sd_bus *session_bus, const struct agent_settings *settings) {
        int r;

        memset(n, 0, sizeof(*n));
        n->bus = session_bus;
        n->settings = settings;
        if (!session_bus)
                return 0;
        r = sd_bus_match_signal_async(session_bus, NULL, SERVICE, PATH, SERVICE, "NotificationClosed", on_closed, NULL,
                                      n);
        if (r >= 0)
                r = sd_bus_match_signal_async(session_bus, NULL, SERVICE, PATH, SERVICE, "ActionInvoked", on_action,
                                              NULL, n);
        if (r >= 0)
                r = sd_bus_add_match_async(session_bus, NULL,
                                           "type='signal',sender='org.freedesktop.DBus',"
                                           "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" SERVICE
                                           "'",
                                           on_owner, NULL, n);
        return r;
}
