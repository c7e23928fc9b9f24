/* SPDX-License-Identifier: MIT */
#include "store/history_database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x53495442 /* "SITB" */, BUSY_MS = 2000 };

/* Step n brings schema n to n + 1. A step never changes after its release: a new one is added. */
static const char *const steps[] = {
        "CREATE TABLE bout(" /* sitting without a break */
        "  id INTEGER PRIMARY KEY,"
        "  number INTEGER NOT NULL," /* the daemon's own */
        "  began_s INTEGER NOT NULL,"
        "  until_s INTEGER NOT NULL,"    /* its end, or the last instant that is known of it */
        "  offset_min INTEGER NOT NULL," /* local time - UTC, at began_s */
        "  open INTEGER NOT NULL,"       /* 1: it has not ended */
        "  ending TEXT,"                 /* break, silence, lost (the daemon was away) */
        "  seated_s REAL NOT NULL,"
        "  in_posture TEXT NOT NULL," /* seconds in each, as the daemon counts them; the hours have them already */
        "  shifts INTEGER NOT NULL,"  /* weight shifts and movements in the seat */
        "  slump_s REAL,"             /* seated time before the first slouch; NULL: no slouch */
        "  squeezes INTEGER NOT NULL DEFAULT 0," /* as the daemon counts them; the table squeeze has them already */
        "  squeezed_s REAL NOT NULL DEFAULT 0,"
        "  sitter TEXT NOT NULL DEFAULT ''" /* known last in it; "": nobody in particular */
        ") STRICT;"
        "CREATE INDEX bout_began ON bout(began_s);"
        "CREATE TABLE away(" /* off the seat */
        "  id INTEGER PRIMARY KEY,"
        "  began_s INTEGER NOT NULL,"
        "  until_s INTEGER," /* NULL: still away */
        "  offset_min INTEGER NOT NULL,"
        "  kind TEXT NOT NULL" /* interruption, partial, break, silence (unknown) */
        ") STRICT;"
        "CREATE INDEX away_began ON away(began_s);"
        "CREATE INDEX away_open ON away(id) WHERE until_s IS NULL;"
        "CREATE TABLE alert("
        "  id INTEGER PRIMARY KEY,"
        "  number INTEGER NOT NULL," /* the daemon's own */
        "  kind TEXT NOT NULL,"
        "  raised_s INTEGER NOT NULL,"
        "  offset_min INTEGER NOT NULL,"
        "  closed_s INTEGER,"       /* NULL: it has no outcome yet */
        "  outcome TEXT,"           /* NULL with closed_s */
        "  latency_s REAL,"         /* raised to answered; NULL: never answered */
        "  seated_s REAL NOT NULL," /* in the bout, when it was raised or shown last */
        "  exercise TEXT"           /* its id in the catalogue */
        ") STRICT;"
        "CREATE INDEX alert_raised ON alert(raised_s);"
        "CREATE TABLE posture("      /* seconds in each posture, by hour of a bout */
        "  hour_s INTEGER NOT NULL," /* beginning of the local hour */
        "  posture TEXT NOT NULL,"
        "  bout_id INTEGER NOT NULL," /* the row of its bout, which has the sitter */
        "  offset_min INTEGER NOT NULL,"
        "  seconds REAL NOT NULL,"
        /* its columns are the first ones: quick_check reports NULLs otherwise */
        "  PRIMARY KEY(hour_s, posture, bout_id)"
        ") STRICT, WITHOUT ROWID;"
        "CREATE TABLE balance(" /* left and right, by hour of a bout */
        "  hour_s INTEGER NOT NULL,"
        "  bout_id INTEGER NOT NULL,"
        "  offset_min INTEGER NOT NULL,"
        "  seconds REAL NOT NULL,"     /* in which the asymmetry was known ... */
        "  asymmetry_s REAL NOT NULL," /* ... and its integral: (right - left) / (right + left) times time */
        "  shifts INTEGER NOT NULL,"
        "  PRIMARY KEY(hour_s, bout_id)"
        ") STRICT, WITHOUT ROWID;"
        "CREATE TABLE calibration(" /* when tilt began or ceased to rest on the sitter's own calibration */
        "  id INTEGER PRIMARY KEY,"
        "  at_s INTEGER NOT NULL,"
        "  offset_min INTEGER NOT NULL,"
        "  what TEXT NOT NULL,"             /* personal, population */
        "  poses TEXT NOT NULL DEFAULT ''," /* the poses of the calibration, with spaces between */
        "  sitter TEXT NOT NULL DEFAULT ''" /* "": nobody in particular */
        ") STRICT;"
        "CREATE INDEX calibration_at ON calibration(at_s);"
        "CREATE TABLE squeeze(" /* sets of squeezes of the glutes */
        "  id INTEGER PRIMARY KEY,"
        "  began_s INTEGER NOT NULL," /* the first was counted, ... */
        "  until_s INTEGER NOT NULL," /* ... and the last */
        "  offset_min INTEGER NOT NULL,"
        "  sitter TEXT NOT NULL,"
        "  repetitions INTEGER NOT NULL,"
        "  held_s REAL NOT NULL," /* of all of them together */
        "  alert INTEGER"         /* number of the alert that asked for it; NULL: no alert did */
        ") STRICT;"
        "CREATE INDEX squeeze_began ON squeeze(began_s);"
        "CREATE TABLE session(" /* workouts that were reported as done; one a local day */
        "  id INTEGER PRIMARY KEY,"
        "  at_s INTEGER NOT NULL,"
        "  offset_min INTEGER NOT NULL,"
        "  sitter TEXT NOT NULL"
        ") STRICT;"
        "CREATE INDEX session_at ON session(at_s);"
        "CREATE TABLE trial(" /* prompts to stand up that were shown or withheld at random (setting alert.trial) */
        "  id INTEGER PRIMARY KEY,"
        "  at_s INTEGER NOT NULL," /* the prompt was due */
        "  offset_min INTEGER NOT NULL,"
        "  sitter TEXT NOT NULL,"
        "  withheld INTEGER NOT NULL," /* 1: for 10 minutes, with probability 0.2 */
        "  stood INTEGER NOT NULL,"    /* 1: left the seat for a break in these 10 minutes */
        "  shifts INTEGER NOT NULL"    /* of weight in these 10 minutes, in the bout */
        ") STRICT;"
        "CREATE INDEX trial_at ON trial(at_s);",
};
_Static_assert(sizeof(steps) / sizeof(*steps) == HISTORY_SCHEMA, "a step for each version");

