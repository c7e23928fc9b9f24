/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/diagnostics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "words/names.h"

/* Dead-bands: below them a number says nothing new (tilt's own standard deviation is larger), above them a recorder
 * still sees every change worth a row. */
#define DEAD_BAND_DEG   1.0f
#define DEAD_BAND_SHARE 0.03f

/* The due time wanders by the step of the loop; a change of less is the same appointment. */
#define SAME_INSTANT_US (30 * USEC_PER_SEC)

void report_numbers(const struct snapshot *s, uint64_t realtime_us, struct report *ret) {
        ret->now_us = s->now_us;
        ret->realtime_us = realtime_us;
        ret->map.n_stuck = s->map.n_stuck;
        ret->map.n_dead = s->map.n_dead;
        ret->map.n_filled = s->map.n_filled;
        ret->map.flaws = s->map.flaws;
        ret->map.tared = s->map.tared;
        ret->map.quality = s->map.quality;
        ret->map.drift = s->map.drift;
        ret->map.creep = s->map.creep;
        ret->map.force_n = s->map.force_n;
        ret->posture = s->posture;
        ret->health = s->health;
}

void report_take(const struct snapshot *s, uint64_t realtime_us, struct report *ret) {
        report_numbers(s, realtime_us, ret);
        ret->rows = s->geometry->rows;
        ret->cols = s->geometry->cols;
        ret->n_cells = s->geometry->n_cells;
        ret->learning = s->learning;
        ret->sitting = s->sitting;
        ret->alerts = s->alerts;
}

static bool other_instant(uint64_t a, uint64_t b) {
        return (a == 0) != (b == 0) || (a > b ? a - b : b - a) > SAME_INSTANT_US;
}

bool report_urgent(const struct report *last, const struct report *now) {
        for (int k = 0; k < ALERT_KIND_N; k++)
                if (last->alerts.of[k].open != now->alerts.of[k].open)
                        return true;
        if (last->learning.phase != now->learning.phase ||
            ceilf(last->learning.left_s) != ceilf(now->learning.left_s) ||
            strcmp(last->learning.sitter, now->learning.sitter) != 0)
                return true;
        return last->posture.occupancy != now->posture.occupancy ||
               last->posture.posture_class != now->posture.posture_class ||
               last->health.mat_online != now->health.mat_online || last->sitting.phase != now->sitting.phase ||
               other_instant(last->alerts.snoozed_until_us, now->alerts.snoozed_until_us) ||
               other_instant(last->alerts.paused_until_us, now->alerts.paused_until_us) ||
               last->alerts.inhibitors != now->alerts.inhibitors ||
               last->alerts.workout.done != now->alerts.workout.done ||
               last->alerts.workout.in_days != now->alerts.workout.in_days;
}

/* Also when one of the two is unknown and the other not. */
static bool apart(float a, float b, float band) {
        return isnan(a) != isnan(b) || fabsf(a - b) >= band;
}

bool report_moved(const struct report *last, const struct report *now) {
        return apart(last->posture.tilt_deg.value, now->posture.tilt_deg.value, DEAD_BAND_DEG) ||
               apart(last->posture.obliquity_deg.value, now->posture.obliquity_deg.value, DEAD_BAND_DEG) ||
               apart(last->posture.asymmetry / 2, now->posture.asymmetry / 2, DEAD_BAND_SHARE) ||
               last->learning.stale != now->learning.stale || last->learning.n_taught != now->learning.n_taught ||
               last->posture.referenced != now->posture.referenced ||
               other_instant(last->sitting.bout_started_us, now->sitting.bout_started_us) ||
               other_instant(last->alerts.activate_due_us, now->alerts.activate_due_us) ||
               last->sitting.last_bout_us != now->sitting.last_bout_us;
}

uint64_t report_due_us(const struct report *last, uint64_t last_sent_us, const struct report *now,
                       const struct settings_mqtt *settings) {
        if (!last || report_urgent(last, now))
                return 0;
        return last_sent_us +
               (uint64_t)((report_moved(last, now) ? settings->state_interval_s : settings->heartbeat_s) *
                          (float)USEC_PER_SEC);
}

static uint64_t wall_of(const struct snapshot *s, uint64_t realtime_us, uint64_t at_us) {
        uint64_t ago = s->now_us > at_us ? s->now_us - at_us : 0;

        return at_us && realtime_us > ago ? realtime_us - ago : realtime_us;
}

