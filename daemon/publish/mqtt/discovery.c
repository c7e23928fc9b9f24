/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/discovery.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "sitbone/alert.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"
#include "words/names.h"

/* What Home Assistant rejects (one stray key at the root, in device or in origin loses the whole device; so does one
 * unknown platform) and what it needs is in sitbone-mqtt(7). unique_id and the keys here are kept for ever. */

enum feed { FEED_STATE, FEED_DIAG, FEED_INFO, FEED_MAT };

struct entity {
        const char *key, *platform;
        const char *name; /* NULL: the device's main entity */
        enum feed feed;
        const char *value; /* member of the document; NULL: bare payload */
        const char *device_class, *unit, *state_class, *icon;
        int decimals; /* -1: not said */
        bool diagnostic, disabled;
};

static const struct entity entities[] = {
        {"occupied", "binary_sensor", NULL, FEED_STATE, "occupied", "occupancy", NULL, NULL, NULL, -1},
        {"posture", "sensor", "Posture", FEED_STATE, "posture", "enum", NULL, NULL, "mdi:seat-recline-normal", -1},
        {"pelvic_tilt", "sensor", "Pelvic tilt", FEED_STATE, "pelvic_tilt_deg", NULL, "°", "measurement",
         "mdi:angle-acute", 1},
        {"pelvic_tilt_sd", "sensor", "Pelvic tilt uncertainty", FEED_STATE, "pelvic_tilt_sd_deg", NULL, "°",
         "measurement", "mdi:plus-minus-variant", 1, true, true},
        {"pelvic_obliquity", "sensor", "Pelvic obliquity", FEED_STATE, "pelvic_obliquity_deg", NULL, "°",
         "measurement", "mdi:angle-acute", 1},
        {"pelvic_obliquity_sd", "sensor", "Pelvic obliquity uncertainty", FEED_STATE, "pelvic_obliquity_sd_deg", NULL,
         "°", "measurement", "mdi:plus-minus-variant", 1, true, true},
        {"load_left", "sensor", "Left load share", FEED_STATE, "load_left_pct", NULL, "%", "measurement",
         "mdi:scale-balance", 0, false, true},
        {"confidence", "sensor", "Estimate confidence", FEED_STATE, "confidence_pct", NULL, "%", "measurement",
         "mdi:gauge", 0, true, true},
        {"seated_since", "sensor", "Seated since", FEED_STATE, "seated_since", "timestamp", NULL, NULL, NULL, -1},
        {"next_alert_at", "sensor", "Next activation due", FEED_STATE, "next_alert_at", "timestamp", NULL, NULL, NULL,
         -1},
        {"snoozed_until", "sensor", "Snoozed until", FEED_STATE, "snoozed_until", "timestamp", NULL, NULL, NULL, -1},
        {"paused_until", "sensor", "Paused until", FEED_STATE, "paused_until", "timestamp", NULL, NULL, NULL, -1},
        {"sitting_today", "sensor", "Sitting time today", FEED_STATE, "sitting_today_min", "duration", "min",
         "total_increasing", NULL, 0},
        {"last_session", "sensor", "Last sitting session", FEED_STATE, "last_session_min", "duration", "min",
         "measurement", NULL, 0},
        {"breaks_today", "sensor", "Breaks today", FEED_STATE, "breaks_today", NULL, NULL, "total_increasing",
         "mdi:walk", -1, false, true},
        {"alerts_today", "sensor", "Alerts today", FEED_STATE, "alerts_today", NULL, NULL, "total_increasing",
         "mdi:bell-badge", -1, false, true},
        {"glute_alert", "binary_sensor", "Glute activation due", FEED_STATE, "glute_alert", NULL, NULL, NULL,
         "mdi:human-handsup", -1},
        {"posture_alert", "binary_sensor", "Posture alert", FEED_STATE, "posture_alert", "problem", NULL, NULL, NULL,
         -1},
        {"still_alert", "binary_sensor", "Still for long", FEED_STATE, "still_alert", NULL, NULL, NULL,
         "mdi:motion-sensor-off", -1},
        {"session_today", "binary_sensor", "Strengthening today", FEED_STATE, "session_today", NULL, NULL, NULL,
         "mdi:dumbbell", -1, false, true},
        {"sessions_done_week", "sensor", "Strengthening sessions this week", FEED_STATE, "sessions_done_week", NULL,
         NULL, "total_increasing", "mdi:dumbbell", 0, false, true},
        {"calibration_needed", "binary_sensor", "Calibration", FEED_STATE, "calibration_needed", "problem", NULL, NULL,
         NULL, -1, true},
        {"sitter", "sensor", "Sitter", FEED_STATE, "sitter", NULL, NULL, NULL, "mdi:account", -1, true, true},
        {"calibration_stale", "sensor", "Calibration doubt", FEED_STATE, "calibration_stale", NULL, NULL, NULL,
         "mdi:help-circle-outline", -1, true, true},
        {"mat_connected", "binary_sensor", "Mat connection", FEED_MAT, NULL, "connectivity", NULL, NULL, NULL, -1,
         true},
        {"mat_moved", "binary_sensor", "Mat moved", FEED_DIAG, "mat_moved", "problem", NULL, NULL, NULL, -1, true},
        {"frame_rate", "sensor", "Frame rate", FEED_DIAG, "frame_rate_hz", "frequency", "Hz", "measurement", NULL, 0,
         true, true},
        {"bad_frames", "sensor", "Bad frames", FEED_DIAG, "frames_bad", NULL, NULL, "total_increasing",
         "mdi:alert-circle-outline", -1, true, true},
        {"started_at", "sensor", "Service started", FEED_INFO, "started_at", "timestamp", NULL, NULL, NULL, -1, true},
};

