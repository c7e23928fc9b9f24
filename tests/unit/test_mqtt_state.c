/* SPDX-License-Identifier: MIT */
/* The documents of MQTT, the pace at which they are published, and the mailbox of sitbone-mqtt. */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "contract/live_fields.h"
#include "contract/live_fill.h"
#include "publish/mqtt/command.h"
#include "publish/mqtt/discovery.h"
#include "publish/mqtt/mailbox.h"
#include "publish/mqtt/secret.h"
#include "publish/mqtt/state_json.h"
#include "util/clock.h"
#include "words/names.h"

#include <sys/stat.h>
#include <unistd.h>

#define MIN_US (60 * USEC_PER_SEC)

static const struct geometry geometry = {.rows = 16, .cols = 8, .n_cells = 128};
static const struct exercise_catalogue exercises = {
        .n = 1, .of = {{.id = "bridge", .name = "Bridge", .dose = "10", .how = "Lift \"slowly\"."}}};
static const struct settings_mqtt pace = {.state_interval_s = 10, .heartbeat_s = 60};

static struct snapshot *make_person(void) {
        static struct snapshot s;

        memset(&s, 0, sizeof(s));
        s.geometry = &geometry;
        s.exercises = &exercises;
        s.now_us = 100 * MIN_US;
        s.posture = (struct posture){.occupancy = OCCUPANCY_PERSON,
                                     .posture_class = POSTURE_SLOUCHED,
                                     .confidence = 0.8f,
                                     .tilt_deg = {-8.04f, 3},
                                     .obliquity_deg = {1, 2},
                                     .asymmetry = 0.1f,
                                     .referenced = true};
        s.sitting.phase = SITTING_SEATED;
        s.sitting.bout_started_us = 69 * MIN_US;
        s.health.frame_rate_hz = NAN;
        return &s;
}

static struct live_values make_values(const struct snapshot *s) {
        struct live_values r;

        live_values_fill(&r, s, 1788860467250000ull, NULL, NULL);
        return r;
}

static json_t *parse_document(char *text) {
        json_t *root = json_loads(text, 0, NULL);

        CHECK(root);
        free(text);
        return root;
}

static const char *string_of(const json_t *root, const char *key) {
        return json_string_value(json_object_get(root, key));
}

static void test_time(void) {
        struct identity identity = {.seat_id = "a-1"};
        json_t *root = parse_document(info_json(&identity, NULL, 1788860467500000ull, "5"));

        CHECK(strcmp(string_of(root, "started_at"), "2026-09-08T09:41:08Z") == 0);
        json_decref(root);
}

static void test_state(void) {
        struct state_memory memory = {0};
        struct snapshot *s = make_person();
        struct live_values r = make_values(s);
        json_t *root = parse_document(state_json(&memory, &r));

        CHECK(strcmp(string_of(root, "ts"), "2026-09-08T09:41:07.250Z") == 0);
        CHECK(strcmp(string_of(root, "seated_since"), "2026-09-08T09:10:07Z") == 0);
        CHECK_NEAR(json_real_value(json_object_get(root, "pelvic_tilt_deg")), -8.0, 1e-9);
        CHECK(json_integer_value(json_object_get(root, "load_left_pct")) == 45);
        CHECK(json_is_null(json_object_get(root, "snoozed_until")));
        json_decref(root);
        r.tilt_deg = -0.04; /* 0.0: with a minus it would mean leaning back */
        root = parse_document(state_json(&memory, &r));
        CHECK(!signbit(json_real_value(json_object_get(root, "pelvic_tilt_deg"))));
        json_decref(root);
        s->posture.occupancy = OCCUPANCY_VACANT; /* not yet a break */
        s->features.can.measures = MEASURE_ANGLES;
        s->learning.stale = STALE_MOVED;
        r = make_values(s);
        root = parse_document(state_json(&memory, &r));
        CHECK(json_is_null(json_object_get(root, "seated_since")));
        CHECK(json_is_true(json_object_get(root, "calibration_needed")));
        CHECK(strcmp(string_of(root, "calibration_stale"), "moved") == 0);
        json_decref(root);
        s->learning.stale = STALE_NOT;
        s->learning.taken[POSE_UPRIGHT] = true; /* also before this sit has a reference */
        s->posture.referenced = false;
        CHECK(make_values(s).calibration_needed == MAYBE_NO);
        s->posture.occupancy = OCCUPANCY_UNKNOWN;
        r = make_values(s);
        r.tilt_deg = INFINITY;
        root = parse_document(state_json(&memory, &r));
        CHECK(json_is_null(json_object_get(root, "occupied")) &&
              json_is_null(json_object_get(root, "pelvic_tilt_deg")));
        CHECK(json_is_null(json_object_get(root, "confidence_pct")));
        CHECK(json_integer_value(json_object_get(root, "seq")) == 4);
        json_decref(root);
}

