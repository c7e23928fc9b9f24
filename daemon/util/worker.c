/* SPDX-License-Identifier: MIT */
#include "util/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/clock.h"
#include "util/log.h"
#include "util/minmax.h"
#include "util/ring.h"

#define RETRY_MIN_US (2 * USEC_PER_SEC)
#define RETRY_MAX_US (16 * USEC_PER_SEC)

struct worker_queue {
        struct worker_queue_rule rule;
        struct worker *worker;
        struct worker_queue *next;
        bool failing; /* the worker's thread: the log knows of it */

        /* Guarded by the worker's lock. Items that are being written stay in the ring; nobody else touches them, so
         * the thread reads them without the lock. */
        struct ring ring; /* of rule.capacity + 1 items: the last place is for a provisional one */
        uint32_t n_being_written;
        bool *provisional;
        char *items;
        uint64_t retry_us, delay_us; /* CLOCK_MONOTONIC; 0 = the last write went well */
        uint64_t lost;
};

struct worker {
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        bool stop;
        struct worker_queue *queues;
};

static uint64_t read_monotonic_us(void) {
        struct timespec ts;

        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

/* ---- the thread ---- */

static struct worker_queue *find_ready(const struct worker *w, uint64_t now_us) {
        for (struct worker_queue *q = w->queues; q; q = q->next)
                if (q->ring.n > 0 && (q->retry_us <= now_us || w->stop))
                        return q;
        return NULL;
}

/* Waits for an item, for the stop, or for the next retry. */
static void wait_for_work(struct worker *w) {
        uint64_t until_us = UINT64_MAX;
        struct timespec until;

        for (const struct worker_queue *q = w->queues; q; q = q->next)
                if (q->ring.n > 0)
                        until_us = min_u64(until_us, q->retry_us);
        if (until_us == UINT64_MAX) {
                pthread_cond_wait(&w->wake, &w->lock);
                return;
        }
        until.tv_sec = (time_t)(until_us / USEC_PER_SEC);
        until.tv_nsec = (long)(until_us % USEC_PER_SEC) * 1000;
        pthread_cond_timedwait(&w->wake, &w->lock, &until);
}

/* Marks the oldest items as being written, as many as lie side by side. Returns the first. */
static const void *take_batch(struct worker_queue *q, uint32_t *ret_n) {
        uint32_t places = q->rule.capacity + 1;

        while (q->ring.n > 1 && q->provisional[q->ring.head]) /* its write failed, and a newer item came meanwhile */
                ring_pop(&q->ring, places);
        *ret_n = (uint32_t)min_u64(min_u64(q->ring.n, q->rule.batch_max), places - q->ring.head);
        q->n_being_written = *ret_n;
        return q->items + q->ring.head * q->rule.item_size;
}

/* last_try: the write began after the stop, so what waits is given up if it failed. */
static void finish_batch(struct worker_queue *q, bool written, bool last_try) {
        if (written) {
                for (; q->n_being_written > 0; q->n_being_written--)
                        ring_pop(&q->ring, q->rule.capacity + 1);
                q->retry_us = q->delay_us = 0;
                return;
        }
        q->n_being_written = 0;
        if (last_try)
                q->ring.n = 0;
        q->delay_us = q->delay_us ? min_u64(2 * q->delay_us, RETRY_MAX_US) : RETRY_MIN_US;
        q->retry_us = read_monotonic_us() + q->delay_us;
}

static void report_change(struct worker_queue *q, int r, const char *reason) {
        if (r < 0 && !q->failing)
                log_warning("%s: %s: %s", q->rule.name, *reason ? reason : strerror(-r), q->rule.consequence);
        if (r >= 0 && q->failing)
                log_notice("%s: written again", q->rule.name);
        q->failing = r < 0;
}

static void *run_worker(void *userdata) {
        struct worker *w = userdata;

        pthread_mutex_lock(&w->lock);
        for (;;) {
                struct worker_queue *q = find_ready(w, read_monotonic_us());
                char reason[WORKER_REASON_MAX] = "";
                const void *items;
                bool last_try = w->stop;
                uint32_t n;
                int r;

                if (!q && w->stop)
                        break;
                if (!q) {
                        wait_for_work(w);
                        continue;
                }
                items = take_batch(q, &n);
                pthread_mutex_unlock(&w->lock);
                r = q->rule.write(q->rule.userdata, items, n, reason);
                report_change(q, r, reason);
                pthread_mutex_lock(&w->lock);
                finish_batch(q, r >= 0, last_try);
        }
        pthread_mutex_unlock(&w->lock);
        return NULL;
}

/* ---- queues ---- */

static void free_queue(struct worker_queue *q) {
        free(q->items);
        free(q->provisional);
        free(q);
}

int worker_add_queue(struct worker *worker, const struct worker_queue_rule *rule, struct worker_queue **ret) {
        struct worker_queue *q = calloc(1, sizeof(*q)), **end;

        if (!q)
                return -ENOMEM;
        q->rule = *rule;
        q->worker = worker;
        q->provisional = calloc(rule->capacity + 1, sizeof(*q->provisional));
        q->items = calloc(rule->capacity + 1, rule->item_size);
        if (!q->provisional || !q->items) {
                free_queue(q);
                return -ENOMEM;
        }
        pthread_mutex_lock(&worker->lock);
        for (end = &worker->queues; *end; end = &(*end)->next)
                ;
        *end = q;
        pthread_mutex_unlock(&worker->lock);
        *ret = q;
        return 0;
}

/* Place for a new item, or -1. */
static int64_t choose_place(struct worker_queue *q, bool provisional) {
        uint32_t places = q->rule.capacity + 1, last = (q->ring.head + q->ring.n - 1) % places;
        bool may_replace = q->ring.n > q->n_being_written && q->provisional[last];

        if (may_replace && (provisional || q->ring.n <= q->rule.capacity))
                return last;
        if (may_replace || q->ring.n >= q->rule.capacity + provisional)
                return -1;
        return ring_push(&q->ring, places);
}

bool worker_post(struct worker_queue *queue, const void *item, bool provisional) {
        int64_t place;

        pthread_mutex_lock(&queue->worker->lock);
        place = choose_place(queue, provisional);
        if (place >= 0) {
                memcpy(queue->items + (size_t)place * queue->rule.item_size, item, queue->rule.item_size);
                queue->provisional[place] = provisional;
                pthread_cond_signal(&queue->worker->wake);
        } else if (!provisional) {
                queue->lost++;
        }
        pthread_mutex_unlock(&queue->worker->lock);
        return place >= 0;
}

uint64_t worker_lost(struct worker_queue *queue) {
        uint64_t lost;

        pthread_mutex_lock(&queue->worker->lock);
        lost = queue->lost;
        pthread_mutex_unlock(&queue->worker->lock);
        return lost;
}

/* ---- life ---- */

static void init_locks(struct worker *w) {
        pthread_mutexattr_t mutex;
        pthread_condattr_t cond;

        pthread_mutexattr_init(&mutex);
        pthread_mutexattr_setprotocol(&mutex, PTHREAD_PRIO_INHERIT);
        pthread_mutex_init(&w->lock, &mutex);
        pthread_mutexattr_destroy(&mutex);
        pthread_condattr_init(&cond);
        pthread_condattr_setclock(&cond, CLOCK_MONOTONIC);
        pthread_cond_init(&w->wake, &cond);
        pthread_condattr_destroy(&cond);
}

static void free_locks(struct worker *w) {
        pthread_mutex_destroy(&w->lock);
        pthread_cond_destroy(&w->wake);
}

int worker_new(struct worker **ret) {
        struct worker *w = calloc(1, sizeof(*w));
        sigset_t all, before;
        int r;

        if (!w)
                return -ENOMEM;
        init_locks(w);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the event loop */
        r = -pthread_create(&w->thread, NULL, run_worker, w);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r < 0) {
                free_locks(w);
                free(w);
                return r;
        }
        *ret = w;
        return 0;
}

void worker_free(struct worker *worker) {
        if (!worker)
                return;
        pthread_mutex_lock(&worker->lock);
        worker->stop = true;
        pthread_cond_signal(&worker->wake);
        pthread_mutex_unlock(&worker->lock);
        pthread_join(worker->thread, NULL);
        while (worker->queues) {
                struct worker_queue *q = worker->queues;

                worker->queues = q->next;
                free_queue(q);
        }
        free_locks(worker);
        free(worker);
}
