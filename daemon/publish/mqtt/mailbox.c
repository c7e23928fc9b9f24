/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/mailbox.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "contract/live_fields.h"
#include "contract/live_fill.h"
#include "util/clock.h"
#include "words/names.h"
#include "words/sentences.h"

/* ---- pace: the rows of contract/live_fields.c define how soon a change is worth a message ---- */

/* True also when one of the two is unknown and the other is not. */
static bool is_apart(double a, double b, double step) {
        return isnan(a) != isnan(b) || (a != b && fabs(a - b) >= step);
}

static bool is_other_instant(uint64_t a, uint64_t b, double step_us) {
        return (a == 0) != (b == 0) || (double)(a > b ? a - b : b - a) > step_us;
}

static bool has_changed(const struct live_field *f, const struct live_values *last, const struct live_values *now) {
        const void *a = live_member(f, last), *b = live_member(f, now);

        switch (f->type) {
        case LIVE_TEXT:
        case LIVE_NAMES:
                return strcmp(a, b) != 0;
        case LIVE_NUMBER:
                return is_apart(*(const double *)a, *(const double *)b, f->pace_step);
        case LIVE_INSTANT:
                return is_other_instant(*(const uint64_t *)a, *(const uint64_t *)b, f->pace_step);
        case LIVE_FLAG:
        case LIVE_MAYBE:
        case LIVE_ARRAY:
        case LIVE_COUNT:
        case LIVE_COUNT64:
                break;
        }
        return memcmp(a, b, f->size) != 0;
}

/* The pace of the most urgent field that differs. */
static enum live_pace find_pace(const struct live_values *last, const struct live_values *now) {
        enum live_pace pace = LIVE_AT_HEARTBEAT;

        for (size_t i = 0; i < live_fields_n && pace < LIVE_AT_ONCE; i++)
                if (live_fields[i].pace > pace && has_changed(&live_fields[i], last, now))
                        pace = live_fields[i].pace;
        return pace;
}

uint64_t find_state_due_us(const struct live_values *last, uint64_t last_sent_us, const struct live_values *now,
                           const struct settings_mqtt *settings) {
        enum live_pace pace = last ? find_pace(last, now) : LIVE_AT_ONCE;

        if (pace == LIVE_AT_ONCE)
                return 0;
        return last_sent_us +
               (uint64_t)((pace == LIVE_AT_INTERVAL ? settings->state_interval_s : settings->heartbeat_s) *
                          (float)USEC_PER_SEC);
}

/* ---- the events of a snapshot: copies only, no memory from the heap ---- */

/* If the queue is full, the oldest event is dropped and counted: the newest matters
 * more. */
static void push_event(struct mailbox *m, const struct seat_event *event) {
        uint32_t place;

        if (ring_full(&m->events_ring, MAILBOX_EVENTS)) {
                ring_pop(&m->events_ring, MAILBOX_EVENTS);
                m->dropped_events++;
        }
        place = ring_push(&m->events_ring, MAILBOX_EVENTS);
        m->events[place] = *event;
        m->events[place].queued_us = clock_boottime_us(); /* real time, also when the daemon runs in virtual time */
        m->events[place].number = ++m->n_events;
        m->urgent = true;
}

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
        snprintf(ret->exercise.dose, sizeof(ret->exercise.dose), "%s", exercise_one_set(e));
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

        bool repeated = a->changes & ALERT_REPEATED;

        init_alert_event(s, repeated ? EVENT_ALERT_REPEATED : EVENT_ALERT_RAISED, k,
                         find_wall_us(s, realtime_us, a->shown_us), ret);
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

static void push_alert_events(struct mailbox *m, const struct snapshot *s, enum alert_kind k, uint64_t realtime_us) {
        const uint32_t changes = s->alerts.of[k].changes;
        struct seat_event e;

        if (changes & ALERT_HEADS_UP) {
                init_event(s, EVENT_HEADS_UP, realtime_us, &e);
                e.alert = k;
                push_event(m, &e);
        }
        if (changes & (ALERT_RAISED | ALERT_REPEATED)) {
                fill_raised(s, k, realtime_us, &e);
                push_event(m, &e);
        }
        if (changes & ALERT_CLEARED) {
                fill_closed(s, k, realtime_us, &e);
                push_event(m, &e);
        }
}

