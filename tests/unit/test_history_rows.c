/* SPDX-License-Identifier: MIT */
/* Entries become rows: squeezes, workouts and calibrations, of several sitters, and entries that come twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "publish/history/write.h"
#include "store/history_database.h"

#define SECOND 1000000ull

static char folder[] = "/tmp/sitbone-rows-XXXXXX";
static struct history_writer writer;
static struct history_entry entry;

static void open_writer(void) {
        char path[128], moved[128], error[HISTORY_ERROR_MAX];
        sqlite3 *db;

        snprintf(path, sizeof(path), "%s/history.db", folder);
        CHECK(history_db_open(path, &db, moved, sizeof(moved), error) >= 0);
        CHECK(history_writer_init(&writer, db, false) == SQLITE_OK);
}

/* rows: the columns of a row separated by |, each row ended by a newline. */
static void expect_rows(const char *sql, const char *rows) {
        char found[1024] = "";
        sqlite3_stmt *s;

        CHECK(sqlite3_prepare_v2(writer.db, sql, -1, &s, NULL) == SQLITE_OK);
        while (sqlite3_step(s) == SQLITE_ROW)
                for (int i = 0; i < sqlite3_column_count(s); i++) {
                        const char *text = (const char *)sqlite3_column_text(s, i);

                        strncat(found, text ? text : "-", sizeof(found) - strlen(found) - 2);
                        strcat(found, i + 1 < sqlite3_column_count(s) ? "|" : "\n");
                }
        sqlite3_finalize(s);
        if (strcmp(found, rows) != 0)
                printf("%s\nfound\n%sinstead of\n%s", sql, found, rows);
        CHECK(strcmp(found, rows) == 0);
}

/* Writes the same entry again, some seconds later and with some more squeezes. */
static void write_later(uint64_t later_s, uint32_t more) {
        entry.now_us += later_s * SECOND;
        entry.realtime_us += later_s * SECOND;
        entry.sitting.bout.squeezes += more;
        entry.sitting.bout.squeezed_s += 5 * (float)more;
        CHECK(history_write(&writer, &entry, 1) == SQLITE_OK);
        entry.first = entry.retaken = entry.session_done = false;
        entry.sitting.changes = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                entry.alerts[k].changes = 0;
}

static void start_bout(void) {
        entry = (struct history_entry){.now_us = 1000 * SECOND, .realtime_us = 1780300800 * SECOND, .first = true};
        entry.sitting = (struct sitting){.phase = SITTING_SEATED,
                                         .bout_number = 7,
                                         .bout_started_us = 900 * SECOND,
                                         .changes = SITTING_BOUT_STARTED};
        write_later(0, 0);
}

static void open_alert(enum alert_kind k, uint64_t id, bool in_seat) {
        entry.alerts[k] = (struct alert){.open = true, .id = id, .raised_us = entry.now_us, .changes = ALERT_RAISED};
        entry.in_seat[k] = in_seat;
}

static void answer_alert(enum alert_kind k, enum alert_outcome outcome) {
        entry.alerts[k].open = false;
        entry.alerts[k].closed_us = entry.now_us;
        entry.alerts[k].outcome = outcome;
        entry.alerts[k].changes = ALERT_CLEARED;
}

#define SETS "SELECT until_s - began_s, sitter, repetitions, held_s, alert FROM squeeze ORDER BY id"

static void test_squeezes(void) {
        start_bout();
        write_later(10, 2);
        write_later(10, 1);
        expect_rows(SETS, "10||3|15.0|-\n");
        open_alert(ALERT_ACTIVATE, 4, false); /* squeezes are no answer to "stand up" */
        write_later(61, 1);
        open_alert(ALERT_SHORT, 5, true);
        write_later(10, 2); /* another set, which an alert asked for */
        answer_alert(ALERT_SHORT, ALERT_SQUEEZED);
        write_later(10, 1);
        write_later(10, 1); /* continues without the alert */
        snprintf(entry.sitter, sizeof(entry.sitter), "anna");
        write_later(10, 2);
        expect_rows(SETS, "10||3|15.0|-\n0||1|5.0|-\n20||4|20.0|5\n0|anna|2|10.0|-\n");
        expect_rows("SELECT squeezes, squeezed_s FROM bout", "10|50.0\n");
        expect_rows("SELECT sitter FROM bout", "anna\n"); /* named while seated: the whole bout */
}

/* The count continues after a restart. A squeeze that the state lost is not subtracted, and the next one counts. */
static void test_restart(void) {
        history_writer_done(&writer);
        open_writer();
        entry.first = true;
        write_later(120, 0);
        expect_rows("SELECT sum(repetitions) FROM squeeze", "10\n");
        entry.first = true;
        entry.sitting.bout.squeezes--;
        entry.sitting.bout.squeezed_s -= 5;
        write_later(1, 0);
        write_later(1, 1);
        expect_rows("SELECT sum(repetitions), sum(held_s) FROM squeeze", "11|55.0\n");
}

static void test_sessions(void) {
        entry.session_done = true;
        write_later(1, 0);
        entry.session_done = entry.first = true;
        write_later(3600, 0);
        expect_rows("SELECT count(*), max(sitter) FROM session", "1|anna\n");
        entry.session_done = true;
        write_later(86400, 0);
        expect_rows("SELECT count(*) FROM session", "2\n");
}

#define CALIBRATIONS "SELECT what, poses, sitter FROM calibration WHERE id > 0 ORDER BY id"