/* The clocks drift by microseconds against each other; the text of one instant must stand still. */
static void test_instants_stand_still(void) {
        struct state_memory memory = {0};
        struct live_values r = make_values(make_person());
        char first[64];
        json_t *root;

        r.realtime_us += 249999;
        root = parse_document(state_json(&memory, &r));
        snprintf(first, sizeof(first), "%s", string_of(root, "seated_since"));
        json_decref(root);
        r.realtime_us += 10;
        root = parse_document(state_json(&memory, &r));
        CHECK(strcmp(first, string_of(root, "seated_since")) == 0);
        json_decref(root);
        r.realtime_us += 3600 * USEC_PER_SEC; /* the clock was set */
        root = parse_document(state_json(&memory, &r));
        CHECK(strcmp(first, string_of(root, "seated_since")) != 0);
        json_decref(root);
}

static long long publish_today(struct state_memory *memory, struct live_values *r, uint32_t minutes,
                               enum sitting_phase phase) {
        json_t *root;
        long long said;

        r->sitting_today_min = minutes;
        snprintf(r->phase, sizeof(r->phase), "%s", phase_name(phase));
        root = parse_document(state_json(memory, r));
        said = json_integer_value(json_object_get(root, "sitting_today_min"));
        json_decref(root);
        return said;
}

static void test_today_steps(void) {
        struct state_memory memory = {0};
        struct live_values r = make_values(make_person());

        CHECK(publish_today(&memory, &r, 7, SITTING_SEATED) == 7);
        CHECK(publish_today(&memory, &r, 11, SITTING_SEATED) == 7);
        CHECK(publish_today(&memory, &r, 12, SITTING_SEATED) == 12);
        CHECK(publish_today(&memory, &r, 14, SITTING_AWAY) == 14);
        CHECK(publish_today(&memory, &r, 13, SITTING_AWAY) == 14); /* the dwell that is taken back is not midnight */
        CHECK(publish_today(&memory, &r, 0, SITTING_SEATED) == 0);
}

static void test_pace(void) {
        struct live_values last = make_values(make_person()), now = last;
        uint64_t sent = 1000 * USEC_PER_SEC;

        CHECK(find_state_due_us(NULL, 0, &now, &pace) == 0);
        CHECK(find_state_due_us(&last, sent, &now, &pace) == sent + 60 * USEC_PER_SEC);
        now.tilt_deg += 0.9;
        CHECK(find_state_due_us(&last, sent, &now, &pace) == sent + 60 * USEC_PER_SEC);
        now.tilt_deg += 0.2;
        CHECK(find_state_due_us(&last, sent, &now, &pace) == sent + 10 * USEC_PER_SEC);
        now.tilt_deg = NAN;
        CHECK(find_state_due_us(&last, sent, &now, &pace) == sent + 10 * USEC_PER_SEC);
        now.posture_alert = true;
        CHECK(find_state_due_us(&last, sent, &now, &pace) == 0);
        now = last;
        snprintf(now.posture, sizeof(now.posture), "upright");
        CHECK(find_state_due_us(&last, sent, &now, &pace) == 0);
        now = last;
        now.alerts_today++; /* a short alert: no other value of the state changes */
        CHECK(find_state_due_us(&last, sent, &now, &pace) == 0);
        last.inhibited = true; /* by a desktop */
        now = last;
        now.do_not_disturb = true;
        CHECK(find_state_due_us(&last, sent, &now, &pace) == 0);
}