static int convert_to_errno(int rc) {
        switch (rc & 0xff) {
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_READONLY:
                return -EROFS;
        case SQLITE_PERM:
        case SQLITE_AUTH:
                return -EACCES;
        case SQLITE_CANTOPEN:
                return errno == EACCES || errno == ENOENT || errno == EROFS ? -errno : -EIO;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return -EBUSY;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return -EBADMSG;
        default:
                return -EIO;
        }
}

static int describe_error(sqlite3 *db, int rc, char error[HISTORY_ERROR_MAX]) {
        snprintf(error, HISTORY_ERROR_MAX, "%s", db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
        return convert_to_errno(rc);
}

static int read_pragma(sqlite3 *db, const char *sql, int64_t *ret) {
        sqlite3_stmt *s;
        int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

        if (rc != SQLITE_OK)
                return rc;
        rc = sqlite3_step(s);
        *ret = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
        sqlite3_finalize(s);
        return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* The daemon needs almost no cache, and never maps the file into memory. */
static int configure_connection(sqlite3 *db) {
        sqlite3_busy_timeout(db, BUSY_MS);
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        return sqlite3_exec(db,
                            "PRAGMA cache_size=-64; PRAGMA mmap_size=0; PRAGMA secure_delete=ON;"
                            "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;",
                            NULL, NULL, NULL);
}

/* Reads what the file is. thorough: checks every page, so that damage is found now and not by some later query. */
static int inspect_file(sqlite3 *db, bool thorough, int64_t *ret_version, bool *ret_is_history) {
        int64_t tables = 0, application = 0, foreign = 0;
        sqlite3_stmt *s = NULL;
        int rc = read_pragma(db, "PRAGMA user_version", ret_version);

        if (rc == SQLITE_OK)
                rc = read_pragma(db, "PRAGMA application_id", &application);
        if (rc == SQLITE_OK)
                rc = read_pragma(db, "SELECT count(*) FROM sqlite_schema", &tables);
        if (rc == SQLITE_OK) /* sitbone makes no views, triggers and virtual tables: they may do anything when used */
                rc = read_pragma(db, "SELECT count(*) FROM sqlite_schema WHERE coalesce(rootpage, 0) = 0", &foreign);
        if (rc != SQLITE_OK)
                return rc;
        *ret_is_history = (application == APPLICATION_ID && foreign == 0) || tables == 0;
        if (tables == 0)
                *ret_version = 0;
        if (!thorough || tables == 0)
                return SQLITE_OK;
        rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &s, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_step(s);
        if (rc == SQLITE_ROW)
                rc = strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
        sqlite3_finalize(s);
        return rc;
}

static int upgrade_schema(sqlite3 *db, int64_t version) {
        char sql[80];
        int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        for (int64_t v = version; rc == SQLITE_OK && v < HISTORY_SCHEMA; v++)
                rc = sqlite3_exec(db, steps[v], NULL, NULL, NULL);
        snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", APPLICATION_ID,
                 HISTORY_SCHEMA);
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
        if (rc != SQLITE_OK)
                sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return rc;
}

/* The tables exist by name: checks that they have the columns that the statements use. */
static int check_tables(sqlite3 *db) {
        return sqlite3_exec(
                       db,
                       "SELECT number, began_s, until_s, offset_min, open, ending, seated_s, in_posture, shifts, "
                       "slump_s, squeezes, squeezed_s, sitter FROM bout LIMIT 0; SELECT began_s, until_s, offset_min, "
                       "kind FROM away LIMIT 0;"
                       "SELECT number, kind, raised_s, offset_min, closed_s, outcome, latency_s, seated_s, "
                       "exercise FROM alert LIMIT 0; SELECT hour_s, posture, offset_min, seconds, bout_id FROM "
                       "posture "
                       "LIMIT 0; SELECT hour_s, offset_min, seconds, asymmetry_s, shifts, bout_id FROM balance LIMIT "
                       "0;"
                       "SELECT at_s, offset_min, what, poses, sitter FROM calibration LIMIT 0;"
                       "SELECT began_s, until_s, offset_min, sitter, repetitions, held_s, alert FROM squeeze "
                       "LIMIT 0; SELECT at_s, offset_min, sitter FROM session LIMIT 0;"
                       "SELECT at_s, offset_min, sitter, withheld, stood, shifts FROM trial LIMIT 0;",
                       NULL, NULL, NULL) == SQLITE_OK
                       ? SQLITE_OK
                       : SQLITE_CORRUPT;
}

enum value_range { INSTANT, DURATION, PART_OF_HOUR, BALANCE, COUNT, NUMBER, FLAG };

static const char *const range_sql[] = {
        [INSTANT] = "0 AND 7258118400", /* from 1970 to 2200 */
        [DURATION] = "0 AND 1e9",       /* 30 years */
        [PART_OF_HOUR] = "0 AND 86400", /* a clock that is set back repeats an hour */
        [BALANCE] = "-1 - seconds AND 1 + seconds",
        [COUNT] = "0 AND 1e9",
        [NUMBER] = "0 AND 1e15",
        [FLAG] = "0 AND 1",
};

/* The numbers that a row must have for sitbone to use it, beside offset_min; those of a table together. */
static const struct {
        const char *table, *name;
        enum value_range range;
        bool may_be_null;
} sound_columns[] = {
        {"bout", "number", NUMBER, false},
        {"bout", "began_s", INSTANT, false},
        {"bout", "until_s", INSTANT, false},
        {"bout", "seated_s", DURATION, false},
        {"bout", "slump_s", DURATION, true},
        {"bout", "shifts", COUNT, false},
        {"bout", "squeezes", COUNT, false},
        {"bout", "squeezed_s", DURATION, false},
        {"away", "began_s", INSTANT, false},
        {"away", "until_s", INSTANT, true},
        {"alert", "number", NUMBER, false},
        {"alert", "raised_s", INSTANT, false},
        {"alert", "closed_s", INSTANT, true},
        {"alert", "latency_s", DURATION, true},
        {"alert", "seated_s", DURATION, false},
        {"posture", "hour_s", INSTANT, false},
        {"posture", "seconds", PART_OF_HOUR, false},
        {"posture", "bout_id", NUMBER, false},
        {"balance", "hour_s", INSTANT, false},
        {"balance", "seconds", PART_OF_HOUR, false},
        {"balance", "asymmetry_s", BALANCE, false},
        {"balance", "shifts", COUNT, false},
        {"balance", "bout_id", NUMBER, false},
        {"calibration", "at_s", INSTANT, false},
        {"squeeze", "began_s", INSTANT, false},
        {"squeeze", "until_s", INSTANT, false},
        {"squeeze", "repetitions", COUNT, false},
        {"squeeze", "held_s", DURATION, false},
        {"squeeze", "alert", NUMBER, true},
        {"session", "at_s", INSTANT, false},
        {"trial", "at_s", INSTANT, false},
        {"trial", "withheld", FLAG, false},
        {"trial", "stood", FLAG, false},
        {"trial", "shifts", COUNT, false},
};
enum { SOUND_COLUMN_N = sizeof(sound_columns) / sizeof(*sound_columns) };

/* Creates the view of one table, whose columns begin at first. Returns where those of the next table begin. */
static size_t hide_rows_of_table(sqlite3 *db, size_t first, int *ret_rc) {
        const char *table = sound_columns[first].table;
        char sql[1536];
        size_t i, n = (size_t)snprintf(sql, sizeof(sql),
                                       "CREATE TEMP VIEW %s AS SELECT * FROM main.%s WHERE +offset_min BETWEEN -1440 "
                                       "AND 1440",
                                       table, table);

        for (i = first; i < SOUND_COLUMN_N && strcmp(sound_columns[i].table, table) == 0; i++) {
                const char *name = sound_columns[i].name;

                n += (size_t)snprintf(
                        sql + n, sizeof(sql) - n, " AND (+%s BETWEEN %s%s%s)", name, range_sql[sound_columns[i].range],
                        sound_columns[i].may_be_null ? " OR NULL IS " : "", sound_columns[i].may_be_null ? name : "");
        }
        *ret_rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
        return i;
}

/* The file may be damaged or be of another program: then a number overflows, or a loop never ends. Statements that name a
 * table without "main." see only its sound rows; the view "impossible" counts the others. A plus before a column makes its
 * declared type irrelevant: a text is then more than every number. */
static int hide_impossible_rows(sqlite3 *db) {
        char count[1024] = "CREATE TEMP VIEW impossible(n) AS SELECT 0";
        int rc = SQLITE_OK;

        for (size_t i = 0; rc == SQLITE_OK && i < SOUND_COLUMN_N;) {
                const char *table = sound_columns[i].table;
                size_t n = strlen(count);

                i = hide_rows_of_table(db, i, &rc);
                snprintf(count + n, sizeof(count) - n, " + (SELECT count(*) FROM main.%s) - (SELECT count(*) FROM %s)",
                         table, table);
        }
        return rc == SQLITE_OK ? sqlite3_exec(db, count, NULL, NULL, NULL) : rc;
}

static bool is_damage(int rc) {
        return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/* SQLITE_OK; SQLITE_NOTADB also for the database of another program; SQLITE_MISMATCH for a newer version. */
static int open_file(const char *path, sqlite3 **ret, bool *ret_begun) {
        int64_t version = 0;
        bool is_history = true;
        sqlite3 *db = NULL;
        int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

        *ret = db;
        if (rc == SQLITE_OK)
                rc = configure_connection(db);
        if (rc == SQLITE_OK)
                rc = inspect_file(db, true, &version, &is_history);
        if (rc == SQLITE_OK && !is_history)
                rc = SQLITE_NOTADB;
        if (rc == SQLITE_OK && version > HISTORY_SCHEMA)
                return SQLITE_MISMATCH;
        if (rc == SQLITE_OK && version < 0)
                rc = SQLITE_NOTADB;
        if (rc == SQLITE_OK) /* a kill loses nothing that was committed, a power cut the last minutes at most */
                rc = sqlite3_exec(db,
                                  "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=64;"
                                  "PRAGMA journal_size_limit=1048576;",
                                  NULL, NULL, NULL);
        *ret_begun = version == 0;
        if (rc == SQLITE_OK && version < HISTORY_SCHEMA)
                rc = upgrade_schema(db, version);
        if (rc == SQLITE_OK)
                rc = check_tables(db);
        return rc == SQLITE_OK ? hide_impossible_rows(db) : rc;
}

/* Moves the log, too: it belongs to the file, and SQLite may still read rows out of both. */
static int move_aside(const char *path, char *ret_moved, size_t size) {
        static const char *const parts[] = {"-wal", "-shm"};
        char from[600], to[600], stamp[32];
        time_t now = time(NULL);
        struct tm tm;

        gmtime_r(&now, &tm);
        strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
        snprintf(ret_moved, size, "%s.damaged-%s", path, stamp);
        for (int i = 2; access(ret_moved, F_OK) == 0 && i < 100; i++)
                snprintf(ret_moved, size, "%s.damaged-%s-%d", path, stamp, i);
        if (rename(path, ret_moved) < 0) {
                ret_moved[0] = '\0';
                return -errno;
        }
        for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
                snprintf(from, sizeof(from), "%s%s", path, parts[i]);
                snprintf(to, sizeof(to), "%s%s", ret_moved, parts[i]);
                (void)rename(from, to);
        }
        return 0;
}

/* SQLite creates files by the umask. This one may be written by the owner and read by the group. */
static int create_file(const char *path) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

        if (fd < 0)
                return errno == EACCES || errno == EROFS ? 0 : -errno; /* SQLite has the better message */
        close(fd);
        return 0;
}