static const struct button {
        const char *key, *name, *icon, *verb, *payload;
        bool config, disabled;
} buttons[] = {
        {"snooze", "Snooze alerts", "mdi:bell-sleep", "snooze", "default"},
        {"skip", "Skip this alert", "mdi:skip-next", "skip", "1"},
        {"pause", "Pause alerts", "mdi:pause", "pause", "default"},
        {"resume", "Resume alerts", "mdi:play", "resume", "1"},
        {"activation_done", "Activation done", "mdi:check", "activation_done", "1"},
        {"session_done", "Strengthening session done", "mdi:dumbbell", "session_done", "1", false, true},
        {"calibrate", "Calibrate upright", "mdi:progress-wrench", "calibrate", "upright", true},
        {"calibrate_slouched", "Calibrate slouched", "mdi:progress-wrench", "calibrate", "slouched", true},
        {"calibrate_arched", "Calibrate arched", "mdi:progress-wrench", "calibrate", "arched", true},
        {"calibrate_left", "Calibrate left", "mdi:progress-wrench", "calibrate", "left", true},
        {"calibrate_right", "Calibrate right", "mdi:progress-wrench", "calibrate", "right", true},
};

struct seat {
        const char *base;
        const struct identity *identity;
};

static json_t *topic(const struct seat *s, const char *below) {
        return json_sprintf("%s/%s", s->base, below);
}

static void put_text(json_t *o, const char *key, const char *value) {
        if (value && value[0])
                json_object_set_new(o, key, json_string(value));
}

/* Present also while the mat is silent: what it says concerns the daemon. */
static json_t *daemon_availability(const struct seat *s) {
        return json_pack("[{s:o}]", "topic", topic(s, "availability"));
}

static json_t *posture_options(void) {
        json_t *options = json_array();

        for (int k = 0; k < POSTURE_N; k++)
                json_array_append_new(options, json_string(posture_name((enum posture_class)k)));
        return options;
}

static void put_identity(json_t *o, const struct seat *s, const char *key, const char *name) {
        json_object_set_new(o, "unique_id", json_sprintf("sitbone_%s_%s", s->identity->seat_id, key));
        json_object_set_new(o, "name", name ? json_string(name) : json_null());
}

