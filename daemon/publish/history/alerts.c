/* SPDX-License-Identifier: MIT */
/* Alerts, squeezes, sessions and changes of the calibration, as rows. */
#include "publish/history/write_inside.h"

#include <stdio.h>
#include <string.h>

#include "words/names.h"

enum { POSES_SIZE = 128 };

/* Repetitions with no longer between are one row. */
enum { SET_S = 60 };

static const char *text_or_null(const char *text) {
        return text[0] ? text : NULL;
}

static int alert_row(struct history_writer *w, const struct alert *a, int64_t raised_s, int64_t *ret_row) {
        sqlite3_stmt *s = history_begin(w, SQL_ALERT_FIND);
        int rc;

        sqlite3_bind_int64(s, 1, (int64_t)a->id);
        sqlite3_bind_int64(s, 2, raised_s);
        sqlite3_bind_int64(s, 3, SAME_DAY_S);
        sqlite3_bind_int(s, 4, (a->changes & ALERT_RAISED) != 0); /* a new one is not one that is over */
        rc = sqlite3_step(s);
        *ret_row = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
        sqlite3_reset(s);
        return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int alert_add(struct history_writer *w, const struct history_note *n, int k, int64_t raised_s,
                     int64_t *ret_row) {
        const struct alert *a = &n->alerts[k];
        sqlite3_stmt *s = history_begin(w, SQL_ALERT_ADD);
        int rc;

        sqlite3_bind_int64(s, 1, (int64_t)a->id);
        sqlite3_bind_text(s, 2, alert_kind_name((enum alert_kind)k), -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 3, raised_s);
        sqlite3_bind_int(s, 4, history_offset_min(raised_s));
        sqlite3_bind_double(s, 5, history_seconds(a->seated_us));
        sqlite3_bind_text(s, 6, text_or_null(n->exercise[k]), -1, SQLITE_STATIC);
        rc = history_finish(s);
        *ret_row = sqlite3_last_insert_rowid(w->db);
        return rc;
}

int history_follow_alert(struct history_writer *w, const struct history_note *n, int k) {
        const struct alert *a = &n->alerts[k];
        bool open = a->open || a->withdrawn, closed = !open && a->closed_us > 0;
        int64_t raised_s = history_wall_s(w, n, a->raised_us), row = 0;
        sqlite3_stmt *s;
        int rc;

        if (a->id == 0 || a->raised_us == 0 || (!a->changes && !n->first))
                return SQLITE_OK;
        rc = alert_row(w, a, raised_s, &row);
        if (rc == SQLITE_OK && row == 0)
                rc = alert_add(w, n, k, raised_s, &row);
        if (rc != SQLITE_OK)
                return rc;
        s = history_begin(w, SQL_ALERT_UPDATE);
        sqlite3_bind_int64(s, 1, row);
        if (closed) {
                sqlite3_bind_int64(s, 2, history_wall_s(w, n, a->closed_us));
                sqlite3_bind_text(s, 3, alert_outcome_name(a->outcome), -1, SQLITE_STATIC);
                if (a->answered_us >= a->raised_us)
                        sqlite3_bind_double(s, 4, history_seconds(a->answered_us - a->raised_us));
        }
        return history_finish(s);
}

/* ---- squeezes ---- */

/* The alert that asked for them: one that is open, or that they just answered. 0 = none did. */
static uint64_t asking(const struct history_note *n) {
        for (int k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &n->alerts[k];
                bool answered = (a->changes & ALERT_CLEARED) && a->outcome == ALERT_SQUEEZED;

                if (answered || (n->in_seat[k] && a->open))
                        return a->id;
        }
        return 0;
}

/* The set goes on after its alert was answered; an alert that comes in the middle of one begins another. */
static int set_row(struct history_writer *w, const struct history_note *n, int64_t at_s, uint64_t alert,
                   int64_t *ret_row) {
        sqlite3_stmt *s = history_begin(w, SQL_SQUEEZE_LAST);
        int rc;

        sqlite3_bind_int64(s, 1, at_s - SET_S);
        sqlite3_bind_text(s, 2, n->sitter, -1, SQLITE_STATIC);
        rc = sqlite3_step(s);
        *ret_row = rc == SQLITE_ROW && (alert == 0 || sqlite3_column_int64(s, 1) == (int64_t)alert)
                           ? sqlite3_column_int64(s, 0)
                           : 0;
        sqlite3_reset(s);
        return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int add_squeezes(struct history_writer *w, const struct history_note *n, uint32_t reps, double held_s) {
        int64_t at_s = history_wall_s(w, n, 0), row;
        uint64_t alert = asking(n);
        int rc = set_row(w, n, at_s, alert, &row);
        sqlite3_stmt *s;

        if (rc != SQLITE_OK)
                return rc;
        if (row > 0) {
                s = history_begin(w, SQL_SQUEEZE_MORE);
                sqlite3_bind_int64(s, 1, row);
                sqlite3_bind_int64(s, 2, at_s);
                sqlite3_bind_int64(s, 3, reps);
                sqlite3_bind_double(s, 4, held_s);
                return history_finish(s);
        }
        s = history_begin(w, SQL_SQUEEZE_ADD);
        sqlite3_bind_int64(s, 1, at_s);
        sqlite3_bind_int(s, 2, history_offset_min(at_s));
        sqlite3_bind_text(s, 3, n->sitter, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 4, reps);
        sqlite3_bind_double(s, 5, held_s);
        if (alert > 0)
                sqlite3_bind_int64(s, 6, (int64_t)alert);
        return history_finish(s);
}

int history_follow_squeezes(struct history_writer *w, const struct history_note *n) {
        struct history_ledger *l = &w->ledger;
        const struct sitting *b = &n->sitting;
        double more_s = (double)b->bout.squeezed_s - l->squeezed_s;
        int rc = SQLITE_OK;

        if (b->bout.squeezes > l->squeezes)
                rc = add_squeezes(w, n, b->bout.squeezes - l->squeezes, more_s > 0 ? more_s : 0);
        l->squeezes = b->bout.squeezes;
        l->squeezed_s = (double)b->bout.squeezed_s;
        return rc;
}

/* ---- sessions ---- */

/* The second at which the local day began. */
static int64_t day_begin(int64_t at_s, int offset_min) {
        int64_t local_s = at_s + (int64_t)offset_min * 60;

        return at_s - local_s % SAME_DAY_S;
}

int history_follow_session(struct history_writer *w, const struct history_note *n) {
        int64_t at_s = history_wall_s(w, n, 0);
        int offset_min = history_offset_min(at_s);
        sqlite3_stmt *s;

        if (!n->session_done)
                return SQLITE_OK;
        s = history_begin(w, SQL_SESSION_ADD);
        sqlite3_bind_int64(s, 1, at_s);
        sqlite3_bind_int(s, 2, offset_min);
        sqlite3_bind_text(s, 3, n->sitter, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 4, day_begin(at_s, offset_min));
        return history_finish(s);
}

/* ---- the calibration ---- */

/* "upright slouched squeeze" */
static void put_poses(const struct history_note *note, char *ret, size_t size) {
        size_t n = 0;

        ret[0] = '\0';
        for (int i = 0; i < POSE_N; i++)
                if (note->pose_taken[i] && n < size)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "",
                                              pose_name((enum calibrate_pose)i));
        if (note->squeeze_taken && n < size)
                snprintf(ret + n, size - n, "%ssqueeze", n ? " " : "");
}

/* Whether the sitter's last row says this already. */
static int says_so(struct history_writer *w, const char *sitter, const char *what, const char *poses, bool *ret) {
        sqlite3_stmt *s = history_begin(w, SQL_CALIBRATION_LAST);
        int rc;

        sqlite3_bind_text(s, 1, sitter, -1, SQLITE_STATIC);
        rc = sqlite3_step(s);
        *ret = rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0), what) == 0 &&
               strcmp((const char *)sqlite3_column_text(s, 1), poses) == 0;
        sqlite3_reset(s);
        return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Poses that were taken anew are a change as well. */
int history_follow_calibration(struct history_writer *w, const struct history_note *n) {
        const char *what = n->calibrated ? "personal" : "population";
        int64_t at_s = history_wall_s(w, n, 0);
        char poses[POSES_SIZE];
        sqlite3_stmt *s;
        bool same;
        int rc;

        if (!n->referenced)
                return SQLITE_OK; /* nothing is estimated now */
        put_poses(n, poses, sizeof(poses));
        rc = says_so(w, n->sitter, what, poses, &same);
        if (rc != SQLITE_OK || (same && !n->retaken))
                return rc;
        s = history_begin(w, SQL_CALIBRATION_ADD);
        sqlite3_bind_int64(s, 1, at_s);
        sqlite3_bind_int(s, 2, history_offset_min(at_s));
        sqlite3_bind_text(s, 3, what, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 4, poses, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 5, n->sitter, -1, SQLITE_STATIC);
        return history_finish(s);
}