int history_db_open(const char *path, sqlite3 **ret, char *ret_moved, size_t size, char error[HISTORY_ERROR_MAX]) {
        bool begun = false;
        int r, rc;

        ret_moved[0] = '\0';
        for (int attempt = 0;; attempt++) {
                r = create_file(path);
                if (r < 0) {
                        snprintf(error, HISTORY_ERROR_MAX, "%s", strerror(-r));
                        return r;
                }
                rc = open_file(path, ret, &begun);
                if (rc == SQLITE_OK)
                        return *ret_moved ? HISTORY_MOVED : begun ? HISTORY_BEGUN : HISTORY_AS_IT_WAS;
                r = describe_error(*ret, rc, error);
                sqlite3_close(*ret);
                *ret = NULL;
                if (rc == SQLITE_MISMATCH) {
                        snprintf(error, HISTORY_ERROR_MAX,
                                 "it is of a newer version of sitbone; update sitbone, or move the file away");
                        return -EPROTONOSUPPORT;
                }
                if (!is_damage(rc) || attempt > 0)
                        return r;
                r = move_aside(path, ret_moved, size);
                if (r < 0) {
                        snprintf(error, HISTORY_ERROR_MAX,
                                 "it is damaged or no history, and cannot be moved aside: %s", strerror(-r));
                        return r;
                }
        }
}

