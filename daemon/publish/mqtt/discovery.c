/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/discovery.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/settings_table.h"
#include "sitbone/alert.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"
#include "words/names.h"

/* Home Assistant rejects the whole device for one stray key at the root, in device or in origin, and for one unknown
 * platform; sitbone-mqtt(7) has its other rules. unique_id and the keys here are kept for ever. */

enum { CONFIG_TOPIC_MAX = 320 };

/* FEED_DAEMON: values of the state that the daemon knows without the mat. */
enum feed { FEED_STATE, FEED_DAEMON, FEED_DIAG, FEED_INFO, FEED_MAT, FEED_RESPONSE };

struct entity {
        const char *key, *platform;
        const char *name; /* NULL: the device's main entity */
        enum feed feed;
        const char *value; /* key of the document, see contract/live_fields.c, or template; NULL: the bare payload */
        const char *device_class, *unit, *state_class, *icon;
        int decimals;              /* -1: left to Home Assistant */
        bool diagnostic, disabled; /* disabled: until the user enables it */
};

static const struct entity entities[] = {
        {"occupied", "binary_sensor", NULL, FEED_STATE, "occupied", "occupancy", NULL, NULL, NULL, -1},
        {"posture", "sensor", "Posture", FEED_STATE, "posture", "enum", NULL, NULL, "mdi:seat-recline-normal", -1},
        {"occupancy", "sensor", "Occupancy", FEED_STATE, "occupancy", "enum", NULL, NULL, "mdi:seat", -1, false, true},
        {"taught", "sensor", "Taught posture", FEED_STATE, "taught", NULL, NULL, NULL, "mdi:account-school", -1, false,
         true},
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
        {"squeezed_today", "sensor", "Squeezes held today", FEED_STATE, "squeezed_today_s", "duration", "s",
         "total_increasing", "mdi:arm-flex", 0, false, true},
        {"shifts_per_hour", "sensor", "Shifts of weight", FEED_STATE, "shifts_per_hour", NULL, "1/h", "measurement",
         "mdi:swap-horizontal", 0},
        {"confidence", "sensor", "Estimate confidence", FEED_STATE, "confidence_pct", NULL, "%", "measurement",
         "mdi:gauge", 0, true, true},
        {"seated_since", "sensor", "Seated since", FEED_STATE, "seated_since", "timestamp", NULL, NULL, NULL, -1},
        {"away_since", "sensor", "Away since", FEED_STATE, "away_since", "timestamp", NULL, NULL, NULL, -1, false,
         true},
        {"next_alert_at", "sensor", "Next activation due", FEED_STATE, "next_alert_at", "timestamp", NULL, NULL, NULL,
         -1},
        {"snoozed_until", "sensor", "Snoozed until", FEED_DAEMON, "snoozed_until", "timestamp", NULL, NULL, NULL, -1},
        {"paused_until", "sensor", "Paused until", FEED_DAEMON, "paused_until", "timestamp", NULL, NULL, NULL, -1},
        {"sitting_today", "sensor", "Sitting time today", FEED_DAEMON, "sitting_today_min", "duration", "min",
         "total_increasing", NULL, 0},
        {"last_session", "sensor", "Last sitting session", FEED_DAEMON, "last_session_min", "duration", "min",
         "measurement", NULL, 0},
        {"breaks_today", "sensor", "Breaks today", FEED_DAEMON, "breaks_today", NULL, NULL, "total_increasing",
         "mdi:walk", -1, false, true},
        {"alerts_today", "sensor", "Alerts today", FEED_DAEMON, "alerts_today", NULL, NULL, "total_increasing",
         "mdi:bell-badge", -1, false, true},
        {"glute_alert", "binary_sensor", "Glute activation due", FEED_STATE, "glute_alert", NULL, NULL, NULL,
         "mdi:human-handsup", -1},
        {"posture_alert", "binary_sensor", "Posture alert", FEED_STATE, "posture_alert", "problem", NULL, NULL, NULL,
         -1},
        {"still_alert", "binary_sensor", "Still for long", FEED_STATE, "still_alert", NULL, NULL, NULL,
         "mdi:motion-sensor-off", -1},
        {"session_today", "binary_sensor", "Strengthening today", FEED_DAEMON, "session_today", NULL, NULL, NULL,
         "mdi:dumbbell", -1, false, true},
        {"sessions_done_week", "sensor", "Strengthening sessions this week", FEED_DAEMON, "sessions_done_week", NULL,
         NULL, "total_increasing", "mdi:dumbbell", 0, false, true},
        {"calibration_needed", "binary_sensor", "Calibration", FEED_DAEMON, "calibration_needed", "problem", NULL,
         NULL, NULL, -1, true},
        {"sitter", "sensor", "Sitter", FEED_DAEMON, "sitter", NULL, NULL, NULL, "mdi:account", -1, true, true},
        {"calibration_stale", "sensor", "Calibration doubt", FEED_DAEMON, "calibration_stale", NULL, NULL, NULL,
         "mdi:help-circle-outline", -1, true, true},
        {"learning", "sensor", "Learning", FEED_DAEMON, "learning.phase if value_json.learning else 'idle'", "enum",
         NULL, NULL, "mdi:school", -1, true},
        {"last_command", "sensor", "Last command", FEED_RESPONSE, "code if value_json.code is defined else 'ok'", NULL,
         NULL, NULL, "mdi:console", -1, true},
        {"mat_connected", "binary_sensor", "Mat connection", FEED_MAT, NULL, "connectivity", NULL, NULL, NULL, -1,
         true},
        {"mat_moved", "binary_sensor", "Mat moved", FEED_DIAG, "mat_moved", "problem", NULL, NULL, NULL, -1, true},
        {"map_quality", "sensor", "Map quality", FEED_DIAG, "map.quality_pct", NULL, "%", "measurement", "mdi:grid", 0,
         true, true},
        {"frame_rate", "sensor", "Frame rate", FEED_DIAG, "frame_rate_hz", "frequency", "Hz", "measurement", NULL, 0,
         true, true},
        {"bad_frames", "sensor", "Bad frames", FEED_DIAG, "frames_bad", NULL, NULL, "total_increasing",
         "mdi:alert-circle-outline", -1, true, true},
        {"started_at", "sensor", "Service started", FEED_INFO, "started_at", "timestamp", NULL, NULL, NULL, -1, true},
};

