/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/notify.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/language.h"
#include "util/log.h"
#include "util/sanitize.h"

#define SERVICE "org.freedesktop.Notifications"
#define PATH    "/org/freedesktop/Notifications"

enum { CLOSE_ALL_US = 2000000 };

/* Minutes of sitting after which a text that differs in its numbers only is sent again. */
enum { RENEW_MIN = 5 };

/* Milliseconds on the screen: the servers' own defaults range from 5 s to for ever. */
enum { EXPIRE_QUIET_MS = 10000, EXPIRE_MS = 30000 };

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

/* ---- the ids on the screen, in a file: an agent that was killed leaves its notifications behind ---- */

static bool find_shown_file(char *ret, size_t size) {
        const char *runtime = getenv("XDG_RUNTIME_DIR");

        return runtime && *runtime == '/' && (size_t)snprintf(ret, size, "%s/sitbone-agent.shown", runtime) < size;
}

/* The owner of the server's name, the process that shows them, and their ids. */
static void save_shown(const struct notifier *n) {
        char path[4096], text[NOTIFICATIONS_MAX * 12 + 96];
        size_t size = (size_t)snprintf(text, sizeof(text), "%s %d", n->server_owner, (int)getpid());
        int r;

        if (!n->bus || !find_shown_file(path, sizeof(path)))
                return;
        for (int i = 0; i < NOTIFICATIONS_MAX; i++)
                if (n->notifications[i].id)
                        size += (size_t)snprintf(text + size, sizeof(text) - size, " %u", n->notifications[i].id);
        r = file_write_atomically(path, text, size, 0600);
        if (r < 0)
                log_debug("%s: %s", path, strerror(-r));
}

static void send_close(struct notifier *n, uint32_t id) {
        sd_bus_message *m = NULL;

        if (sd_bus_message_new_method_call(n->bus, &m, SERVICE, PATH, SERVICE, "CloseNotification") < 0)
                return;
        sd_bus_message_append(m, "u", id);
        sd_bus_message_set_expect_reply(m, 0);
        sd_bus_message_set_auto_start(m, 0);
        sd_bus_send(n->bus, m, NULL);
        sd_bus_message_unref(m);
}

/* Reads "OWNER PID ID ID ...". Returns the ids, or NULL. */
static char *parse_shown(char *text, const char **ret_owner, long *ret_pid) {
        char *blank = strchr(text, ' '), *end;

        if (!blank)
                return NULL;
        *blank = '\0';
        *ret_owner = text;
        *ret_pid = strtol(blank + 1, &end, 10);
        return *ret_pid > 1 && *ret_pid <= INT_MAX ? end : NULL;
}

static bool is_left_behind(void) {
        char path[4096], *text = NULL, *ids;
        const char *owner;
        size_t size;
        bool left;
        long pid;

        if (!find_shown_file(path, sizeof(path)) || file_read(path, 4096, &text, &size) < 0)
                return false;
        ids = parse_shown(text, &owner, &pid);
        left = ids && *ids == ' ';
        free(text);
        return left;
}

/* Closes what an agent that no longer runs left on this server. */
static void close_left_behind(struct notifier *n) {
        char path[4096], *text = NULL, *ids, *end;
        const char *owner;
        size_t size;
        long pid;

        if (!find_shown_file(path, sizeof(path)) || file_read(path, 4096, &text, &size) < 0)
                return;
        ids = parse_shown(text, &owner, &pid);
        if (ids && strcmp(owner, n->server_owner) == 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH)
                for (char *p = ids; *p == ' '; p = end)
                        send_close(n, (uint32_t)strtoul(p, &end, 10));
        free(text);
}

/* ---- the server ---- */

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
        n->buttons = true;
        if (sd_bus_message_enter_container(m, 'a', "s") < 0)
                return 0;
        while (sd_bus_message_read(m, "s", &cap) > 0) {
                n->actions |= strcmp(cap, "actions") == 0;
                n->body |= strcmp(cap, "body") == 0;
                n->markup |= strcmp(cap, "body-markup") == 0;
                n->sound |= strcmp(cap, "sound") == 0;
                n->buttons &= strcmp(cap, "x-dunst-stack-tag") != 0;
        }
        n->server = SERVER_READY;
        n->missing_reported = false;
        if (n->settings->sound && !n->sound && !n->silence_reported)
                log_notice("sound = yes has no effect: this notification server plays no sounds");
        n->silence_reported = true;
        snprintf(n->server_owner, sizeof(n->server_owner), "%s", sd_bus_message_get_sender(m));
        close_left_behind(n);
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

        if (notification->notifier->actions && notification->text.confirm)
                return sd_bus_message_append(m, "as", 4, notification->notifier->buttons ? "understood" : "default",
                                             _("Understood"), "later", _("Show again next time"));
        if (!notification->notifier->actions || notification->text.snooze_min == 0)
                return sd_bus_message_append(m, "as", 0);
        snprintf(snooze, sizeof(snooze), _("Snooze %u min"), notification->text.snooze_min);
        /* a click on the text means "seen": it must not count as an exercise done */
        return sd_bus_message_append(m, "as", 8, "default", _("Seen"), "done", _("Done"), "snooze", snooze, "skip",
                                     _("Skip"));
}

