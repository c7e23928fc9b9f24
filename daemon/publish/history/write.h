/* SPDX-License-Identifier: MIT */
/* Turns entries into rows of the history. The entries of a call are one transaction; after a failed one the writer is
 * as it was before. */
#ifndef PUBLISH_HISTORY_WRITE_H
#define PUBLISH_HISTORY_WRITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "sitbone/exercise.h"
#include "sitbone/snapshot.h"

/* The part of a snapshot that the history needs. */
struct history_entry {
        uint64_t now_us, realtime_us; /* of the decision: CLOCK_BOOTTIME (or virtual) and the wall clock */
        struct sitting sitting;
        struct alert alerts[ALERT_KIND_N];
        char exercise[ALERT_KIND_N][EXERCISE_ID_MAX]; /* "" = none */
        bool in_seat[ALERT_KIND_N];                   /* the alert can be answered by squeezing in the seat */
        char sitter[SITTER_NAME_MAX];                 /* "" = nobody in particular */
        bool referenced, calibrated;
        bool pose_taken[POSE_N];     /* by calibrating */
        bool squeeze_taken;          /* the pattern of squeezes was learnt */
        bool retaken;                /* a pose was calibrated, perhaps once more */
        bool session_done;           /* today's workout was done: reported now, or before this daemon started */
        struct trial_result trial;   /* decided_us 0 = no new one */
        bool first;                  /* since the daemon started: write also what was missed before */
        double asymmetry_us;         /* integral over the time in which it was known, since the daemon started */
        uint64_t asymmetry_known_us; /* that time */
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
        SQL_ALERT_FIND,
        SQL_ALERT_ADD,
        SQL_ALERT_UPDATE,
        SQL_CALIBRATION_LAST,
        SQL_CALIBRATION_ADD,
        SQL_SQUEEZE_LAST,
        SQL_SQUEEZE_ADD,
        SQL_SQUEEZE_MORE,
        SQL_SESSION_ADD,
        SQL_TRIAL_ADD,
        SQL_N,
};

/* The rows of the running bout and absence, as they were written last. */
struct history_ledger {
        int64_t row; /* 0 = no bout runs */
        uint64_t number;
        int64_t began_s, until_s;
        double seated_s, slump_s; /* slump_s < 0: no slump yet */
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
        int64_t lead_s; /* added to the wall clock, in virtual time only */
};

/* The writer owns db, also after a failure. virtual_time: time continues where the history ended. SQLITE_OK or SQLite's
 * error. */
int history_writer_init(struct history_writer *w, sqlite3 *db, bool virtual_time);
void history_writer_done(struct history_writer *w);

/* SQLITE_OK or SQLite's error. */
int history_write(struct history_writer *w, const struct history_entry *entries, uint32_t n);

#endif