static int check_version(sqlite3 *db, char error[HISTORY_ERROR_MAX]) {
        int64_t version = 0;
        bool is_history = false;
        int rc = inspect_file(db, false, &version, &is_history);

        if (rc != SQLITE_OK)
                return describe_error(db, rc, error);
        if (!is_history || version < 0) {
                snprintf(error, HISTORY_ERROR_MAX, "it is no history of sitbone");
                return -EBADMSG;
        }
        if (version != HISTORY_SCHEMA) {
                snprintf(error, HISTORY_ERROR_MAX,
                         version > HISTORY_SCHEMA ? "it is of a newer version of sitbone; update sitbone"
                                                  : "the daemon has not written to it yet");
                return -EPROTONOSUPPORT;
        }
        rc = check_tables(db);
        return rc == SQLITE_OK ? 0 : describe_error(db, rc, error);
}

static int open_existing(const char *path, int flags, sqlite3 **ret, char error[HISTORY_ERROR_MAX]) {
        int r, rc = sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL);

        if (rc == SQLITE_OK)
                rc = configure_connection(*ret);
        r = rc == SQLITE_OK ? check_version(*ret, error) : describe_error(*ret, rc, error);
        if (r >= 0 && flags & SQLITE_OPEN_READONLY && (rc = hide_impossible_rows(*ret)) != SQLITE_OK)
                r = describe_error(*ret, rc, error);
        if (r < 0) {
                sqlite3_close(*ret);
                *ret = NULL;
        }
        return r;
}

