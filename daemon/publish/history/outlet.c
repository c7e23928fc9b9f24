/* SPDX-License-Identifier: MIT */
#include "publish/history/outlet.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/history/write.h"
#include "sitbone/settings.h"
#include "store/history_database.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/worker.h"

enum { ENTRIES_MAX = 64, BATCH_MAX = 8, DAY_S = 86400 };

/* A clock that is set wrong must not delete anything. It deletes when it is at most this far ahead of a bout that has
 * another bout some days before it: a jump has none [judgement]. */
enum { CLOCK_AHEAD_DAYS = 7 };

/* The asymmetry counts as known between two snapshots that are at most this far apart. */
#define GAP_MAX_US (5 * USEC_PER_SEC)

struct history {
        char path[HISTORY_PATH_MAX];
        double speed;
        struct worker *worker;
        struct worker_queue *queue;
        _Atomic(const char *) state; /* a constant text */
        atomic_int keep_days;

        /* the decision thread */
        char status[96]; /* state, and how much was lost */
        uint64_t begun_us, begun_realtime_us, posted_us;
        int64_t minute; /* of the wall clock, at the last entry */
        enum sitting_phase phase;
        bool begun, referenced, calibrated, squeeze_taken, done_today;
        bool missed;  /* an entry was lost, and no later one is queued yet */
        bool retaken; /* a pose was calibrated, and no entry has it yet */
        uint32_t squeezes;
        char sitter[SITTER_NAME_MAX];
        double asymmetry_us;
        uint64_t asymmetry_known_us;

        /* the worker's thread */
        struct history_writer writer; /* db NULL = closed */
        bool refused;                 /* the file is of a newer version */
        int64_t kept_day;             /* the last day on which old rows were deleted */
};

/* ---- the worker's thread ---- */

static int open_database(struct history *h, char reason[WORKER_REASON_MAX]) {
        char moved[HISTORY_PATH_MAX + 64], error[HISTORY_ERROR_MAX];
        sqlite3 *db;
        int r, rc;

        if (h->writer.db)
                return 0;
        if (h->refused)
                return -EPROTONOSUPPORT;
        r = history_db_open(h->path, &db, moved, sizeof(moved), error);
        if (*moved)
                log_warning("%s: damaged or no history: moved to %s", h->path, moved);
        if (r < 0) {
                snprintf(reason, WORKER_REASON_MAX, "%s", error);
                h->refused = r == -EPROTONOSUPPORT;
                return r;
        }
        rc = history_writer_init(&h->writer, db, h->speed != 1);
        if (rc != SQLITE_OK) {
                snprintf(reason, WORKER_REASON_MAX, "%s", sqlite3_errstr(rc));
                return -EIO;
        }
        if (r != HISTORY_AS_IT_WAS)
                log_info("%s: a new history begins", h->path);
        return 0;
}

static void close_database(struct history *h) {
        if (h->writer.db)
                history_writer_done(&h->writer);
}

/* The last instant of which the bouts show that the clock was right: two to nine days after another bout. */
static int64_t find_confirmed_s(sqlite3 *db) {
        sqlite3_stmt *s = NULL;
        int64_t confirmed_s = 0;

        if (sqlite3_prepare_v2(
                    db,
                    "SELECT began_s FROM bout AS later WHERE EXISTS(SELECT 1 FROM bout WHERE began_s BETWEEN "
                    "later.began_s - 9 * 86400 AND later.began_s - 2 * 86400) ORDER BY began_s DESC LIMIT 1",
                    -1, &s, NULL) == SQLITE_OK &&
            sqlite3_step(s) == SQLITE_ROW)
                confirmed_s = sqlite3_column_int64(s, 0);
        sqlite3_finalize(s);
        return confirmed_s;
}

/* Once a day, deletes the rows that are older than the setting. A failure is retried with the next entry; if writing
 * fails as well, that is logged. */