struct button {
        const char *key, *name, *icon, *command, *payload;
        bool config, disabled;
};

static const struct button buttons[] = {
        {"snooze", "Snooze alerts", "mdi:bell-sleep", "snooze", "default"},
        {"skip", "Skip this alert", "mdi:skip-next", "skip", "1"},
        {"pause", "Pause alerts", "mdi:pause", "pause", "default"},
        {"resume", "Resume alerts", "mdi:play", "resume", "1"},
        {"activation_done", "Activation done", "mdi:check", "activation_done", "1"},
        {"session_done", "Strengthening session done", "mdi:dumbbell", "session_done", "1", false, true},
        {"tare", "Tare the empty seat", "mdi:seat-outline", "tare", "1", true},
        {"calibrate", "Calibrate upright", "mdi:progress-wrench", "calibrate", "upright", true},
        {"calibrate_slouched", "Calibrate slouched", "mdi:progress-wrench", "calibrate", "slouched", true},
        {"calibrate_arched", "Calibrate arched", "mdi:progress-wrench", "calibrate", "arched", true},
        {"calibrate_left", "Calibrate left", "mdi:progress-wrench", "calibrate", "left", true},
        {"calibrate_right", "Calibrate right", "mdi:progress-wrench", "calibrate", "right", true},
};

static const struct button more_buttons[] = {
        {"snooze_5", "Snooze 5 min", "mdi:bell-sleep", "snooze", "5", false, true},
        {"snooze_15", "Snooze 15 min", "mdi:bell-sleep", "snooze", "15", false, true},
        {"snooze_30", "Snooze 30 min", "mdi:bell-sleep", "snooze", "30", false, true},
        {"announce", "Announce again", "mdi:bullhorn", "announce", "1", true, true},
};

