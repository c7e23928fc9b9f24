/* SPDX-License-Identifier: MIT */
#include "publish/bus/outlet.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "contract/bus_names.h"
#include "contract/live_bus.h"
#include "publish/bus/callers.h"
#include "publish/bus/values.h"
#include "sitbone/settings.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/sanitize.h"
#include "words/names.h"

static const uint64_t ANNOUNCE_EVERY_US = 300000; /* PropertiesChanged: about three a second at most */
static const uint64_t RETRY_FIRST_US = 1000000, RETRY_MOST_US = 60000000;
static const uint64_t GOODBYE_US = 200000;               /* time that queued messages get to go out at the end */
static const uint64_t QUEUED_MOST = 64;                  /* messages that the bus did not accept: it is stuck */
static const double QUESTION_COST = 1, COMMAND_COST = 6; /* of a caller's allowance */

struct bus {
        sd_event *event;
        enum bus_kind kind; /* fixed at start: a reload must not turn "everybody on my bus" into "everybody here" */
        struct settings settings;
        struct identity identity;
        command_fn execute;
        bus_tap_fn tap;
        void *userdata;
        struct bus_view view;
        double sent[LIVE_FIELDS_MAX]; /* the properties that were sent last, each reduced to one number */
        struct callers callers;
        char name[BUS_NAME_MAX];
        char status[128];
        sd_bus_vtable properties[LIVE_FIELDS_MAX + 2];
        sd_bus *bus;
        sd_bus_slot *name_slot;
        bool owned; /* the name is */
        sd_event_source *retry, *announce, *leave;
        bool announcing;
        uint64_t retry_us;
};

/* Logs each new state once. */
static void set_status(struct bus *b, enum log_level level, const char *what, const char *why) {
        char status[sizeof(b->status)];

        snprintf(status, sizeof(status), "%s%s%s", what, why ? ": " : "", why ? why : "");
        if (strcmp(status, b->status) == 0)
                return;
        memcpy(b->status, status, sizeof(status));
        log_line(level, "bus: %s: %s", b->name, status);
}

/* ---- properties ---- */

/* FNV-1a, cut to what a double holds exactly: enough to notice that a text is another one. */
static double hash_text(const char *text) {
        uint32_t hash = 2166136261u;

        for (; *text; text++)
                hash = (hash ^ (unsigned char)*text) * 16777619u;
        return hash;
}

/* Instants count on the wall clock: setting it moves them. */
static double reduce_value(const struct live_field *f, const struct live_values *v) {
        const void *member = live_member(f, v);

        switch (f->type) {
        case LIVE_TEXT:
                return hash_text(member);
        case LIVE_NUMBER:
                return *(const double *)member;
        case LIVE_FLAG:
                return *(const bool *)member;
        case LIVE_MAYBE:
                return *(const enum maybe *)member == MAYBE_YES;
        case LIVE_COUNT:
                return *(const uint32_t *)member;
        case LIVE_COUNT64:
                return (double)*(const uint64_t *)member;
        case LIVE_INSTANT:
                return (double)clock_to_wall_us(*(const uint64_t *)member, v->now_us, v->realtime_us);
        case LIVE_NAMES:
        case LIVE_ARRAY:
                break;
        }
        return (double)NAN; /* no property has such a type */
}

/* sd-bus refuses to announce a constant property, together with all that were to be announced with it. */
static bool is_announced(const struct live_field *f) {
        return f->property_step > 0 && isfinite(f->property_step);
}

/* A change from or to nothing always counts. */
static bool has_moved(double before, double now, double step) {
        if (isnan(before) || isnan(now))
                return isnan(before) != isnan(now);
        return before != now && (fabs(now - before) >= step || before == 0 || now == 0);
}

/* True when a property moved by so much that it is worth a message. */
static bool have_properties_moved(const struct bus_view *v, const double sent[LIVE_FIELDS_MAX]) {
        struct live_values values;

        bus_fill_values(v, &values);
        for (size_t i = 0; i < live_fields_n; i++)
                if (is_announced(&live_fields[i]) &&
                    has_moved(sent[i], reduce_value(&live_fields[i], &values), live_fields[i].property_step))
                        return true;
        return false;
}

