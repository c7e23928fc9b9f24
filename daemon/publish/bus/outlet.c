/* SPDX-License-Identifier: MIT */
#include "publish/bus/outlet.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "contract/bus_names.h"
#include "publish/bus/callers.h"
#include "publish/bus/command.h"
#include "publish/bus/values.h"
#include "util/clock.h"
#include "util/log.h"
#include "words/names.h"

static const uint64_t announce_every_us = 300000; /* PropertiesChanged: about three a second at most */
static const uint64_t retry_first_us = 1000000, retry_most_us = 60000000;
static const uint64_t goodbye_us = 200000; /* what is queued may still go out for so long */
static const uint64_t queued_most = 64;    /* messages the bus did not take: it is stuck */
static const double command_cost = 6;      /* of an allowance that refills 30 a second */

struct bus {
        sd_event *event;
        enum bus_kind kind; /* fixed at start: a reload must not turn "everybody on my bus" into "everybody here" */
        struct settings settings;
        struct identity identity;
        command_fn execute;
        bus_tap_fn tap;
        void *userdata;
        struct bus_view view;
        struct bus_sent sent;
        struct bus_callers callers;
        char name[BUS_NAME_MAX];
        char status[128];
        sd_bus *bus;
        sd_bus_slot *name_slot;
        bool owned;
        sd_event_source *retry, *announce, *leave;
        bool announcing;
        uint64_t retry_us;
};

/* Says each new state once in the journal. */
static void set_status(struct bus *b, enum log_level level, const char *what, const char *why) {
        char status[sizeof(b->status)];

        snprintf(status, sizeof(status), "%s%s%s", what, why ? ": " : "", why ? why : "");
        if (strcmp(status, b->status) == 0)
                return;
        memcpy(b->status, status, sizeof(status));
        log_line(level, "bus: %s: %s", b->name, status);
}

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

static int answer_tap(struct bus *b, sd_bus_message *m) {
        const char *head;
        int fd = b->tap ? b->tap(b->userdata, &head) : -EOPNOTSUPP, r;

        if (fd < 0)
                return sd_bus_reply_method_errnof(
                        m, fd, fd == -EMFILE ? "there are too many recorders already" : "nothing to hand over");
        r = sd_bus_reply_method_return(m, "hs", fd, head);
        close(fd);
        return r;
}

static int answer_command(struct bus *b, sd_bus_message *m) {
        struct command command = {0};
        enum command_result result = bus_read_command(m, &command);
        char error[64];

        if (result == COMMAND_OK)
                result = b->execute(b->userdata, &command);
        if (result == COMMAND_OK)
                return sd_bus_reply_method_return(m, NULL);
        snprintf(error, sizeof(error), BUS_ERROR "%s", command_result_name(result));
        return sd_bus_reply_method_errorf(m, error, "%s", command_result_text(result));
}

/* The caller is allowed to. */
static int answer(void *userdata, sd_bus_message *m) {
        struct bus *b = userdata;

        if (sd_bus_message_is_method_call(m, BUS_INTERFACE, "Tap"))
                return answer_tap(b, m);
        if (sd_bus_message_is_method_call(m, BUS_INTERFACE, "GetLive"))
                return answer_with(b, m, bus_append_live);
        if (sd_bus_message_is_method_call(m, BUS_INTERFACE, "GetWhy"))
                return answer_with(b, m, bus_append_why);
        return answer_command(b, m);
}

static struct bus *bus_of(void *view) {
        return (struct bus *)(void *)((char *)view - offsetof(struct bus, view));
}

static int on_method(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct bus *b = bus_of(userdata);
        bool question = sd_bus_message_is_method_call(m, BUS_INTERFACE, "GetLive") ||
                        sd_bus_message_is_method_call(m, BUS_INTERFACE, "GetWhy");
        int r = bus_callers_admit(&b->callers, m, question ? 1 : command_cost, clock_boottime_us());

        (void)ret_error;
        return r < 0 ? r : 1;
}

/* Methods are UNPRIVILEGED for sd-bus because its own check would wait for the bus daemon; bus_callers.h does it. */
#define PROPERTY(name, type) SD_BUS_PROPERTY(name, type, bus_get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define COMMAND(name)                                                                                                 \
        SD_BUS_METHOD_WITH_ARGS(name, SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_method, SD_BUS_VTABLE_UNPRIVILEGED)
#define COMMAND_WITH(name, type, argument)                                                                            \
        SD_BUS_METHOD_WITH_ARGS(name, SD_BUS_ARGS(type, argument), SD_BUS_NO_RESULT, on_method,                       \
                                SD_BUS_VTABLE_UNPRIVILEGED)
