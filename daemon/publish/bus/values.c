/* SPDX-License-Identifier: MIT */
#include "publish/bus/values.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "words/names.h"

/* step: movements smaller than this are not worth waking every listener for. INFINITY: the property is constant, and
 * sd-bus refuses to announce one, together with all that were to be announced with it. */
static const struct row {
        const char *name;
        char type;
        double step;
} rows[BUS_PROPERTY_N] = {
        [BUS_SEAT_ID] = {"SeatId", 's', INFINITY},
        [BUS_SEAT_NAME] = {"SeatName", 's', INFINITY},
        [BUS_OCCUPANCY] = {"Occupancy", 's', 1},
        [BUS_POSTURE] = {"Posture", 's', 1},
        [BUS_PHASE] = {"Phase", 's', 1},
        [BUS_MQTT] = {"Mqtt", 's', 1},
        [BUS_VERSION] = {"Version", 's', INFINITY},
        [BUS_CONFIDENCE] = {"Confidence", 'd', 0.1},
        [BUS_TILT_DEG] = {"TiltDeg", 'd', 1},
        [BUS_TILT_SD_DEG] = {"TiltSdDeg", 'd', 1},
        [BUS_OBLIQUITY_DEG] = {"ObliquityDeg", 'd', 1},
        [BUS_OBLIQUITY_SD_DEG] = {"ObliquitySdDeg", 'd', 1},
        [BUS_SEATED_SINCE] = {"SeatedSince", 't', 1e6},
        [BUS_NEXT_ALERT_AT] = {"NextAlertAt", 't', 1e6},
        [BUS_SNOOZED_UNTIL] = {"SnoozedUntil", 't', 1e6},
        [BUS_PAUSED_UNTIL] = {"PausedUntil", 't', 1e6},
        [BUS_DO_NOT_DISTURB] = {"DoNotDisturb", 'b', 1},
        [BUS_BOUT_SEATED_S] = {"BoutSeatedS", 'u', 60},
        [BUS_SITTING_TODAY_S] = {"SittingTodayS", 'u', 60},
        [BUS_MAT_ONLINE] = {"MatOnline", 'b', 1},
};

static const char *mqtt_status(const struct outlet *mqtt) {
        return mqtt && mqtt->ops && mqtt->ops->status ? mqtt->ops->status(mqtt->self) : "off";
}

static const char *text_of(const struct bus_view *v, enum bus_property p) {
        const struct snapshot *s = v->snapshot;

        switch (p) {
        case BUS_SEAT_ID:
                return v->identity->seat_id;
        case BUS_SEAT_NAME:
                return v->identity->seat_name;
        case BUS_OCCUPANCY:
                return occupancy_name(s ? s->posture.occupancy : OCCUPANCY_UNKNOWN);
        case BUS_POSTURE:
                return posture_name(s ? s->posture.posture_class : POSTURE_UNKNOWN);
        case BUS_PHASE:
                return phase_name(s ? s->sitting.phase : SITTING_AWAY);
        case BUS_MQTT:
                return mqtt_status(v->mqtt);
        default:
                return v->identity->version;
        }
}

uint64_t bus_wall_of(const struct wall *wall, uint64_t instant_us) {
        if (instant_us == 0 || instant_us == UINT64_MAX)
                return 0;
        return wall->realtime_us + instant_us - wall->now_us; /* wraps twice where the instant has passed: fine */
}

static uint64_t count_of(const struct bus_view *v, enum bus_property p) {
        const struct snapshot *s = v->snapshot;

        if (!s)
                return 0;
        switch (p) {
        case BUS_SEATED_SINCE:
                return bus_wall_of(&v->wall, s->sitting.bout_started_us);
        case BUS_NEXT_ALERT_AT:
                return bus_wall_of(&v->wall, s->alerts.activate_due_us);
        case BUS_SNOOZED_UNTIL:
                return bus_wall_of(&v->wall, s->alerts.snoozed_until_us);
        case BUS_PAUSED_UNTIL:
                return bus_wall_of(&v->wall, s->alerts.paused_until_us);
        case BUS_DO_NOT_DISTURB:
                return s->alerts.inhibitors != 0;
        case BUS_BOUT_SEATED_S:
                return s->sitting.bout_started_us ? s->sitting.bout.seated_us / USEC_PER_SEC : 0;
        case BUS_SITTING_TODAY_S:
                return s->sitting.today_us / USEC_PER_SEC;
        default:
                return s->health.mat_online;
        }
}

