/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/notify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/language.h"
#include "util/log.h"
#include "util/sanitize.h"

#define SERVICE "org.freedesktop.Notifications"
#define PATH    "/org/freedesktop/Notifications"

enum { CLOSE_ALL_US = 2000000 };

static void sync_notification(struct notification *notification);

static void sync_all(struct notifier *n) {
        for (int i = 0; i < NOTIFICATIONS_MAX; i++)
                if (*n->notifications[i].seat)
                        sync_notification(&n->notifications[i]);
}

/* The server is absent, or has left and forgotten every id: open alerts are shown when a server appears. */
static void forget_server(struct notifier *n, const char *why) {
        if (!n->missing_reported)
                log_notice("no notification server: %s; waiting for one", why);
        n->missing_reported = true;
        n->server = SERVER_UNKNOWN;
        for (int i = 0; i < NOTIFICATIONS_MAX; i++) {
                n->notifications[i].id = 0;
                n->notifications[i].changed = n->notifications[i].wanted;
        }
}

static int on_capabilities(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct notifier *n = userdata;
        const char *cap;

        (void)ret_error;
        if (n->server != SERVER_ASKED)
                return 0;
        if (sd_bus_message_is_method_error(m, NULL)) {
                forget_server(n, sd_bus_message_get_error(m)->message);
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
        n->missing_reported = false;
        sync_all(n);
        return 0;
}

/* Asks for the capabilities, which also starts a server that the bus can start. */
static void ask_server(struct notifier *n) {
        if (n->server == SERVER_UNKNOWN && sd_bus_call_method_async(n->bus, NULL, SERVICE, PATH, SERVICE,
                                                                    "GetCapabilities", on_capabilities, n, NULL) >= 0)
                n->server = SERVER_ASKED;
}

/* The body is plain text. For a server that reads markup, & < > must be written as entities. */
static void escape_body(const char *text, bool markup, char *ret, size_t size) {
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

static int append_actions(sd_bus_message *m, const struct notification *notification) {
        char snooze[32];

        if (!notification->notifier->actions || notification->snooze_min == 0)
                return sd_bus_message_append(m, "as", 0);
        snprintf(snooze, sizeof(snooze), _("Snooze %u min"), notification->snooze_min);
        /* a click on the text means "seen": it must not count as an exercise done */
        return sd_bus_message_append(m, "as", 8, "default", _("Seen"), "done", _("Done"), "snooze", snooze, "skip",
                                     _("Skip"));
}

static int append_hints(sd_bus_message *m, const struct notification *notification) {
        const struct notifier *n = notification->notifier;
        char synchronous[SEAT_NAME_MAX + KIND_MAX + 1];
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        snprintf(synchronous, sizeof(synchronous), "%s-%s", notification->seat, notification->kind);
        if (r >= 0) /* urgency is a byte: some servers drop the notification otherwise */
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}", "urgency", "y", notification->quiet ? 0 : 1, /* */
                                          "category", "s", notification->category,                                /* */
                                          "desktop-entry", "s", "org.sitbone.Agent",                              /* */
                                          "x-canonical-private-synchronous", "s", synchronous,                    /* */
                                          "transient", "b", (int)notification->quiet);
        if (r >= 0 && n->sound && n->settings->sound && !notification->quiet && notification->id == 0)
                r = sd_bus_message_append(m, "{sv}", "sound-name", "s", "message-new-instant");
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int on_notified(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct notification *notification = userdata;

        (void)ret_error;
        notification->pending = false;
        if (sd_bus_message_is_method_error(m, NULL)) {
                const sd_bus_error *e = sd_bus_message_get_error(m);

                /* sent again with the next update of the alert, or when a server appears */
                log_warning("notification not shown: %s", e->message ? e->message : e->name);
                notification->changed = notification->wanted;
                if (sd_bus_error_has_name(e, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
                    sd_bus_error_has_name(e, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
                        forget_server(notification->notifier, e->message);
                return 0;
        }
        if (sd_bus_message_read(m, "u", &notification->id) >= 0)
                sync_notification(notification);
        return 0;
}

static int send_notify(struct notification *notification) {
        struct notifier *n = notification->notifier;
        char body[sizeof(notification->body) * 5] = "";
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(n->bus, &m, SERVICE, PATH, SERVICE, "Notify");

        if (n->body)
                escape_body(notification->body, n->markup, body, sizeof(body));
        if (r >= 0)
                r = sd_bus_message_append(m, "susss", "sitbone", notification->id, "appointment-soon",
                                          notification->title, body);
        if (r >= 0)
                r = append_actions(m, notification);
        if (r >= 0)
                r = append_hints(m, notification);
        if (r >= 0)
                r = sd_bus_message_append(m, "i", -1);
        if (r >= 0)
                r = sd_bus_call_async(n->bus, NULL, m, on_notified, notification, 0);
        sd_bus_message_unref(m);
        return r;
}

static void close_notification(struct notification *notification) {
        sd_bus_message *m = NULL;

        if (notification->id && notification->notifier->bus &&
            sd_bus_message_new_method_call(notification->notifier->bus, &m, SERVICE, PATH, SERVICE,
                                           "CloseNotification") >= 0) {
                sd_bus_message_append(m, "u", notification->id);
                sd_bus_message_set_expect_reply(m, 0);
                sd_bus_message_set_auto_start(m, 0);
                sd_bus_send(notification->notifier->bus, m, NULL);
                sd_bus_message_unref(m);
        }
        notification->id = 0;
}

/* Copies text from a seat: only line ends may control a terminal. */
static void copy_sanitized(const char *text, char *ret, size_t size) {
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

/* Without a desktop, prints the text once for each alert, not again when its numbers change. */
static void print_notification(struct notification *notification) {
        if (notification->wanted && notification->changed && notification->id == 0) {
                printf("%s\n%s\n", notification->title, notification->body);
                if (notification->snooze_min)
                        printf(_("[Done]  [Snooze %u min]  [Skip]\n"), notification->snooze_min);
                notification->id = 1;
        } else if (!notification->wanted && notification->id) {
                printf(_("(taken down: %s)\n"), notification->title);
                notification->id = 0;
        }
        notification->changed = false;
        fflush(stdout);
}

/* Makes the desktop show what is wanted, with one call at a time for each notification. */
static void sync_notification(struct notification *notification) {
        struct notifier *n = notification->notifier;
        int r;

        if (!n->bus) {
                print_notification(notification);
                return;
        }
        if (notification->pending)
                return;
        if (!notification->wanted) {
                close_notification(notification);
                return;
        }
        if (!notification->changed || notification->dismissed || !n->may_show)
                return;
        if (n->server != SERVER_READY) {
                ask_server(n);
                return;
        }
        r = send_notify(notification);
        notification->pending = r >= 0;
        notification->changed = r < 0;
        if (r < 0)
                log_warning("notification not sent: %s", strerror(-r));
}

static struct notification *claim_notification(struct notifier *n, const char *seat, const char *kind) {
        struct notification *spare = NULL;

        for (int i = 0; i < NOTIFICATIONS_MAX; i++) {
                struct notification *notification = &n->notifications[i];

                if (strcmp(notification->seat, seat) == 0 && strcmp(notification->kind, kind) == 0)
                        return notification;
                if (!spare && !notification->wanted && !notification->pending && notification->id == 0)
                        spare = notification;
        }
        if (!spare)
                return NULL;
        *spare = (struct notification){.notifier = n};
        snprintf(spare->seat, sizeof(spare->seat), "%s", seat);
        snprintf(spare->kind, sizeof(spare->kind), "%s", kind);
        return spare;
}

void notifier_show(struct notifier *n, const char *seat, const char *kind, const char *alert,
                   const struct notification_text *text) {
        struct notification *notification = claim_notification(n, seat, kind);

        if (!notification) {
                log_warning("%s: alert %s not shown: at most %d notifications at a time", seat, kind,
                            NOTIFICATIONS_MAX);
                return;
        }
        if (strcmp(notification->alert, alert) != 0) {
                notification->dismissed = false;
        } else if (text->showings > notification->showings) { /* shown again as if it were new */
                notification->dismissed = false;
                close_notification(notification);
        }
        notification->showings = text->showings;
        snprintf(notification->alert, sizeof(notification->alert), "%s", alert);
        copy_sanitized(text->title, notification->title, sizeof(notification->title));
        copy_sanitized(text->body, notification->body, sizeof(notification->body));
        snprintf(notification->category, sizeof(notification->category), "%s", text->category);
        notification->snooze_min = text->snooze_min;
        notification->quiet = text->quiet;
        notification->own = text->own;
        notification->wanted = notification->changed = true;
        sync_notification(notification);
}

static bool is_listed(const char *list, const char *alert) {
        size_t n = strlen(alert);

        for (const char *p = list; p && n && (p = strstr(p, alert)); p += n)
                if ((p == list || p[-1] == ',') && p[n] == ',')
                        return true;
        return false;
}

void notifier_hide(struct notifier *n, const char *seat, const char *kind, const char *except) {
        for (int i = 0; i < NOTIFICATIONS_MAX; i++) {
                struct notification *notification = &n->notifications[i];

                if (strcmp(notification->seat, seat) != 0 || (kind && strcmp(notification->kind, kind) != 0) ||
                    (except && (notification->own || is_listed(except, notification->alert))))
                        continue;
                notification->wanted = false;
                sync_notification(notification);
        }
}

void notifier_set_may_show(struct notifier *n, bool may_show) {
        if (n->may_show == may_show)
                return;
        n->may_show = may_show;
        log_info("this session is %s", may_show ? "active: alerts are shown" : "not active: alerts wait");
        sync_all(n);
}

/* A notification has no id by which to close it until the server replies. The server replies in order, so after one more
 * reply every id is known. */
static void await_ids(struct notifier *n) {
        sd_bus_message *m = NULL;

        if (sd_bus_message_new_method_call(n->bus, &m, SERVICE, PATH, SERVICE, "GetServerInformation") >= 0)
                sd_bus_call(n->bus, m, CLOSE_ALL_US, NULL, NULL);
        sd_bus_message_unref(m);
        while (sd_bus_process(n->bus, NULL) > 0)
                ;
}

void notifier_close_all(struct notifier *n) {
        bool pending = false;

        if (!n->bus)
                return;
        for (int i = 0; i < NOTIFICATIONS_MAX; i++) {
                n->notifications[i].wanted = false;
                pending |= n->notifications[i].pending;
                if (!n->notifications[i].pending)
                        close_notification(&n->notifications[i]);
        }
        if (pending)
                await_ids(n);
        sd_bus_flush(n->bus); /* it may block: the agent exits anyway */
}

static struct notification *find_shown(struct notifier *n, uint32_t id) {
        for (int i = 0; i < NOTIFICATIONS_MAX; i++)
                if (id && n->notifications[i].id == id)
                        return &n->notifications[i];
        return NULL;
}

static int on_closed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        uint32_t id, reason;
        struct notification *notification;

        (void)ret_error;
        if (sd_bus_message_read(m, "uu", &id, &reason) < 0 || !(notification = find_shown(userdata, id)))
                return 0;
        notification->id = 0;
        /* The user closed it, or it expired: changed numbers do not bring it back. But an update that was sent before the
         * server closed it is shown by the server as a new notification. */
        notification->dismissed = !notification->pending;
        return 0;
}

static int on_action(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct notifier *n = userdata;
        const char *action;
        struct notification *notification;
        uint32_t id;

        (void)ret_error;
        if (sd_bus_message_read(m, "us", &id, &action) >= 0 && (notification = find_shown(n, id)))
                n->on_press(n->userdata, notification, action);
        return 0;
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct notifier *n = userdata;
        const char *name, *old, *owner;

        (void)ret_error;
        if (sd_bus_message_read(m, "sss", &name, &old, &owner) < 0)
                return 0;
        if (*old)
                forget_server(n, "it left the bus");
        if (*owner) {
                n->server = SERVER_UNKNOWN; /* a reply that still comes is the old server's */
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
