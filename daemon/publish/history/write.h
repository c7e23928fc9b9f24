/* SPDX-License-Identifier: MIT */
/* What happened, as rows. One transaction for all that waited; a failed one leaves the writer as it was before. */
#ifndef PUBLISH_HISTORY_WRITE_H
#define PUBLISH_HISTORY_WRITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "sitbone/exercise.h"
#include "sitbone/snapshot.h"

/* What the thread needs of a snapshot. */
struct history_note {
        uint64_t now_us, realtime_us; /* of the decision: CLOCK_BOOTTIME (or virtual) and the wall */
        struct sitting sitting;
        struct alert alerts[ALERT_KIND_N];
        char exercise[ALERT_KIND_N][EXERCISE_ID_MAX]; /* "" = none */
        bool in_seat[ALERT_KIND_N];                   /* what it asks for can be done by squeezing in the seat */
        char sitter[SITTER_NAME_MAX];                 /* "" = nobody in particular */
        bool referenced, calibrated;
        bool pose_taken[POSE_N];     /* by calibrating */
        bool squeeze_taken;          /* the pattern of squeezes was learnt */
        bool retaken;                /* a pose was calibrated, perhaps once more */
        bool session_done;           /* a session was done today: said now, or before this daemon started */
        bool first;                  /* since the daemon started: what was missed is made up for */
        double asymmetry_us;         /* since the daemon started: integral over the time in which it was known ... */
        uint64_t asymmetry_known_us; /* ... and that time */
};

enum history_statement {
        SQL_BOUT_FIND,
        SQL_BOUT_LAST_OPEN,
        SQL_BOUT_ADD,
        SQL_BOUT_UPDATE,
        SQL_POSTURE_ADD,
        SQL_BALANCE_ADD,
        SQL_AWAY_OPEN,
        SQL_AWAY_ADD,
        SQL_AWAY_UPDATE,
        SQL_AWAY_DROP,
        SQL_ALERT_FIND,
        SQL_ALERT_ADD,
        SQL_ALERT_UPDATE,
        SQL_CALIBRATION_LAST,
        SQL_CALIBRATION_ADD,
        SQL_SQUEEZE_LAST,
        SQL_SQUEEZE_ADD,
        SQL_SQUEEZE_MORE,
        SQL_SESSION_ADD,
        SQL_N,
};

/* What is known of the row of the bout that runs. */
struct history_ledger {
        int64_t row; /* 0 = none runs */
        uint64_t number;
        int64_t began_s, until_s;
        double seated_s, slump_s; /* slump_s < 0: none yet */
        double in_s[POSTURE_N];
        uint32_t shifts, squeezes;
        double squeezed_s;
        int64_t away_row; /* 0 = not away */
        int64_t away_began_s;
        double asymmetry_us;
        uint64_t asymmetry_known_us;
};

struct history_writer {
        sqlite3 *db;
        sqlite3_stmt *statements[SQL_N];
        struct history_ledger ledger;
        int64_t lead_s; /* added to the wall: only in virtual time */
};

/* Takes db over, also when it fails. SQLITE_OK or SQLite's error. */
int history_writer_init(struct history_writer *w, sqlite3 *db);
void history_writer_done(struct history_writer *w);

/* The latest instant that the history knows of, UTC seconds; 0 = none. */
int64_t history_writer_latest(struct history_writer *w);

int history_write(struct history_writer *w, const struct history_note *notes, int n);

#endif