static void event_base(const struct snapshot *s, enum seat_event_kind kind, uint64_t at_realtime_us,
                       struct seat_event *ret) {
        memset(ret, 0, sizeof(*ret));
        ret->kind = kind;
        ret->at_realtime_us = at_realtime_us;
        ret->slouched_share = ret->asymmetry = NAN;
        ret->seated_us = s->sitting.bout.seated_us;
}

static void put_exercise(const struct exercise_catalogue *exercises, int32_t i, struct seat_event *ret) {
        const struct exercise *e;

        if (i < 0 || (uint32_t)i >= exercises->n)
                return;
        e = &exercises->of[i];
        snprintf(ret->exercise.id, sizeof(ret->exercise.id), "%s", e->id);
        snprintf(ret->exercise.name, sizeof(ret->exercise.name), "%s", e->name);
        snprintf(ret->exercise.dose, sizeof(ret->exercise.dose), "%s", e->dose);
        snprintf(ret->exercise.how, sizeof(ret->exercise.how), "%s", e->how);
}

static void alert_base(const struct snapshot *s, enum seat_event_kind kind, enum alert_kind k, uint64_t at_realtime_us,
                       struct seat_event *ret) {
        const struct alert *a = &s->alerts.of[k];

        event_base(s, kind, at_realtime_us, ret);
        ret->alert = k;
        ret->alert_id = a->id;
        ret->seated_us = a->seated_us;
        ret->limit_us = a->limit_us;
        ret->slouched_share = a->slouched_share;
        ret->asymmetry = a->asymmetry;
}

static void alert_raised(const struct snapshot *s, enum alert_kind k, uint64_t realtime_us, struct seat_event *ret) {
        const struct alert *a = &s->alerts.of[k];

        alert_base(s, EVENT_ALERT_RAISED, k, wall_of(s, realtime_us, a->raised_us), ret);
        alert_reason(a, k, ret->reason, sizeof(ret->reason));
        put_exercise(s->exercises, a->exercise, ret);
        exercise_reason(alert_exercise(s->exercises, a), &a->why, ret->exercise.why, sizeof(ret->exercise.why));
}

static void alert_closed(const struct snapshot *s, enum alert_kind k, uint64_t realtime_us, struct seat_event *ret) {
        const struct alert *a = &s->alerts.of[k];

        alert_base(s, EVENT_ALERT_CLOSED, k, wall_of(s, realtime_us, a->closed_us), ret);
        ret->outcome = a->outcome;
        ret->latency_us = a->answered_us >= a->raised_us ? a->answered_us - a->raised_us : UINT64_MAX;
}

void events_of(const struct snapshot *s, uint64_t realtime_us,
               void (*emit)(void *userdata, const struct seat_event *event), void *userdata) {
        const uint32_t changes = s->sitting.changes;
        struct seat_event e;

        if (changes & (SITTING_BOUT_STARTED | SITTING_BACK)) {
                uint64_t at_us = changes & SITTING_BACK ? s->posture.occupancy_since_us : s->sitting.bout_started_us;
                event_base(s, EVENT_SAT_DOWN, wall_of(s, realtime_us, at_us), &e);
                emit(userdata, &e);
        }
        if (changes & SITTING_LEFT_SEAT) {
                event_base(s, EVENT_STOOD_UP, wall_of(s, realtime_us, s->sitting.left_seat_us), &e);
                emit(userdata, &e);
        }
        for (int k = 0; k < ALERT_KIND_N; k++) {
                if (s->alerts.of[k].changes & ALERT_HEADS_UP) {
                        event_base(s, EVENT_HEADS_UP, realtime_us, &e);
                        e.alert = (enum alert_kind)k;
                        emit(userdata, &e);
                }
                if (s->alerts.of[k].changes & (ALERT_RAISED | ALERT_REPEATED)) {
                        alert_raised(s, (enum alert_kind)k, realtime_us, &e);
                        if (s->alerts.of[k].changes & ALERT_REPEATED)
                                e.kind = EVENT_ALERT_REPEATED;
                        emit(userdata, &e);
                }
                if (s->alerts.of[k].changes & ALERT_CLEARED) {
                        alert_closed(s, (enum alert_kind)k, realtime_us, &e);
                        emit(userdata, &e);
                }
        }
        if (changes & SITTING_BOUT_ENDED) {
                event_base(s, EVENT_BOUT_ENDED, realtime_us, &e);
                e.seated_us = s->sitting.last_bout_us;
                emit(userdata, &e);
        }
}