/* Entities of settings: a switch, a number or a select, by the row of the settings table, which has the limits. */
static const struct control {
        const char *key, *control, *name, *icon;
        double step;
        bool disabled;
} controls[] = {
        {"alerts", "alerts", "Alerts", "mdi:bell"},
        {"profile", "profile", "Alert profile", "mdi:tune"},
        {"alert_activate", "alert_activate", "Alerts to stand up", "mdi:human-handsup"},
        {"alert_slouch", "alert_slouch", "Alerts of slouching", "mdi:seat-recline-normal"},
        {"alert_asymmetry", "alert_asymmetry", "Alerts of asymmetry", "mdi:scale-unbalanced"},
        {"alert_still", "alert_still", "Alerts of stillness", "mdi:motion-sensor-off"},
        {"desktop_notifications", "desktop_notifications", "Desktop notifications", "mdi:monitor"},
        {"sit_limit", "sit_limit_min", "Sitting limit", "mdi:timer-sand", 1},
        {"still_limit", "still_limit_min", "Stillness limit", "mdi:timer-sand", 1},
        {"posture_limit", "posture_limit_min", "Slouching limit", "mdi:timer-sand", 1, true},
        {"short_prompt", "short_min", "Short prompt after", "mdi:timer-sand", 1},
        {"break_length", "break_s", "Length of a break", "mdi:walk", 10},
        {"slouch_threshold", "slouch_deg", "Slouch threshold", "mdi:angle-obtuse", 0.5},
        {"arched_threshold", "arched_deg", "Arched threshold", "mdi:angle-obtuse", 0.5, true},
        {"snooze_length", "snooze_min", "Snooze length", "mdi:bell-sleep", 1},
        {"pause_length", "pause_min", "Pause length", "mdi:pause", 1, true},
        {"sessions_planned", "sessions_per_week", "Strengthening sessions planned", "mdi:dumbbell", 1, true},
};

struct seat {
        const char *base;
        const struct identity *identity;
};

static json_t *make_topic(const struct seat *s, const char *below) {
        return json_sprintf("%s/%s", s->base, below);
}

static json_t *make_unique_id(const struct seat *s, const char *key) {
        return json_sprintf("sitbone_%s_%s", s->identity->seat_id, key);
}

/* Present also while the mat is silent: the entity concerns the daemon. */
static json_t *make_daemon_availability(const struct seat *s) {
        return json_pack("[{s:o}]", "topic", make_topic(s, "availability"));
}

static const char *occupancy_option(int i) {
        return i < OCCUPANCY_N ? occupancy_name((enum occupancy)i) : NULL;
}

static const char *posture_option(int i) {
        return i < POSTURE_N ? posture_name((enum posture_class)i) : NULL;
}

static const char *learning_option(int i) {
        return i < LEARNING_PHASE_N ? learning_phase_name((enum learning_phase)i) : NULL;
}

/* NULL: the entity is no list of words. */
static json_t *make_options(const struct entity *e) {
        const char *(*option)(int) = strcmp(e->key, "posture") == 0     ? posture_option
                                     : strcmp(e->key, "occupancy") == 0 ? occupancy_option
                                     : strcmp(e->key, "learning") == 0  ? learning_option
                                                                        : NULL;
        json_t *options = option ? json_array() : NULL;

        for (int i = 0; option && option(i); i++)
                json_array_append_new(options, json_string(option(i)));
        return options;
}

