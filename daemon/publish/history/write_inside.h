/* SPDX-License-Identifier: MIT */
/* Between history_write.c and history_alerts.c. */
#ifndef PUBLISH_HISTORY_WRITE_INSIDE_H
#define PUBLISH_HISTORY_WRITE_INSIDE_H

#include "publish/history/write.h"

/* A row is of the same bout or alert when its number and its day fit: numbers begin anew when the state was lost. */
enum { SAME_DAY_S = 86400 };

/* The statement, ready for its values. */
sqlite3_stmt *history_begin(struct history_writer *w, enum history_statement which);
/* A statement without rows. */
int history_finish(sqlite3_stmt *s);

/* UTC seconds of an instant of the note; 0 = of the note itself. */
int64_t history_wall_s(const struct history_writer *w, const struct history_note *n, uint64_t at_us);
int history_offset_min(int64_t at_s); /* local time - UTC */
double history_seconds(uint64_t us);

/* Also what was raised or cleared while nobody wrote. */
int history_follow_alert(struct history_writer *w, const struct history_note *n, int k);
int history_follow_calibration(struct history_writer *w, const struct history_note *n);
/* Repetitions since the last note, and a session that was done. */
int history_follow_squeezes(struct history_writer *w, const struct history_note *n);
int history_follow_session(struct history_writer *w, const struct history_note *n);

#endif