static void put_payloads(json_t *o, const struct entity *e) {
        bool link = e->feed == FEED_MAT;

        json_object_set_new(o, "payload_on", link ? json_string("online") : json_true());
        json_object_set_new(o, "payload_off", link ? json_string("offline") : json_false());
}

static json_t *entity(const struct seat *s, const struct entity *e) {
        static const char *const topics[] = {"state", "diag", "info", "mat/availability"};
        json_t *o = json_object();

        put_text(o, "platform", e->platform);
        put_identity(o, s, e->key, e->name);
        json_object_set_new(o, "state_topic", topic(s, topics[e->feed]));
        if (e->value)
                json_object_set_new(o, "value_template", json_sprintf("{{ value_json.%s }}", e->value));
        put_text(o, "device_class", e->device_class);
        put_text(o, "unit_of_measurement", e->unit);
        put_text(o, "state_class", e->state_class);
        put_text(o, "icon", e->icon);
        if (e->decimals >= 0)
                json_object_set_new(o, "suggested_display_precision", json_integer(e->decimals));
        if (e->diagnostic)
                put_text(o, "entity_category", "diagnostic");
        if (e->disabled)
                json_object_set_new(o, "enabled_by_default", json_false());
        if (e->device_class && strcmp(e->device_class, "enum") == 0)
                json_object_set_new(o, "options", posture_options());
        if (strcmp(e->platform, "binary_sensor") == 0)
                put_payloads(o, e);
        if (e->feed != FEED_STATE)
                json_object_set_new(o, "availability", daemon_availability(s));
        return o;
}

/* Only what never changes: attributes that move multiply a recorder's rows. */
static void put_attributes(json_t *o, const struct seat *s) {
        json_object_set_new(o, "json_attributes_topic", topic(s, "info"));
        put_text(
                o, "json_attributes_template",
                "{{ {'seat_id': value_json.seat_id, 'mat_model': value_json.mat.model, 'grid': value_json.mat.grid} | "
                "tojson }}");
}

static json_t *event_types(void) {
        json_t *types = json_pack("[s,s,s,s,s,s,s,s,s]", "sat_down", "stood_up", "bout_ended", "glute_activation_done",
                                  "alert_cleared", "alert_snoozed", "alert_skipped", "alert_repeated", "heads_up");

        for (int k = 0; k < ALERT_KIND_N; k++)
                json_array_append_new(types, json_string(alert_event_name((enum alert_kind)k)));
        return types;
}

static json_t *event_entity(const struct seat *s) {
        json_t *o = json_object();

        put_text(o, "platform", "event");
        put_identity(o, s, "event", "Seat event");
        json_object_set_new(o, "state_topic", topic(s, "event"));
        json_object_set_new(o, "event_types", event_types());
        json_object_set_new(o, "qos", json_integer(1));
        put_text(o, "icon", "mdi:seat");
        json_object_set_new(o, "availability", daemon_availability(s));
        return o;
}

static json_t *trigger(const struct seat *s, const char *event) {
        json_t *o = json_object();

        put_text(o, "platform", "device_automation");
        put_text(o, "automation_type", "trigger");
        json_object_set_new(o, "topic", topic(s, "event"));
        put_text(o, "value_template", "{{ value_json.event_type }}");
        put_text(o, "payload", event);
        put_text(o, "type", "alert");
        put_text(o, "subtype", event);
        json_object_set_new(o, "qos", json_integer(1));
        return o;
}

static json_t *button(const struct seat *s, const struct button *b) {
        json_t *o = json_object();

        put_text(o, "platform", "button");
        put_identity(o, s, b->key, b->name);
        json_object_set_new(o, "command_topic", json_sprintf("%s/cmd/%s", s->base, b->verb));
        put_text(o, "payload_press", b->payload);
        put_text(o, "icon", b->icon);
        if (b->config)
                put_text(o, "entity_category", "config");
        if (b->disabled)
                json_object_set_new(o, "enabled_by_default", json_false());
        json_object_set_new(o, "qos", json_integer(1));
        json_object_set_new(o, "availability", daemon_availability(s));
        return o;
}

