/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/mailbox.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

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

/* Called with the lock held. If the queue is full, the oldest event is dropped and counted: the newest matters
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

/* Called with the lock held. */
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

static void wake_reader(int fd) {
        /* EAGAIN: it is readable already */
        (void)!write(fd, &(uint64_t){1}, sizeof(uint64_t));
}

/* The MQTT thread may run at a lower priority than the decision thread. While it holds the lock it inherits that of
 * the decision thread. */
static int init_lock(pthread_mutex_t *lock) {
        pthread_mutexattr_t attributes;
        int r = pthread_mutexattr_init(&attributes);

        if (r == 0) {
                pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
                r = pthread_mutex_init(lock, &attributes);
                pthread_mutexattr_destroy(&attributes);
        }
        return -r;
}

int mailbox_init(struct mailbox *m) {
        int r;

        m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        m->requests_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        r = m->wake_fd < 0 || m->requests_fd < 0 ? -errno : init_lock(&m->lock);
        if (r < 0) {
                if (m->wake_fd >= 0)
                        close(m->wake_fd);
                if (m->requests_fd >= 0)
                        close(m->requests_fd);
        }
        return r;
}

void mailbox_free(struct mailbox *m) {
        close(m->wake_fd);
        close(m->requests_fd);
        pthread_mutex_destroy(&m->lock);
}

/* Only this thread writes the report, so it may read it without the lock. */
static bool has_only_numbers(const struct mailbox *m, const struct snapshot *s) {
        return s->only_numbers && m->has_report && m->report.mat_online == s->health.mat_online;
}

void mailbox_post(struct mailbox *m, const struct snapshot *s, uint64_t realtime_us) {
        struct live_values now;
        uint64_t before;
        bool urgent;

        if (has_only_numbers(m, s)) {
                pthread_mutex_lock(&m->lock);
                live_values_fill_frame(&m->report, s, realtime_us);
                pthread_mutex_unlock(&m->lock);
                return;
        }
        live_values_fill(&now, s, realtime_us, NULL, NULL);
        pthread_mutex_lock(&m->lock);
        urgent = !m->has_report || find_pace(&m->report, &now) == LIVE_AT_ONCE;
        m->report = now;
        m->has_report = true;
        before = m->n_events;
        push_events(m, s, realtime_us);
        urgent = urgent || m->n_events != before;
        pthread_mutex_unlock(&m->lock);
        if (urgent)
                wake_reader(m->wake_fd);
}

void mailbox_configure(struct mailbox *m, const struct settings *settings) {
        pthread_mutex_lock(&m->lock);
        m->settings = *settings;
        m->has_settings = true;
        pthread_mutex_unlock(&m->lock);
        wake_reader(m->wake_fd);
}

/* Moves the oldest item of a queue to *ret. False: there is none. */
static bool pop_item(struct mailbox *m, struct ring *ring, uint32_t capacity, const void *items, size_t size,
                     void *ret) {
        bool any;

        pthread_mutex_lock(&m->lock);
        any = ring->n > 0;
        if (any)
                memcpy(ret, (const char *)items + ring_pop(ring, capacity) * size, size);
        pthread_mutex_unlock(&m->lock);
        return any;
}

bool mailbox_next_request(struct mailbox *m, struct request *ret) {
        return pop_item(m, &m->requests_ring, MAILBOX_COMMANDS, m->requests, sizeof(*ret), ret);
}

void mailbox_answer(struct mailbox *m, const struct answer *answer) {
        pthread_mutex_lock(&m->lock);
        if (ring_full(&m->answers_ring, MAILBOX_COMMANDS))
                m->dropped_answers++;
        else {
                struct answer *a = &m->answers[ring_push(&m->answers_ring, MAILBOX_COMMANDS)];

                *a = *answer;
                a->until_realtime_us = clock_to_wall_us(a->details.until_us, m->report.now_us, m->report.realtime_us);
        }
        pthread_mutex_unlock(&m->lock);
        wake_reader(m->wake_fd);
}

void mailbox_stop(struct mailbox *m) {
        pthread_mutex_lock(&m->lock);
        m->stop = true;
        pthread_mutex_unlock(&m->lock);
        wake_reader(m->wake_fd);
}

bool mailbox_stopping(struct mailbox *m) {
        bool stop;

        pthread_mutex_lock(&m->lock);
        stop = m->stop;
        pthread_mutex_unlock(&m->lock);
        return stop;
}

bool mailbox_report(struct mailbox *m, struct live_values *ret) {
        bool any;

        pthread_mutex_lock(&m->lock);
        any = m->has_report;
        if (any)
                *ret = m->report;
        pthread_mutex_unlock(&m->lock);
        return any;
}

bool mailbox_settings(struct mailbox *m, struct settings *ret) {
        bool any;

        pthread_mutex_lock(&m->lock);
        any = m->has_settings;
        if (any)
                *ret = m->settings;
        m->has_settings = false;
        pthread_mutex_unlock(&m->lock);
        return any;
}

bool mailbox_next_event(struct mailbox *m, struct seat_event *ret) {
        return pop_item(m, &m->events_ring, MAILBOX_EVENTS, m->events, sizeof(*ret), ret);
}

bool mailbox_request(struct mailbox *m, const struct request *request) {
        bool room;

        pthread_mutex_lock(&m->lock);
        room = !ring_full(&m->requests_ring, MAILBOX_COMMANDS);
        if (room)
                m->requests[ring_push(&m->requests_ring, MAILBOX_COMMANDS)] = *request;
        pthread_mutex_unlock(&m->lock);
        if (room)
                wake_reader(m->requests_fd);
        return room;
}

bool mailbox_next_answer(struct mailbox *m, struct answer *ret) {
        return pop_item(m, &m->answers_ring, MAILBOX_COMMANDS, m->answers, sizeof(*ret), ret);
}

void mailbox_count(struct mailbox *m, uint32_t *ret_events, uint64_t *ret_dropped_events,
                   uint64_t *ret_dropped_answers) {
        pthread_mutex_lock(&m->lock);
        *ret_events = m->events_ring.n;
        *ret_dropped_events = m->dropped_events;
        *ret_dropped_answers = m->dropped_answers;
        pthread_mutex_unlock(&m->lock);
}
