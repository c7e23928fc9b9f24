/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/state_json.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "util/clock.h"
#include "util/iso8601.h"
#include "util/language.h"
#include "words/names.h"

enum { SCHEMA = 1 };

#define US_A_MIN (60 * USEC_PER_SEC)

/* A duration that moves all the time floods a recorder: it steps. */
#define TODAY_STEP_MIN 5

/* The wall clock was set when an instant seems to have moved by this much. */
#define WALL_STEP_US (2 * USEC_PER_SEC)

static char *text_of(json_t *root) {
        char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));

        json_decref(root);
        return text;
}

/* Not finite = unknown = null; one decimal, or as many as asked for. */
static json_t *number(double value, double per_unit) {
        return isfinite(value) ? json_real(round(value * per_unit) / per_unit + 0.0) : json_null(); /* not -0 */
}

static json_t *whole(double value) {
        return isfinite(value) ? json_integer((json_int_t)lround(value)) : json_null();
}

static json_t *count(uint64_t value) {
        return json_integer((json_int_t)value);
}

static json_t *minutes(uint64_t us) {
        return count(us / US_A_MIN);
}

static json_t *text_or_null(const char *text) {
        return text[0] ? json_string(text) : json_null();
}

static json_t *wall_ms(uint64_t realtime_us) {
        char text[ISO8601_SIZE];

        iso8601_ms(realtime_us, text);
        return json_string(text);
}

static uint64_t distance(uint64_t a, uint64_t b) {
        return a > b ? a - b : b - a;
}

static json_t *instant(struct stamp *s, uint64_t at_us, const struct report *r) {
        uint64_t wall_us = r->realtime_us + at_us - r->now_us;
        char text[ISO8601_SIZE];

        if (at_us == 0)
                return json_null();
        if (s->at_us != at_us || distance(s->wall_us, wall_us) > WALL_STEP_US)
                *s = (struct stamp){at_us, wall_us};
        iso8601_s(s->wall_us, text);
        return json_string(text);
}

/* Exact while nobody sits, in steps during a bout. It counts as total_increasing, so it must fall at midnight only: the
 * dwell that is taken back when a person is found to have left must not show. */
static json_t *today(struct state_memory *memory, const struct sitting *s) {
        uint64_t now_min = s->today_us / US_A_MIN;
        bool midnight = now_min == 0 || now_min + TODAY_STEP_MIN < memory->today_min;
        bool grown = now_min >= memory->today_min + (s->phase == SITTING_AWAY ? 1 : TODAY_STEP_MIN);

        if (!memory->today_said || midnight || grown)
                memory->today_min = now_min;
        memory->today_said = true;
        return count(memory->today_min);
}

static json_t *occupied(enum occupancy o) {
        return o == OCCUPANCY_UNKNOWN ? json_null() : json_boolean(o == OCCUPANCY_PERSON);
}

/* Without an own upright there is no tilt to speak of; nobody seated: nothing is known. */
static json_t *calibration_needed(const struct posture *p, const struct learning *l) {
        if (l->stale != STALE_NOT)
                return json_true();
        if (p->referenced)
                return json_false();
        return p->occupancy == OCCUPANCY_PERSON ? json_true() : json_null();
}

static void put_posture(json_t *root, const struct posture *p, const struct learning *l) {
        bool person = p->occupancy == OCCUPANCY_PERSON;

        json_object_set_new(root, "occupied", occupied(p->occupancy));
        json_object_set_new(root, "occupancy", json_string(occupancy_name(p->occupancy)));
        json_object_set_new(root, "posture", json_string(posture_name(p->posture_class)));
        json_object_set_new(root, "taught", text_or_null(p->taught));
        json_object_set_new(root, "confidence_pct", person ? whole(100.0 * p->confidence) : json_null());
        json_object_set_new(root, "pelvic_tilt_deg", number(p->tilt_deg.value, 10));
        json_object_set_new(root, "pelvic_tilt_sd_deg", number(p->tilt_deg.sd, 10));
        json_object_set_new(root, "pelvic_obliquity_deg", number(p->obliquity_deg.value, 10));
        json_object_set_new(root, "pelvic_obliquity_sd_deg", number(p->obliquity_deg.sd, 10));
        json_object_set_new(root, "load_left_pct", person ? whole(50.0 * (1.0 - p->asymmetry)) : json_null());
        json_object_set_new(root, "calibrated", json_boolean(p->calibrated));
        json_object_set_new(root, "calibration_needed", calibration_needed(p, l));
}

