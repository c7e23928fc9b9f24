/* SPDX-License-Identifier: MIT */
/* Notes in, rows out: squeezes, sessions and calibrations, whoever sits there and whatever is told twice. */
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
static struct history_entry note;

static void open_writer(void) {
        char path[128], moved[128], error[HISTORY_ERROR_MAX];
        sqlite3 *db;

        snprintf(path, sizeof(path), "%s/history.db", folder);
        CHECK(history_db_open(path, &db, moved, sizeof(moved), error) >= 0);
        CHECK(history_writer_init(&writer, db) == SQLITE_OK);
}

/* All rows of a query, columns with | between, rows with a newline behind. */
static void expect(const char *sql, const char *rows) {
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

/* The same note, so many seconds later, with so many squeezes more. */
static void tell(uint64_t later_s, uint32_t more) {
        note.now_us += later_s * SECOND;
        note.realtime_us += later_s * SECOND;
        note.sitting.bout_squeezes += more;
        note.sitting.bout_squeezed_s += 5 * (float)more;
        CHECK(history_write(&writer, &note, 1) == SQLITE_OK);
        note.first = note.retaken = note.session_done = false;
        note.sitting.changes = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                note.alerts[k].changes = 0;
}

static void start_bout(void) {
        note = (struct history_entry){.now_us = 1000 * SECOND, .realtime_us = 1780300800 * SECOND, .first = true};
        note.sitting = (struct sitting){.phase = SITTING_SEATED,
                                        .bout_number = 7,
                                        .bout_started_us = 900 * SECOND,
                                        .changes = SITTING_BOUT_STARTED};
        tell(0, 0);
}

static void open_alert(enum alert_kind k, uint64_t id, bool in_seat) {
        note.alerts[k] = (struct alert){.open = true, .id = id, .raised_us = note.now_us, .changes = ALERT_RAISED};
        note.in_seat[k] = in_seat;
}

static void answer(enum alert_kind k, enum alert_outcome outcome) {
        note.alerts[k].open = false;
        note.alerts[k].closed_us = note.now_us;
        note.alerts[k].outcome = outcome;
        note.alerts[k].changes = ALERT_CLEARED;
}

#define SETS "SELECT until_s - began_s, sitter, repetitions, held_s, alert FROM squeeze ORDER BY id"

static void test_squeezes(void) {
        start_bout();
        tell(10, 2);
        tell(10, 1);
        expect(SETS, "10||3|15.0|-\n");
        open_alert(ALERT_ACTIVATE, 4, false); /* stand up: no answer to that */
        tell(61, 1);
        open_alert(ALERT_SHORT, 5, true);
        tell(10, 2); /* another set: asked for */
        answer(ALERT_SHORT, ALERT_SQUEEZED);
        tell(10, 1);
        tell(10, 1); /* goes on of itself */
        snprintf(note.sitter, sizeof(note.sitter), "anna");
        tell(10, 2);
        expect(SETS, "10||3|15.0|-\n0||1|5.0|-\n20||4|20.0|5\n0|anna|2|10.0|-\n");
        expect("SELECT squeezes, squeezed_s FROM bout", "10|50.0\n");
}

/* The count goes on where it was; one that the state forgot is not taken away, and the next one counts. */
static void test_restart(void) {
        history_writer_done(&writer);
        open_writer();
        note.first = true;
        tell(120, 0);
        expect("SELECT sum(repetitions) FROM squeeze", "10\n");
        note.first = true;
        note.sitting.bout_squeezes--;
        note.sitting.bout_squeezed_s -= 5;
        tell(1, 0);
        tell(1, 1);
        expect("SELECT sum(repetitions), sum(held_s) FROM squeeze", "11|55.0\n");
}

static void test_sessions(void) {
        note.session_done = true;
        tell(1, 0);
        note.session_done = note.first = true;
        tell(3600, 0);
        expect("SELECT count(*), max(sitter) FROM session", "1|anna\n");
        note.session_done = true;
        tell(86400, 0);
        expect("SELECT count(*) FROM session", "2\n");
}

#define CALIBRATIONS "SELECT what, poses, sitter FROM calibration WHERE id > 0 ORDER BY id"

static void test_calibrations(void) {
        expect(CALIBRATIONS, ""); /* nothing was estimated yet */
        note.referenced = true;
        tell(1, 0);
        tell(60, 0);
        expect(CALIBRATIONS, "population||anna\n");
        note.pose_taken[POSE_UPRIGHT] = note.pose_taken[POSE_SLOUCHED] = note.calibrated = note.retaken = true;
        tell(1, 0);
        note.retaken = true; /* the same poses once more */
        tell(60, 0);
        note.squeeze_taken = true;
        tell(1, 0);
        expect(CALIBRATIONS, "population||anna\npersonal|upright slouched|anna\npersonal|upright slouched|anna\n"
                             "personal|upright slouched squeeze|anna\n");
        /* somebody else, and back: only what is new of each of them */
        snprintf(note.sitter, sizeof(note.sitter), "ben");
        note.calibrated = note.squeeze_taken = note.pose_taken[POSE_SLOUCHED] = note.pose_taken[POSE_UPRIGHT] = false;
        tell(1, 0);
        snprintf(note.sitter, sizeof(note.sitter), "anna");
        note.calibrated = note.squeeze_taken = note.pose_taken[POSE_SLOUCHED] = note.pose_taken[POSE_UPRIGHT] = true;
        tell(1, 0);
        expect("SELECT count(*) FROM calibration", "5\n");
        expect("SELECT what, poses FROM calibration WHERE sitter = 'ben'", "population|\n");
}

/* Its end is in the daemon's state, but the kill came before the row. */
static void test_ended_before_the_kill(void) {
        note.sitting.phase = SITTING_INTERRUPTED;
        note.sitting.changes = SITTING_LEFT_SEAT;
        note.sitting.left_seat_us = note.now_us;
        tell(0, 0);
        expect("SELECT kind FROM away", "interruption\n");
        note.first = note.sitting.partial = true;
        tell(40, 0);
        expect("SELECT kind FROM away", "partial\n");
        history_writer_done(&writer);
        open_writer();
        note.first = true;
        note.sitting = (struct sitting){.phase = SITTING_AWAY, .last_was_break = true};
        tell(1, 0);
        expect("SELECT open, ending FROM bout", "0|break\n");
        expect("SELECT kind FROM away", "break\n");
}

/* The name of the file leaves no room for ".damaged-...". */
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
        history_writer_done(&writer);
        snprintf(command, sizeof(command), "rm -r %s", folder);
        return system(command) != 0;
}
