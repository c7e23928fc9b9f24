/* Alerts and changes of the calibration, as rows. */
#include "publish/history_write_inside.h"

#include <stdio.h>
#include <string.h>

#include "publish/text.h"

enum { POSES_SIZE = 128 };

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

static void put_poses(const bool taken[POSE_N], char *ret, size_t size) {
        size_t n = 0;

        ret[0] = '\0';
        for (int i = 0; i < POSE_N; i++)
                if (taken[i] && n < size)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "",
                                              pose_name((enum calibrate_pose)i));
}

int history_follow_calibration(struct history_writer *w, const struct history_note *n) {
        const char *what = n->calibrated ? "personal" : "population";
        int64_t at_s = history_wall_s(w, n, 0);
        char poses[POSES_SIZE];
        sqlite3_stmt *s;
        bool same;
        int rc;

        if (!n->referenced)
                return SQLITE_OK; /* nothing is estimated now */
        put_poses(n->pose_taken, poses, sizeof(poses));
        s = history_begin(w, SQL_CALIBRATION_LAST);
        rc = sqlite3_step(s);
        same = rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0), what) == 0 &&
               strcmp((const char *)sqlite3_column_text(s, 1), poses) == 0;
        sqlite3_reset(s);
        if (same || (rc != SQLITE_ROW && rc != SQLITE_DONE))
                return same ? SQLITE_OK : rc;
        s = history_begin(w, SQL_CALIBRATION_ADD);
        sqlite3_bind_int64(s, 1, at_s);
        sqlite3_bind_int(s, 2, history_offset_min(at_s));
        sqlite3_bind_text(s, 3, what, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 4, poses, -1, SQLITE_STATIC);
        return history_finish(s);
}