/* Holds alerts while on: for an automation that knows of meetings and films. */
static json_t *hold_switch(const struct seat *s) {
        json_t *o = json_object();

        put_text(o, "platform", "switch");
        put_identity(o, s, "hold", "Do not disturb");
        json_object_set_new(o, "command_topic", topic(s, "cmd/hold"));
        put_text(o, "payload_on", "on");
        put_text(o, "payload_off", "off");
        json_object_set_new(o, "state_topic", topic(s, "state"));
        put_text(o, "value_template", "{{ 'on' if value_json.do_not_disturb else 'off' }}");
        put_text(o, "icon", "mdi:bell-off");
        json_object_set_new(o, "qos", json_integer(1));
        json_object_set_new(o, "availability", daemon_availability(s));
        return o;
}

/* A name may be one nobody has said before, so that it is written, not chosen. Empty: nobody in particular. */
static json_t *sitter_text(const struct seat *s) {
        json_t *o = json_object();

        put_text(o, "platform", "text");
        put_identity(o, s, "who_sits", "Who sits");
        json_object_set_new(o, "command_topic", topic(s, "cmd/sitter"));
        json_object_set_new(o, "state_topic", topic(s, "state"));
        put_text(o, "value_template", "{{ value_json.sitter or '' }}");
        json_object_set_new(o, "min", json_integer(0));
        json_object_set_new(o, "max", json_integer(SITTER_NAME_MAX - 1));
        put_text(o, "pattern", "^([a-z0-9][a-z0-9-]*)?$");
        put_text(o, "icon", "mdi:account-edit");
        put_text(o, "entity_category", "config");
        json_object_set_new(o, "enabled_by_default", json_false());
        json_object_set_new(o, "qos", json_integer(1));
        json_object_set_new(o, "availability", daemon_availability(s));
        return o;
}

static json_t *components(const struct seat *s) {
        json_t *all = json_object();
        char key[64];

        for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
                json_object_set_new(all, entities[i].key, entity(s, &entities[i]));
        put_attributes(json_object_get(all, "occupied"), s);
        json_object_set_new(all, "event", event_entity(s));
        json_object_set_new(all, "hold", hold_switch(s));
        json_object_set_new(all, "who_sits", sitter_text(s));
        for (int k = 0; k < ALERT_KIND_N; k++) {
                snprintf(key, sizeof(key), "trigger_%s", alert_event_name((enum alert_kind)k));
                json_object_set_new(all, key, trigger(s, alert_event_name((enum alert_kind)k)));
        }
        for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++)
                json_object_set_new(all, buttons[i].key, button(s, &buttons[i]));
        return all;
}

static json_t *device(const struct identity *identity) {
        json_t *o = json_object();

        json_object_set_new(o, "identifiers", json_pack("[o]", json_sprintf("sitbone_%s", identity->seat_id)));
        put_text(o, "name", identity->seat_name[0] ? identity->seat_name : identity->seat_id);
        put_text(o, "manufacturer", "sitbone");
        put_text(o, "model", identity->mat_model);
        put_text(o, "model_id", identity->mat_format);
        put_text(o, "serial_number", identity->mat_serial);
        put_text(o, "sw_version", identity->version);
        put_text(o, "suggested_area", identity->area);
        return o;
}

static json_t *origin(const struct identity *identity) {
        json_t *o = json_object();

        put_text(o, "name", "sitbone");
        put_text(o, "sw_version", identity->version);
        return o;
}

char *homeassistant_config(const char *base, const struct identity *identity) {
        struct seat s = {base, identity};
        json_t *root = json_object();
        char *text;

        json_object_set_new(root, "device", device(identity));
        json_object_set_new(root, "origin", origin(identity));
        json_object_set_new(root, "availability",
                            json_pack("[{s:o},{s:o}]", "topic", topic(&s, "availability"), "topic",
                                      topic(&s, "mat/availability")));
        put_text(root, "availability_mode", "all");
        /* no shared state_topic: it would be merged into triggers and buttons too */
        json_object_set_new(root, "components", components(&s));
        text = json_dumps(root, JSON_COMPACT);
        json_decref(root);
        return text;
}
