/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/replay/json.h"

#include <math.h>
#include <stdlib.h>

#include "contract/live_fill.h"
#include "contract/live_json.h"
#include "sitbone/settings.h"
#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/view/values.h"
#include "util/clock.h"
#include "words/names.h"
#include "words/sentences.h"

struct replay_json {
        FILE *f;
        struct live_values values; /* of the last frame */
};

struct replay_json *replay_json_new(FILE *f) {
        struct replay_json *j = calloc(1, sizeof(*j));

        if (!j)
                return NULL;
        j->f = f;
        return j;
}

void replay_json_free(struct replay_json *j) {
        free(j);
}

static void print_frame(struct replay_json *j, const struct snapshot *s) {
        struct live_values *v = &j->values;
        const bool person = s->posture.occupancy == OCCUPANCY_PERSON;
        json_t *line;

        live_values_fill_frame(v, s, 0);
        if (s->posture.occupancy == OCCUPANCY_VACANT)
                v->asymmetry = (double)NAN;
        line = json_pack("{s:o}", "t_s", live_json_number(source_time_s(s->now_us), 3));
        live_json_put(line, v, LIVE_REPLAY);
        /* two lumps of noise on an empty seat are no sit bones */
        json_object_set_new(line, "sit_bones", person ? view_bones_json(v) : json_null());
        live_json_print(j->f, line);
}

static json_t *make_event(const struct snapshot *s, const char *event) {
        return json_pack("{s:o,s:s}", "t_s", live_json_number(source_time_s(s->now_us), 3), "event", event);
}

static void put_seconds(json_t *line, const char *key, uint64_t us) {
        json_object_set_new(line, key, live_json_number((double)us / (double)USEC_PER_SEC, 1));
}

static void print_sitting(struct replay_json *j, const struct snapshot *s) {
        static const struct {
                enum sitting_change change;
                const char *event;
        } events[] = {
                {SITTING_BOUT_STARTED, "bout_started"},
                {SITTING_LEFT_SEAT, "left_seat"},
                {SITTING_BACK, "back"},
                {SITTING_PARTIAL_BREAK, "partial_break"},
                {SITTING_BOUT_ENDED, "bout_ended"},
                {SITTING_SHIFTED, "shifted"},
        };

        for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
                json_t *line;

                if (!(s->sitting.changes & (uint32_t)events[i].change))
                        continue;
                line = make_event(s, events[i].event);
                if (events[i].change == SITTING_BACK)
                        put_seconds(line, "away_s", s->sitting.last_away_us);
                if (events[i].change == SITTING_BOUT_ENDED)
                        put_seconds(line, "seated_s", s->sitting.last_bout_us);
                live_json_print(j->f, line);
        }
}

static void print_raised(struct replay_json *j, const struct snapshot *s, enum alert_kind kind) {
        const struct alert *a = &s->alerts.of[kind];
        const struct exercise *e = alert_exercise(s->exercises, a);
        json_t *line = make_event(s, alert_event_name(kind));
        char reason[512];

        alert_reason(a, kind, reason, sizeof(reason));
        json_object_set_new(line, "reason", json_string(reason));
        json_object_set_new(line, "exercise", live_json_text(e ? e->id : ""));
        live_json_print(j->f, line);
}

static void print_cleared(struct replay_json *j, const struct snapshot *s, enum alert_kind kind) {
        const struct alert *a = &s->alerts.of[kind];
        json_t *line = make_event(s, "alert_cleared");

        json_object_set_new(line, "kind", json_string(alert_kind_name(kind)));
        json_object_set_new(line, "outcome", json_string(alert_outcome_name(a->outcome)));
        json_object_set_new(line, "latency_s", json_null());
        if (a->answered_us)
                put_seconds(line, "latency_s", a->answered_us - a->raised_us);
        live_json_print(j->f, line);
}

void replay_json_decided(void *userdata, const struct snapshot *s) {
        struct replay_json *j = userdata;

        if (s->fresh)
                print_frame(j, s);
        print_sitting(j, s);
        for (int k = 0; k < ALERT_KIND_N; k++) {
                if (s->alerts.of[k].changes & ALERT_RAISED)
                        print_raised(j, s, (enum alert_kind)k);
                if (s->alerts.of[k].changes & ALERT_CLEARED)
                        print_cleared(j, s, (enum alert_kind)k);
        }
}
