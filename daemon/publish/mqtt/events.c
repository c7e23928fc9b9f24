/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/events.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "words/names.h"
#include "words/sentences.h"

static uint64_t find_wall_us(const struct snapshot *s, uint64_t realtime_us, uint64_t at_us) {
        uint64_t ago = s->now_us > at_us ? s->now_us - at_us : 0;

        return at_us && realtime_us > ago ? realtime_us - ago : realtime_us;
}

static void init_event(const struct snapshot *s, enum seat_event_kind kind, uint64_t at_realtime_us,
                       struct seat_event *ret) {
        memset(ret, 0, sizeof(*ret));
        ret->kind = kind;
        ret->at_realtime_us = at_realtime_us;
        ret->slouched_share = ret->asymmetry = NAN;
        ret->seated_us = s->sitting.bout.seated_us;
}

static void fill_exercise(const struct exercise_catalogue *exercises, int32_t i, struct seat_event *ret) {
        const struct exercise *e;

        if (i < 0 || (uint32_t)i >= exercises->n)
                return;
        e = &exercises->of[i];
        snprintf(ret->exercise.id, sizeof(ret->exercise.id), "%s", e->id);
        snprintf(ret->exercise.name, sizeof(ret->exercise.name), "%s", e->name);
        snprintf(ret->exercise.dose, sizeof(ret->exercise.dose), "%s", e->dose);
        snprintf(ret->exercise.how, sizeof(ret->exercise.how), "%s", e->how);
}

static void init_alert_event(const struct snapshot *s, enum seat_event_kind kind, enum alert_kind k,
                             uint64_t at_realtime_us, struct seat_event *ret) {
        const struct alert *a = &s->alerts.of[k];

        init_event(s, kind, at_realtime_us, ret);
        ret->alert = k;
        ret->alert_id = a->id;
        ret->seated_us = a->seated_us;
        ret->limit_us = a->limit_us;
        ret->slouched_share = a->slouched_share;
        ret->asymmetry = a->asymmetry;
}

static void fill_raised(const struct snapshot *s, enum alert_kind k, uint64_t realtime_us, struct seat_event *ret) {
        const struct alert *a = &s->alerts.of[k];

        init_alert_event(s, EVENT_ALERT_RAISED, k, find_wall_us(s, realtime_us, a->raised_us), ret);
        alert_reason(a, k, ret->reason, sizeof(ret->reason));
        fill_exercise(s->exercises, a->exercise, ret);
        exercise_reason(alert_exercise(s->exercises, a), &a->why, ret->exercise.why, sizeof(ret->exercise.why));
}

static void fill_closed(const struct snapshot *s, enum alert_kind k, uint64_t realtime_us, struct seat_event *ret) {
        const struct alert *a = &s->alerts.of[k];

        init_alert_event(s, EVENT_ALERT_CLOSED, k, find_wall_us(s, realtime_us, a->closed_us), ret);
        ret->outcome = a->outcome;
        ret->latency_us = a->answered_us >= a->raised_us ? a->answered_us - a->raised_us : UINT64_MAX;
}

void emit_events(const struct snapshot *s, uint64_t realtime_us,
                 void (*emit)(void *userdata, const struct seat_event *event), void *userdata) {
        const uint32_t changes = s->sitting.changes;
        struct seat_event e;

        if (changes & (SITTING_BOUT_STARTED | SITTING_BACK)) {
                uint64_t at_us = changes & SITTING_BACK ? s->posture.occupancy_since_us : s->sitting.bout_started_us;
                init_event(s, EVENT_SAT_DOWN, find_wall_us(s, realtime_us, at_us), &e);
                emit(userdata, &e);
        }
        if (changes & SITTING_LEFT_SEAT) {
                init_event(s, EVENT_STOOD_UP, find_wall_us(s, realtime_us, s->sitting.left_seat_us), &e);
                emit(userdata, &e);
        }
        for (int k = 0; k < ALERT_KIND_N; k++) {
                if (s->alerts.of[k].changes & ALERT_HEADS_UP) {
                        init_event(s, EVENT_HEADS_UP, realtime_us, &e);
                        e.alert = (enum alert_kind)k;
                        emit(userdata, &e);
                }
                if (s->alerts.of[k].changes & (ALERT_RAISED | ALERT_REPEATED)) {
                        fill_raised(s, (enum alert_kind)k, realtime_us, &e);
                        if (s->alerts.of[k].changes & ALERT_REPEATED)
                                e.kind = EVENT_ALERT_REPEATED;
                        emit(userdata, &e);
                }
                if (s->alerts.of[k].changes & ALERT_CLEARED) {
                        fill_closed(s, (enum alert_kind)k, realtime_us, &e);
                        emit(userdata, &e);
                }
        }
        if (changes & SITTING_BOUT_ENDED) {
                init_event(s, EVENT_BOUT_ENDED, realtime_us, &e);
                e.seated_us = s->sitting.last_bout_us;
                emit(userdata, &e);
        }
}
