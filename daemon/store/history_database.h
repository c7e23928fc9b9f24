/* SPDX-License-Identifier: MIT */
/* The database of the history: opened, brought to the present schema, moved aside when it is damaged. Instants are UTC
 * seconds, each row with its offset to local time in minutes, so that an hour of the day is the one people saw, also on
 * both sides of a daylight saving change. Frames and maps are never stored. */
#ifndef STORE_HISTORY_DATABASE_H
#define STORE_HISTORY_DATABASE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

enum { HISTORY_SCHEMA = 3, HISTORY_ERROR_MAX = 256 };

enum history_opened {
        HISTORY_AS_IT_WAS,
        HISTORY_BEGUN, /* there was none, or an empty file */
        HISTORY_MOVED, /* what was there is damaged or no history: it lies under ret_moved now, and a new one is begun */
};

/* For the one writer: makes the file (mode 0640) and the tables. enum history_opened, or negative errno with the reason
 * in error: -EPROTONOSUPPORT when it is of a newer version. ret_moved may be "". */
int history_db_open(const char *path, sqlite3 **ret, char *ret_moved, size_t size, char error[HISTORY_ERROR_MAX]);

/* For a reader, also one that may not write the folder. 0 or negative errno with the reason in error. */
int history_db_open_to_read(const char *path, sqlite3 **ret, char error[HISTORY_ERROR_MAX]);

/* For a second writer: rows can be deleted, nothing is made, moved or migrated. */
int history_db_open_to_forget(const char *path, sqlite3 **ret, char error[HISTORY_ERROR_MAX]);

/* What ended before before_s goes, for good: what runs (bout, open alert) stays. SQLITE_OK or SQLite's error; *ret_rows
 * counts rows. */
int history_db_forget(sqlite3 *db, int64_t before_s, int64_t *ret_rows);

/* Gives the room of forgotten rows back to the disk, and takes them out of the log. */
int history_db_compact(sqlite3 *db);

#endif
