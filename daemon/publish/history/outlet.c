/* SPDX-License-Identifier: MIT */
#include "publish/history/outlet.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "publish/history/write.h"
#include "store/history_database.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/minmax.h"
#include "util/ring.h"

enum { NOTES = 64, BATCH = 8, RETRY_S = 2, DAY_S = 86400 };

/* Longer gaps between two snapshots are not time in which the asymmetry was known. */
#define GAP_MAX_US (5 * USEC_PER_SEC)

struct history {
        char path[HISTORY_PATH_MAX];
        double speed;
        pthread_t thread;
        _Atomic(const char *) state; /* a constant text */
        atomic_ullong lost;          /* notes that found the mailbox full */
        char status[96];             /* decision thread: both in words */

        /* decision thread */
        uint64_t begun_us, begun_realtime_us, posted_us;
        int64_t minute; /* of the wall: written last */
        enum sitting_phase phase;
        bool begun, missed, referenced, calibrated, squeeze_taken, done_today;
        bool retaken; /* and not yet told */
        uint32_t squeezes;
        char sitter[SITTER_NAME_MAX];
        double asymmetry_us;
        uint64_t asymmetry_known_us;

        pthread_mutex_t lock; /* guards what follows; never held across a system call but the wait */
        pthread_cond_t wake;
        bool stop, has_newest, has_news;
        int32_t keep_days;
        struct ring ring;
        struct history_note notes[NOTES], newest;

        /* the thread */
        struct history_writer writer;
        bool failing, refused;
        uint64_t retry_us;
        int64_t kept_day;
};

/* ---- the thread ---- */

/* Says a failure once, and when it is over. */
static void fail(struct history *h, int r, const char *why) {
        const char *state = r == -ENOSPC            ? "disk full"
                            : r == -EPROTONOSUPPORT ? "of a newer version"
                                                    : "cannot be written";

        if (!h->failing)
                log_warning("history: %s: %s: not written%s", h->path, why,
                            r == -EPROTONOSUPPORT ? "" : " until that is over");
        h->failing = true;
        h->refused = r == -EPROTONOSUPPORT;
        h->retry_us = clock_boottime_us() + RETRY_S * USEC_PER_SEC;
        atomic_store(&h->state, state);
}

static void recover(struct history *h) {
        if (h->failing)
                log_notice("history: %s: is written again", h->path);
        h->failing = false;
        atomic_store(&h->state, "written");
}

/* Virtual time goes on where the history ended. */
static void lead(struct history *h) {
        int64_t now_s = (int64_t)(clock_realtime_us() / USEC_PER_SEC), latest_s = history_writer_latest(&h->writer);

        if (h->speed != 1 && latest_s > now_s)
                h->writer.lead_s = latest_s - now_s;
}

static bool open_db(struct history *h) {
        char moved[HISTORY_PATH_MAX + 64], error[HISTORY_ERROR_MAX];
        sqlite3 *db;
        int r, rc;

        if (h->writer.db)
                return true;
        if (h->refused || (h->failing && clock_boottime_us() < h->retry_us))
                return false;
        r = history_db_open(h->path, &db, moved, sizeof(moved), error);
        if (*moved)
                log_warning("history: %s is damaged or no history; it lies under %s now", h->path, moved);
        if (r < 0) {
                fail(h, r, error);
                return false;
        }
        rc = history_writer_init(&h->writer, db);
        if (rc != SQLITE_OK) {
                fail(h, -EIO, sqlite3_errstr(rc));
                return false;
        }
        if (r != HISTORY_AS_IT_WAS)
                log_info("history: %s begun", h->path);
        lead(h);
        return true;
}

static void close_db(struct history *h) {
        if (h->writer.db)
                history_writer_done(&h->writer);
}

static int code_of(int rc) {
        return (rc & 0xff) == SQLITE_FULL ? -ENOSPC : -EIO;
}

