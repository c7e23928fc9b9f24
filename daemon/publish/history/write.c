/* SPDX-License-Identifier: MIT */
#include "publish/history/write.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/clock.h"
#include "words/names.h"

/* A slouch that is shorter is no slump: it is the notice time of alerts. */
enum { SLUMP_S = 10 };

/* The end of a bout may come while nobody writes: its rows are a minute old at most, so this much may be missing; and
 * the dwell takes this much back. */
enum { CATCH_UP_S = 120, TAKEN_BACK_S = 5 };

/* A daemon that is killed when a bout has just begun finds the bout again this much later. */
enum { FOUND_AGAIN_S = 60 };

/* A row belongs to the same bout or alert when its number and its day fit: numbers begin at 1 again when the state is
 * lost. */
enum { SAME_DAY_S = 86400 };

/* Squeezes with at most this long between them are one row. */
enum { SQUEEZE_SET_S = 60 };

enum { POSES_SIZE = 128 };

static const char *const sql[SQL_N] = {
        [SQL_BOUT_FIND] =
                "SELECT id, began_s, until_s, seated_s, in_posture, shifts, slump_s, squeezes, squeezed_s FROM bout "
                "WHERE number = ?1 AND abs(began_s - ?2) < ?3 AND NOT ?4 ORDER BY id DESC LIMIT 1",
        [SQL_BOUT_LAST_OPEN] = "SELECT id, began_s, until_s, seated_s, in_posture, shifts, slump_s, squeezes, "
                               "squeezed_s, number FROM bout WHERE open = 1 ORDER BY id DESC LIMIT 1",
        [SQL_BOUT_ADD] =
                "INSERT INTO main.bout(number, began_s, until_s, offset_min, open, seated_s, in_posture, shifts) "
                "VALUES(?1, ?2, ?2, ?3, 1, 0, '{}', 0)",
        [SQL_BOUT_UPDATE] =
                "UPDATE main.bout SET until_s = ?2, open = ?3, ending = ?4, seated_s = ?5, in_posture = ?6, "
                "shifts = ?7, slump_s = ?8, squeezes = ?9, squeezed_s = ?10, sitter = coalesce(?11, sitter) WHERE id "
                "= ?1",
        [SQL_POSTURE_ADD] =
                "INSERT INTO main.posture(hour_s, posture, offset_min, seconds, bout_id) VALUES(?1, ?2, ?3, ?4, ?5) "
                "ON CONFLICT DO UPDATE SET seconds = max(0, seconds + excluded.seconds)",
        [SQL_BALANCE_ADD] =
                "INSERT INTO main.balance(hour_s, offset_min, seconds, asymmetry_s, shifts, bout_id) "
                "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds, "
                "asymmetry_s = asymmetry_s + excluded.asymmetry_s, shifts = shifts + excluded.shifts",
        [SQL_AWAY_OPEN] = "SELECT id, began_s FROM away WHERE until_s IS NULL ORDER BY id DESC LIMIT 1",
        [SQL_AWAY_ADD] = "INSERT INTO main.away(began_s, offset_min, kind) VALUES(?1, ?2, ?3)",
        [SQL_AWAY_UPDATE] = "UPDATE main.away SET until_s = ?2, kind = coalesce(?3, kind) WHERE id = ?1",
        [SQL_ALERT_FIND] = "SELECT id FROM alert WHERE number = ?1 AND abs(raised_s - ?2) < ?3 "
                           "AND NOT (?4 AND outcome IS NOT NULL) ORDER BY id DESC LIMIT 1",
        [SQL_ALERT_ADD] = "INSERT INTO main.alert(number, kind, raised_s, offset_min, seated_s, exercise) "
                          "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        [SQL_ALERT_UPDATE] = "UPDATE main.alert SET closed_s = ?2, outcome = ?3, latency_s = ?4 WHERE id = ?1",
        [SQL_CALIBRATION_LAST] = "SELECT what, poses FROM calibration WHERE sitter = ?1 ORDER BY id DESC LIMIT 1",
        [SQL_CALIBRATION_ADD] = "INSERT INTO main.calibration(at_s, offset_min, what, poses, sitter) "
                                "VALUES(?1, ?2, ?3, ?4, ?5)",
        [SQL_SQUEEZE_LAST] =
                "SELECT id, alert FROM squeeze WHERE until_s >= ?1 AND sitter = ?2 ORDER BY id DESC LIMIT 1",
        [SQL_SQUEEZE_ADD] =
                "INSERT INTO main.squeeze(began_s, until_s, offset_min, sitter, repetitions, held_s, alert) "
                "VALUES(?1, ?1, ?2, ?3, ?4, ?5, ?6)",
        [SQL_SQUEEZE_MORE] = "UPDATE main.squeeze SET until_s = max(until_s, ?2), repetitions = repetitions + ?3, "
                             "held_s = held_s + ?4 WHERE id = ?1",
        [SQL_SESSION_ADD] = "INSERT INTO main.session(at_s, offset_min, sitter) SELECT ?1, ?2, ?3 "
                            "WHERE NOT EXISTS(SELECT 1 FROM session WHERE at_s >= ?4)",
        [SQL_TRIAL_ADD] = "INSERT INTO main.trial(at_s, offset_min, sitter, withheld, stood, shifts) "
                          "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
};