static void test_event(void) {
        static struct mailbox m;
        struct snapshot *s = make_person();
        struct settings settings = {.alert.snooze_min = 10};
        struct seat_event e;
        json_t *root;

        s->alerts.of[ALERT_ACTIVATE] = (struct alert){.changes = ALERT_RAISED,
                                                      .open = true,
                                                      .id = 42,
                                                      .raised_us = s->now_us - 1000000,
                                                      .shown_us = s->now_us - 1000000,
                                                      .seated_us = 31 * MIN_US,
                                                      .cause_us = 31 * MIN_US,
                                                      .limit_us = 30 * MIN_US,
                                                      .slouched_share = 0.5f,
                                                      .asymmetry = NAN,
                                                      .exercise = 0};
        mailbox_post(&m, s, 1788860467250000ull);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_ALERT_RAISED && e.number == 1);
        root = parse_document(event_json(&e, 0xabc, &settings));
        CHECK(strcmp(string_of(root, "event_type"), "glute_activation_due") == 0);
        CHECK(strcmp(string_of(root, "id"), "abc-1") == 0);
        CHECK(strcmp(string_of(root, "ts"), "2026-09-08T09:41:06.250Z") == 0);
        CHECK(strcmp(string_of(root, "exercise_how"), "Lift \"slowly\".") == 0);
        CHECK(json_is_null(json_object_get(root, "asymmetry")));
        json_decref(root);
        CHECK(!mailbox_next_event(&m, &e));
}

/* A repeated alert has its own time; an alert that another one replaces ends before that one; events about all alerts. */
static void test_alert_events(void) {
        static struct mailbox m;
        struct snapshot *s = make_person();
        struct settings settings = {0};
        struct alert *prompt = &s->alerts.of[ALERT_ACTIVATE], *still = &s->alerts.of[ALERT_STILL];
        struct seat_event e;
        json_t *root;

        *prompt = (struct alert){.changes = ALERT_REPEATED, .open = true, .id = 2, .raised_us = s->now_us - 9000000};
        prompt->shown_us = s->now_us;
        mailbox_post(&m, s, 1788860467250000ull);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_ALERT_REPEATED && e.at_realtime_us == 1788860467250000ull);
        prompt->changes = ALERT_RAISED;
        *still = (struct alert){.changes = ALERT_CLEARED, .id = 1, .outcome = ALERT_ABSORBED, .closed_us = s->now_us};
        s->alerts.changes = ALERTS_STOOD_BRIEFLY | ALERTS_HELD_LONG;
        s->alerts.break_us = 120 * 1000000ull;
        s->sitting.last_away_us = 110 * 1000000ull;
        mailbox_post(&m, s, 1788860467250000ull);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_STOOD_BRIEFLY);
        root = parse_document(event_json(&e, 0xabc, &settings));
        CHECK(json_integer_value(json_object_get(root, "away_s")) == 110 &&
              strstr(string_of(root, "text"), "10 s more"));
        json_decref(root);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_HELD_LONG);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_ALERT_CLOSED && e.alert_id == 1);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_ALERT_RAISED && e.alert_id == 2);
}

static void test_stood_up_when_left(void) {
        static struct mailbox m;
        struct snapshot *s = make_person();
        struct seat_event e;

        s->sitting.left_seat_us = s->now_us - 1000000;
        s->sitting.changes = SITTING_LEFT_SEAT;
        mailbox_post(&m, s, 1788860467250000ull);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_STOOD_UP);
        CHECK(e.at_realtime_us == 1788860467250000ull - 1000000);
        s->sitting.left_seat_us = 0;
        s->sitting.changes = SITTING_BOUT_ENDED;
        s->sitting.last_bout_us = 31 * MIN_US;
        mailbox_post(&m, s, 1788860467250000ull);
        CHECK(mailbox_next_event(&m, &e) && e.kind == EVENT_BOUT_ENDED && e.seated_us == 31 * MIN_US);
        CHECK(e.at_realtime_us == 1788860467250000ull);
}