/* Once a day: what is older than the setting goes. */
static void keep(struct history *h, int64_t now_s, int32_t days) {
        int64_t rows;
        int rc;

        if (days <= 0 || now_s / DAY_S == h->kept_day)
                return;
        rc = history_db_forget(h->writer.db, now_s - now_s % 3600 - (int64_t)days * DAY_S, &rows);
        if (rc != SQLITE_OK)
                return; /* tried again with the next note; writing says why */
        h->kept_day = now_s / DAY_S;
        if (rows > 0)
                log_info("history: %lld rows older than %d days forgotten", (long long)rows, days);
}

/* False: it could not be written, and stays in the mailbox. */
static bool write_notes(struct history *h, const struct history_note *notes, int n, int32_t keep_days) {
        int rc;

        if (!open_db(h) || (h->failing && clock_boottime_us() < h->retry_us))
                return false;
        rc = history_write(&h->writer, notes, n);
        if (rc == SQLITE_OK) {
                recover(h);
                keep(h, (int64_t)(notes[n - 1].realtime_us / USEC_PER_SEC) + h->writer.lead_s, keep_days);
                return true;
        }
        fail(h, code_of(rc), sqlite3_errstr(rc)); /* the message is of the rollback by now */
        close_db(h);                              /* a damaged file is moved aside when it is opened again */
        return false;
}

static void wait_for_work(struct history *h) {
        struct timespec until;

        if (!h->failing || h->refused) {
                pthread_cond_wait(&h->wake, &h->lock);
                return;
        }
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += 1;
        pthread_cond_timedwait(&h->wake, &h->lock, &until);
}

/* Copies what waits; it leaves the mailbox when it is written. False = stopped. */
static bool take(struct history *h, struct history_note *notes, int *ret_n, bool *ret_newest, int32_t *ret_keep_days) {
        bool stop;

        pthread_mutex_lock(&h->lock);
        if (!h->stop && !h->has_news)
                wait_for_work(h);
        h->has_news = false;
        stop = h->stop;
        *ret_n = (int)min_u64(h->ring.n, BATCH);
        for (int i = 0; i < *ret_n; i++)
                notes[i] = h->notes[(h->ring.head + (uint32_t)i) % NOTES];
        *ret_newest = *ret_n == 0 && h->has_newest;
        if (*ret_newest) {
                notes[0] = h->newest;
                h->has_newest = false;
        }
        *ret_keep_days = h->keep_days;
        pthread_mutex_unlock(&h->lock);
        return !stop;
}

static void written(struct history *h, int n) {
        pthread_mutex_lock(&h->lock);
        for (int i = 0; i < n; i++)
                ring_pop(&h->ring, NOTES);
        h->has_news = h->has_news || h->ring.n > 0;
        pthread_mutex_unlock(&h->lock);
}

/* After the stop: all that still waits, while it can be written. */
static void *run(void *userdata) {
        struct history *h = userdata;
        struct history_note *notes = calloc(BATCH, sizeof(*notes));
        bool going = notes != NULL, newest;
        int32_t keep_days;
        int n = 0;

        if (going)
                open_db(h);
        while (going || (notes && n > 0)) {
                going = take(h, notes, &n, &newest, &keep_days);
                if (n + newest == 0)
                        continue;
                if (write_notes(h, notes, n > 0 ? n : 1, keep_days))
                        written(h, n);
                else if (!going)
                        break;
        }
        close_db(h);
        free(notes);
        return NULL;
}

/* ---- the decision thread ---- */

/* With --speed the wall runs as fast as everything else. */
static uint64_t wall_now(const struct history *h, uint64_t now_us) {
        return h->speed == 1 ? clock_realtime_us() : h->begun_realtime_us + (now_us - h->begun_us);
}