/* ---- statements ---- */

/* A parameter of a statement. A text of NULL and NAN are NULL in the table. */
struct parameter {
        int type; /* SQLITE_INTEGER, ...; 0 = the end of the parameters */
        int64_t integer;
        double real;
        const char *text;
};

/* clang-format off */
#define INTEGER(x) {.type = SQLITE_INTEGER, .integer = (int64_t)(x)}
#define INTEGER_IF(known, x) {.type = (known) ? SQLITE_INTEGER : SQLITE_NULL, .integer = (int64_t)(x)}
#define REAL(x) {.type = SQLITE_FLOAT, .real = (x)}
#define TEXT(x) {.type = SQLITE_TEXT, .text = (x)}
#define PARAMETERS(...) (const struct parameter[]){__VA_ARGS__, {0}} /* ?1, ?2, ... */
/* clang-format on */

/* The statement, ready for sqlite3_step(). Texts must last until then. parameters NULL: it has none. */
static sqlite3_stmt *start_statement(struct history_writer *w, enum history_statement which,
                                     const struct parameter *parameters) {
        sqlite3_stmt *s = w->statements[which];

        sqlite3_reset(s);
        sqlite3_clear_bindings(s);
        for (int i = 0; parameters && parameters[i].type; i++) {
                const struct parameter *p = &parameters[i];

                if (p->type == SQLITE_INTEGER)
                        sqlite3_bind_int64(s, i + 1, p->integer);
                else if (p->type == SQLITE_FLOAT)
                        sqlite3_bind_double(s, i + 1, p->real);
                else if (p->type == SQLITE_TEXT)
                        sqlite3_bind_text(s, i + 1, p->text, -1, SQLITE_STATIC);
        }
        return s;
}