static void test_mailbox_bounds(void) {
        static struct mailbox m;
        struct snapshot *s = make_person();
        struct seat_event e;
        struct channel_answer answer = {.result = COMMAND_OK};
        uint32_t n = 0;

        CHECK(!m.has_report && !mailbox_first_answer(&m));
        s->sitting.changes = SITTING_BOUT_STARTED;
        for (int i = 0; i < MAILBOX_EVENTS + 7; i++)
                mailbox_post(&m, s, 1);
        for (answer.token = 0; answer.token < MAILBOX_COMMANDS + 2; answer.token++)
                mailbox_answer(&m, &answer);
        CHECK(m.events_ring.n == MAILBOX_EVENTS && m.dropped_events == 7 && m.dropped_answers == 2);
        for (; mailbox_first_answer(&m); mailbox_drop_answer(&m))
                CHECK(mailbox_first_answer(&m)->token == n++);
        CHECK(n == MAILBOX_COMMANDS);
        CHECK(mailbox_next_event(&m, &e) && e.number == 8); /* the oldest were dropped */
        CHECK(m.has_report && m.report.rows == 16);
}

static void write_file(const char *path, const char *text, mode_t mode) {
        FILE *f = fopen(path, "w");

        CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0 && chmod(path, mode) == 0);
}

/* Between two decisions only numbers change and no event is repeated; but a mat that comes back is published at
 * once. */
static void test_mailbox_numbers(void) {
        static struct mailbox m;
        struct snapshot *s = make_person();

        s->only_numbers = true;
        mailbox_post(&m, s, 1); /* the first report is complete all the same */
        CHECK(m.has_report && strcmp(m.report.phase, "seated") == 0);
        CHECK(m.urgent);
        m.urgent = false;
        s->health.frames = 7;
        s->posture.tilt_deg.value = -3;
        s->sitting.phase = SITTING_AWAY;
        mailbox_post(&m, s, 2);
        CHECK(m.report.frames == 7 && m.report.realtime_us == 2);
        CHECK(m.report.tilt_deg > -3.1 && strcmp(m.report.phase, "seated") == 0);
        CHECK(!m.urgent);
        s->health.mat_online = !s->health.mat_online;
        mailbox_post(&m, s, 3);
        CHECK(m.urgent);
}

static void test_secret(void) {
        char folder[] = "/tmp/sitbone-secret-XXXXXX", path[128], password[SECRET_MAX], why[160];

        CHECK(mkdtemp(folder));
        snprintf(path, sizeof(path), "%s/password", folder);
        unsetenv("CREDENTIALS_DIRECTORY");
        CHECK(secret_read("", password, why, sizeof(why)) == 0 && password[0] == '\0');
        write_file(path, " a ;b#c \n", 0600);
        CHECK(secret_read(path, password, why, sizeof(why)) == 0 && strcmp(password, " a ;b#c ") == 0);
        CHECK(chmod(path, 0604) == 0);
        CHECK(secret_read(path, password, why, sizeof(why)) < 0 && strstr(why, "chmod 600") && password[0] == '\0');
        CHECK(secret_read("/nonexistent", password, why, sizeof(why)) < 0 && strstr(why, "/nonexistent"));
        CHECK(secret_read(folder, password, why, sizeof(why)) < 0);
        unlink(path);
        snprintf(path, sizeof(path), "%s/mqtt-password", folder);
        write_file(path, "from the manager", 0440);
        setenv("CREDENTIALS_DIRECTORY", folder, 1);
        CHECK(secret_read("/nonexistent", password, why, sizeof(why)) == 0);
        CHECK(strcmp(password, "from the manager") == 0);
        unlink(path);
        rmdir(folder);
}

static bool is_published(enum live_document document, const char *key) {
        for (size_t i = 0; i < live_fields_n; i++)
                if (live_fields[i].in[document].key && strcmp(live_fields[i].in[document].key, key) == 0)
                        return true;
        return false;
}