/* What is learnt at this moment, or was last; null before the first time. */
static json_t *learning_object(const struct learning *l) {
        json_t *o;

        if (l->phase == LEARNING_IDLE)
                return json_null();
        o = json_object();
        json_object_set_new(o, "what", json_string(*l->posture ? l->posture : pose_name(l->pose)));
        json_object_set_new(o, "phase", json_string(learning_phase_name(l->phase)));
        json_object_set_new(o, "cue", text_or_null(squeeze_cue_name(l->cue)));
        json_object_set_new(o, "left_s", whole(ceilf(l->left_s)));
        json_object_set_new(o, "why",
                            l->phase == LEARNING_REFUSED ? json_string(command_result_name(l->why)) : json_null());
        return o;
}

static void put_learning(json_t *root, const struct learning *l) {
        json_t *poses = json_array(), *taught = json_array();

        for (int i = 0; i < POSE_N; i++)
                if (l->taken[i])
                        json_array_append_new(poses, json_string(pose_name((enum calibrate_pose)i)));
        for (uint32_t i = 0; i < l->n_taught; i++)
                json_array_append_new(taught, json_string(l->taught[i]));
        json_object_set_new(root, "sitter", text_or_null(l->sitter));
        json_object_set_new(root, "sitter_confidence_pct", whole(100.0 * l->sitter_confidence));
        json_object_set_new(root, "learning", learning_object(l));
        json_object_set_new(root, "calibrated_poses", poses);
        json_object_set_new(root, "calibration_stale", text_or_null(language_translate(stale_reason_text(l->stale))));
        json_object_set_new(root, "taught_postures", taught);
}

static void put_sitting(json_t *root, struct state_memory *memory, const struct report *r) {
        const struct sitting *s = &r->sitting;

        json_object_set_new(root, "phase", json_string(phase_name(s->phase)));
        json_object_set_new(root, "seated_since", instant(&memory->seated_since, s->bout_started_us, r));
        json_object_set_new(root, "sitting_today_min", today(memory, s));
        json_object_set_new(root, "last_session_min", s->last_bout_us ? minutes(s->last_bout_us) : json_null());
        json_object_set_new(root, "sessions_today", count(s->bouts_today));
        json_object_set_new(root, "breaks_today", count(s->breaks_today));
        json_object_set_new(root, "squeezes", r->posture.squeezes.ready ? count(s->bout.squeezes) : json_null());
        json_object_set_new(root, "squeezed_s",
                            r->posture.squeezes.ready ? whole((double)s->bout.squeezed_s) : json_null());
}

static void put_alerts(json_t *root, struct state_memory *memory, const struct report *r) {
        const struct alerts *a = &r->alerts;

        json_object_set_new(root, "next_alert_at", instant(&memory->next_alert, a->activate_due_us, r));
        json_object_set_new(root, "snoozed_until", instant(&memory->snoozed_until, a->snoozed_until_us, r));
        json_object_set_new(root, "paused_until", instant(&memory->paused_until, a->paused_until_us, r));
        json_object_set_new(root, "do_not_disturb", json_boolean(a->inhibitors & (1U << ALERT_INHIBITOR_PERSON)));
        json_object_set_new(root, "alerts_today", count(a->raised_today));
        json_object_set_new(root, "session_today",
                            a->workout.of ? json_boolean(a->workout.in_days == 0) : json_null());
        json_object_set_new(root, "sessions_done_week", a->workout.of ? count(a->workout.done) : json_null());
        json_object_set_new(root, "glute_alert", json_boolean(a->of[ALERT_ACTIVATE].open));
        json_object_set_new(root, "posture_alert",
                            json_boolean(a->of[ALERT_SLOUCH].open || a->of[ALERT_ASYMMETRY].open));
        json_object_set_new(root, "still_alert", json_boolean(a->of[ALERT_STILL].open));
}

char *state_json(struct state_memory *memory, const struct report *r) {
        json_t *root = json_object();

        json_object_set_new(root, "schema", json_integer(SCHEMA));
        json_object_set_new(root, "ts", wall_ms(r->realtime_us));
        json_object_set_new(root, "seq", count(++memory->seq));
        put_posture(root, &r->posture, &r->learning);
        put_learning(root, &r->learning);
        put_sitting(root, memory, r);
        put_alerts(root, memory, r);
        return text_of(root);
}

static json_t *mat_object(const struct identity *identity, const struct report *r) {
        json_t *mat = json_object();
        char grid[32];

        snprintf(grid, sizeof(grid), "%" PRIu32 "x%" PRIu32, r ? r->rows : 0, r ? r->cols : 0);
        json_object_set_new(mat, "model", text_or_null(identity->mat_model));
        json_object_set_new(mat, "format", text_or_null(identity->mat_format));
        json_object_set_new(mat, "serial", text_or_null(identity->mat_serial));
        json_object_set_new(mat, "grid", r && r->rows ? json_string(grid) : json_null());
        json_object_set_new(mat, "cells", r ? count(r->n_cells) : json_null());
        return mat;
}