static json_t *make_entity(const struct seat *s, const struct entity *e) {
        static const char *const topics[] = {"state", "state", "diag", "info", "mat/availability", "response/+"};
        const bool binary = strcmp(e->platform, "binary_sensor") == 0, link = e->feed == FEED_MAT;

        return json_pack(
                "{s:s, s:o, s:s?, s:o, s:o*, s:s*, s:s*, s:s*, s:s*, s:o*, s:s*, s:o*, s:o*, s:o*, s:o*, s:o*}", /* */
                "platform", e->platform, "unique_id", make_unique_id(s, e->key), "name", e->name, "state_topic",
                make_topic(s, topics[e->feed]), "value_template",
                e->value ? json_sprintf("{{ value_json.%s }}", e->value) : NULL, "device_class", e->device_class,
                "unit_of_measurement", e->unit, "state_class", e->state_class, "icon", e->icon,
                "suggested_display_precision", e->decimals >= 0 ? json_integer(e->decimals) : NULL, "entity_category",
                e->diagnostic ? "diagnostic" : NULL, "enabled_by_default", e->disabled ? json_false() : NULL,
                "options", make_options(e), "payload_on",
                !binary ? NULL
                : link  ? json_string("online")
                        : json_true(),
                "payload_off",
                !binary ? NULL
                : link  ? json_string("offline")
                        : json_false(),
                "availability", e->feed != FEED_STATE ? make_daemon_availability(s) : NULL);
}

/* Only values that never change: attributes that move multiply the rows of a recorder. */
static void put_attributes(json_t *o, const struct seat *s) {
        json_object_set_new(o, "json_attributes_topic", make_topic(s, "info"));
        json_object_set_new(
                o, "json_attributes_template",
                json_string("{{ {'seat_id': value_json.seat_id, 'mat_model': value_json.mat.model, 'grid': "
                            "value_json.mat.grid} | tojson }}"));
}

static json_t *make_event_types(void) {
        json_t *types = json_pack("[s,s,s,s,s,s,s,s,s,s,s,s]", "sat_down", "stood_up", "bout_ended", "stood_briefly",
                                  "sitting_limit", "held_long", "glute_activation_done", "alert_cleared",
                                  "alert_snoozed", "alert_skipped", "alert_repeated", "heads_up");

        for (int k = 0; k < ALERT_KIND_N; k++)
                json_array_append_new(types, json_string(alert_event_name((enum alert_kind)k)));
        return types;
}

static json_t *make_event_entity(const struct seat *s) {
        return json_pack("{s:s, s:o, s:s, s:o, s:o, s:i, s:s, s:o}", "platform", "event", "unique_id",
                         make_unique_id(s, "event"), "name", "Seat event", "state_topic", make_topic(s, "event"),
                         "event_types", make_event_types(), "qos", 1, "icon", "mdi:seat", "availability",
                         make_daemon_availability(s));
}

static json_t *make_trigger(const struct seat *s, const char *event) {
        return json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:i}", "platform", "device_automation",
                         "automation_type", "trigger", "topic", make_topic(s, "event"), "value_template",
                         "{{ value_json.event_type }}", "payload", event, "type", "alert", "subtype", event, "qos", 1);
}

static json_t *make_button(const struct seat *s, const struct button *b) {
        return json_pack("{s:s, s:o, s:s, s:o, s:s, s:s, s:s*, s:o*, s:i, s:o}", "platform", "button", "unique_id",
                         make_unique_id(s, b->key), "name", b->name, "command_topic",
                         json_sprintf("%s/cmd/%s", s->base, b->command), "payload_press", b->payload, "icon", b->icon,
                         "entity_category", b->config ? "config" : NULL, "enabled_by_default",
                         b->disabled ? json_false() : NULL, "qos", 1, "availability", make_daemon_availability(s));
}

/* States are JSON booleans, for the consumers that compare them with the value itself. */
static void put_states(json_t *o) {
        json_object_set_new(o, "state_on", json_true());
        json_object_set_new(o, "state_off", json_false());
        json_object_set_new(o, "payload_on", json_string("on"));
        json_object_set_new(o, "payload_off", json_string("off"));
}