/* Each entity reads a key that its document has. */
static void check_entities(json_t *components) {
        const char *name;
        json_t *entity;
        int n = 0;

        json_object_foreach(components, name, entity) {
                const char *topic = string_of(entity, "state_topic"), *template = string_of(entity, "value_template");
                char key[64];

                if (!topic || !template || sscanf(template, "{{ value_json.%63[a-z_.] }}", key) != 1)
                        continue;
                if (strcmp(topic, "sitbone/a-1/state") == 0 && ++n)
                        CHECK(is_published(LIVE_STATE, key));
                else if (strcmp(topic, "sitbone/a-1/diag") == 0 && ++n)
                        CHECK(is_published(LIVE_DIAG, key));
        }
        CHECK(n > 20);
}

static char announced[2][32 * 1024];
static int n_announced;

static void collect(void *userdata, const char *topic, const char *text) {
        (void)userdata;
        (void)topic;
        CHECK(n_announced < 2);
        snprintf(announced[n_announced++], sizeof(announced[0]), "%s", text);
}

static void test_discovery(void) {
        struct identity identity = {.seat_id = "a-1", .seat_name = "Chair \"one\"", .version = "0.1"};
        const struct announcement a = {"homeassistant", "sitbone/a-1", &identity, false, collect, NULL};
        json_t *root, *device;

        homeassistant_announce(&a, DISCOVERY_DEVICE);
        CHECK(n_announced == 2);
        root = json_loads(announced[0], 0, NULL);
        device = json_object_get(root, "device");

        CHECK(strcmp(string_of(device, "name"), "Chair \"one\"") == 0);
        CHECK(!json_object_get(device, "suggested_area") && !json_object_get(device, "serial_number"));
        CHECK(!json_object_get(json_object_get(root, "origin"), "support_url"));
        CHECK(json_object_size(json_object_get(root, "components")) == 57);
        check_entities(json_object_get(root, "components"));
        json_decref(root);
}

static void test_map(void) {
        struct mqtt_counters counters = {0};
        struct snapshot *s = make_person();
        struct live_values r = make_values(s);
        json_t *root = parse_document(diag_json(&r, &counters)), *map = json_object_get(root, "map"), *flaws;

        CHECK(json_is_null(json_object_get(map, "quality_pct"))); /* no frame yet */
        CHECK(json_is_null(json_object_get(root, "mat_moved")));
        json_decref(root);
        s->health.frames = 1;
        s->health.history_lost = 7;
        s->map.quality = 0.55f;
        s->map.flaws = FLAW_NOT_TARED | FLAW_PITCH_GUESSED;
        s->posture.place.verdict = PLACE_TURNED;
        s->map.n_stuck = 2;
        s->map.drift = 0.0312f;
        s->map.creep = NAN;
        s->map.force_n = 612.4f;
        r = make_values(s);
        root = parse_document(diag_json(&r, &counters));
        map = json_object_get(root, "map");
        flaws = json_object_get(map, "flaws");
        CHECK(json_integer_value(json_object_get(root, "history_lost")) == 7);
        CHECK(json_integer_value(json_object_get(map, "quality_pct")) == 55);
        CHECK(json_is_true(json_object_get(root, "mat_moved")));
        CHECK(json_array_size(flaws) == 3);
        CHECK(strcmp(json_string_value(json_array_get(flaws, 0)), "not_tared") == 0);
        CHECK(strcmp(json_string_value(json_array_get(flaws, 1)), "pitch_guessed") == 0);
        CHECK(strcmp(json_string_value(json_array_get(flaws, 2)), "turned") == 0);
        CHECK(json_integer_value(json_object_get(map, "cells_stuck")) == 2);
        CHECK(fabs(json_real_value(json_object_get(map, "drift_pct")) - 3.12) < 1e-9);
        CHECK(json_is_null(json_object_get(map, "creep_pct")));
        CHECK(json_integer_value(json_object_get(map, "force_n")) == 612);
        json_decref(root);
}

int main(void) {
        test_time();
        test_map();
        test_state();
        test_instants_stand_still();
        test_today_steps();
        test_pace();
        test_event();
        test_alert_events();
        test_stood_up_when_left();
        test_mailbox_bounds();
        test_mailbox_numbers();
        test_secret();
        test_discovery();
        return 0;
}