static int append_hints(sd_bus_message *m, const struct notification *notification) {
        const struct notifier *n = notification->notifier;
        const struct notification_text *text = &notification->text;
        char synchronous[SEAT_KEY_MAX + KIND_MAX + 1];
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r >= 0) /* urgency is a byte: some servers drop the notification otherwise */
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}", "urgency", "y", text->quiet ? 0 : 1, /* */
                                          "category", "s", text->category,                            /* */
                                          "desktop-entry", "s", "org.sitbone.Agent",                  /* */
                                          "transient", "b", (int)text->brief);
        snprintf(synchronous, sizeof(synchronous), "%s-%s", notification->seat, notification->kind);
        if (r >= 0 && notification->id == 0) /* mako 1.7 ends with an error when it gets this and an id to replace */
                r = sd_bus_message_append(m, "{sv}", "x-canonical-private-synchronous", "s", synchronous);
        if (r >= 0 && n->sound && n->settings->sound && !text->quiet && notification->id == 0)
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
        if (sd_bus_message_read(m, "u", &notification->id) < 0)
                return 0;
        save_shown(notification->notifier);
        sync_notification(notification);
        return 0;
}

static int find_expire_ms(const struct notification_text *text) {
        if (text->stays)
                return 0;
        return text->quiet ? EXPIRE_QUIET_MS : EXPIRE_MS;
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
                r = sd_bus_message_append(m, "i", find_expire_ms(&notification->text));
        if (r >= 0)
                r = sd_bus_call_async(n->bus, NULL, m, on_notified, notification, 0);
        sd_bus_message_unref(m);
        return r;
}

static void close_notification(struct notification *notification) {
        uint32_t id = notification->id;

        notification->id = 0;
        if (!id || !notification->notifier->bus)
                return;
        send_close(notification->notifier, id);
        save_shown(notification->notifier);
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
                if (notification->text.snooze_min)
                        printf(_("[Done]  [Snooze %u min]  [Skip]\n"), notification->text.snooze_min);
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

static bool differ_in_digits_only(const char *a, const char *b) {
        for (;; a++, b++) {
                while (isdigit((unsigned char)*a))
                        a++;
                while (isdigit((unsigned char)*b))
                        b++;
                if (*a != *b)
                        return false;
                if (*a == '\0')
                        return true;
        }
}

/* Whether the notification that is on the screen already shows this, but for the minutes. */
static bool shows_text(const struct notification *notification, const struct notification_text *text,
                       const char *title, const char *body) {
        return notification->wanted && !notification->changed && (notification->id || notification->pending) &&
               text->minutes < notification->text.minutes + RENEW_MIN &&
               differ_in_digits_only(notification->title, title) && differ_in_digits_only(notification->body, body);
}

void notifier_show(struct notifier *n, const char *seat, const char *kind, const char *alert,
                   const struct notification_text *text) {
        struct notification *notification = claim_notification(n, seat, kind);
        char title[sizeof(notification->title)], body[sizeof(notification->body)];

        if (!notification) {
                log_warning("%s: alert %s not shown: at most %d notifications at a time", seat, kind,
                            NOTIFICATIONS_MAX);
                return;
        }
        copy_sanitized(text->title, title, sizeof(title));
        copy_sanitized(text->body, body, sizeof(body));
        if (strcmp(notification->alert, alert) != 0 || text->showings > notification->text.showings) {
                notification->dismissed = false;
                close_notification(notification);
        } else if (shows_text(notification, text, title, body)) {
                return;
        }
        snprintf(notification->alert, sizeof(notification->alert), "%s", alert);
        snprintf(notification->title, sizeof(notification->title), "%s", title);
        snprintf(notification->body, sizeof(notification->body), "%s", body);
        notification->text = *text;
        notification->wanted = notification->changed = true;
        sync_notification(notification);
}

void notifier_hide(struct notifier *n, const char *seat, const char *kind) {
        for (int i = 0; i < NOTIFICATIONS_MAX; i++) {
                struct notification *notification = &n->notifications[i];

                if (strcmp(notification->seat, seat) != 0 || (kind && strcmp(notification->kind, kind) != 0))
                        continue;
                notification->wanted = false;
                sync_notification(notification);
        }
}

bool notifier_shows(const struct notifier *n, const char *seat, const char *kind) {
        for (int i = 0; i < NOTIFICATIONS_MAX; i++) {
                const struct notification *notification = &n->notifications[i];

                if (strcmp(notification->seat, seat) == 0 && strcmp(notification->kind, kind) == 0)
                        return notification->wanted && !notification->dismissed;
        }
        return false;
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

enum { CLOSED_BY_USER = 2 };

static int on_closed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        uint32_t id, reason;
        struct notifier *n = userdata;
        struct notification *notification;

        (void)ret_error;
        if (sd_bus_message_read(m, "uu", &id, &reason) < 0 || !(notification = find_shown(n, id)))
                return 0;
        notification->id = 0;
        save_shown(n);
        if (reason == CLOSED_BY_USER && !n->actions && notification->text.confirm) /* it has no button */
                n->on_press(n->userdata, notification, "understood");
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
        if (r >= 0 && is_left_behind())
                ask_server(n);
        return r;
}