/* Inhibits alerts while it is on: for an automation that knows of meetings and films. */
static json_t *make_inhibit_switch(const struct seat *s) {
        json_t *o = json_pack("{s:s, s:o, s:s, s:o, s:o, s:s, s:s, s:i, s:o}", "platform", "switch", "unique_id",
                              make_unique_id(s, "hold"), "name", "Do not disturb", "command_topic",
                              make_topic(s, "cmd/hold"), "state_topic", make_topic(s, "state"), "value_template",
                              "{{ value_json.do_not_disturb }}", "icon", "mdi:bell-off", "qos", 1, "availability",
                              make_daemon_availability(s));

        put_states(o);
        return o;
}

/* A text, not a choice, as the name may be a new one. Empty: nobody in particular. */
static json_t *make_sitter_text(const struct seat *s) {
        return json_pack("{s:s, s:o, s:s, s:o, s:o, s:s, s:i, s:i, s:s, s:s, s:s, s:b, s:i, s:o}", /* */
                         "platform", "text", "unique_id", make_unique_id(s, "who_sits"), "name", "Who sits",
                         "command_topic", make_topic(s, "cmd/sitter"), "state_topic", make_topic(s, "state"),
                         "value_template", "{{ value_json.sitter or '' }}", "min", 0, "max", SITTER_NAME_MAX - 1,
                         "pattern", "^([a-z0-9][a-z0-9-]*)?$", "icon", "mdi:account-edit", "entity_category", "config",
                         "enabled_by_default", 0, "qos", 1, "availability", make_daemon_availability(s));
}

static const struct setting *find_setting(const char *control) {
        for (size_t i = 0; i < settings_rows; i++)
                if (settings_table[i].control && strcmp(settings_table[i].control, control) == 0)
                        return &settings_table[i];
        return NULL;
}

static void put_range(json_t *o, const struct control *c, const struct setting *row) {
        const bool time = strcmp(row->unit, "min") == 0 || strcmp(row->unit, "s") == 0;

        json_object_set_new(o, "min", json_real(row->min));
        json_object_set_new(o, "max", json_real(row->max));
        json_object_set_new(o, "step", json_real(c->step));
        json_object_set_new(o, "mode", json_string("box"));
        if (time)
                json_object_set_new(o, "device_class", json_string("duration"));
        if (time || strcmp(row->unit, "degrees") == 0)
                json_object_set_new(o, "unit_of_measurement", json_string(time ? row->unit : "°"));
}

static json_t *make_control(const struct seat *s, const struct control *c) {
        const struct setting *row = find_setting(c->control);
        const bool is_switch = row->kind == SETTING_BOOL, is_select = row->kind == SETTING_CHOICE;
        json_t *options = is_select ? json_array() : NULL;
        json_t *o =
                json_pack("{s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o*, s:i, s:o}", "platform",
                          is_switch   ? "switch"
                          : is_select ? "select"
                                      : "number",
                          "unique_id", make_unique_id(s, c->key), "name", c->name, "icon", c->icon, "entity_category",
                          "config", "command_topic", json_sprintf("%s/set/%s", s->base, c->control), "state_topic",
                          make_topic(s, "settings"), "value_template", json_sprintf("{{ value_json.%s }}", c->control),
                          "enabled_by_default", c->disabled ? json_false() : NULL, "qos", 1, "availability",
                          make_daemon_availability(s));

        for (int i = 0; is_select && row->choices[i]; i++)
                json_array_append_new(options, json_string(row->choices[i]));
        if (is_select)
                json_object_set_new(o, "options", options);
        else if (is_switch)
                put_states(o);
        else
                put_range(o, c, row);
        return o;
}

static json_t *make_components(const struct seat *s) {
        json_t *all = json_object();
        char key[64];

        for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
                json_object_set_new(all, entities[i].key, make_entity(s, &entities[i]));
        put_attributes(json_object_get(all, "occupied"), s);
        json_object_set_new(all, "event", make_event_entity(s));
        json_object_set_new(all, "hold", make_inhibit_switch(s));
        json_object_set_new(all, "who_sits", make_sitter_text(s));
        for (int k = 0; k < ALERT_KIND_N; k++) {
                snprintf(key, sizeof(key), "trigger_%s", alert_event_name((enum alert_kind)k));
                json_object_set_new(all, key, make_trigger(s, alert_event_name((enum alert_kind)k)));
        }
        for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++)
                json_object_set_new(all, buttons[i].key, make_button(s, &buttons[i]));
        return all;
}