static void push_general_events(struct mailbox *m, const struct snapshot *s, uint64_t realtime_us) {
        const struct alerts *a = &s->alerts;
        struct seat_event e;

        if (a->changes & ALERTS_STOOD_BRIEFLY) {
                init_event(s, EVENT_STOOD_BRIEFLY, realtime_us, &e);
                e.away_us = s->sitting.last_away_us;
                e.break_us = a->break_us;
                e.next_realtime_us = a->activate_due_us ? find_wall_us(s, realtime_us, a->activate_due_us) : 0;
                stood_briefly_text(e.away_us, e.break_us, e.reason, sizeof(e.reason));
                push_event(m, &e);
        }
        if (a->changes & ALERTS_SITTING_LIMIT) {
                init_event(s, EVENT_SITTING_LIMIT, realtime_us, &e);
                e.today_us = s->sitting.today_us;
                sitting_limit_text(e.today_us, e.reason, sizeof(e.reason));
                push_event(m, &e);
        }
        if (a->changes & ALERTS_HELD_LONG) {
                init_event(s, EVENT_HELD_LONG, realtime_us, &e);
                e.since_realtime_us = find_wall_us(s, realtime_us, a->inhibited_since_us);
                snprintf(e.by, sizeof(e.by), "%s", a->inhibited_by);
                push_event(m, &e);
        }
}

static void push_events(struct mailbox *m, const struct snapshot *s, uint64_t realtime_us) {
        const uint32_t changes = s->sitting.changes;
        struct seat_event e;

        if (changes & (SITTING_BOUT_STARTED | SITTING_BACK)) {
                uint64_t at_us = changes & SITTING_BACK ? s->posture.occupancy_since_us : s->sitting.bout_started_us;
                init_event(s, EVENT_SAT_DOWN, find_wall_us(s, realtime_us, at_us), &e);
                push_event(m, &e);
        }
        if (changes & SITTING_LEFT_SEAT) {
                init_event(s, EVENT_STOOD_UP, find_wall_us(s, realtime_us, s->sitting.left_seat_us), &e);
                push_event(m, &e);
        }
        push_general_events(m, s, realtime_us);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) /* an alert that another one replaces ends first */
                if (!(s->alerts.of[k].changes & ALERT_RAISED))
                        push_alert_events(m, s, k, realtime_us);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                if (s->alerts.of[k].changes & ALERT_RAISED)
                        push_alert_events(m, s, k, realtime_us);
        if (changes & SITTING_BOUT_ENDED) {
                init_event(s, EVENT_BOUT_ENDED, realtime_us, &e);
                e.seated_us = s->sitting.last_bout_us;
                push_event(m, &e);
        }
}

/* ---- the mailbox ---- */

static bool has_only_numbers(const struct mailbox *m, const struct snapshot *s) {
        return s->only_numbers && m->has_report && m->report.mat_online == s->health.mat_online;
}

void mailbox_post(struct mailbox *m, const struct snapshot *s, uint64_t realtime_us) {
        struct live_values now;

        if (has_only_numbers(m, s)) {
                live_values_fill_frame(&m->report, s, realtime_us);
                return;
        }
        live_values_fill(&now, s, realtime_us, NULL, NULL);
        m->urgent = m->urgent || !m->has_report || find_pace(&m->report, &now) == LIVE_AT_ONCE;
        m->report = now;
        m->has_report = true;
        push_events(m, s, realtime_us);
}

bool mailbox_next_event(struct mailbox *m, struct seat_event *ret) {
        if (m->events_ring.n == 0)
                return false;
        *ret = m->events[ring_pop(&m->events_ring, MAILBOX_EVENTS)];
        return true;
}

void mailbox_answer(struct mailbox *m, const struct channel_answer *answer) {
        struct channel_answer *a;

        if (ring_full(&m->answers_ring, MAILBOX_COMMANDS)) {
                m->dropped_answers++;
                return;
        }
        a = &m->answers[ring_push(&m->answers_ring, MAILBOX_COMMANDS)];
        *a = *answer;
        a->until_realtime_us = clock_to_wall_us(a->details.until_us, m->report.now_us, m->report.realtime_us);
}

const struct channel_answer *mailbox_first_answer(const struct mailbox *m) {
        return m->answers_ring.n > 0 ? &m->answers[m->answers_ring.head] : NULL;
}

void mailbox_drop_answer(struct mailbox *m) {
        ring_pop(&m->answers_ring, MAILBOX_COMMANDS);
}