/* Writes the names of those properties, NULL at the end, and remembers them as sent. Returns their number. */
static int collect_moved(const struct bus_view *v, double sent[LIVE_FIELDS_MAX],
                         char *ret_names[LIVE_FIELDS_MAX + 1]) {
        struct live_values values;
        int n = 0;

        bus_fill_values(v, &values);
        for (size_t i = 0; i < live_fields_n; i++) {
                const struct live_field *f = &live_fields[i];
                double now = reduce_value(f, &values);

                if (!is_announced(f) || !has_moved(sent[i], now, f->property_step))
                        continue;
                sent[i] = now;
                memcpy(&ret_names[n++], &f->bus, sizeof(char *)); /* sd-bus wants char **, but writes nothing */
        }
        ret_names[n] = NULL;
        return n;
}

static int get_property(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        const struct live_field *f = live_field_on_bus(property);
        struct live_values values;

        (void)bus, (void)path, (void)interface, (void)error;
        if (!f)
                return -ENOENT;
        bus_fill_values(userdata, &values);
        return live_bus_append_value(reply, f, &values);
}

/* ---- answers; the caller is allowed to ask ---- */

static int answer_with(struct bus *b, sd_bus_message *m, int (*append)(sd_bus_message *, const struct bus_view *)) {
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(m, &reply);

        if (r >= 0)
                r = append(reply, &b->view);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int answer_get_live(void *userdata, sd_bus_message *m) {
        return answer_with(userdata, m, bus_append_live);
}

static int answer_get_why(void *userdata, sd_bus_message *m) {
        return answer_with(userdata, m, bus_append_why);
}

static int answer_tap(void *userdata, sd_bus_message *m) {
        struct bus *b = userdata;
        const char *head;
        int fd = b->tap ? b->tap(b->userdata, &head) : -EOPNOTSUPP, r;

        if (fd < 0)
                return sd_bus_reply_method_errnof(
                        m, fd, fd == -EMFILE ? "Too many recorders are connected already" : "No mat is connected");
        r = sd_bus_reply_method_return(m, "hs", fd, head);
        close(fd);
        return r;
}

/* The alert that the command acted on ("" "" = none was open), and when a snooze or pause ends. */
static int reply_answer(const struct bus *b, sd_bus_message *m, enum command_type type,
                        const struct command_answer *answer) {
        uint64_t until_us = clock_to_wall_us(answer->until_us, b->view.wall.now_us, b->view.wall.realtime_us);
        const char *kind = answer->alert_id ? alert_kind_name(answer->alert) : "";
        char id[24] = "";

        if (answer->alert_id)
                snprintf(id, sizeof(id), "%" PRIu64, answer->alert_id);
        if (type == COMMAND_DONE || type == COMMAND_SKIP)
                return sd_bus_reply_method_return(m, "ss", id, kind);
        if (type == COMMAND_SNOOZE)
                return sd_bus_reply_method_return(m, "sst", id, kind, until_us);
        if (type == COMMAND_PAUSE)
                return sd_bus_reply_method_return(m, "t", until_us);
        return sd_bus_reply_method_return(m, NULL);
}

static int answer_command(struct bus *b, sd_bus_message *m, enum command_result parsed,
                          const struct command *command) {
        struct command_answer answer = {0};
        enum command_result result = parsed == COMMAND_OK ? b->execute(b->userdata, command, &answer) : parsed;
        char error[64], text[256];
        struct live_values values;

        if (result == COMMAND_OK)
                return reply_answer(b, m, command->type, &answer);
        snprintf(error, sizeof(error), BUS_ERROR "%s", command_result_name(result));
        bus_fill_values(&b->view, &values);
        command_refusal_text(result, values.load_pct, text, sizeof(text));
        return sd_bus_reply_method_errorf(m, error, "%s", text);
}

static int answer_remove_topics(void *userdata, sd_bus_message *m) {
        struct bus *b = userdata;
        const struct outlet *mqtt = b->view.mqtt;

        if (mqtt && mqtt->ops->remove(mqtt->self))
                return sd_bus_reply_method_return(m, NULL);
        return answer_command(b, m, COMMAND_NOT_CONNECTED, NULL);
}

/* ---- arguments of commands ---- */

static enum command_result parse_nothing(sd_bus_message *m, struct command *ret) {
        (void)m, (void)ret;
        return COMMAND_OK;
}

static enum command_result parse_stated_empty(sd_bus_message *m, struct command *ret) {
        (void)m, ret->on = true;
        return COMMAND_OK;
}

static enum command_result parse_minutes(sd_bus_message *m, struct command *ret) {
        return sd_bus_message_read(m, "u", &ret->minutes) < 0 ? COMMAND_MALFORMED : COMMAND_OK;
}

static enum command_result parse_alert(sd_bus_message *m, struct command *ret) {
        const char *id;

        if (sd_bus_message_read(m, "s", &id) < 0)
                return COMMAND_MALFORMED;
        return alert_id_of(id, &ret->alert_id) ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result parse_alert_minutes(sd_bus_message *m, struct command *ret) {
        enum command_result result = parse_alert(m, ret);

        return result == COMMAND_OK ? parse_minutes(m, ret) : result;
}

static enum command_result parse_target(sd_bus_message *m, struct command *ret) {
        const char *word;

        if (sd_bus_message_read(m, "s", &word) < 0)
                return COMMAND_MALFORMED;
        return calibrate_target_of(word, &ret->target) ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result parse_name(sd_bus_message *m, struct command *ret) {
        const char *name;

        if (sd_bus_message_read(m, "s", &name) < 0)
                return COMMAND_MALFORMED;
        return name_of(name, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

/* An empty name is nobody in particular. */
static enum command_result parse_name_or_none(sd_bus_message *m, struct command *ret) {
        const char *name;

        if (sd_bus_message_read(m, "s", &name) < 0)
                return COMMAND_MALFORMED;
        return !*name || name_of(name, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

/* who: a name, and after a colon the program that asks for it, as people know it: "desktop:Firefox". */
static enum command_result parse_inhibit(sd_bus_message *m, struct command *ret) {
        const char *who, *source;
        char name[sizeof(ret->name)];
        int on, n;

        if (sd_bus_message_read(m, "bs", &on, &who) < 0)
                return COMMAND_MALFORMED;
        ret->on = on != 0;
        source = strchr(who, ':');
        n = snprintf(name, sizeof(name), "%.*s", source ? (int)(source - who) : -1, who);
        if (source)
                snprintf(ret->source, sizeof(ret->source), "%s", source + 1);
        sanitize_line(ret->source);
        return n == 0 || ((size_t)n < sizeof(name) && name_of(name, ret->name)) ? COMMAND_OK : COMMAND_MALFORMED;
}

/* ---- the object ---- */

/* handler: the method handler of sd-bus, which admits the caller and then calls answer. */
#define DEFINE_METHOD(handler, cost, answer)                                                                          \
        static int handler(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {                              \
                struct bus *b = userdata;                                                                             \
                int r = callers_admit(&b->callers, m, cost, answer);                                                  \
                                                                                                                      \
                (void)ret_error;                                                                                      \
                return r < 0 ? r : 1;                                                                                 \
        }

/* The same for a method that is a command: parse reads its arguments. */
#define DEFINE_COMMAND(handler, type_, parse)                                                                         \
        static int answer_##handler(void *b, sd_bus_message *m) {                                                     \
                struct command command = {.type = (type_)};                                                           \
                enum command_result parsed = parse(m, &command);                                                      \
                                                                                                                      \
                return answer_command(b, m, parsed, &command);                                                        \
        }                                                                                                             \
        DEFINE_METHOD(handler, COMMAND_COST, answer_##handler)

DEFINE_METHOD(on_get_live, QUESTION_COST, answer_get_live)
DEFINE_METHOD(on_get_why, QUESTION_COST, answer_get_why)
DEFINE_METHOD(on_tap, COMMAND_COST, answer_tap)
DEFINE_METHOD(on_remove_topics, COMMAND_COST, answer_remove_topics)
DEFINE_COMMAND(on_snooze, COMMAND_SNOOZE, parse_minutes)
DEFINE_COMMAND(on_done, COMMAND_DONE, parse_nothing)
DEFINE_COMMAND(on_skip, COMMAND_SKIP, parse_nothing)
DEFINE_COMMAND(on_snooze_alert, COMMAND_SNOOZE, parse_alert_minutes)
DEFINE_COMMAND(on_done_alert, COMMAND_DONE, parse_alert)
DEFINE_COMMAND(on_skip_alert, COMMAND_SKIP, parse_alert)
DEFINE_COMMAND(on_pause, COMMAND_PAUSE, parse_minutes)
DEFINE_COMMAND(on_resume, COMMAND_RESUME, parse_nothing)
DEFINE_COMMAND(on_hold, COMMAND_INHIBIT, parse_inhibit)
DEFINE_COMMAND(on_calibrate, COMMAND_CALIBRATE, parse_target)
DEFINE_COMMAND(on_tare, COMMAND_TARE, parse_nothing)
DEFINE_COMMAND(on_tare_empty, COMMAND_TARE, parse_stated_empty)
DEFINE_COMMAND(on_teach, COMMAND_TEACH, parse_name)
DEFINE_COMMAND(on_unteach, COMMAND_UNTEACH, parse_name)
DEFINE_COMMAND(on_set_sitter, COMMAND_SITTER, parse_name_or_none)
DEFINE_COMMAND(on_session_done, COMMAND_WORKOUT, parse_nothing)
DEFINE_COMMAND(on_label, COMMAND_LABEL, parse_name_or_none)

/* Methods are UNPRIVILEGED for sd-bus because its own check would wait for the bus daemon; callers_admit() does it. */
#define UNPRIVILEGED SD_BUS_VTABLE_UNPRIVILEGED

/* Properties but OpenAlerts are in a second table, made from contract/live_fields.c. */
static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("OpenAlerts", "a(ssa{sv})", bus_get_open_alerts, offsetof(struct bus, view), 0),
        SD_BUS_METHOD_WITH_ARGS("Snooze", SD_BUS_ARGS("u", minutes), SD_BUS_RESULT("s", id, "s", kind, "t", until),
                                on_snooze, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Done", SD_BUS_NO_ARGS, SD_BUS_RESULT("s", id, "s", kind), on_done, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Skip", SD_BUS_NO_ARGS, SD_BUS_RESULT("s", id, "s", kind), on_skip, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SnoozeAlert", SD_BUS_ARGS("s", id, "u", minutes),
                                SD_BUS_RESULT("s", id, "s", kind, "t", until), on_snooze_alert, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("DoneAlert", SD_BUS_ARGS("s", id), SD_BUS_RESULT("s", id, "s", kind), on_done_alert,
                                UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SkipAlert", SD_BUS_ARGS("s", id), SD_BUS_RESULT("s", id, "s", kind), on_skip_alert,
                                UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Pause", SD_BUS_ARGS("u", minutes), SD_BUS_RESULT("t", until), on_pause, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Resume", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_resume, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Hold", SD_BUS_ARGS("b", on, "s", who), SD_BUS_NO_RESULT, on_hold, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Calibrate", SD_BUS_ARGS("s", what), SD_BUS_NO_RESULT, on_calibrate, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Tare", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_tare, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("TareEmpty", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_tare_empty, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Teach", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, on_teach, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Unteach", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, on_unteach, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetSitter", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, on_set_sitter, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SessionDone", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_session_done, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Label", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, on_label, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RemoveTopics", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_remove_topics, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetLive", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", live), on_get_live, UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetWhy", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", all, "aa{sv}", kinds), on_get_why,
                                UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Tap", SD_BUS_NO_ARGS, SD_BUS_RESULT("h", bytes, "s", head), on_tap, UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("AlertRaised", SD_BUS_ARGS("s", id, "s", kind, "a{sv}", details), 0),
        SD_BUS_SIGNAL_WITH_ARGS("AlertSoon", SD_BUS_ARGS("s", kind, "t", due_at), 0),
        SD_BUS_SIGNAL_WITH_ARGS("AlertCleared", SD_BUS_ARGS("s", id, "s", kind, "s", outcome), 0),
        SD_BUS_SIGNAL_WITH_ARGS("StoodBriefly", SD_BUS_ARGS("u", away_s, "u", break_s, "t", next_alert_at), 0),
        SD_BUS_SIGNAL_WITH_ARGS("SittingLimit", SD_BUS_ARGS("u", sitting_today_s), 0),
        SD_BUS_SIGNAL_WITH_ARGS("HeldLong", SD_BUS_ARGS("s", by, "t", since), 0),
        SD_BUS_VTABLE_END,
};

static void fill_property_table(sd_bus_vtable *ret) {
        *ret++ = (sd_bus_vtable)SD_BUS_VTABLE_START(0);
        for (size_t i = 0; i < live_fields_n; i++) {
                const struct live_field *f = &live_fields[i];

                if (f->property_step > 0)
                        *ret++ = (sd_bus_vtable)SD_BUS_PROPERTY(
                                f->bus, live_bus_type(f), get_property, offsetof(struct bus, view),
                                isinf(f->property_step) ? SD_BUS_VTABLE_PROPERTY_CONST
                                                        : SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE);
        }
        *ret = (sd_bus_vtable)SD_BUS_VTABLE_END;
}

/* ---- the connection ---- */

static void close_connection(struct bus *b) {
        callers_forget(&b->callers);
        b->owned = false;
        b->name_slot = sd_bus_slot_unref(b->name_slot);
        b->bus = sd_bus_close_unref(b->bus);
}

static void arm_timer(sd_event_source *timer, uint64_t in_us) {
        int r = sd_event_source_set_time_relative(timer, in_us);

        if (r >= 0)
                r = sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
        if (r < 0)
                log_error("bus: a timer cannot be set: %s", strerror(-r));
}

/* Tries again later. The timer closes the connection: this may be a callback of that connection. */
static void retry_later(struct bus *b, const char *what, int error) {
        b->owned = false;
        set_status(b, LOG_LEVEL_NOTICE, what, error ? strerror(-error) : NULL);
        arm_timer(b->retry, b->retry_us);
        b->retry_us = b->retry_us * 2 < RETRY_MOST_US ? b->retry_us * 2 : RETRY_MOST_US;
}

static void set_owned(struct bus *b) {
        b->owned = true;
        b->retry_us = RETRY_FIRST_US;
        set_status(b, LOG_LEVEL_INFO, "connected", NULL);
}

static int on_name(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct bus *b = userdata;
        const sd_bus_error *e = sd_bus_message_get_error(m);
        uint32_t reply;

        (void)ret_error;
        if (e) {
                retry_later(b, e->message ? e->message : e->name, 0);
                return 0;
        }
        if (sd_bus_message_read(m, "u", &reply) < 0)
                return 0;
        if (reply == 2) /* DBUS_REQUEST_NAME_REPLY_IN_QUEUE */
                set_status(b, LOG_LEVEL_WARNING, "another program owns the name; waiting until it is free", NULL);
        else
                set_owned(b);
        return 0;
}

/* Handles what comes unasked: the name is given or taken away, or the connection is lost. */
static int on_message(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct bus *b = userdata;
        const char *name;

        (void)ret_error;
        if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Local", "Disconnected")) {
                retry_later(b, "connection lost", 0);
                return 0;
        }
        if (!sd_bus_message_is_signal(m, "org.freedesktop.DBus", NULL) ||
            strcmp(sd_bus_message_get_sender(m), "org.freedesktop.DBus") != 0)
                return 0;
        if (sd_bus_message_is_signal(m, NULL, "NameLost") && sd_bus_message_read(m, "s", &name) >= 0 &&
            strcmp(name, b->name) == 0) {
                b->owned = false;
                set_status(b, LOG_LEVEL_WARNING, "another program owns the name; waiting until it is free", NULL);
        } else if (sd_bus_message_is_signal(m, NULL, "NameAcquired") && sd_bus_message_read(m, "s", &name) >= 0 &&
                   strcmp(name, b->name) == 0) {
                set_owned(b);
        }
        sd_bus_message_rewind(m, 1);
        return 0;
}

static int open_connection(struct bus *b) {
        int r = b->kind == BUS_SYSTEM ? sd_bus_open_system(&b->bus) : sd_bus_open_user(&b->bus);

        if (r >= 0)
                r = sd_bus_set_exit_on_disconnect(b->bus, 0);
        if (r >= 0)
                r = sd_bus_add_filter(b->bus, NULL, on_message, b);
        if (r >= 0)
                r = sd_bus_add_object_vtable(b->bus, NULL, BUS_PATH, BUS_INTERFACE, vtable, b);
        if (r >= 0)
                r = sd_bus_add_object_vtable(b->bus, NULL, BUS_PATH, BUS_INTERFACE, b->properties, b);
        if (r >= 0) /* after the mat and its deadlines */
                r = sd_bus_attach_event(b->bus, b->event, SD_EVENT_PRIORITY_NORMAL + 10);
        if (r >= 0)
                r = sd_bus_request_name_async(b->bus, &b->name_slot, b->name, SD_BUS_NAME_QUEUE, on_name, b);
        return r;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata) {
        struct bus *b = userdata;
        int r;

        (void)source, (void)usec;
        close_connection(b);
        r = open_connection(b);
        if (r < 0) {
                retry_later(b, "no bus", r);
                close_connection(b);
        }
        return 0;
}

/* A bus daemon that accepts nothing must not fill the memory of this one. */
static bool accepts_messages(struct bus *b, uint64_t most) {
        uint64_t queued;

        return b->owned && sd_bus_get_n_queued_write(b->bus, &queued) >= 0 && queued <= most;
}

static int on_announce(sd_event_source *source, uint64_t usec, void *userdata) {
        struct bus *b = userdata;
        char *names[LIVE_FIELDS_MAX + 1];
        int r;

        (void)source, (void)usec;
        b->announcing = false;
        if (!accepts_messages(b, 0) || collect_moved(&b->view, b->sent, names) == 0)
                return 0;
        r = sd_bus_emit_properties_changed_strv(b->bus, BUS_PATH, BUS_INTERFACE, names);
        if (r < 0)
                log_warning("bus: changed properties were not announced: %s", strerror(-r));
        return 0;
}

static void emit_raised(struct bus *b, enum alert_kind k) {
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_signal(b->bus, &m, BUS_PATH, BUS_INTERFACE, "AlertRaised");

        if (r >= 0)
                r = bus_append_alert(m, &b->view, k);
        if (r >= 0)
                r = sd_bus_send(b->bus, m, NULL);
        if (r < 0)
                log_warning("bus: alert %s was not sent: %s", alert_kind_name(k), strerror(-r));
        sd_bus_message_unref(m);
}

static void emit_cleared(struct bus *b, enum alert_kind k, const struct alert *a) {
        char id[24];
        int r;

        snprintf(id, sizeof(id), "%" PRIu64, a->id);
        r = sd_bus_emit_signal(b->bus, BUS_PATH, BUS_INTERFACE, "AlertCleared", "sss", id, alert_kind_name(k),
                               alert_outcome_name(a->outcome));
        if (r < 0)
                log_warning("bus: the end of alert %s was not sent: %s", alert_kind_name(k), strerror(-r));
}

static void emit_soon(struct bus *b, enum alert_kind k, const struct alert_plan *plan) {
        int r = sd_bus_emit_signal(b->bus, BUS_PATH, BUS_INTERFACE, "AlertSoon", "st", alert_kind_name(k),
                                   clock_to_wall_us(plan->due_us, b->view.wall.now_us, b->view.wall.realtime_us));
        if (r < 0)
                log_warning("bus: heads-up %s was not sent: %s", alert_kind_name(k), strerror(-r));
}

static void emit_stood_briefly(struct bus *b, const struct snapshot *s) {
        const struct wall *wall = &b->view.wall;
        int r = sd_bus_emit_signal(b->bus, BUS_PATH, BUS_INTERFACE, "StoodBriefly", "uut",
                                   (uint32_t)(s->sitting.last_away_us / USEC_PER_SEC),
                                   (uint32_t)(s->alerts.break_us / USEC_PER_SEC),
                                   clock_to_wall_us(s->alerts.activate_due_us, wall->now_us, wall->realtime_us));
        if (r < 0)
                log_warning("bus: stood briefly was not sent: %s", strerror(-r));
}

static void emit_sitting_limit(struct bus *b, const struct snapshot *s) {
        int r = sd_bus_emit_signal(b->bus, BUS_PATH, BUS_INTERFACE, "SittingLimit", "u",
                                   (uint32_t)(s->sitting.today_us / USEC_PER_SEC));
        if (r < 0)
                log_warning("bus: the sitting limit was not sent: %s", strerror(-r));
}

static void emit_held_long(struct bus *b, const struct alerts *a) {
        const struct wall *wall = &b->view.wall;
        int r = sd_bus_emit_signal(b->bus, BUS_PATH, BUS_INTERFACE, "HeldLong", "st", a->inhibited_by,
                                   clock_to_wall_us(a->inhibited_since_us, wall->now_us, wall->realtime_us));
        if (r < 0)
                log_warning("bus: held long was not sent: %s", strerror(-r));
}

static void post_alert(struct bus *b, enum alert_kind k, const struct alerts *alerts) {
        const struct alert *a = &alerts->of[k];

        if (a->changes & ALERT_HEADS_UP)
                emit_soon(b, k, &alerts->plan[k]);
        if (a->changes & (ALERT_CLEARED | ALERT_WITHDRAWN)) /* withdrawn: the outcome is still "pending" */
                emit_cleared(b, k, a);
        if ((a->changes & (ALERT_RAISED | ALERT_UPDATED | ALERT_REPEATED)) && a->open)
                emit_raised(b, k);
}

static void post_alerts(struct bus *b, const struct snapshot *s) {
        const struct alerts *alerts = &s->alerts;
        uint32_t changes = alerts->changes;

        for (int k = 0; k < ALERT_KIND_N; k++)
                changes |= alerts->of[k].changes;
        if (!changes || !b->owned)
                return;
        if (!accepts_messages(b, QUEUED_MOST)) { /* agents read OpenAlerts when the name is back */
                retry_later(b, "the bus accepts no messages", 0);
                return;
        }
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) /* an alert that another one replaces ends first */
                if (!(alerts->of[k].changes & ALERT_RAISED))
                        post_alert(b, k, alerts);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                if (alerts->of[k].changes & ALERT_RAISED)
                        post_alert(b, k, alerts);
        if (alerts->changes & ALERTS_STOOD_BRIEFLY)
                emit_stood_briefly(b, s);
        if (alerts->changes & ALERTS_SITTING_LIMIT)
                emit_sitting_limit(b, s);
        if (alerts->changes & ALERTS_HELD_LONG)
                emit_held_long(b, alerts);
}

static void bus_post(void *self, const struct snapshot *snapshot) {
        struct bus *b = self;

        if (snapshot->only_numbers) /* a caller gets them all the same: it is always the same snapshot */
                return;
        b->view.snapshot = snapshot;
        b->view.wall = (struct wall){.now_us = snapshot->now_us, .realtime_us = clock_realtime_us()};
        post_alerts(b, snapshot);
        if (b->owned && !b->announcing && have_properties_moved(&b->view, b->sent)) {
                b->announcing = true;
                arm_timer(b->announce, ANNOUNCE_EVERY_US);
        }
}

static const char *bus_status(void *self) {
        return ((struct bus *)self)->status;
}

static void bus_configure(void *self, const struct settings *settings) {
        ((struct bus *)self)->settings = *settings;
}

/* Sends what is queued, but does not wait for a bus that accepts nothing. */
static void flush_messages(struct bus *b) {
        uint64_t until_us = clock_boottime_us() + GOODBYE_US, now_us;

        while (b->bus && !accepts_messages(b, 0) && b->owned && (now_us = clock_boottime_us()) < until_us)
                if (sd_bus_process(b->bus, NULL) < 0 || sd_bus_wait(b->bus, until_us - now_us) < 0)
                        break;
}

/* Runs before sd-bus's own exit handler, which waits until everything queued is out, however long that takes. */
static int on_leave(sd_event_source *source, void *userdata) {
        struct bus *b = userdata;

        (void)source;
        flush_messages(b);
        close_connection(b);
        return 0;
}

static void bus_free(void *self) {
        struct bus *b = self;

        flush_messages(b);
        close_connection(b);
        sd_event_source_disable_unref(b->retry);
        sd_event_source_disable_unref(b->announce);
        sd_event_source_disable_unref(b->leave);
        sd_event_unref(b->event);
        free(b);
}

static const struct outlet_ops ops = {
        .name = "bus",
        .post = bus_post,
        .status = bus_status,
        .configure = bus_configure,
        .free = bus_free,
};

static int add_timers(struct bus *b) {
        int r = sd_event_add_time_relative(b->event, &b->retry, CLOCK_MONOTONIC, 0, 1000, on_retry, b);

        if (r >= 0)
                r = sd_event_add_time_relative(b->event, &b->announce, CLOCK_MONOTONIC, 0, 1000, on_announce, b);
        if (r >= 0)
                r = sd_event_add_exit(b->event, &b->leave, on_leave, b);
        if (r >= 0)
                r = sd_event_source_set_priority(b->leave, SD_EVENT_PRIORITY_IMPORTANT);
        if (r >= 0)
                r = sd_event_source_set_enabled(b->announce, SD_EVENT_OFF);
        if (r >= 0 && b->kind == BUS_OFF)
                r = sd_event_source_set_enabled(b->retry, SD_EVENT_OFF);
        if (r < 0)
                return r;
        /* names only help to debug */
        (void)sd_event_source_set_description(b->retry, "bus-retry");
        (void)sd_event_source_set_description(b->announce, "bus-announce");
        return 0;
}

int bus_new(const struct outlet_host *host, bus_tap_fn tap, const struct outlet *mqtt, struct outlet *ret) {
        struct bus *b = calloc(1, sizeof(*b));
        int r;

        if (!b)
                return -ENOMEM;
        b->event = sd_event_ref(host->event);
        b->kind = (enum bus_kind)host->settings->bus.bus;
        b->callers = (struct callers){.userdata = b, .everybody = b->kind == BUS_SESSION};
        b->settings = *host->settings;
        b->identity = *host->identity;
        b->execute = host->execute;
        b->tap = tap;
        b->userdata = host->userdata;
        b->view = (struct bus_view){.settings = &b->settings, .identity = &b->identity, .mqtt = mqtt};
        b->retry_us = RETRY_FIRST_US;
        snprintf(b->status, sizeof(b->status), "%s", b->kind == BUS_OFF ? "off" : "connecting");
        bus_name(host->identity->seat_id, b->name);
        fill_property_table(b->properties);
        r = add_timers(b);
        if (r < 0) {
                bus_free(b);
                return r;
        }
        *ret = (struct outlet){.ops = &ops, .self = b};
        return 0;
}