static void delete_old_rows(struct history *h, int64_t now_s, int days) {
        int64_t rows, confirmed_s;

        if (days <= 0 || now_s / DAY_S == h->kept_day)
                return;
        confirmed_s = find_confirmed_s(h->writer.db);
        if (now_s > confirmed_s + (int64_t)CLOCK_AHEAD_DAYS * DAY_S) {
                h->kept_day = now_s / DAY_S;
                if (confirmed_s > 0)
                        log_notice(
                                "%s: today is %lld days after the days of the history: nothing old is deleted until "
                                "bouts of two days show that the clock is right",
                                h->path, (long long)((now_s - confirmed_s) / DAY_S));
                return;
        }
        if (history_db_forget(h->writer.db, now_s - now_s % 3600 - (int64_t)days * DAY_S, &rows) != SQLITE_OK)
                return;
        h->kept_day = now_s / DAY_S;
        if (rows > 0)
                log_info("%s: %lld rows older than %d days deleted", h->path, (long long)rows, days);
}

static const char *name_failure(int r) {
        return r == -ENOSPC ? "disk full" : r == -EPROTONOSUPPORT ? "of a newer version" : "cannot be written";
}

/* The directory or the file was removed or replaced: what SQLite has open will vanish. It must not touch the log by name,
 * which is that of another file by now. */