static bool happened(const struct history *h, const struct snapshot *s) {
        uint32_t changes = s->sitting.changes & ~(uint32_t)SITTING_SHIFTED;

        for (int k = 0; k < ALERT_KIND_N; k++)
                changes |= s->alerts.of[k].changes & ~(uint32_t)ALERT_UPDATED;
        return changes != 0 || s->learning.calibration_changed || s->sitting.phase != h->phase ||
               s->posture.referenced != h->referenced || s->posture.calibrated != h->calibrated ||
               s->posture.squeezes.ready != h->squeeze_taken || s->sitting.bout_squeezes > h->squeezes ||
               (s->alerts.session.done_today && !h->done_today) || strcmp(s->learning.sitter, h->sitter) != 0;
}

/* What the next one is held against. */
static void note_last(struct history *h, const struct snapshot *s) {
        h->phase = s->sitting.phase;
        h->referenced = s->posture.referenced;
        h->calibrated = s->posture.calibrated;
        h->squeeze_taken = s->posture.squeezes.ready;
        h->squeezes = s->sitting.bout_squeezes;
        h->done_today = s->alerts.session.done_today;
        memcpy(h->sitter, s->learning.sitter, sizeof(h->sitter));
}

static void put_exercise(const struct snapshot *s, int k, struct history_note *ret) {
        int32_t i = s->alerts.of[k].exercise;

        ret->exercise[k][0] = '\0';
        ret->in_seat[k] = k == ALERT_SHORT;
        if (i < 0 || (uint32_t)i >= s->exercises->n)
                return;
        snprintf(ret->exercise[k], EXERCISE_ID_MAX, "%s", s->exercises->of[i].id);
        ret->in_seat[k] = ret->in_seat[k] || s->exercises->of[i].place == EXERCISE_DESK;
}

static void put_note(const struct history *h, const struct snapshot *s, uint64_t realtime_us, bool first,
                     struct history_note *ret) {
        ret->now_us = s->now_us;
        ret->realtime_us = realtime_us;
        ret->sitting = s->sitting;
        memcpy(ret->alerts, s->alerts.of, sizeof(ret->alerts));
        for (int k = 0; k < ALERT_KIND_N; k++)
                put_exercise(s, k, ret);
        ret->referenced = s->posture.referenced;
        ret->calibrated = s->posture.calibrated;
        memcpy(ret->pose_taken, s->learning.taken, sizeof(ret->pose_taken));
        memcpy(ret->sitter, s->learning.sitter, sizeof(ret->sitter));
        ret->squeeze_taken = s->posture.squeezes.ready;
        ret->retaken = h->retaken;
        ret->session_done = s->alerts.session.done_today && (first || !h->done_today);
        ret->first = first;
        ret->asymmetry_us = h->asymmetry_us;
        ret->asymmetry_known_us = h->asymmetry_known_us;
}

static void count_asymmetry(struct history *h, const struct snapshot *s) {
        uint64_t passed_us = s->now_us - h->posted_us;

        if (h->begun && h->phase == SITTING_SEATED && isfinite(s->sitting.asymmetry) && passed_us <= GAP_MAX_US) {
                h->asymmetry_us += (double)s->sitting.asymmetry * (double)passed_us;
                h->asymmetry_known_us += passed_us;
        }
        h->posted_us = s->now_us;
}

/* Full: what happened now is counted as lost; the next note tells all that is still to be seen of it. */
static void push(struct history *h, const struct snapshot *s, uint64_t realtime_us, bool first) {
        if (ring_full(&h->ring, NOTES)) {
                atomic_fetch_add(&h->lost, 1);
                h->missed = true;
                return;
        }
        put_note(h, s, realtime_us, first || h->missed, &h->notes[ring_push(&h->ring, NOTES)]);
        h->missed = false;
        h->retaken = h->retaken && !s->posture.referenced;
        h->has_newest = false; /* older than this */
}

