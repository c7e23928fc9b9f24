/* SPDX-License-Identifier: MIT */
#include "publish/history/write_inside.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/clock.h"
#include "words/names.h"

/* A slouch of less is no slump: the notice time of alerts. */
enum { SLUMP_S = 10 };

/* What may be missing of a bout that ended while nobody wrote: its rows are a minute old at most. And how much the dwell
 * takes back. */
enum { CATCH_UP_S = 120, TAKEN_BACK_S = 5 };

/* A daemon that was killed when a bout had just begun finds it again so much later. */
enum { FOUND_AGAIN_S = 60 };

static const char *const sql[SQL_N] = {
        [SQL_BOUT_FIND] =
                "SELECT id, began_s, until_s, seated_s, in_posture, shifts, slump_s, squeezes, squeezed_s FROM bout "
                "WHERE number = ?1 AND abs(began_s - ?2) < ?3 AND NOT ?4 ORDER BY id DESC LIMIT 1",
        [SQL_BOUT_LAST_OPEN] = "SELECT id, began_s, until_s, seated_s, in_posture, shifts, slump_s, squeezes, "
                               "squeezed_s, number FROM bout WHERE open = 1 ORDER BY id DESC LIMIT 1",
        [SQL_BOUT_ADD] = "INSERT INTO bout(number, began_s, until_s, offset_min, open, seated_s, in_posture, shifts) "
                         "VALUES(?1, ?2, ?2, ?3, 1, 0, '{}', 0)",
        [SQL_BOUT_UPDATE] = "UPDATE bout SET until_s = ?2, open = ?3, ending = ?4, seated_s = ?5, in_posture = ?6, "
                            "shifts = ?7, slump_s = ?8, squeezes = ?9, squeezed_s = ?10 WHERE id = ?1",
        [SQL_POSTURE_ADD] = "INSERT INTO posture(hour_s, posture, offset_min, seconds) VALUES(?1, ?2, ?3, ?4) "
                            "ON CONFLICT DO UPDATE SET seconds = max(0, seconds + excluded.seconds)",
        [SQL_BALANCE_ADD] =
                "INSERT INTO balance(hour_s, offset_min, seconds, asymmetry_s, shifts) "
                "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds, "
                "asymmetry_s = asymmetry_s + excluded.asymmetry_s, shifts = shifts + excluded.shifts",
        [SQL_AWAY_OPEN] = "SELECT id, began_s FROM away WHERE until_s IS NULL ORDER BY id DESC LIMIT 1",
        [SQL_AWAY_ADD] = "INSERT INTO away(began_s, offset_min, kind) VALUES(?1, ?2, ?3)",
        [SQL_AWAY_UPDATE] = "UPDATE away SET until_s = ?2, kind = coalesce(?3, kind) WHERE id = ?1",
        [SQL_AWAY_DROP] = "DELETE FROM away WHERE id = ?1",
        [SQL_ALERT_FIND] = "SELECT id FROM alert WHERE number = ?1 AND abs(raised_s - ?2) < ?3 "
                           "AND NOT (?4 AND outcome IS NOT NULL) ORDER BY id DESC LIMIT 1",
        [SQL_ALERT_ADD] = "INSERT INTO alert(number, kind, raised_s, offset_min, seated_s, exercise) "
                          "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        [SQL_ALERT_UPDATE] = "UPDATE alert SET closed_s = ?2, outcome = ?3, latency_s = ?4 WHERE id = ?1",
        [SQL_CALIBRATION_LAST] = "SELECT what, poses FROM calibration WHERE sitter = ?1 ORDER BY id DESC LIMIT 1",
        [SQL_CALIBRATION_ADD] = "INSERT INTO calibration(at_s, offset_min, what, poses, sitter) "
                                "VALUES(?1, ?2, ?3, ?4, ?5)",
        [SQL_SQUEEZE_LAST] =
                "SELECT id, alert FROM squeeze WHERE until_s >= ?1 AND sitter = ?2 ORDER BY id DESC LIMIT 1",
        [SQL_SQUEEZE_ADD] = "INSERT INTO squeeze(began_s, until_s, offset_min, sitter, repetitions, held_s, alert) "
                            "VALUES(?1, ?1, ?2, ?3, ?4, ?5, ?6)",
        [SQL_SQUEEZE_MORE] = "UPDATE squeeze SET until_s = max(until_s, ?2), repetitions = repetitions + ?3, "
                             "held_s = held_s + ?4 WHERE id = ?1",
        [SQL_SESSION_ADD] = "INSERT INTO session(at_s, offset_min, sitter) SELECT ?1, ?2, ?3 "
                            "WHERE NOT EXISTS(SELECT 1 FROM session WHERE at_s >= ?4)",
};