/* Characters that have a meaning in a URI are written as their numbers. */
static bool format_uri(const char *path, char *ret, size_t size) {
        size_t n = (size_t)snprintf(ret, size, "file:");

        for (; *path; path++) {
                if (n + 24 > size)
                        return false;
                n += (size_t)snprintf(ret + n, size - n, strchr("?#%", *path) ? "%%%02x" : "%c", (unsigned char)*path);
        }
        snprintf(ret + n, size - n, "?immutable=1");
        return true;
}

/* A reader may be unable to create the lock file. When the log is empty no program is writing, and the file can be
 * read without locks. */
int history_db_open_to_read(const char *path, sqlite3 **ret, char error[HISTORY_ERROR_MAX]) {
        char uri[2048], log[600];
        struct stat st;
        int r;

        if (stat(path, &st) < 0) {
                r = -errno;
                snprintf(error, HISTORY_ERROR_MAX, "%s", strerror(-r));
                return r;
        }
        r = open_existing(path, SQLITE_OPEN_READONLY, ret, error);
        snprintf(log, sizeof(log), "%s-wal", path);
        if (r >= 0 || r == -EBADMSG || r == -EPROTONOSUPPORT || access(path, R_OK) < 0 ||
            (stat(log, &st) == 0 && st.st_size > 0) || !format_uri(path, uri, sizeof(uri)))
                return r;
        return open_existing(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, ret, error);
}

