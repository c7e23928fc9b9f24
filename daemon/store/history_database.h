/* SPDX-License-Identifier: MIT */
/* The database of the history: opens it, creates or upgrades its tables, and moves it aside when it is damaged.
 * Instants are UTC seconds. Each row has its offset to local time in minutes, so that an hour of the day is the one
 * that people saw, also on both sides of a daylight saving change. Frames and maps are never stored. After opening, statements see only rows that can be, with instants from 1970 to
 * 2200 and finite numbers; "main." before a table is for writing, and "SELECT n FROM impossible" counts the other rows. */
#ifndef STORE_HISTORY_DATABASE_H
#define STORE_HISTORY_DATABASE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

enum { HISTORY_SCHEMA = 1, HISTORY_ERROR_MAX = 256 };

enum history_opened {
        HISTORY_AS_IT_WAS,
        HISTORY_BEGUN, /* there was no file, or an empty one */
        HISTORY_MOVED, /* the file was damaged or no history: it was moved to ret_moved, and a new one was begun */
};

/* For the one writer: creates the file (mode 0640) and the tables. enum history_opened, or negative errno with the
 * reason in error; -EPROTONOSUPPORT when the file is of a newer version. ret_moved may become "". */
int history_db_open(const char *path, sqlite3 **ret, char *ret_moved, size_t size, char error[HISTORY_ERROR_MAX]);

/* For a reader, also one that may not write to the folder. 0 or negative errno with the reason in error. */
int history_db_open_to_read(const char *path, sqlite3 **ret, char error[HISTORY_ERROR_MAX]);

/* For a second writer, which deletes rows: creates, moves and upgrades nothing. 0 or negative errno. */
int history_db_open_to_forget(const char *path, sqlite3 **ret, char error[HISTORY_ERROR_MAX]);

/* Deletes for good the rows of what ended before before_s; a bout that runs and an open alert stay. SQLITE_OK or
 * SQLite's error; *ret_rows counts rows. */
int history_db_forget(sqlite3 *db, int64_t before_s, int64_t *ret_rows);

/* Gives the space of deleted rows back to the disk, and removes them from the log. */
int history_db_compact(sqlite3 *db);

#endif