static void leave_replaced_database(struct history *h) {
        int moved = 0;

        if (!h->writer.db || sqlite3_file_control(h->writer.db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK ||
            !moved)
                return;
        log_warning("%s: it was removed or replaced while in use; writing goes on with the file of this name",
                    h->path);
        sqlite3_db_config(h->writer.db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        close_database(h);
}

static int write_entries(void *userdata, const void *items, uint32_t n, char reason[WORKER_REASON_MAX]) {
        const struct history_entry *entries = items;
        struct history *h = userdata;
        int r, rc;

        leave_replaced_database(h);
        r = open_database(h, reason);
        if (r >= 0) {
                rc = history_write(&h->writer, entries, n);
                if (rc == SQLITE_OK) {
                        atomic_store(&h->state, "written");
                        delete_old_rows(h, (int64_t)(entries[n - 1].realtime_us / USEC_PER_SEC) + h->writer.lead_s,
                                        atomic_load(&h->keep_days));
                        return 0;
                }
                r = (rc & 0xff) == SQLITE_FULL ? -ENOSPC : -EIO;
                /* sqlite3_errmsg() is of the rollback by now */
                snprintf(reason, WORKER_REASON_MAX, "%s", sqlite3_errstr(rc));
                close_database(h); /* a damaged file is moved aside when it is opened again */
        }
        atomic_store(&h->state, name_failure(r));
        return r;
}

/* ---- the decision thread ---- */

/* With --speed, wall-clock time is scaled, too. */
static uint64_t read_wall_us(const struct history *h, uint64_t now_us) {
        return h->speed == 1 ? clock_realtime_us() : h->begun_realtime_us + (now_us - h->begun_us);
}

/* True when the snapshot differs from the last one in what must not be lost. */
static bool has_event(const struct history *h, const struct snapshot *s) {
        uint32_t changes =
                (s->sitting.changes & ~(uint32_t)SITTING_SHIFTED) | (s->alerts.changes & ALERTS_TRIAL_RESULT);

        for (int k = 0; k < ALERT_KIND_N; k++)
                changes |= s->alerts.of[k].changes & ~(uint32_t)ALERT_UPDATED;
        return changes != 0 || s->learning.calibration_changed || s->sitting.phase != h->phase ||
               s->posture.referenced != h->referenced || s->posture.calibrated != h->calibrated ||
               s->posture.squeezes.ready != h->squeeze_taken || s->sitting.bout.squeezes > h->squeezes ||
               (s->alerts.workout.done_today && !h->done_today) || strcmp(s->learning.sitter, h->sitter) != 0;
}

/* Keeps what has_event() compares the next snapshot with. */
static void remember_snapshot(struct history *h, const struct snapshot *s) {
        h->phase = s->sitting.phase;
        h->referenced = s->posture.referenced;
        h->calibrated = s->posture.calibrated;
        h->squeeze_taken = s->posture.squeezes.ready;
        h->squeezes = s->sitting.bout.squeezes;
        h->done_today = s->alerts.workout.done_today;
        memcpy(h->sitter, s->learning.sitter, sizeof(h->sitter));
}

static void fill_exercise(const struct snapshot *s, int k, struct history_entry *ret) {
        int32_t i = s->alerts.of[k].exercise;

        ret->exercise[k][0] = '\0';
        ret->in_seat[k] = k == ALERT_SHORT;
        if (i < 0 || (uint32_t)i >= s->exercises->n)
                return;
        snprintf(ret->exercise[k], EXERCISE_ID_MAX, "%s", s->exercises->of[i].id);
        ret->in_seat[k] = ret->in_seat[k] || s->exercises->of[i].place == EXERCISE_DESK;
}

static void fill_entry(const struct history *h, const struct snapshot *s, uint64_t realtime_us, bool first,
                       struct history_entry *ret) {
        ret->now_us = s->now_us;
        ret->realtime_us = realtime_us;
        ret->sitting = s->sitting;
        memcpy(ret->alerts, s->alerts.of, sizeof(ret->alerts));
        for (int k = 0; k < ALERT_KIND_N; k++)
                fill_exercise(s, k, ret);
        ret->referenced = s->posture.referenced;
        ret->calibrated = s->posture.calibrated;
        memcpy(ret->pose_taken, s->learning.taken, sizeof(ret->pose_taken));
        memcpy(ret->sitter, s->learning.sitter, sizeof(ret->sitter));
        ret->squeeze_taken = s->posture.squeezes.ready;
        ret->retaken = h->retaken;
        ret->session_done = s->alerts.workout.done_today && (first || !h->done_today);
        ret->trial = s->alerts.changes & ALERTS_TRIAL_RESULT ? s->alerts.trial : (struct trial_result){0};
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

/* When the queue is full an event is counted as lost, and the next entry also writes what can still be seen of it. An
 * entry without an event is provisional: the next one replaces it. */
static void post_entry(struct history *h, const struct snapshot *s, uint64_t realtime_us, bool first, bool event) {
        struct history_entry entry;
        bool posted;

        fill_entry(h, s, realtime_us, first || h->missed, &entry);
        posted = worker_post(h->queue, &entry, !event);
        h->minute = (int64_t)(realtime_us / (60 * USEC_PER_SEC));
        if (event) {
                h->missed = !posted;
                h->retaken = h->retaken && !(posted && s->posture.referenced);
        }
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
        realtime_us = read_wall_us(h, s->now_us);
        event = first || has_event(h, s);
        minute = s->sitting.bout_number > 0 && (int64_t)(realtime_us / (60 * USEC_PER_SEC)) != h->minute;
        h->begun = true;
        h->retaken = h->retaken || s->learning.calibration_changed;
        if (event || minute)
                post_entry(h, s, realtime_us, first, event);
        remember_snapshot(h, s);
}

static uint64_t history_lost(void *self) {
        const struct history *h = self;

        return worker_lost(h->queue);
}

static const char *history_status(void *self) {
        struct history *h = self;
        unsigned long long lost = history_lost(h);

        if (lost == 0)
                return atomic_load(&h->state);
        snprintf(h->status, sizeof(h->status), "%s, %llu entries lost", atomic_load(&h->state), lost);
        return h->status;
}

static void history_configure(void *self, const struct settings *settings) {
        struct history *h = self;

        atomic_store(&h->keep_days, settings->history.keep_days);
}

static void history_free(void *self) {
        struct history *h = self;

        worker_free(h->worker);
        close_database(h);
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

int history_new(const char *directory, const struct settings *settings, double speed, struct outlet *ret) {
        struct history *h = calloc(1, sizeof(*h));
        struct worker_queue_rule rule = {.consequence = "not written",
                                         .item_size = sizeof(struct history_entry),
                                         .capacity = ENTRIES_MAX,
                                         .batch_max = BATCH_MAX,
                                         .write = write_entries,
                                         .userdata = h};
        int r;

        if (!h)
                return -ENOMEM;
        if (snprintf(h->path, sizeof(h->path), "%s/history.db", directory) >= (int)sizeof(h->path)) {
                free(h);
                return -ENAMETOOLONG;
        }
        rule.name = h->path;
        h->speed = speed;
        atomic_init(&h->keep_days, settings->history.keep_days);
        atomic_init(&h->state, "opening");
        r = worker_new(&h->worker);
        if (r >= 0)
                r = worker_add_queue(h->worker, &rule, &h->queue);
        if (r < 0) {
                history_free(h);
                return r;
        }
        *ret = (struct outlet){.ops = &ops, .self = h};
        return 0;
}