static void test_calibrations(void) {
        expect_rows(CALIBRATIONS, ""); /* nothing was estimated yet */
        entry.referenced = true;
        write_later(1, 0);
        write_later(60, 0);
        expect_rows(CALIBRATIONS, "population||anna\n");
        entry.pose_taken[POSE_UPRIGHT] = entry.pose_taken[POSE_SLOUCHED] = entry.calibrated = entry.retaken = true;
        write_later(1, 0);
        entry.retaken = true; /* the same poses again */
        write_later(60, 0);
        entry.squeeze_taken = true;
        write_later(1, 0);
        expect_rows(CALIBRATIONS, "population||anna\npersonal|upright slouched|anna\npersonal|upright slouched|anna\n"
                                  "personal|upright slouched squeeze|anna\n");
        /* another sitter, and back again: a row is added only when something of that sitter is new */
        snprintf(entry.sitter, sizeof(entry.sitter), "ben");
        entry.calibrated = entry.squeeze_taken = entry.pose_taken[POSE_SLOUCHED] = entry.pose_taken[POSE_UPRIGHT] =
                false;
        write_later(1, 0);
        snprintf(entry.sitter, sizeof(entry.sitter), "anna");
        entry.calibrated = entry.squeeze_taken = entry.pose_taken[POSE_SLOUCHED] = entry.pose_taken[POSE_UPRIGHT] =
                true;
        write_later(1, 0);
        expect_rows("SELECT count(*) FROM calibration", "5\n");
        expect_rows("SELECT what, poses FROM calibration WHERE sitter = 'ben'", "population|\n");
}

/* The end of the bout is in the daemon's state, but the kill came before the row was written. */
static void test_ended_before_the_kill(void) {
        entry.sitting.phase = SITTING_INTERRUPTED;
        entry.sitting.changes = SITTING_LEFT_SEAT;
        entry.sitting.left_seat_us = entry.now_us;
        write_later(0, 0);
        expect_rows("SELECT kind FROM away", "interruption\n");
        entry.first = entry.sitting.partial = true;
        write_later(40, 0);
        expect_rows("SELECT kind FROM away", "partial\n");
        history_writer_done(&writer);
        open_writer();
        entry.first = true;
        entry.sitting = (struct sitting){.phase = SITTING_AWAY, .last_was_break = true};
        write_later(1, 0);
        expect_rows("SELECT open, ending FROM bout", "0|break\n");
        expect_rows("SELECT kind FROM away", "break\n");
}

/* The name of the file is too long to append ".damaged-...". */
static void test_cannot_be_moved_aside(void) {
        char path[300], moved[400], error[HISTORY_ERROR_MAX];
        sqlite3 *db;
        FILE *f;

        snprintf(path, sizeof(path), "%s/%0240d", folder, 0);
        f = fopen(path, "w");
        CHECK(f &&
              fputs("no database, but much longer than the head of one, which has a hundred bytes and is all that "
                    "SQLite looks at",
                    f) >= 0 &&
              fclose(f) == 0);
        CHECK(history_db_open(path, &db, moved, sizeof(moved), error) < 0 && !db);
        CHECK(*moved == '\0' && strstr(error, "cannot be moved aside: File name too long"));
        CHECK(access(path, F_OK) == 0);
}

/* A result of the trial is one row, at the time of the decision. */
static void test_trial(void) {
        entry.trial = (struct trial_result){
                .decided_us = entry.now_us - 600 * SECOND, .withheld = true, .stood = true, .shifts = 3};
        write_later(0, 0);
        entry.trial = (struct trial_result){0};
        write_later(10, 0);
        expect_rows("SELECT sitter, withheld, stood, shifts FROM trial", "anna|1|1|3\n");
}

/* Who is chosen while the seat is left has not sat in this bout; posture and shifts are kept by bout. */
static void test_sitter_of_bout(void) {
        start_bout();
        snprintf(entry.sitter, sizeof(entry.sitter), "bob");
        entry.sitting.bout.in_us[POSTURE_UPRIGHT] = 60 * SECOND;
        entry.sitting.bout.shifts = 2;
        write_later(60, 0);
        entry.sitting.phase = SITTING_INTERRUPTED;
        snprintf(entry.sitter, sizeof(entry.sitter), "anna");
        write_later(10, 0);
        expect_rows("SELECT sitter FROM bout ORDER BY id DESC LIMIT 1", "bob\n");
        expect_rows("SELECT sitter, seconds FROM posture JOIN bout ON bout.id = bout_id WHERE sitter = 'bob'",
                    "bob|60.0\n");
        expect_rows("SELECT sum(balance.shifts) FROM balance JOIN bout ON bout.id = bout_id WHERE sitter = 'bob'",
                    "2\n");
        history_writer_done(&writer);
        open_writer(); /* and the file still passes the check */
        expect_rows("SELECT sitter FROM bout ORDER BY id DESC LIMIT 1", "bob\n");
}

int main(void) {
        char command[64];

        setenv("TZ", "UTC", 1);
        CHECK(mkdtemp(folder));
        open_writer();
        test_squeezes();
        test_restart();
        test_sessions();
        test_calibrations();
        test_ended_before_the_kill();
        test_cannot_be_moved_aside();
        test_trial();
        test_sitter_of_bout();
        history_writer_done(&writer);
        snprintf(command, sizeof(command), "rm -r %s", folder);
        return system(command) != 0;
}