char *info_json(const struct identity *identity, const struct report *r, uint64_t started_realtime_us,
                const char *protocol) {
        json_t *root = json_object();
        char started[ISO8601_SIZE];

        iso8601_s(started_realtime_us, started);
        json_object_set_new(root, "schema", json_integer(SCHEMA));
        json_object_set_new(root, "seat_id", json_string(identity->seat_id));
        json_object_set_new(root, "seat_name", json_string(identity->seat_name));
        json_object_set_new(root, "area", text_or_null(identity->area));
        json_object_set_new(root, "host", text_or_null(identity->hostname));
        json_object_set_new(root, "version", json_string(identity->version));
        json_object_set_new(root, "config_digest", text_or_null(identity->config_digest));
        json_object_set_new(root, "started_at", json_string(started));
        json_object_set_new(root, "mqtt_protocol", json_string(protocol));
        json_object_set_new(root, "mat", mat_object(identity, r));
        json_object_set_new(root, "capabilities",
                            json_pack("[s,s,s,s,s]", "occupancy", "posture", "pelvic_tilt", "sitting", "alerts"));
        json_object_set_new(root, "commands",
                            json_pack("[s,s,s,s,s,s,s,s,s,s,s,s,s]", "snooze", "activation_done", "calibrate", "tare",
                                      "announce", "teach", "unteach", "sitter", "skip", "pause", "resume", "hold",
                                      "session_done"));
        return text_of(root);
}

char *settings_json(const struct settings *s) {
        json_t *root = json_object();

        json_object_set_new(root, "alerts", json_boolean(s->alert.enabled));
        json_object_set_new(root, "alert_activate", json_boolean(s->alert.activate));
        json_object_set_new(root, "alert_slouch", json_boolean(s->alert.slouch));
        json_object_set_new(root, "alert_asymmetry", json_boolean(s->alert.asymmetry));
        json_object_set_new(root, "alert_still", json_boolean(s->alert.still));
        json_object_set_new(root, "sit_limit_min", number(s->alert.prompt_min, 1000));
        json_object_set_new(root, "still_limit_min", number(s->alert.still_min, 1000));
        json_object_set_new(root, "snooze_min", number(s->alert.snooze_min, 1000));
        json_object_set_new(root, "break_s", number(s->sitting.break_s, 1000));
        json_object_set_new(root, "slouch_deg", number(s->posture.slouched_deg, 1000));
        json_object_set_new(root, "arched_deg", number(s->posture.arched_deg, 1000));
        return text_of(root);
}