int history_db_open_to_forget(const char *path, sqlite3 **ret, char error[HISTORY_ERROR_MAX]) {
        int r = open_existing(path, SQLITE_OPEN_READWRITE, ret, error);

        if (r >= 0 && sqlite3_db_readonly(*ret, "main") == 1) {
                snprintf(error, HISTORY_ERROR_MAX, "%s", strerror(EACCES));
                sqlite3_close(*ret);
                *ret = NULL;
                r = -EACCES;
        }
        return r;
}

int history_db_forget(sqlite3 *db, int64_t before_s, int64_t *ret_rows) {
        static const char *const deletions[] = {
                "DELETE FROM main.alert WHERE closed_s < ?",
                /* never closed, because the daemon lost its state; a bout that began later shows that it is over */
                "DELETE FROM main.alert WHERE closed_s IS NULL AND raised_s < min(?, (SELECT max(began_s) FROM bout))",
                "DELETE FROM main.bout WHERE open = 0 AND until_s < ?",
                "DELETE FROM main.away WHERE until_s < ?",
                "DELETE FROM main.posture WHERE hour_s < ?",
                "DELETE FROM main.balance WHERE hour_s < ?",
                "DELETE FROM main.calibration WHERE at_s < ?",
                "DELETE FROM main.squeeze WHERE until_s < ?",
                "DELETE FROM main.session WHERE at_s < ?",
                "DELETE FROM main.trial WHERE at_s < ?",
        };
        int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

        *ret_rows = 0;
        for (size_t i = 0; rc == SQLITE_OK && i < sizeof(deletions) / sizeof(*deletions); i++) {
                sqlite3_stmt *s = NULL;

                rc = sqlite3_prepare_v2(db, deletions[i], -1, &s, NULL);
                if (rc == SQLITE_OK) {
                        sqlite3_bind_int64(s, 1, before_s);
                        rc = sqlite3_step(s) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode(db);
                        *ret_rows += sqlite3_changes(db);
                }
                sqlite3_finalize(s);
        }
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        if (rc != SQLITE_OK)
                sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return rc;
}

int history_db_compact(sqlite3 *db) {
        int rc = sqlite3_exec(db, "VACUUM", NULL, NULL, NULL);

        return rc == SQLITE_OK ? sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) : rc;
}