/* After the row of a query was read. rc: of sqlite3_step(). */
static int end_query(sqlite3_stmt *s, int rc) {
        sqlite3_reset(s);
        return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* Runs a statement without rows. */
static int run_statement(struct history_writer *w, enum history_statement which, const struct parameter *parameters) {
        sqlite3_stmt *s = start_statement(w, which, parameters);

        return end_query(s, sqlite3_step(s));
}

/* ---- time ---- */

/* UTC seconds of an instant of the entry; at_us 0 = of the entry itself. */
static int64_t convert_to_wall_s(const struct history_writer *w, const struct history_entry *e, uint64_t at_us) {
        int64_t ago_us = at_us > 0 ? (int64_t)(e->now_us - at_us) : 0;

        return ((int64_t)e->realtime_us - ago_us) / (int64_t)USEC_PER_SEC + w->lead_s;
}

/* Local time - UTC. */
static int find_offset_min(int64_t at_s) {
        time_t t = (time_t)at_s;
        struct tm tm;

        return localtime_r(&t, &tm) ? (int)(tm.tm_gmtoff / 60) : 0;
}

/* The second at which the local hour began. */
static int64_t find_hour_begin(int64_t at_s, int offset_min) {
        int64_t ahead_s = (int64_t)offset_min * 60, local = at_s + ahead_s;

        return local - local % 3600 - ahead_s;
}

static double to_seconds(uint64_t us) {
        return (double)us / 1e6;
}

/* ---- squeezes ---- */

/* The id of the alert that asked for squeezes: it is open, or the squeezes have just answered it. 0 = no alert did. */
static uint64_t find_asking_alert(const struct history_entry *e) {
        for (int k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &e->alerts[k];
                bool answered = (a->changes & ALERT_CLEARED) && a->outcome == ALERT_SQUEEZED;

                if (answered || (e->in_seat[k] && a->open))
                        return a->id;
        }
        return 0;
}

/* A set continues after its alert was answered; an alert in the middle of a set begins another one. *ret_row 0 = no
 * set to continue. */
static int find_squeeze_set(struct history_writer *w, const struct history_entry *e, int64_t at_s, uint64_t alert,
                            int64_t *ret_row) {
        sqlite3_stmt *s =
                start_statement(w, SQL_SQUEEZE_LAST, PARAMETERS(INTEGER(at_s - SQUEEZE_SET_S), TEXT(e->sitter)));
        int rc = sqlite3_step(s);

        *ret_row = rc == SQLITE_ROW && (alert == 0 || sqlite3_column_int64(s, 1) == (int64_t)alert)
                           ? sqlite3_column_int64(s, 0)
                           : 0;
        return end_query(s, rc);
}

static int add_squeezes(struct history_writer *w, const struct history_entry *e, uint32_t reps, double held_s) {
        int64_t at_s = convert_to_wall_s(w, e, 0), row;
        uint64_t alert = find_asking_alert(e);
        int rc = find_squeeze_set(w, e, at_s, alert, &row);

        if (rc != SQLITE_OK)
                return rc;
        if (row > 0)
                return run_statement(w, SQL_SQUEEZE_MORE,
                                     PARAMETERS(INTEGER(row), INTEGER(at_s), INTEGER(reps), REAL(held_s)));
        return run_statement(w, SQL_SQUEEZE_ADD,
                             PARAMETERS(INTEGER(at_s), INTEGER(find_offset_min(at_s)), TEXT(e->sitter), INTEGER(reps),
                                        REAL(held_s), INTEGER_IF(alert > 0, alert)));
}

static int write_squeezes(struct history_writer *w, const struct history_entry *e) {
        struct history_ledger *l = &w->ledger;
        const struct sitting *b = &e->sitting;
        double more_s = (double)b->bout.squeezed_s - l->squeezed_s;
        int rc = SQLITE_OK;

        if (b->bout.squeezes > l->squeezes)
                rc = add_squeezes(w, e, b->bout.squeezes - l->squeezes, more_s > 0 ? more_s : 0);
        l->squeezes = b->bout.squeezes;
        l->squeezed_s = (double)b->bout.squeezed_s;
        return rc;
}

/* ---- the bout ---- */

static void parse_postures(const char *text, double ret[POSTURE_N]) {
        json_t *root = text ? json_loads(text, 0, NULL) : NULL;

        for (int k = 0; k < POSTURE_N; k++)
                ret[k] = json_number_value(json_object_get(root, posture_name((enum posture_class)k)));
        json_decref(root);
}

static char *format_postures(const double in_s[POSTURE_N]) {
        json_t *root = json_object();
        char *text;

        for (int k = 0; k < POSTURE_N; k++)
                if (in_s[k] > 0)
                        json_object_set_new(root, posture_name((enum posture_class)k), json_real(in_s[k]));
        text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
        json_decref(root);
        return text;
}

static void load_ledger(struct history_ledger *l, sqlite3_stmt *s, uint64_t number) {
        l->row = sqlite3_column_int64(s, 0);
        l->number = number;
        l->began_s = sqlite3_column_int64(s, 1);
        l->until_s = sqlite3_column_int64(s, 2);
        l->seated_s = sqlite3_column_double(s, 3);
        parse_postures((const char *)sqlite3_column_text(s, 4), l->in_s);
        l->shifts = (uint32_t)sqlite3_column_int64(s, 5);
        l->slump_s = sqlite3_column_type(s, 6) == SQLITE_NULL ? -1 : sqlite3_column_double(s, 6);
        l->squeezes = (uint32_t)sqlite3_column_int64(s, 7);
        l->squeezed_s = sqlite3_column_double(s, 8);
}

/* sitter NULL: unchanged. */
static int update_bout_row(struct history_writer *w, bool open, const char *ending, const char *sitter) {
        const struct history_ledger *l = &w->ledger;
        char *postures = format_postures(l->in_s);
        int rc = run_statement(w, SQL_BOUT_UPDATE,
                               PARAMETERS(INTEGER(l->row), INTEGER(l->until_s), INTEGER(open), TEXT(ending),
                                          REAL(l->seated_s), TEXT(postures), INTEGER(l->shifts),
                                          REAL(l->slump_s >= 0 ? l->slump_s : (double)NAN), INTEGER(l->squeezes),
                                          REAL(l->squeezed_s), TEXT(sitter)));

        free(postures);
        return rc;
}

/* The row exists already when the daemon was killed before its own state knew of the bout. */
static int find_or_add_bout(struct history_writer *w, const struct history_entry *e) {
        const struct sitting *b = &e->sitting;
        int64_t began_s = convert_to_wall_s(w, e, b->bout_started_us);
        sqlite3_stmt *s = start_statement(w, SQL_BOUT_FIND,
                                          PARAMETERS(INTEGER(b->bout_number), INTEGER(began_s), INTEGER(SAME_DAY_S),
                                                     INTEGER((b->changes & SITTING_BOUT_STARTED) != 0)));
        int rc = sqlite3_step(s);

        if (rc == SQLITE_ROW)
                load_ledger(&w->ledger, s, b->bout_number);
        sqlite3_reset(s);
        if (rc != SQLITE_DONE)
                return rc == SQLITE_ROW ? SQLITE_OK : rc;
        rc = run_statement(w, SQL_BOUT_ADD,
                           PARAMETERS(INTEGER(b->bout_number), INTEGER(began_s), INTEGER(find_offset_min(began_s))));
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
        int offset = find_offset_min(at_s);

        return run_statement(w, SQL_POSTURE_ADD,
                             PARAMETERS(INTEGER(find_hour_begin(at_s, offset)), TEXT(posture_name(k)), INTEGER(offset),
                                        REAL(s_more), INTEGER(w->ledger.row)));
}

/* Adds the balance and the shifts since the last entry to the hour. */
static int add_balance(struct history_writer *w, const struct history_entry *e, int64_t at_s, uint32_t shifts) {
        struct history_ledger *l = &w->ledger;
        int offset = find_offset_min(at_s), rc;

        if (e->asymmetry_known_us < l->asymmetry_known_us) { /* the daemon was restarted */
                l->asymmetry_us = 0;
                l->asymmetry_known_us = 0;
        }
        if (e->asymmetry_known_us == l->asymmetry_known_us && shifts == 0)
                return SQLITE_OK;
        rc = run_statement(w, SQL_BALANCE_ADD,
                           PARAMETERS(INTEGER(find_hour_begin(at_s, offset)), INTEGER(offset),
                                      REAL(to_seconds(e->asymmetry_known_us - l->asymmetry_known_us)),
                                      REAL((e->asymmetry_us - l->asymmetry_us) / 1e6), INTEGER(shifts),
                                      INTEGER(l->row)));
        l->asymmetry_us = e->asymmetry_us;
        l->asymmetry_known_us = e->asymmetry_known_us;
        return rc;
}

/* Brings the row up to date, and adds to the hours what the daemon counted since the row was written. */
static int update_bout(struct history_writer *w, const struct history_entry *e) {
        const struct sitting *b = &e->sitting;
        struct history_ledger *l = &w->ledger;
        int64_t at_s = convert_to_wall_s(w, e, 0);
        uint32_t shifts = b->bout.shifts > l->shifts ? b->bout.shifts - l->shifts : 0;
        int rc = SQLITE_OK;

        for (int k = 0; k < POSTURE_N && rc == SQLITE_OK; k++) {
                double now_s = to_seconds(b->bout.in_us[k]), more = now_s - l->in_s[k];

                l->in_s[k] = now_s;
                if (fabs(more) >= 1e-6)
                        rc = add_posture(w, at_s, (enum posture_class)k, more);
        }
        l->seated_s = to_seconds(b->bout.seated_us);
        if (l->slump_s < 0 && l->in_s[POSTURE_SLOUCHED] >= SLUMP_S)
                l->slump_s = fmax(0, l->seated_s - l->in_s[POSTURE_SLOUCHED]);
        if (rc == SQLITE_OK)
                rc = add_balance(w, e, at_s, shifts);
        l->shifts = b->bout.shifts;
        if (rc == SQLITE_OK)
                rc = write_squeezes(w, e);
        if (b->phase == SITTING_SEATED)
                l->until_s = at_s;
        else if (b->phase == SITTING_INTERRUPTED && b->left_seat_us > 0)
                l->until_s = convert_to_wall_s(w, e, b->left_seat_us);
        if (l->until_s < l->began_s)
                l->until_s = l->began_s; /* the wall clock was set back */
        /* a sitter that is chosen while nobody sits is that of the next bout */
        return rc == SQLITE_OK ? update_bout_row(w, true, NULL, b->phase == SITTING_SEATED ? e->sitter : NULL) : rc;
}

/* ending: break, silence, lost. */
static int close_bout(struct history_writer *w, const struct sitting *b, const char *ending) {
        struct history_ledger *l = &w->ledger;
        double last_s = to_seconds(b->last_bout_us);
        int rc;

        if (last_s > l->seated_s - TAKEN_BACK_S && last_s < l->seated_s + CATCH_UP_S) {
                l->until_s += (int64_t)fmax(0, last_s - l->seated_s);
                l->seated_s = last_s;
        }
        rc = update_bout_row(w, false, ending, NULL);
        l->row = 0;
        return rc;
}

/* ---- absences ---- */

static int add_absence(struct history_writer *w, int64_t at_s, const char *kind) {
        int rc = run_statement(w, SQL_AWAY_ADD, PARAMETERS(INTEGER(at_s), INTEGER(find_offset_min(at_s)), TEXT(kind)));

        w->ledger.away_row = sqlite3_last_insert_rowid(w->db);
        w->ledger.away_began_s = at_s;
        return rc;
}

/* kind NULL: unchanged. until_s < 0: still away. */
static int update_absence(struct history_writer *w, int64_t until_s, const char *kind) {
        struct history_ledger *l = &w->ledger;
        int64_t row = l->away_row;

        if (until_s >= 0)
                l->away_row = 0;
        return run_statement(
                w, SQL_AWAY_UPDATE,
                PARAMETERS(INTEGER(row),
                           INTEGER_IF(until_s >= 0, until_s < l->away_began_s ? l->away_began_s : until_s),
                           TEXT(kind)));
}

static int write_absence(struct history_writer *w, const struct history_entry *e) {
        const struct sitting *b = &e->sitting;
        struct history_ledger *l = &w->ledger;
        int rc = SQLITE_OK;
        bool partial;

        if (b->changes & SITTING_LEFT_SEAT && l->away_row == 0 && b->left_seat_us > 0)
                rc = add_absence(w, convert_to_wall_s(w, e, b->left_seat_us), "interruption");
        /* a partial break may have been reached before a kill, and not be in the row yet */
        partial = b->changes & SITTING_PARTIAL_BREAK || (e->first && b->partial);
        if (rc == SQLITE_OK && partial && l->away_row > 0)
                rc = update_absence(w, -1, "partial");
        if (rc == SQLITE_OK && l->away_row > 0 && b->phase == SITTING_SEATED && !(b->changes & SITTING_BOUT_ENDED)) {
                int64_t back_s =
                        b->changes & SITTING_BACK
                                ? l->away_began_s + (int64_t)to_seconds(b->last_away_us)
                                : convert_to_wall_s(w, e, b->changes & SITTING_BOUT_STARTED ? b->bout_started_us : 0);
                rc = update_absence(w, back_s, NULL);
        }
        return rc;
}

/* The time from the end of a bout to the next is one absence. */
static int begin_absence_after_bout(struct history_writer *w, const char *kind) {
        if (w->ledger.away_row > 0)
                return update_absence(w, -1, kind);
        return add_absence(w, w->ledger.until_s, kind);
}

/* ---- alerts ---- */

static int find_alert(struct history_writer *w, const struct alert *a, int64_t raised_s, int64_t *ret_row) {
        bool raised_now = a->changes & ALERT_RAISED; /* then it has no closed row */
        sqlite3_stmt *s = start_statement(
                w, SQL_ALERT_FIND,
                PARAMETERS(INTEGER(a->id), INTEGER(raised_s), INTEGER(SAME_DAY_S), INTEGER(raised_now)));
        int rc = sqlite3_step(s);

        *ret_row = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
        return end_query(s, rc);
}

static int add_alert(struct history_writer *w, const struct history_entry *e, int k, int64_t raised_s,
                     int64_t *ret_row) {
        const struct alert *a = &e->alerts[k];
        int rc = run_statement(w, SQL_ALERT_ADD,
                               PARAMETERS(INTEGER(a->id), TEXT(alert_kind_name((enum alert_kind)k)), INTEGER(raised_s),
                                          INTEGER(find_offset_min(raised_s)), REAL(to_seconds(a->seated_us)),
                                          TEXT(*e->exercise[k] ? e->exercise[k] : NULL)));

        *ret_row = sqlite3_last_insert_rowid(w->db);
        return rc;
}

/* Also writes an alert that was raised or cleared while nobody wrote. */
static int write_alert(struct history_writer *w, const struct history_entry *e, int k) {
        const struct alert *a = &e->alerts[k];
        bool open = a->open || a->withdrawn, closed = !open && a->closed_us > 0;
        bool answered = closed && a->answered_us >= a->raised_us;
        int64_t raised_s = convert_to_wall_s(w, e, a->raised_us), row = 0;
        int rc;

        if (a->id == 0 || a->raised_us == 0 || (!a->changes && !e->first))
                return SQLITE_OK;
        rc = find_alert(w, a, raised_s, &row);
        if (rc == SQLITE_OK && row == 0)
                rc = add_alert(w, e, k, raised_s, &row);
        if (rc != SQLITE_OK)
                return rc;
        return run_statement(w, SQL_ALERT_UPDATE,
                             PARAMETERS(INTEGER(row), INTEGER_IF(closed, convert_to_wall_s(w, e, a->closed_us)),
                                        TEXT(closed ? alert_outcome_name(a->outcome) : NULL),
                                        REAL(answered ? to_seconds(a->answered_us - a->raised_us) : (double)NAN)));
}

/* ---- workouts ---- */

/* The second at which the local day began. */
static int64_t find_day_begin(int64_t at_s, int offset_min) {
        int64_t local_s = at_s + (int64_t)offset_min * 60;

        return at_s - local_s % SAME_DAY_S;
}

/* At most one a local day. */
static int write_workout(struct history_writer *w, const struct history_entry *e) {
        int64_t at_s = convert_to_wall_s(w, e, 0);
        int offset_min = find_offset_min(at_s);

        if (!e->session_done)
                return SQLITE_OK;
        return run_statement(w, SQL_SESSION_ADD,
                             PARAMETERS(INTEGER(at_s), INTEGER(offset_min), TEXT(e->sitter),
                                        INTEGER(find_day_begin(at_s, offset_min))));
}

static int write_trial(struct history_writer *w, const struct history_entry *e) {
        const struct trial_result *r = &e->trial;
        int64_t at_s = convert_to_wall_s(w, e, r->decided_us);

        if (r->decided_us == 0)
                return SQLITE_OK;
        return run_statement(w, SQL_TRIAL_ADD,
                             PARAMETERS(INTEGER(at_s), INTEGER(find_offset_min(at_s)), TEXT(e->sitter),
                                        INTEGER(r->withheld), INTEGER(r->stood), INTEGER(r->shifts)));
}

/* ---- the calibration ---- */

/* Writes such as "upright slouched squeeze". */
static void format_poses(const struct history_entry *e, char *ret, size_t size) {
        size_t n = 0;

        ret[0] = '\0';
        for (int i = 0; i < POSE_N; i++)
                if (e->pose_taken[i] && n < size)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "",
                                              pose_name((enum calibrate_pose)i));
        if (e->squeeze_taken && n < size)
                snprintf(ret + n, size - n, "%ssqueeze", n ? " " : "");
}

