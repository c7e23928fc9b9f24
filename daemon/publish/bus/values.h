/* SPDX-License-Identifier: MIT */
/* Answers of the bus, made from the last snapshot: live view, alerts, and the reasons of GetWhy. */
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

/* Fills the published values. */
void bus_fill_values(const struct bus_view *v, struct live_values *ret);

/* sd-bus property getter; userdata is the struct bus_view. */
int bus_get_open_alerts(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* (s id, s kind, a{sv} details) without the brackets. */
int bus_append_alert(sd_bus_message *m, const struct bus_view *v, enum alert_kind k);

/* The a{sv} of GetLive. */
int bus_append_live(sd_bus_message *m, const struct bus_view *v);

/* The a{sv}aa{sv} of GetWhy; needs a snapshot. */
int bus_append_why(sd_bus_message *m, const struct bus_view *v);

#endif
