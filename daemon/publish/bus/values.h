/* SPDX-License-Identifier: MIT */
/* Answers of the bus, made from the last snapshot: properties, live view, alerts, and the reasons of GetWhy. */
#ifndef PUBLISH_BUS_VALUES_H
#define PUBLISH_BUS_VALUES_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "contract/live_fields.h"
#include "publish/outlet.h"

/* Converts instants to the wall clock. */
struct wall {
        uint64_t now_us;      /* CLOCK_BOOTTIME (or virtual) */
        uint64_t realtime_us; /* CLOCK_REALTIME at the same moment */
};

struct bus_view {
        const struct snapshot *snapshot; /* NULL before the first post */
        struct wall wall;                /* at the last post */
        const struct settings *settings;
        const struct identity *identity;
        const struct outlet *mqtt; /* may be NULL */
};

/* The properties that were sent last, each reduced to one number. */
struct bus_sent {
        double value[LIVE_FIELDS_MAX];
};

/* sd-bus property getters; userdata is the struct bus_view. */
int bus_get_property(sd_bus *bus, const char *path, const char *interface, const char *property, sd_bus_message *reply,
                     void *userdata, sd_bus_error *error);
int bus_get_open_alerts(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* True when a property moved by so much that it is worth a message. */
bool bus_properties_moved(const struct bus_view *v, const struct bus_sent *sent);

/* Writes the names of those properties, NULL at the end, and remembers them as sent. Returns their number. */
int bus_collect_moved(const struct bus_view *v, struct bus_sent *sent, char *ret_names[LIVE_FIELDS_MAX + 1]);

/* True when a person should see this alert now. */
bool bus_alert_shown(const struct bus_view *v, enum alert_kind k);

/* (s id, s kind, a{sv} details) without the brackets. */
int bus_append_alert(sd_bus_message *m, const struct bus_view *v, enum alert_kind k);

/* An instant of the snapshot's clock as wall-clock microseconds; 0 stays "none", UINT64_MAX becomes it. */
uint64_t bus_wall_us(const struct bus_view *v, uint64_t instant_us);

/* The a{sv} of GetLive. */
int bus_append_live(sd_bus_message *m, const struct bus_view *v);

/* The a{sv}aa{sv} of GetWhy; needs a snapshot. */
int bus_append_why(sd_bus_message *m, const struct bus_view *v);

#endif