/* *ret: the sitter's last row has these values already. */
static int is_last_calibration(struct history_writer *w, const char *sitter, const char *what, const char *poses,
                               bool *ret) {
        sqlite3_stmt *s = start_statement(w, SQL_CALIBRATION_LAST, PARAMETERS(TEXT(sitter)));
        int rc = sqlite3_step(s);

        *ret = rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0), what) == 0 &&
               strcmp((const char *)sqlite3_column_text(s, 1), poses) == 0;
        return end_query(s, rc);
}

/* Poses that were taken again are a change as well. */
static int write_calibration(struct history_writer *w, const struct history_entry *e) {
        const char *what = e->calibrated ? "personal" : "population";
        int64_t at_s = convert_to_wall_s(w, e, 0);
        char poses[POSES_SIZE];
        bool same;
        int rc;

        if (!e->referenced)
                return SQLITE_OK; /* nothing is estimated yet */
        format_poses(e, poses, sizeof(poses));
        rc = is_last_calibration(w, e->sitter, what, poses, &same);
        if (rc != SQLITE_OK || (same && !e->retaken))
                return rc;
        return run_statement(
                w, SQL_CALIBRATION_ADD,
                PARAMETERS(INTEGER(at_s), INTEGER(find_offset_min(at_s)), TEXT(what), TEXT(poses), TEXT(e->sitter)));
}