sqlite3_stmt *history_begin(struct history_writer *w, enum history_statement which) {
        sqlite3_stmt *s = w->statements[which];

        sqlite3_reset(s);
        sqlite3_clear_bindings(s);
        return s;
}

int history_finish(sqlite3_stmt *s) {
        int rc = sqlite3_step(s);

        sqlite3_reset(s);
        return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* ---- time ---- */

int64_t history_wall_s(const struct history_writer *w, const struct history_note *n, uint64_t at_us) {
        int64_t ago_us = at_us > 0 ? (int64_t)(n->now_us - at_us) : 0;

        return ((int64_t)n->realtime_us - ago_us) / (int64_t)USEC_PER_SEC + w->lead_s;
}

int history_offset_min(int64_t at_s) {
        time_t t = (time_t)at_s;
        struct tm tm;

        return localtime_r(&t, &tm) ? (int)(tm.tm_gmtoff / 60) : 0;
}

static int64_t hour_of(int64_t at_s, int offset) {
        int64_t ahead_s = (int64_t)offset * 60, local = at_s + ahead_s;

        return local - local % 3600 - ahead_s;
}

double history_seconds(uint64_t us) {
        return (double)us / 1e6;
}

/* ---- the row of the bout ---- */

static void postures_read(const char *text, double ret[POSTURE_N]) {
        json_t *root = text ? json_loads(text, 0, NULL) : NULL;

        for (int k = 0; k < POSTURE_N; k++)
                ret[k] = json_number_value(json_object_get(root, posture_name((enum posture_class)k)));
        json_decref(root);
}

static char *postures_text(const double in_s[POSTURE_N]) {
        json_t *root = json_object();
        char *text;

        for (int k = 0; k < POSTURE_N; k++)
                if (in_s[k] > 0)
                        json_object_set_new(root, posture_name((enum posture_class)k), json_real(in_s[k]));
        text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
        json_decref(root);
        return text;
}

static void ledger_take(struct history_ledger *l, sqlite3_stmt *s, uint64_t number) {
        l->row = sqlite3_column_int64(s, 0);
        l->number = number;
        l->began_s = sqlite3_column_int64(s, 1);
        l->until_s = sqlite3_column_int64(s, 2);
        l->seated_s = sqlite3_column_double(s, 3);
        postures_read((const char *)sqlite3_column_text(s, 4), l->in_s);
        l->shifts = (uint32_t)sqlite3_column_int64(s, 5);
        l->slump_s = sqlite3_column_type(s, 6) == SQLITE_NULL ? -1 : sqlite3_column_double(s, 6);
        l->squeezes = (uint32_t)sqlite3_column_int64(s, 7);
        l->squeezed_s = sqlite3_column_double(s, 8);
}

static int bout_save(struct history_writer *w, bool open, const char *ending) {
        const struct history_ledger *l = &w->ledger;
        sqlite3_stmt *s = history_begin(w, SQL_BOUT_UPDATE);

        sqlite3_bind_int64(s, 1, l->row);
        sqlite3_bind_int64(s, 2, l->until_s);
        sqlite3_bind_int(s, 3, open);
        sqlite3_bind_text(s, 4, ending, -1, SQLITE_STATIC);
        sqlite3_bind_double(s, 5, l->seated_s);
        sqlite3_bind_text(s, 6, postures_text(l->in_s), -1, free);
        sqlite3_bind_int64(s, 7, l->shifts);
        if (l->slump_s >= 0)
                sqlite3_bind_double(s, 8, l->slump_s);
        sqlite3_bind_int64(s, 9, l->squeezes);
        sqlite3_bind_double(s, 10, l->squeezed_s);
        return history_finish(s);
}

/* The row is there already when the daemon was killed before its own state knew of the bout. */
static int bout_open(struct history_writer *w, const struct history_note *n) {
        const struct sitting *b = &n->sitting;
        int64_t began_s = history_wall_s(w, n, b->bout_started_us);
        sqlite3_stmt *s = history_begin(w, SQL_BOUT_FIND);
        int rc;

        sqlite3_bind_int64(s, 1, (int64_t)b->bout_number);
        sqlite3_bind_int64(s, 2, began_s);
        sqlite3_bind_int64(s, 3, SAME_DAY_S);
        sqlite3_bind_int(s, 4, (b->changes & SITTING_BOUT_STARTED) != 0);
        rc = sqlite3_step(s);
        if (rc == SQLITE_ROW)
                ledger_take(&w->ledger, s, b->bout_number);
        sqlite3_reset(s);
        if (rc != SQLITE_DONE)
                return rc == SQLITE_ROW ? SQLITE_OK : rc;
        s = history_begin(w, SQL_BOUT_ADD);
        sqlite3_bind_int64(s, 1, (int64_t)b->bout_number);
        sqlite3_bind_int64(s, 2, began_s);
        sqlite3_bind_int(s, 3, history_offset_min(began_s));
        rc = history_finish(s);
        memset(w->ledger.in_s, 0, sizeof(w->ledger.in_s));
        w->ledger.row = sqlite3_last_insert_rowid(w->db);
        w->ledger.number = b->bout_number;
        w->ledger.began_s = w->ledger.until_s = began_s;
        w->ledger.seated_s = 0;
        w->ledger.slump_s = -1;
        w->ledger.shifts = w->ledger.squeezes = 0;
        w->ledger.squeezed_s = 0;
        return rc;
}

static int add_posture(struct history_writer *w, int64_t at_s, enum posture_class k, double s_more) {
        int offset = history_offset_min(at_s);
        sqlite3_stmt *s = history_begin(w, SQL_POSTURE_ADD);

        sqlite3_bind_int64(s, 1, hour_of(at_s, offset));
        sqlite3_bind_text(s, 2, posture_name(k), -1, SQLITE_STATIC);
        sqlite3_bind_int(s, 3, offset);
        sqlite3_bind_double(s, 4, s_more);
        return history_finish(s);
}

/* Left and right, and the shifts, since the last note. */
static int add_balance(struct history_writer *w, const struct history_note *n, int64_t at_s, uint32_t shifts) {
        struct history_ledger *l = &w->ledger;
        int offset = history_offset_min(at_s), rc;
        sqlite3_stmt *s;

        if (n->asymmetry_known_us < l->asymmetry_known_us)
                l->asymmetry_us = l->asymmetry_known_us = 0; /* the daemon was started again */
        if (n->asymmetry_known_us == l->asymmetry_known_us && shifts == 0)
                return SQLITE_OK;
        s = history_begin(w, SQL_BALANCE_ADD);
        sqlite3_bind_int64(s, 1, hour_of(at_s, offset));
        sqlite3_bind_int(s, 2, offset);
        sqlite3_bind_double(s, 3, history_seconds(n->asymmetry_known_us - l->asymmetry_known_us));
        sqlite3_bind_double(s, 4, (n->asymmetry_us - l->asymmetry_us) / 1e6);
        sqlite3_bind_int64(s, 5, shifts);
        rc = history_finish(s);
        l->asymmetry_us = n->asymmetry_us;
        l->asymmetry_known_us = n->asymmetry_known_us;
        return rc;
}

/* What the daemon counted since the row was written goes to the hour as well. */
static int bout_follow(struct history_writer *w, const struct history_note *n) {
        const struct sitting *b = &n->sitting;
        struct history_ledger *l = &w->ledger;
        int64_t at_s = history_wall_s(w, n, 0);
        uint32_t shifts = b->bout.shifts > l->shifts ? b->bout.shifts - l->shifts : 0;
        int rc = SQLITE_OK;

        for (int k = 0; k < POSTURE_N && rc == SQLITE_OK; k++) {
                double now_s = history_seconds(b->bout.in_us[k]), more = now_s - l->in_s[k];

                l->in_s[k] = now_s;
                if (fabs(more) >= 1e-6)
                        rc = add_posture(w, at_s, (enum posture_class)k, more);
        }
        l->seated_s = history_seconds(b->bout.seated_us);
        if (l->slump_s < 0 && l->in_s[POSTURE_SLOUCHED] >= SLUMP_S)
                l->slump_s = fmax(0, l->seated_s - l->in_s[POSTURE_SLOUCHED]);
        if (rc == SQLITE_OK)
                rc = add_balance(w, n, at_s, shifts);
        l->shifts = b->bout.shifts;
        if (rc == SQLITE_OK)
                rc = history_follow_squeezes(w, n);
        if (b->phase == SITTING_SEATED)
                l->until_s = at_s;
        else if (b->phase == SITTING_INTERRUPTED && b->left_seat_us > 0)
                l->until_s = history_wall_s(w, n, b->left_seat_us);
        if (l->until_s < l->began_s)
                l->until_s = l->began_s; /* the wall was set back */
        return rc == SQLITE_OK ? bout_save(w, true, NULL) : rc;
}

static int bout_close(struct history_writer *w, const struct sitting *b, const char *ending) {
        struct history_ledger *l = &w->ledger;
        double last_s = history_seconds(b->last_bout_us);
        int rc;

        if (last_s > l->seated_s - TAKEN_BACK_S && last_s < l->seated_s + CATCH_UP_S) {
                l->until_s += (int64_t)fmax(0, last_s - l->seated_s);
                l->seated_s = last_s;
        }
        rc = bout_save(w, false, ending);
        l->row = 0;
        return rc;
}

/* ---- off the seat ---- */

static int away_begin(struct history_writer *w, int64_t at_s, const char *kind) {
        sqlite3_stmt *s = history_begin(w, SQL_AWAY_ADD);
        int rc;

        sqlite3_bind_int64(s, 1, at_s);
        sqlite3_bind_int(s, 2, history_offset_min(at_s));
        sqlite3_bind_text(s, 3, kind, -1, SQLITE_STATIC);
        rc = history_finish(s);
        w->ledger.away_row = sqlite3_last_insert_rowid(w->db);
        w->ledger.away_began_s = at_s;
        return rc;
}

/* kind NULL: as it is. until_s < 0: still away. */
static int away_update(struct history_writer *w, int64_t until_s, const char *kind) {
        sqlite3_stmt *s = history_begin(w, SQL_AWAY_UPDATE);

        sqlite3_bind_int64(s, 1, w->ledger.away_row);
        if (until_s >= 0) {
                sqlite3_bind_int64(s, 2, until_s < w->ledger.away_began_s ? w->ledger.away_began_s : until_s);
                w->ledger.away_row = 0;
        }
        sqlite3_bind_text(s, 3, kind, -1, SQLITE_STATIC);
        return history_finish(s);
}

static int follow_away(struct history_writer *w, const struct history_note *n) {
        const struct sitting *b = &n->sitting;
        struct history_ledger *l = &w->ledger;
        int rc = SQLITE_OK;
        bool partial;

        if (b->changes & SITTING_LEFT_SEAT && l->away_row == 0 && b->left_seat_us > 0)
                rc = away_begin(w, history_wall_s(w, n, b->left_seat_us), "interruption");
        partial = b->changes & SITTING_PARTIAL_BREAK ||
                  (n->first && b->partial); /* or before a kill, and not yet in the row */
        if (rc == SQLITE_OK && partial && l->away_row > 0)
                rc = away_update(w, -1, "partial");
        if (rc == SQLITE_OK && l->away_row > 0 && b->phase == SITTING_SEATED && !(b->changes & SITTING_BOUT_ENDED)) {
                int64_t back_s =
                        b->changes & SITTING_BACK
                                ? l->away_began_s + (int64_t)history_seconds(b->last_away_us)
                                : history_wall_s(w, n, b->changes & SITTING_BOUT_STARTED ? b->bout_started_us : 0);
                rc = away_update(w, back_s, NULL);
        }
        return rc;
}

/* From the end of a bout to the next is one absence. */
static int away_after_bout(struct history_writer *w, const char *kind) {
        if (w->ledger.away_row > 0)
                return away_update(w, -1, kind);
        return away_begin(w, w->ledger.until_s, kind);
}

/* ---- all of a note ---- */

/* Numbers begin anew when the daemon's state was lost. */
static bool same_bout(const struct history_writer *w, const struct history_note *n) {
        int64_t began_s = history_wall_s(w, n, n->sitting.bout_started_us);

        return w->ledger.number == n->sitting.bout_number &&
               (!(n->sitting.changes & SITTING_BOUT_STARTED) || llabs(began_s - w->ledger.began_s) < FOUND_AGAIN_S);
}

/* Also one that ended just before the daemon was killed: its end is in the state, but not yet in the row. */
static const char *ending_of(const struct history_note *n) {
        const struct sitting *b = &n->sitting;

        if (b->changes & SITTING_BREAK || (n->first && !(b->changes & SITTING_BOUT_ENDED) && b->last_was_break))
                return "break";
        return b->changes & SITTING_BOUT_ENDED ? "silence" : "lost";
}

static int follow_bout(struct history_writer *w, const struct history_note *n) {
        const struct sitting *b = &n->sitting;
        struct history_ledger *l = &w->ledger;
        int rc = SQLITE_OK;

        if (l->row > 0 && !same_bout(w, n)) {
                const char *ending = ending_of(n);
                rc = bout_close(w, b, ending);
                if (rc == SQLITE_OK)
                        rc = away_after_bout(w, *ending == 'b' ? "break" : "silence");
        }
        if (rc != SQLITE_OK || b->bout_number == 0)
                return rc;
        if (l->row == 0)
                rc = bout_open(w, n);
        return rc == SQLITE_OK ? bout_follow(w, n) : rc;
}

static int write_note(struct history_writer *w, const struct history_note *n) {
        int rc = follow_bout(w, n);

        if (rc == SQLITE_OK)
                rc = follow_away(w, n);
        for (int k = 0; k < ALERT_KIND_N && rc == SQLITE_OK; k++)
                rc = history_follow_alert(w, n, k);
        if (rc == SQLITE_OK)
                rc = history_follow_session(w, n);
        return rc == SQLITE_OK ? history_follow_calibration(w, n) : rc;
}

int history_write(struct history_writer *w, const struct history_note *notes, int n) {
        struct history_ledger before = w->ledger;
        int rc = sqlite3_exec(w->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        for (int i = 0; i < n && rc == SQLITE_OK; i++)
                rc = write_note(w, &notes[i]);
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(w->db, "COMMIT", NULL, NULL, NULL);
        if (rc != SQLITE_OK) {
                sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
                w->ledger = before;
        }
        return rc;
}

/* ---- life ---- */

/* What ran when the daemon was killed. */
static int take_up(struct history_writer *w) {
        sqlite3_stmt *s = history_begin(w, SQL_BOUT_LAST_OPEN);
        int rc = sqlite3_step(s);

        if (rc == SQLITE_ROW)
                ledger_take(&w->ledger, s, (uint64_t)sqlite3_column_int64(s, 9));
        sqlite3_reset(s);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
                return rc;
        s = history_begin(w, SQL_AWAY_OPEN);
        rc = sqlite3_step(s);
        if (rc == SQLITE_ROW) {
                w->ledger.away_row = sqlite3_column_int64(s, 0);
                w->ledger.away_began_s = sqlite3_column_int64(s, 1);
        }
        sqlite3_reset(s);
        return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int history_writer_init(struct history_writer *w, sqlite3 *db) {
        int rc = SQLITE_OK;

        *w = (struct history_writer){.db = db, .ledger = {.slump_s = -1}};
        for (int i = 0; i < SQL_N && rc == SQLITE_OK; i++)
                rc = sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &w->statements[i], NULL);
        if (rc == SQLITE_OK)
                rc = take_up(w);
        if (rc != SQLITE_OK)
                history_writer_done(w);
        return rc;
}

void history_writer_done(struct history_writer *w) {
        for (int i = 0; i < SQL_N; i++)
                sqlite3_finalize(w->statements[i]);
        sqlite3_close(w->db);
        *w = (struct history_writer){0};
}

int64_t history_writer_latest(struct history_writer *w) {
        sqlite3_stmt *s = NULL;
        int64_t latest = 0;

        if (sqlite3_prepare_v2(w->db,
                               "SELECT max(coalesce((SELECT max(until_s) FROM bout), 0), "
                               "coalesce((SELECT max(began_s) FROM away), 0))",
                               -1, &s, NULL) == SQLITE_OK &&
            sqlite3_step(s) == SQLITE_ROW)
                latest = sqlite3_column_int64(s, 0);
        sqlite3_finalize(s);
        return latest;
}