static double number_of(const struct bus_view *v, enum bus_property p) {
        const struct snapshot *s = v->snapshot;

        if (!s)
                return p == BUS_CONFIDENCE ? 0 : (double)NAN;
        switch (p) {
        case BUS_CONFIDENCE:
                return (double)s->posture.confidence;
        case BUS_TILT_DEG:
                return (double)s->posture.tilt_deg.value;
        case BUS_TILT_SD_DEG:
                return (double)s->posture.tilt_deg.sd;
        case BUS_OBLIQUITY_DEG:
                return (double)s->posture.obliquity_deg.value;
        default:
                return (double)s->posture.obliquity_deg.sd;
        }
}

/* FNV-1a, cut to what a double holds exactly: only to see that a text is another one. */
static double reduce_text(const char *text) {
        uint32_t hash = 2166136261u;

        for (; *text; text++)
                hash = (hash ^ (unsigned char)*text) * 16777619u;
        return hash;
}

static double reduce(const struct bus_view *v, enum bus_property p) {
        switch (rows[p].type) {
        case 's':
                return reduce_text(text_of(v, p));
        case 'd':
                return number_of(v, p);
        default:
                return (double)count_of(v, p);
        }
}

static bool moved(double was, double is, double step) {
        if (isinf(step))
                return false;
        if (isnan(was) || isnan(is))
                return isnan(was) != isnan(is);
        return was != is && (fabs(is - was) >= step || was == 0 || is == 0); /* to and from nothing always counts */
}

bool bus_values_moved(const struct bus_view *v, const struct bus_sent *sent) {
        for (enum bus_property p = 0; p < BUS_PROPERTY_N; p++)
                if (moved(sent->value[p], reduce(v, p), rows[p].step))
                        return true;
        return false;
}

int bus_values_take_moved(const struct bus_view *v, struct bus_sent *sent, char *ret_names[BUS_PROPERTY_N + 1]) {
        int n = 0;

        for (enum bus_property p = 0; p < BUS_PROPERTY_N; p++) {
                double is = reduce(v, p);

                if (!moved(sent->value[p], is, rows[p].step))
                        continue;
                sent->value[p] = is;
                memcpy(&ret_names[n++], &rows[p].name, sizeof(char *)); /* sd-bus wants char **, writes nothing */
        }
        ret_names[n] = NULL;
        return n;
}

static int append_property(sd_bus_message *m, const struct bus_view *v, enum bus_property p) {
        switch (rows[p].type) {
        case 's':
                return sd_bus_message_append(m, "s", text_of(v, p));
        case 'd':
                return sd_bus_message_append(m, "d", number_of(v, p));
        case 't':
                return sd_bus_message_append(m, "t", count_of(v, p));
        case 'u':
                return sd_bus_message_append(m, "u", (uint32_t)count_of(v, p));
        default:
                return sd_bus_message_append(m, "b", (int)count_of(v, p));
        }
}

int bus_get_property(sd_bus *bus, const char *path, const char *interface, const char *property, sd_bus_message *reply,
                     void *userdata, sd_bus_error *error) {
        (void)bus, (void)path, (void)interface, (void)error;
        for (enum bus_property p = 0; p < BUS_PROPERTY_N; p++)
                if (strcmp(rows[p].name, property) == 0)
                        return append_property(reply, userdata, p);
        return -ENOENT;
}

int bus_append_properties(sd_bus_message *m, const struct bus_view *v) {
        int r = 0;

        for (enum bus_property p = 0; p < BUS_PROPERTY_N && r >= 0; p++) {
                const char type[2] = {rows[p].type, 0};

                r = sd_bus_message_open_container(m, 'e', "sv");
                if (r >= 0)
                        r = sd_bus_message_append(m, "s", rows[p].name);
                if (r >= 0)
                        r = sd_bus_message_open_container(m, 'v', type);
                if (r >= 0)
                        r = append_property(m, v, p);
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        return r;
}

bool bus_alert_shown(const struct bus_view *v, enum alert_kind k) {
        return v->snapshot && v->snapshot->alerts.of[k].open;
}

int bus_append_open_alerts(sd_bus_message *m, const struct bus_view *v) {
        int r = sd_bus_message_open_container(m, 'a', "(ssa{sv})");

        for (enum alert_kind k = 0; k < ALERT_KIND_N && r >= 0; k++) {
                if (!bus_alert_shown(v, k))
                        continue;
                r = sd_bus_message_open_container(m, 'r', "ssa{sv}");
                if (r >= 0)
                        r = bus_append_alert(m, v, k);
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_get_open_alerts(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        return bus_append_open_alerts(reply, userdata);
}