static const char *event_name(const struct seat_event *e) {
        switch (e->kind) {
        case EVENT_SAT_DOWN:
                return "sat_down";
        case EVENT_STOOD_UP:
                return "stood_up";
        case EVENT_BOUT_ENDED:
                return "bout_ended";
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
        json_object_set_new(root, "limit_min", number((double)e->limit_us / (double)US_A_MIN, 10));
        json_object_set_new(root, "slouched_pct", whole(100.0 * e->slouched_share));
        json_object_set_new(root, "asymmetry", number(e->asymmetry, 100));
        json_object_set_new(root, "exercise", text_or_null(e->exercise.id));
        json_object_set_new(root, "exercise_name", text_or_null(e->exercise.name));
        json_object_set_new(root, "exercise_dose", text_or_null(e->exercise.dose));
        json_object_set_new(root, "exercise_how", text_or_null(e->exercise.how));
        json_object_set_new(root, "exercise_why", text_or_null(e->exercise.why));
        json_object_set_new(root, "snooze_min", number(settings->alert.snooze_min, 10));
}

char *event_json(const struct seat_event *e, uint64_t run, const struct settings *settings) {
        json_t *root = json_object();
        char id[48];

        snprintf(id, sizeof(id), "%" PRIx64 "-%" PRIu64, run, e->number);
        json_object_set_new(root, "event_type", json_string(event_name(e)));
        json_object_set_new(root, "id", json_string(id));
        json_object_set_new(root, "ts", wall_ms(e->at_realtime_us));
        json_object_set_new(root, "seated_min", minutes(e->seated_us));
        if (e->kind >= EVENT_ALERT_RAISED)
                json_object_set_new(root, "alert", json_string(alert_kind_name(e->alert)));
        if (e->kind >= EVENT_ALERT_RAISED && e->kind != EVENT_HEADS_UP)
                json_object_set_new(root, "alert_id", count(e->alert_id));
        if (e->kind == EVENT_ALERT_RAISED || e->kind == EVENT_ALERT_REPEATED)
                put_raised(root, e, settings);
        if (e->kind == EVENT_ALERT_CLOSED) {
                json_object_set_new(root, "outcome", json_string(alert_outcome_name(e->outcome)));
                json_object_set_new(root, "latency_s",
                                    e->latency_us == UINT64_MAX ? json_null() : count(e->latency_us / USEC_PER_SEC));
        }
        return text_of(root);
}

static json_t *refused_object(const struct health *h, uint64_t *ret_sum) {
        json_t *refused = json_object();

        *ret_sum = 0;
        for (int i = 0; i < REFUSAL_N; i++) {
                json_object_set_new(refused, refusal_name((enum refusal)i), count(h->refused[i]));
                *ret_sum += h->refused[i];
        }
        return refused;
}

/* In the order of enum map_flaw. */
static const char *const flaw_names[FLAW_N] = {"not_tared", "stuck_cells", "dead_cells",    "saturated", "slow",
                                               "drifting",  "unplaced",    "pitch_guessed", "moved",     "turned"};

static json_t *map_object(const struct report *r) {
        json_t *map = json_object(), *flaws = json_array();
        const bool seen = r->health.frames > 0;

        for (int i = 0; i < FLAW_N; i++)
                if (seen && r->map.flaws & 1U << i)
                        json_array_append_new(flaws, json_string(flaw_names[i]));
        json_object_set_new(map, "tared", json_boolean(r->map.tared));
        json_object_set_new(map, "quality_pct", seen ? whole(100.0 * r->map.quality) : json_null());
        json_object_set_new(map, "flaws", flaws);
        json_object_set_new(map, "cells_stuck", count(r->map.n_stuck));
        json_object_set_new(map, "cells_dead", count(r->map.n_dead));
        json_object_set_new(map, "cells_filled", count(r->map.n_filled));
        json_object_set_new(map, "drift_pct", seen ? number(100.0 * r->map.drift, 100) : json_null());
        json_object_set_new(map, "creep_pct", seen ? number(100.0 * r->map.creep, 10) : json_null());
        json_object_set_new(map, "force_n", seen ? number(r->map.force_n, 1) : json_null());
        return map;
}

/* null: not known yet, or never. */
static json_t *mat_moved(const struct report *r) {
        switch (r->learning.place.verdict) {
        case PLACE_USUAL:
                return json_false();
        case PLACE_MOVED:
        case PLACE_TURNED:
                return json_true();
        default:
                return json_null();
        }
}

char *diag_json(const struct report *r, const struct mqtt_counters *c) {
        json_t *root = json_object(), *mqtt = json_object();
        const struct health *h = &r->health;
        uint64_t bad;

        json_object_set_new(root, "schema", json_integer(SCHEMA));
        json_object_set_new(root, "ts", wall_ms(r->realtime_us));
        json_object_set_new(root, "mat_online", json_boolean(h->mat_online));
        json_object_set_new(root, "bytes", count(h->bytes));
        json_object_set_new(root, "frames", count(h->frames));
        json_object_set_new(root, "refused", refused_object(h, &bad));
        json_object_set_new(root, "frames_bad", count(bad));
        json_object_set_new(root, "discarded_bytes", count(h->discarded_bytes));
        json_object_set_new(root, "reopened", count(h->reopened));
        json_object_set_new(root, "frame_rate_hz", number(h->frame_rate_hz, 10));
        json_object_set_new(root, "decide_worst_us", count(h->decide_worst_us));
        json_object_set_new(root, "decide_p99_us", count(h->decide_p99_us));
        json_object_set_new(root, "deadlines_missed", count(h->deadlines_missed));
        json_object_set_new(root, "history_lost", count(h->history_lost));
        json_object_set_new(mqtt, "reconnects", count(c->reconnects));
        json_object_set_new(mqtt, "events_sent", count(c->events_sent));
        json_object_set_new(mqtt, "events_waiting", count(c->events_waiting));
        json_object_set_new(mqtt, "events_dropped", count(c->events_dropped));
        json_object_set_new(mqtt, "events_expired", count(c->events_expired));
        json_object_set_new(mqtt, "events_refused", count(c->events_refused));
        json_object_set_new(mqtt, "commands", count(c->commands));
        json_object_set_new(mqtt, "commands_refused", count(c->commands_refused));
        json_object_set_new(mqtt, "commands_unanswered", count(c->commands_unanswered + c->answers_dropped));
        json_object_set_new(root, "mqtt", mqtt);
        json_object_set_new(root, "map", map_object(r));
        json_object_set_new(root, "mat_moved", mat_moved(r));
        return text_of(root);
}

char *response_json(enum command_result result, const char *transaction) {
        json_t *root = json_object();

        json_object_set_new(root, "status", json_string(result == COMMAND_OK ? "ok" : "error"));
        if (result != COMMAND_OK) {
                json_object_set_new(root, "error", json_string(language_translate(command_result_text(result))));
                json_object_set_new(root, "code", json_string(command_result_name(result)));
        }
        if (transaction[0])
                json_object_set_new(root, "transaction", json_loads(transaction, JSON_DECODE_ANY, NULL));
        return text_of(root);
}