/* ---- entries ---- */

/* The number alone does not tell: numbers begin at 1 again when the daemon's state was lost. */
static bool is_same_bout(const struct history_writer *w, const struct history_entry *e) {
        int64_t began_s = convert_to_wall_s(w, e, e->sitting.bout_started_us);

        return w->ledger.number == e->sitting.bout_number &&
               (!(e->sitting.changes & SITTING_BOUT_STARTED) || llabs(began_s - w->ledger.began_s) < FOUND_AGAIN_S);
}

/* A bout may have ended just before the daemon was killed: its end is in the state, but not in the row yet. */
static const char *name_ending(const struct history_entry *e) {
        const struct sitting *b = &e->sitting;

        if (b->changes & SITTING_BREAK || (e->first && !(b->changes & SITTING_BOUT_ENDED) && b->last_was_break))
                return "break";
        return b->changes & SITTING_BOUT_ENDED ? "silence" : "lost";
}

static int write_bout(struct history_writer *w, const struct history_entry *e) {
        const struct sitting *b = &e->sitting;
        struct history_ledger *l = &w->ledger;
        int rc = SQLITE_OK;

        if (l->row > 0 && !is_same_bout(w, e)) {
                const char *ending = name_ending(e);
                rc = close_bout(w, b, ending);
                if (rc == SQLITE_OK)
                        rc = begin_absence_after_bout(w, *ending == 'b' ? "break" : "silence");
        }
        if (rc != SQLITE_OK || b->bout_number == 0)
                return rc;
        if (l->row == 0)
                rc = find_or_add_bout(w, e);
        return rc == SQLITE_OK ? update_bout(w, e) : rc;
}

