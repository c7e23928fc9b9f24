/* SPDX-License-Identifier: MIT */
/* What the bus shows, taken from the last snapshot: properties, live view, details of an alert. */
#ifndef PUBLISH_BUS_VALUES_H
#define PUBLISH_BUS_VALUES_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "publish/outlet.h"

/* In the order of the table in bus_values.c. */
enum bus_property {
        BUS_SEAT_ID,
        BUS_SEAT_NAME,
        BUS_OCCUPANCY,
        BUS_POSTURE,
        BUS_PHASE,
        BUS_MQTT,
        BUS_VERSION,
        BUS_CONFIDENCE,
        BUS_TILT_DEG,
        BUS_TILT_SD_DEG,
        BUS_OBLIQUITY_DEG,
        BUS_OBLIQUITY_SD_DEG,
        BUS_SEATED_SINCE,
        BUS_NEXT_ALERT_AT,
        BUS_SNOOZED_UNTIL,
        BUS_PAUSED_UNTIL,
        BUS_DO_NOT_DISTURB,
        BUS_BOUT_SEATED_S,
        BUS_SITTING_TODAY_S,
        BUS_MAT_ONLINE,
        BUS_PROPERTY_N,
};

struct bus_view {
        const struct snapshot *snapshot; /* NULL before the first post */
        struct wall wall;                /* of the last post */
        const struct settings *settings;
        const struct identity *identity;
        const struct outlet *mqtt; /* may be NULL */
};

/* What was sent last, reduced to one number a property. */
struct bus_sent {
        double value[BUS_PROPERTY_N];
};

/* sd-bus property getter; userdata is the struct bus_view. */
int bus_get_property(sd_bus *bus, const char *path, const char *interface, const char *property, sd_bus_message *reply,
                     void *userdata, sd_bus_error *error);
int bus_get_open_alerts(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* Has any property moved by so much that it is worth a message? */
bool bus_values_moved(const struct bus_view *v, const struct bus_sent *sent);
/* Names of those, NULL at the end, and takes them as sent. */
int bus_values_take_moved(const struct bus_view *v, struct bus_sent *sent, char *ret_names[BUS_PROPERTY_N + 1]);

/* Something that a person should be seeing now. */
bool bus_alert_shown(const struct bus_view *v, enum alert_kind k);
/* (s id, s kind, a{sv} details) without the brackets. */
int bus_append_alert(sd_bus_message *m, const struct bus_view *v, enum alert_kind k);
/* a(ssa{sv}) of those shown now. */
int bus_append_open_alerts(sd_bus_message *m, const struct bus_view *v);
/* {sv} of each property but OpenAlerts. */
int bus_append_properties(sd_bus_message *m, const struct bus_view *v);
/* An instant of the snapshot's clock as wall-clock microseconds; 0 stays "none", UINT64_MAX becomes it. */
uint64_t bus_wall_of(const struct wall *wall, uint64_t instant_us);
/* a{sv}aa{sv} of GetWhy; needs a snapshot. */
int bus_append_why(sd_bus_message *m, const struct bus_view *v);
/* a{sv} of GetLive. */
int bus_append_live(sd_bus_message *m, const struct bus_view *v);

#endif