static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("SeatId", "s", bus_get_property, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("SeatName", "s", bus_get_property, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Version", "s", bus_get_property, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        PROPERTY("Occupancy", "s"),
        PROPERTY("Posture", "s"),
        PROPERTY("Phase", "s"),
        PROPERTY("Confidence", "d"),
        PROPERTY("TiltDeg", "d"),
        PROPERTY("TiltSdDeg", "d"),
        PROPERTY("ObliquityDeg", "d"),
        PROPERTY("ObliquitySdDeg", "d"),
        PROPERTY("SeatedSince", "t"),
        PROPERTY("NextAlertAt", "t"),
        PROPERTY("SnoozedUntil", "t"),
        PROPERTY("PausedUntil", "t"),
        PROPERTY("DoNotDisturb", "b"),
        PROPERTY("BoutSeatedS", "u"),
        PROPERTY("SittingTodayS", "u"),
        PROPERTY("MatOnline", "b"),
        PROPERTY("Mqtt", "s"),
        SD_BUS_PROPERTY("OpenAlerts", "a(ssa{sv})", bus_get_open_alerts, 0, 0),
        COMMAND_WITH("Snooze", "u", minutes),
        COMMAND("Done"),
        COMMAND("Skip"),
        COMMAND_WITH("Pause", "u", minutes),
        COMMAND("Resume"),
        SD_BUS_METHOD_WITH_ARGS("Hold", SD_BUS_ARGS("b", on, "s", who), SD_BUS_NO_RESULT, on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        COMMAND_WITH("Calibrate", "s", what),
        COMMAND("Tare"),
        COMMAND_WITH("Teach", "s", name),
        COMMAND_WITH("Unteach", "s", name),
        COMMAND_WITH("SetSitter", "s", name),
        COMMAND("SessionDone"),
        SD_BUS_METHOD_WITH_ARGS("GetLive", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", live), on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GetWhy", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", all, "aa{sv}", kinds), on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Tap", SD_BUS_NO_ARGS, SD_BUS_RESULT("h", bytes, "s", head), on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("AlertRaised", SD_BUS_ARGS("s", id, "s", kind, "a{sv}", details), 0),
        SD_BUS_SIGNAL_WITH_ARGS("AlertSoon", SD_BUS_ARGS("s", kind, "t", due_at), 0),
        SD_BUS_SIGNAL_WITH_ARGS("AlertCleared", SD_BUS_ARGS("s", id, "s", kind, "s", outcome), 0),
        SD_BUS_VTABLE_END,
};

static void disconnect(struct bus *b) {
        bus_callers_reset(&b->callers);
        b->owned = false;
        b->name_slot = sd_bus_slot_unref(b->name_slot);
        b->bus = sd_bus_close_unref(b->bus);
}

static void arm(sd_event_source *timer, uint64_t in_us) {
        sd_event_source_set_time_relative(timer, in_us);
        sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

/* Tears down and tries again later; the teardown is left to the timer since we may be inside a callback of the bus. */
static void retry_later(struct bus *b, const char *what, int error) {
        b->owned = false;
        set_status(b, LOG_LEVEL_NOTICE, what, error ? strerror(-error) : NULL);
        arm(b->retry, b->retry_us);
        b->retry_us = b->retry_us * 2 < retry_most_us ? b->retry_us * 2 : retry_most_us;
}

static void owned(struct bus *b) {
        b->owned = true;
        b->retry_us = retry_first_us;
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
                set_status(b, LOG_LEVEL_WARNING, "name taken by another program, waiting for it", NULL);
        else
                owned(b);
        return 0;
}

/* Sees what comes unasked: the name given or taken away, the connection lost. */
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
                set_status(b, LOG_LEVEL_WARNING, "name taken by another program, waiting for it", NULL);
        } else if (sd_bus_message_is_signal(m, NULL, "NameAcquired") && sd_bus_message_read(m, "s", &name) >= 0 &&
                   strcmp(name, b->name) == 0) {
                owned(b);
        }
        sd_bus_message_rewind(m, 1);
        return 0;
}

static int set_up(struct bus *b) {
        int r = b->kind == BUS_SYSTEM ? sd_bus_open_system(&b->bus) : sd_bus_open_user(&b->bus);

        if (r >= 0)
                r = sd_bus_set_exit_on_disconnect(b->bus, 0);
        if (r >= 0)
                r = sd_bus_add_filter(b->bus, NULL, on_message, b);
        if (r >= 0)
                r = sd_bus_add_object_vtable(b->bus, NULL, BUS_PATH, BUS_INTERFACE, vtable, &b->view);
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
        disconnect(b);
        r = set_up(b);
        if (r < 0) {
                retry_later(b, "no bus", r);
                disconnect(b);
        }
        return 0;
}

/* A bus daemon that takes nothing must not fill our memory. */
static bool bus_takes_messages(struct bus *b, uint64_t most) {
        uint64_t queued;

        return b->owned && sd_bus_get_n_queued_write(b->bus, &queued) >= 0 && queued <= most;
}

static int on_announce(sd_event_source *source, uint64_t usec, void *userdata) {
        struct bus *b = userdata;
        char *names[BUS_PROPERTY_N + 1];
        int r;

        (void)source, (void)usec;
        b->announcing = false;
        if (!bus_takes_messages(b, 0) || bus_values_take_moved(&b->view, &b->sent, names) == 0)
                return 0;
        r = sd_bus_emit_properties_changed_strv(b->bus, BUS_PATH, BUS_INTERFACE, names);
        if (r < 0)
                log_warning("bus: changes not announced: %s", strerror(-r));
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
                log_warning("bus: alert %s not sent: %s", alert_kind_name(k), strerror(-r));
        sd_bus_message_unref(m);
}

static void emit_cleared(struct bus *b, enum alert_kind k, const struct alert *a) {
        char id[24];
        int r;

        snprintf(id, sizeof(id), "%" PRIu64, a->id);
        r = sd_bus_emit_signal(b->bus, BUS_PATH, BUS_INTERFACE, "AlertCleared", "sss", id, alert_kind_name(k),
                               alert_outcome_name(a->outcome));
        if (r < 0)
                log_warning("bus: end of alert %s not sent: %s", alert_kind_name(k), strerror(-r));
}

static void emit_soon(struct bus *b, enum alert_kind k, const struct alert_plan *plan) {
        int r = sd_bus_emit_signal(b->bus, BUS_PATH, BUS_INTERFACE, "AlertSoon", "st", alert_kind_name(k),
                                   bus_wall_of(&b->view.wall, plan->due_us));
        if (r < 0)
                log_warning("bus: heads-up %s not sent: %s", alert_kind_name(k), strerror(-r));
}

static void post_alerts(struct bus *b, const struct alerts *alerts) {
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &alerts->of[k];

                if (!a->changes || !b->owned)
                        continue;
                if (!bus_takes_messages(b, queued_most)) { /* agents ask for what is open when we come back */
                        retry_later(b, "the bus takes no messages", 0);
                        return;
                }
                if (a->changes & ALERT_HEADS_UP)
                        emit_soon(b, k, &alerts->plan[k]);
                if (a->changes & (ALERT_CLEARED | ALERT_WITHDRAWN)) /* withdrawn: the outcome is "pending" still */
                        emit_cleared(b, k, a);
                if ((a->changes & (ALERT_RAISED | ALERT_UPDATED | ALERT_REPEATED)) && bus_alert_shown(&b->view, k))
                        emit_raised(b, k);
        }
}

static void bus_post(void *self, const struct snapshot *snapshot) {
        struct bus *b = self;

        if (snapshot->only_numbers) /* who asks sees it all the same: it is always the same snapshot */
                return;
        b->view.snapshot = snapshot;
        b->view.wall = (struct wall){.now_us = snapshot->now_us, .realtime_us = clock_realtime_us()};
        post_alerts(b, &snapshot->alerts);
        if (b->owned && !b->announcing && bus_values_moved(&b->view, &b->sent)) {
                b->announcing = true;
                arm(b->announce, announce_every_us);
        }
}

static const char *bus_status(void *self) {
        return ((struct bus *)self)->status;
}

static void bus_configure(void *self, const struct settings *settings) {
        ((struct bus *)self)->settings = *settings;
}

/* Lets what is queued out, but does not wait for a bus that takes nothing. */
static void say_goodbye(struct bus *b) {
        uint64_t until_us = clock_boottime_us() + goodbye_us, now_us;

        while (b->bus && !bus_takes_messages(b, 0) && b->owned && (now_us = clock_boottime_us()) < until_us)
                if (sd_bus_process(b->bus, NULL) < 0 || sd_bus_wait(b->bus, until_us - now_us) < 0)
                        break;
}

/* Before sd-bus itself: at the end of the loop it waits until everything queued is out, however long that takes. */
static int on_leave(sd_event_source *source, void *userdata) {
        struct bus *b = userdata;

        (void)source;
        say_goodbye(b);
        disconnect(b);
        return 0;
}

static void bus_free(void *self) {
        struct bus *b = self;

        say_goodbye(b);
        disconnect(b);
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
        if (r < 0)
                return r;
        sd_event_source_set_description(b->retry, "bus-retry");
        sd_event_source_set_description(b->announce, "bus-announce");
        sd_event_source_set_enabled(b->announce, SD_EVENT_OFF);
        if (b->kind == BUS_OFF)
                sd_event_source_set_enabled(b->retry, SD_EVENT_OFF);
        return 0;
}

int bus_new(const struct outlet_host *host, bus_tap_fn tap, const struct outlet *mqtt, struct outlet *ret) {
        struct bus *b = calloc(1, sizeof(*b));
        int r;

        if (!b)
                return -ENOMEM;
        b->event = sd_event_ref(host->event);
        b->kind = (enum bus_kind)host->settings->bus.bus;
        b->settings = *host->settings;
        b->identity = *host->identity;
        b->execute = host->execute;
        b->tap = tap;
        b->userdata = host->userdata;
        b->view = (struct bus_view){.settings = &b->settings, .identity = &b->identity, .mqtt = mqtt};
        b->retry_us = retry_first_us;
        snprintf(b->status, sizeof(b->status), "%s", b->kind == BUS_OFF ? "off" : "connecting");
        bus_name(host->identity->seat_id, b->name);
        bus_callers_init(&b->callers, b->kind == BUS_SESSION, answer, b);
        r = add_timers(b);
        if (r < 0) {
                bus_free(b);
                return r;
        }
        *ret = (struct outlet){.ops = &ops, .self = b};
        return 0;
}
