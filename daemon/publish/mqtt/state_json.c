/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/state_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "configure/settings_table.h"
#include "contract/live_json.h"
#include "publish/mqtt/command.h"
#include "sitbone/settings.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"
#include "words/sentences.h"

enum { SCHEMA = 1 };

#define US_PER_MIN (60 * USEC_PER_SEC)

/* A duration that moves all the time floods a recorder: it is published in steps. */
enum { TODAY_STEP_MIN = 5 };

/* The wall clock was set when an instant seems to have moved by this much. */
#define WALL_STEP_US (2 * USEC_PER_SEC)

/* Prints the document and frees it. */
static char *print_document(json_t *root) {
        char *text = json_dumps(root, LIVE_JSON_FLAGS);

        json_decref(root);
        return text;
}

static json_t *make_count(uint64_t value) {
        return json_integer((json_int_t)value);
}

static json_t *make_minutes(uint64_t us) {
        return make_count(us / US_PER_MIN);
}

/* ISO 8601 in UTC, with milliseconds or rounded to the second. */
static json_t *make_time(uint64_t realtime_us, bool milliseconds) {
        uint64_t us = milliseconds ? realtime_us : realtime_us + USEC_PER_SEC / 2;
        time_t seconds = (time_t)(us / USEC_PER_SEC);
        char base[24] = "";
        struct tm tm;

        if (!gmtime_r(&seconds, &tm) || strftime(base, sizeof(base), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
                base[0] = '\0';
        if (milliseconds)
                return json_sprintf("%s.%03uZ", base, (unsigned)(us % USEC_PER_SEC / 1000));
        return json_sprintf("%sZ", base);
}

static json_t *begin_document(uint64_t realtime_us) {
        return json_pack("{s:i,s:o}", "schema", SCHEMA, "ts", make_time(realtime_us, true));
}

static uint64_t find_distance(uint64_t a, uint64_t b) {
        return a > b ? a - b : b - a;
}

static json_t *make_instant(struct stamp *s, uint64_t at_us, const struct live_values *v) {
        uint64_t wall_us = v->realtime_us + at_us - v->now_us;

        if (at_us == 0)
                return json_null();
        if (s->at_us != at_us || find_distance(s->wall_us, wall_us) > WALL_STEP_US)
                *s = (struct stamp){at_us, wall_us};
        return make_time(s->wall_us, false);
}

static void put_instants(json_t *root, struct state_memory *memory, const struct live_values *v) {
        size_t n = 0;

        for (size_t i = 0; i < live_fields_n && n < STAMPS_MAX; i++) {
                const struct live_field *f = &live_fields[i];

                if (f->type == LIVE_INSTANT && f->in[LIVE_STATE].key)
                        json_object_set_new(
                                root, f->in[LIVE_STATE].key,
                                make_instant(&memory->stamps[n++], *(const uint64_t *)live_member(f, v), v));
        }
}

/* Exact while nobody sits, in steps during a bout. It counts as total_increasing, so it must fall at midnight only:
 * the dwell that is taken back when a person is found to have left must not show. */
static uint32_t step_today(struct state_memory *memory, const struct live_values *v) {
        uint32_t now_min = v->sitting_today_min;
        bool away = strcmp(v->phase, phase_name(SITTING_AWAY)) == 0;
        bool midnight = now_min == 0 || now_min + TODAY_STEP_MIN < memory->today_min;
        bool grown = now_min >= memory->today_min + (away ? 1 : TODAY_STEP_MIN);

        if (!memory->today_published || midnight || grown)
                memory->today_min = now_min;
        memory->today_published = true;
        return memory->today_min;
}

char *state_json(struct state_memory *memory, const struct live_values *v) {
        struct live_values shown = *v;
        json_t *root = begin_document(v->realtime_us);

        shown.sitting_today_min = step_today(memory, v);
        if (v->occupied == MAYBE_NO) /* a bout lasts until the break, but nobody sits */
                shown.seated_since_us = 0;
        json_object_set_new(root, "seq", make_count(++memory->seq));
        live_json_put(root, &shown, LIVE_STATE);
        if (strcmp(v->learning, learning_phase_name(LEARNING_IDLE)) == 0)
                json_object_set_new(root, "learning", json_null());
        put_instants(root, memory, &shown);
        return print_document(root);
}

void state_values(struct state_memory *memory, const char *state, bool all,
                  void (*publish)(void *userdata, const char *key, const char *text), void *userdata) {
        json_t *values = json_loads(state, 0, NULL), *value;
        const char *key;

        json_object_foreach(values, key, value) {
                bool is_text = json_is_string(value) || json_is_null(value);
                char *text = is_text ? NULL : json_dumps(value, LIVE_JSON_FLAGS | JSON_ENCODE_ANY);

                if (all || !json_equal(value, json_object_get(memory->values, key)))
                        publish(userdata, key, text ? text : json_is_string(value) ? json_string_value(value) : "");
                free(text);
        }
        json_decref(memory->values);
        memory->values = values;
}

static json_t *make_mat(const struct identity *identity, const struct live_values *v) {
        json_t *mat = json_object();
        char grid[32];

        snprintf(grid, sizeof(grid), "%" PRIu32 "x%" PRIu32, v ? v->rows : 0, v ? v->cols : 0);
        json_object_set_new(mat, "model", live_json_text(identity->mat_model));
        json_object_set_new(mat, "format", live_json_text(identity->mat_format));
        json_object_set_new(mat, "serial", live_json_text(identity->mat_serial));
        json_object_set_new(mat, "grid", v && v->rows ? json_string(grid) : json_null());
        json_object_set_new(mat, "cells", v ? make_count(v->n_cells) : json_null());
        return mat;
}

static json_t *make_command_names(void) {
        json_t *names = json_array();

        for (size_t i = 0; command_name(i); i++)
                json_array_append_new(names, json_string(command_name(i)));
        return names;
}

char *info_json(const struct identity *identity, const struct live_values *v, uint64_t started_realtime_us,
                const char *protocol) {
        json_t *root = json_object();

        json_object_set_new(root, "schema", json_integer(SCHEMA));
        json_object_set_new(root, "seat_id", json_string(identity->seat_id));
        json_object_set_new(root, "seat_name", json_string(identity->seat_name));
        json_object_set_new(root, "area", live_json_text(identity->area));
        json_object_set_new(root, "host", live_json_text(identity->hostname));
        json_object_set_new(root, "version", json_string(identity->version));
        json_object_set_new(root, "config_digest", live_json_text(identity->config_digest));
        json_object_set_new(root, "started_at", make_time(started_realtime_us, false));
        json_object_set_new(root, "mqtt_protocol", json_string(protocol));
        json_object_set_new(root, "mat", make_mat(identity, v));
        json_object_set_new(root, "capabilities",
                            json_pack("[s,s,s,s,s]", "occupancy", "posture", "pelvic_tilt", "sitting", "alerts"));
        json_object_set_new(root, "commands", make_command_names());
        return print_document(root);
}

static json_t *make_setting(const struct setting *row, const struct settings *s) {
        const void *value = (const char *)s + row->offset;

        if (row->kind == SETTING_BOOL)
                return json_boolean(*(const bool *)value);
        if (row->kind == SETTING_CHOICE)
                return json_string(row->choices[*(const int32_t *)value]);
        if (row->kind == SETTING_INT)
                return json_integer(*(const int32_t *)value);
        return live_json_number((double)*(const float *)value, 3);
}

char *settings_json(const struct settings *s) {
        json_t *root = json_pack("{s:i}", "schema", SCHEMA);

        for (size_t i = 0; i < settings_rows; i++)
                if (settings_table[i].control)
                        json_object_set_new(root, settings_table[i].control, make_setting(&settings_table[i], s));
        return print_document(root);
}

static const char *find_event_type(const struct seat_event *e) {
        switch (e->kind) {
        case EVENT_SAT_DOWN:
                return "sat_down";
        case EVENT_STOOD_UP:
                return "stood_up";
        case EVENT_BOUT_ENDED:
                return "bout_ended";
        case EVENT_STOOD_BRIEFLY:
                return "stood_briefly";
        case EVENT_SITTING_LIMIT:
                return "sitting_limit";
        case EVENT_HELD_LONG:
                return "held_long";
        case EVENT_ALERT_RAISED:
                return alert_event_name(e->alert);
        case EVENT_ALERT_REPEATED:
                return "alert_repeated";
        case EVENT_HEADS_UP:
                return "heads_up";
        case EVENT_ALERT_CLOSED:
                break;
        }
        if (e->outcome == ALERT_SNOOZED)
                return "alert_snoozed";
        if (e->outcome == ALERT_SKIPPED)
                return "alert_skipped";
        return e->outcome == ALERT_DONE && e->alert == ALERT_ACTIVATE ? "glute_activation_done" : "alert_cleared";
}

static void put_raised(json_t *root, const struct seat_event *e, const struct settings *settings) {
        json_object_set_new(root, "title", json_string(alert_title(e->alert)));
        json_object_set_new(root, "reason", json_string(e->reason));
        json_object_set_new(root, "limit_min", live_json_number((double)e->limit_us / (double)US_PER_MIN, 1));
        json_object_set_new(root, "slouched_pct", live_json_number(100.0 * (double)e->slouched_share, 0));
        json_object_set_new(root, "asymmetry", live_json_number((double)e->asymmetry, 2));
        json_object_set_new(root, "exercise", live_json_text(e->exercise.id));
        json_object_set_new(root, "exercise_name", live_json_text(e->exercise.name));
        json_object_set_new(root, "exercise_dose", live_json_text(e->exercise.dose));
        json_object_set_new(root, "exercise_how", live_json_text(e->exercise.how));
        json_object_set_new(root, "exercise_why", live_json_text(e->exercise.why));
        json_object_set_new(root, "snooze_min", live_json_number((double)settings->alert.snooze_min, 1));
}

/* The keys of events that are not about one alert. */
static void put_general(json_t *root, const struct seat_event *e) {
        if (e->kind == EVENT_STOOD_BRIEFLY) {
                json_object_set_new(root, "away_s", make_count(e->away_us / USEC_PER_SEC));
                json_object_set_new(root, "break_s", make_count(e->break_us / USEC_PER_SEC));
                json_object_set_new(root, "next_alert_at",
                                    e->next_realtime_us ? make_time(e->next_realtime_us, true) : json_null());
        }
        if (e->kind == EVENT_SITTING_LIMIT)
                json_object_set_new(root, "sitting_today_min", make_minutes(e->today_us));
        if (e->kind == EVENT_STOOD_BRIEFLY || e->kind == EVENT_SITTING_LIMIT)
                json_object_set_new(root, "text", json_string(e->reason));
        if (e->kind == EVENT_HELD_LONG) {
                json_object_set_new(root, "held_by", live_json_text(e->by));
                json_object_set_new(root, "held_since", make_time(e->since_realtime_us, true));
        }
}

char *event_json(const struct seat_event *e, uint64_t run, const struct settings *settings) {
        json_t *root = json_object();
        char id[48];

        snprintf(id, sizeof(id), "%" PRIx64 "-%" PRIu64, run, e->number);
        json_object_set_new(root, "event_type", json_string(find_event_type(e)));
        json_object_set_new(root, "id", json_string(id));
        json_object_set_new(root, "ts", make_time(e->at_realtime_us, true));
        json_object_set_new(root, "seated_min", make_minutes(e->seated_us));
        put_general(root, e);
        if (e->kind >= EVENT_ALERT_RAISED)
                json_object_set_new(root, "alert", json_string(alert_kind_name(e->alert)));
        if (e->kind >= EVENT_ALERT_RAISED && e->kind != EVENT_HEADS_UP)
                json_object_set_new(root, "alert_id", make_count(e->alert_id));
        if (e->kind == EVENT_ALERT_RAISED || e->kind == EVENT_ALERT_REPEATED)
                put_raised(root, e, settings);
        if (e->kind == EVENT_ALERT_CLOSED) {
                json_object_set_new(root, "outcome", json_string(alert_outcome_name(e->outcome)));
                json_object_set_new(root, "latency_s",
                                    e->latency_us == UINT64_MAX ? json_null()
                                                                : make_count(e->latency_us / USEC_PER_SEC));
        }
        return print_document(root);
}

static json_t *make_refused(const struct live_values *v) {
        json_t *refused = json_object();

        for (int i = 0; i < REFUSAL_N; i++)
                json_object_set_new(refused, refusal_name((enum refusal)i), make_count(v->refused_of[i]));
        return refused;
}

static json_t *make_flaws(const struct live_values *v) {
        /* in the order of enum map_flaw */
        static const char *const names[FLAW_N] = {"not_tared",
                                                  "stuck_cells",
                                                  "dead_cells",
                                                  "saturated",
                                                  "slow",
                                                  "drifting",
                                                  "unplaced",
                                                  "pitch_guessed",
                                                  "moved",
                                                  "turned",
                                                  "waiting_for_empty_seat",
                                                  "falls_under_load"};
        json_t *flaws = json_array();

        for (int i = 0; i < FLAW_N; i++)
                if (v->flaws & 1U << i)
                        json_array_append_new(flaws, json_string(names[i]));
        return flaws;
}

static json_t *make_counters(const struct mqtt_counters *c) {
        json_t *o = json_object();

        json_object_set_new(o, "restarts", make_count(c->restarts));
        json_object_set_new(o, "reconnects", make_count(c->reconnects));
        json_object_set_new(o, "events_sent", make_count(c->events_sent));
        json_object_set_new(o, "events_waiting", make_count(c->events_waiting));
        json_object_set_new(o, "events_dropped", make_count(c->events_dropped));
        json_object_set_new(o, "events_expired", make_count(c->events_expired));
        json_object_set_new(o, "events_refused", make_count(c->events_refused));
        json_object_set_new(o, "messages_refused", make_count(c->messages_refused));
        json_object_set_new(o, "commands", make_count(c->commands));
        json_object_set_new(o, "commands_refused", make_count(c->commands_refused));
        json_object_set_new(o, "commands_unanswered", make_count(c->commands_unanswered + c->answers_dropped));
        return o;
}

char *diag_json(const struct live_values *v, const struct mqtt_counters *c) {
        json_t *root = begin_document(v->realtime_us);

        live_json_put(root, v, LIVE_DIAG);
        json_object_set_new(root, "refused", make_refused(v));
        json_object_set_new(json_object_get(root, "map"), "flaws", make_flaws(v));
        json_object_set_new(root, "mqtt", make_counters(c));
        return print_document(root);
}

char *response_json(const struct answer *answer) {
        enum command_result result = answer->result;
        const char *transaction = answer->reply_to.transaction;
        json_t *root = json_object();

        json_object_set_new(root, "status", json_string(result == COMMAND_OK ? "ok" : "error"));
        if (result != COMMAND_OK) {
                json_object_set_new(root, "error",
                                    json_string(*answer->details.why
                                                        ? answer->details.why
                                                        : language_translate(command_result_text(result))));
                json_object_set_new(root, "code", json_string(command_result_name(result)));
        }
        if (answer->details.alert_id) {
                json_object_set_new(root, "alert_id", make_count(answer->details.alert_id));
                json_object_set_new(root, "alert", json_string(alert_kind_name(answer->details.alert)));
        }
        if (answer->until_realtime_us)
                json_object_set_new(root, "until", make_time(answer->until_realtime_us, true));
        if (transaction[0])
                json_object_set_new(root, "transaction", json_loads(transaction, JSON_DECODE_ANY, NULL));
        return print_document(root);
}