/* Apart from the others, because some consumers truncate a message of more than 20 kB. */
static json_t *make_controls(const struct seat *s) {
        json_t *all = json_object();

        for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
                json_object_set_new(all, controls[i].key, make_control(s, &controls[i]));
        for (size_t i = 0; i < sizeof(more_buttons) / sizeof(more_buttons[0]); i++)
                json_object_set_new(all, more_buttons[i].key, make_button(s, &more_buttons[i]));
        return all;
}

/* NULL when it is empty, or not UTF-8, as what a USB device says of itself may be. */
static json_t *make_text(const char *text) {
        return text[0] ? json_string(text) : NULL;
}

/* model_id: Home Assistant before 2024.8 rejects a component with it. */
static json_t *make_device(const struct identity *i, bool model_id) {
        return json_pack("{s:[o], s:o*, s:s, s:o*, s:o*, s:o*, s:s, s:o*}", "identifiers",
                         json_sprintf("sitbone_%s", i->seat_id), "name",
                         make_text(i->seat_name[0] ? i->seat_name : i->seat_id), "manufacturer", "sitbone", "model",
                         make_text(i->mat_model), "model_id", model_id ? make_text(i->mat_format) : NULL,
                         "serial_number", make_text(i->mat_serial), "sw_version", i->version, "suggested_area",
                         make_text(i->area));
}

/* Everything but the components; available while daemon and mat are. */
static json_t *make_frame(const struct seat *s, bool model_id) {
        return json_pack("{s:o, s:{s:s, s:s}, s:[{s:o},{s:o}], s:s}", "device", make_device(s->identity, model_id),
                         "origin", "name", "sitbone", "sw_version", s->identity->version, "availability", "topic",
                         make_topic(s, "availability"), "topic", make_topic(s, "mat/availability"),
                         "availability_mode", "all");
}

static void send_document(const struct announcement *a, const char *topic, json_t *root) {
        char *text = a->clear ? strdup("") : json_dumps(root, JSON_COMPACT);

        if (text)
                a->send(a->userdata, topic, text);
        free(text);
        json_decref(root);
}

/* No shared state_topic: it would be merged into triggers and buttons too. */
static void announce_device(const struct announcement *a, const struct seat *s, const char *below,
                            json_t *components) {
        json_t *root = make_frame(s, true);
        char topic[CONFIG_TOPIC_MAX];

        json_object_set_new(root, "components", components);
        snprintf(topic, sizeof(topic), "%s/device/sitbone_%s%s/config", a->prefix, s->identity->seat_id, below);
        send_document(a, topic, root);
}

static void announce_components(const struct announcement *a, const struct seat *s, json_t *components) {
        const char *key;
        json_t *component;

        json_object_foreach(components, key, component) {
                json_t *root = make_frame(s, false);
                char topic[CONFIG_TOPIC_MAX];

                if (json_object_get(component, "availability"))
                        json_object_del(root, "availability_mode");
                snprintf(topic, sizeof(topic), "%s/%s/sitbone_%s/%s/config", a->prefix,
                         json_string_value(json_object_get(component, "platform")), s->identity->seat_id, key);
                json_object_del(component, "platform");
                json_object_update(root, component);
                if (json_object_get(root, "automation_type")) { /* a trigger has no availability */
                        json_object_del(root, "availability");
                        json_object_del(root, "availability_mode");
                }
                send_document(a, topic, root);
        }
        json_decref(components);
}

void homeassistant_announce(const struct announcement *a, enum mqtt_discovery form) {
        const struct seat s = {a->base, a->identity};

        if (form == DISCOVERY_COMPONENTS) {
                announce_components(a, &s, make_components(&s));
                announce_components(a, &s, make_controls(&s));
        } else {
                announce_device(a, &s, "", make_components(&s));
                announce_device(a, &s, "/controls", make_controls(&s));
        }
}