static void tell(struct history *h, const struct snapshot *s, uint64_t realtime_us, bool first, bool event) {
        h->minute = (int64_t)(realtime_us / (60 * USEC_PER_SEC));
        pthread_mutex_lock(&h->lock);
        if (event) {
                push(h, s, realtime_us, first);
        } else {
                put_note(h, s, realtime_us, h->missed, &h->newest);
                h->has_newest = true;
        }
        h->has_news = true;
        pthread_cond_signal(&h->wake);
        pthread_mutex_unlock(&h->lock);
}

static void history_post(void *self, const struct snapshot *s) {
        struct history *h = self;
        bool first = !h->begun, event, minute;
        uint64_t realtime_us;

        if (s->only_numbers)
                return;
        if (first) {
                h->begun_us = s->now_us;
                h->begun_realtime_us = clock_realtime_us();
        }
        count_asymmetry(h, s);
        realtime_us = wall_now(h, s->now_us);
        event = first || happened(h, s);
        minute = s->sitting.bout_number > 0 && (int64_t)(realtime_us / (60 * USEC_PER_SEC)) != h->minute;
        h->begun = true;
        h->retaken = h->retaken || s->learning.calibration_changed;
        if (event || minute)
                tell(h, s, realtime_us, first, event);
        note_last(h, s);
}

static const char *history_status(void *self) {
        struct history *h = self;
        unsigned long long lost = atomic_load(&h->lost);

        if (lost == 0)
                return atomic_load(&h->state);
        snprintf(h->status, sizeof(h->status), "%s, %llu notes lost", atomic_load(&h->state), lost);
        return h->status;
}

static uint64_t history_lost(void *self) {
        struct history *h = self;

        return atomic_load(&h->lost);
}

static void history_configure(void *self, const struct settings *settings) {
        struct history *h = self;

        pthread_mutex_lock(&h->lock);
        h->keep_days = settings->history.keep_days;
        pthread_mutex_unlock(&h->lock);
}

static void history_free(void *self) {
        struct history *h = self;

        pthread_mutex_lock(&h->lock);
        h->stop = true;
        pthread_cond_signal(&h->wake);
        pthread_mutex_unlock(&h->lock);
        pthread_join(h->thread, NULL);
        pthread_mutex_destroy(&h->lock);
        pthread_cond_destroy(&h->wake);
        free(h);
}

static const struct outlet_ops ops = {
        .name = "history",
        .post = history_post,
        .status = history_status,
        .lost = history_lost,
        .configure = history_configure,
        .free = history_free,
};

/* The thread may run at a lower priority than the decision thread: while it holds the lock it inherits. */
static void init_lock(struct history *h) {
        pthread_mutexattr_t mutex;
        pthread_condattr_t cond;

        pthread_mutexattr_init(&mutex);
        pthread_mutexattr_setprotocol(&mutex, PTHREAD_PRIO_INHERIT);
        pthread_mutex_init(&h->lock, &mutex);
        pthread_mutexattr_destroy(&mutex);
        pthread_condattr_init(&cond);
        pthread_condattr_setclock(&cond, CLOCK_MONOTONIC);
        pthread_cond_init(&h->wake, &cond);
        pthread_condattr_destroy(&cond);
}

int history_new(const char *directory, const struct settings *settings, double speed, struct outlet *ret) {
        struct history *h = calloc(1, sizeof(*h));
        sigset_t all, before;
        int r;

        if (!h)
                return -ENOMEM;
        if (snprintf(h->path, sizeof(h->path), "%s/history.db", directory) >= (int)sizeof(h->path)) {
                free(h);
                return -ENAMETOOLONG;
        }
        h->speed = speed;
        h->keep_days = settings->history.keep_days;
        atomic_init(&h->state, "opening");
        init_lock(h);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the decision thread */
        r = -pthread_create(&h->thread, NULL, run, h);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r < 0) {
                free(h);
                return r;
        }
        *ret = (struct outlet){.ops = &ops, .self = h};
        return 0;
}