static int write_entry(struct history_writer *w, const struct history_entry *e) {
        int rc = write_bout(w, e);

        if (rc == SQLITE_OK)
                rc = write_absence(w, e);
        for (int k = 0; k < ALERT_KIND_N && rc == SQLITE_OK; k++)
                rc = write_alert(w, e, k);
        if (rc == SQLITE_OK)
                rc = write_workout(w, e);
        if (rc == SQLITE_OK)
                rc = write_trial(w, e);
        return rc == SQLITE_OK ? write_calibration(w, e) : rc;
}

int history_write(struct history_writer *w, const struct history_entry *entries, uint32_t n) {
        struct history_ledger before = w->ledger;
        int rc = sqlite3_exec(w->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        for (uint32_t i = 0; i < n && rc == SQLITE_OK; i++)
                rc = write_entry(w, &entries[i]);
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(w->db, "COMMIT", NULL, NULL, NULL);
        if (rc != SQLITE_OK) {
                sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
                w->ledger = before;
        }
        return rc;
}

/* ---- life ---- */

/* Continues the bout and the absence that were open when the daemon was killed. */
static int restore_ledger(struct history_writer *w) {
        sqlite3_stmt *s = start_statement(w, SQL_BOUT_LAST_OPEN, NULL);
        int rc = sqlite3_step(s);

        if (rc == SQLITE_ROW)
                load_ledger(&w->ledger, s, (uint64_t)sqlite3_column_int64(s, 9));
        sqlite3_reset(s);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
                return rc;
        s = start_statement(w, SQL_AWAY_OPEN, NULL);
        rc = sqlite3_step(s);
        if (rc == SQLITE_ROW) {
                w->ledger.away_row = sqlite3_column_int64(s, 0);
                w->ledger.away_began_s = sqlite3_column_int64(s, 1);
        }
        return end_query(s, rc);
}

/* The latest instant in the history, UTC seconds; 0 = it is empty. */
static int64_t find_latest_s(const struct history_writer *w) {
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

/* Virtual time continues where the history ended. */
static void set_lead(struct history_writer *w) {
        int64_t now_s = (int64_t)(clock_realtime_us() / USEC_PER_SEC), latest_s = find_latest_s(w);

        if (latest_s > now_s)
                w->lead_s = latest_s - now_s;
}

int history_writer_init(struct history_writer *w, sqlite3 *db, bool virtual_time) {
        int rc = SQLITE_OK;

        *w = (struct history_writer){.db = db, .ledger = {.slump_s = -1}};
        for (int i = 0; i < SQL_N && rc == SQLITE_OK; i++)
                rc = sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &w->statements[i], NULL);
        if (rc == SQLITE_OK)
                rc = restore_ledger(w);
        if (rc != SQLITE_OK)
                history_writer_done(w);
        else if (virtual_time)
                set_lead(w);
        return rc;
}

void history_writer_done(struct history_writer *w) {
        for (int i = 0; i < SQL_N; i++)
                sqlite3_finalize(w->statements[i]);
        sqlite3_close(w->db);
        *w = (struct history_writer){0};
}
