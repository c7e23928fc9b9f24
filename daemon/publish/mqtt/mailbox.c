/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/mailbox.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "contract/live_fill.h"
#include "publish/mqtt/pace.h"
#include "sitbone/settings.h"
#include "util/clock.h"

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

/* Called with the lock held. If the queue is full, the oldest event is dropped and counted: the newest matters
 * more. */
static void push_event(void *userdata, const struct seat_event *event) {
        struct mailbox *m = userdata;
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
        emit_events(s, realtime_us, push_event, m);
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

bool mailbox_next_request(struct mailbox *m, struct request *ret) {
        bool any;

        pthread_mutex_lock(&m->lock);
        any = m->requests_ring.n > 0;
        if (any)
                *ret = m->requests[ring_pop(&m->requests_ring, MAILBOX_COMMANDS)];
        pthread_mutex_unlock(&m->lock);
        return any;
}

void mailbox_answer(struct mailbox *m, const struct answer *answer) {
        pthread_mutex_lock(&m->lock);
        if (ring_full(&m->answers_ring, MAILBOX_COMMANDS))
                m->dropped_answers++;
        else
                m->answers[ring_push(&m->answers_ring, MAILBOX_COMMANDS)] = *answer;
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
        bool any;

        pthread_mutex_lock(&m->lock);
        any = m->events_ring.n > 0;
        if (any)
                *ret = m->events[ring_pop(&m->events_ring, MAILBOX_EVENTS)];
        pthread_mutex_unlock(&m->lock);
        return any;
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
        bool any;

        pthread_mutex_lock(&m->lock);
        any = m->answers_ring.n > 0;
        if (any)
                *ret = m->answers[ring_pop(&m->answers_ring, MAILBOX_COMMANDS)];
        pthread_mutex_unlock(&m->lock);
        return any;
}

void mailbox_count(struct mailbox *m, uint32_t *ret_events, uint64_t *ret_dropped_events,
                   uint64_t *ret_dropped_answers) {
        pthread_mutex_lock(&m->lock);
        *ret_events = m->events_ring.n;
        *ret_dropped_events = m->dropped_events;
        *ret_dropped_answers = m->dropped_answers;
        pthread_mutex_unlock(&m->lock);
}
