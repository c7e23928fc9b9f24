/* SPDX-License-Identifier: MIT */
/* sitbonectl history: shows, compares, exports or forgets. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/history_database.h"
#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/history/print.h"
#include "tools/sitbonectl/history/what_if.h"
#include "util/language.h"

/* ---- export ---- */

/* One SELECT for all tables with the same columns. Those named in is_instant() are instants. */
static const char export_sql[] =
        "SELECT 'bout' AS what, began_s AS began, until_s AS until, offset_min AS offset, coalesce(ending, 'open') AS "
        "detail, seated_s AS seconds, NULL AS outcome, slump_s AS after_s, NULL AS exercise, shifts AS shifts, "
        "squeezes AS repetitions, NULL AS alert, NULL AS sitter FROM bout WHERE began_s >= ?1 AND began_s < ?2 "

        "UNION ALL SELECT 'away', began_s, until_s, offset_min, kind, until_s - began_s, NULL, NULL, NULL, NULL, "
        "NULL, "
        "NULL, NULL FROM away WHERE began_s >= ?1 AND began_s < ?2 "

        "UNION ALL SELECT 'alert', raised_s, closed_s, offset_min, kind, seated_s, outcome, latency_s, exercise, "
        "NULL, "
        "NULL, number, NULL FROM alert WHERE raised_s >= ?1 AND raised_s < ?2 "

        "UNION ALL SELECT 'posture', hour_s, hour_s + 3600, offset_min, posture, seconds, NULL, NULL, NULL, NULL, "
        "NULL, "
        "NULL, NULL FROM posture WHERE hour_s >= ?1 AND hour_s < ?2 "

        "UNION ALL SELECT 'balance', hour_s, hour_s + 3600, offset_min, CASE WHEN seconds > 0 THEN "
        "round(asymmetry_s / seconds, 4) END, seconds, NULL, NULL, NULL, shifts, NULL, NULL, NULL FROM balance "
        "WHERE hour_s >= ?1 AND hour_s < ?2 "

        "UNION ALL SELECT 'squeeze', began_s, until_s, offset_min, NULL, held_s, NULL, NULL, NULL, NULL, repetitions, "
        "alert, sitter FROM squeeze WHERE began_s >= ?1 AND began_s < ?2 "

        "UNION ALL SELECT 'session', at_s, NULL, offset_min, 'done', NULL, NULL, NULL, NULL, NULL, NULL, NULL, sitter "
        "FROM session WHERE at_s >= ?1 AND at_s < ?2 "

        "UNION ALL SELECT 'calibration', at_s, NULL, offset_min, trim(what || ' ' || poses), NULL, NULL, NULL, NULL, "
        "NULL, NULL, NULL, sitter FROM calibration WHERE at_s >= ?1 AND at_s < ?2 ORDER BY 2, 1";

static bool is_instant(const char *column) {
        return strcmp(column, "began") == 0 || strcmp(column, "until") == 0;
}

/* Column of the offset to local time; it is not exported by itself. */
enum { OFFSET_COLUMN = 3 };

/* "2026-11-21T09:41:07+01:00", local time with its offset; "" for NULL. */
static void read_local_time(sqlite3_stmt *s, int column, char ret[32]) {
        int offset_min = sqlite3_column_int(s, OFFSET_COLUMN);
        time_t t = (time_t)(sqlite3_column_int64(s, column) + (int64_t)offset_min * 60);
        struct tm tm;
        size_t n;

        ret[0] = '\0';
        if (sqlite3_column_type(s, column) == SQLITE_NULL)
                return;
        gmtime_r(&t, &tm);
        n = strftime(ret, 32, "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(ret + n, 32 - n, "%c%02d:%02d", offset_min < 0 ? '-' : '+', abs(offset_min) / 60,
                 abs(offset_min) % 60);
}

static json_t *make_value(sqlite3_stmt *s, int column) {
        double number = sqlite3_column_double(s, column);

        switch (sqlite3_column_type(s, column)) {
        case SQLITE_NULL:
                return json_null();
        case SQLITE_TEXT:
                return json_string((const char *)sqlite3_column_text(s, column));
        case SQLITE_INTEGER:
                return json_integer(sqlite3_column_int64(s, column));
        default:
                return json_real(number);
        }
}

static void print_row_json(sqlite3_stmt *s) {
        json_t *row = json_object();

        for (int i = 0; i < sqlite3_column_count(s); i++) {
                const char *key = sqlite3_column_name(s, i);
                char local[32];

                if (i == OFFSET_COLUMN)
                        continue;
                if (is_instant(key)) {
                        read_local_time(s, i, local);
                        json_object_set_new(row, key, *local ? json_string(local) : json_null());
                } else {
                        json_object_set_new(row, key, make_value(s, i));
                }
        }
        json_dumpf(row, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10));
        json_decref(row);
}

/* Texts are words of sitbone and names of exercises: they contain no comma and no quote. */
static void print_row_csv(sqlite3_stmt *s) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
                char local[32];

                if (i == OFFSET_COLUMN)
                        continue;
                if (i > 0)
                        putchar(',');
                if (is_instant(sqlite3_column_name(s, i))) {
                        read_local_time(s, i, local);
                        fputs(local, stdout);
                } else if (sqlite3_column_type(s, i) == SQLITE_TEXT) {
                        fputs((const char *)sqlite3_column_text(s, i), stdout);
                } else if (sqlite3_column_type(s, i) != SQLITE_NULL) {
                        printf("%.10g", sqlite3_column_double(s, i));
                }
        }
        putchar('\n');
}

static void print_head_csv(sqlite3_stmt *s) {
        for (int i = 0; i < sqlite3_column_count(s); i++)
                if (i != OFFSET_COLUMN)
                        printf("%s%s", i ? "," : "", sqlite3_column_name(s, i));
        putchar('\n');
}

static int export_rows(sqlite3 *db, const struct history_period *p, bool json) {
        const char *separator = "[\n";
        sqlite3_stmt *s = NULL;
        int rc = sqlite3_prepare_v2(db, export_sql, -1, &s, NULL);

        if (rc == SQLITE_OK) {
                sqlite3_bind_int64(s, 1, p->from_s);
                sqlite3_bind_int64(s, 2, p->to_s);
                if (!json)
                        print_head_csv(s);
        }
        while (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) {
                if (json) {
                        fputs(separator, stdout);
                        print_row_json(s);
                } else {
                        print_row_csv(s);
                }
                separator = ",\n";
        }
        if (json)
                fputs(*separator == '[' ? "[]\n" : "\n]\n", stdout);
        rc = sqlite3_finalize(s);
        if (rc != SQLITE_OK)
                complain("history: %s", sqlite3_errmsg(db));
        return rc == SQLITE_OK ? STATUS_DONE : STATUS_FAILED;
}

static int export_history(const struct options *options, sqlite3 *db, const struct history_period *period) {
        bool json = strcmp(options->export, "json") == 0;

        if (!json && strcmp(options->export, "csv") != 0) {
                complain(_("--export %s: must be csv or json"), options->export);
                return STATUS_USAGE;
        }
        return export_rows(db, period, json);
}

/* ---- forget ---- */

/* Safe while the daemon runs: SQLite orders the transactions, and the daemon continues with the rows that remain. */
static int forget_history(const struct options *options) {
        char storage[600], error[HISTORY_ERROR_MAX];
        const char *path = history_path(options, storage, sizeof(storage));
        int64_t before_s = INT64_MAX, rows = 0;
        struct history_period period;
        sqlite3 *db;
        int rc;

        if (strcmp(options->forget, "all") != 0) {
                if (!history_period_parse(options->forget, NULL, &period))
                        return STATUS_USAGE;
                before_s = period.from_s;
        }
        if (!path)
                return STATUS_USAGE;
        if (history_db_open_to_forget(path, &db, error) < 0) {
                complain("%s: %s", path, error);
                return STATUS_FAILED;
        }
        rc = history_db_forget(db, before_s, &rows);
        if (rc == SQLITE_OK)
                rc = history_db_compact(db);
        if (rc == SQLITE_OK)
                printf(ngettext("%lld row forgotten\n", "%lld rows forgotten\n", (unsigned long)rows),
                       (long long)rows);
        else
                complain("%s: %s", path, sqlite3_errmsg(db));
        sqlite3_close(db);
        return rc == SQLITE_OK ? STATUS_DONE : STATUS_FAILED;
}

static int show_history(const struct options *options, sqlite3 *db, const struct history_period *period) {
        struct history *h = calloc(1, sizeof(*h));
        int status;

        if (!h) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        status = history_load(db, period, h);
        history_name(h, options->config);
        if (status == STATUS_DONE && options->json)
                history_print_json(h, stdout);
        else if (status == STATUS_DONE)
                history_print(h, stdout);
        history_unload(h);
        free(h);
        return status;
}

static int run_history(const struct options *options) {
        const char *text = options->n_args > 0 ? options->args[0] : options->export ? "all" : "today";
        struct history_period period;
        sqlite3 *db;
        int status;

        if (options->forget)
                return forget_history(options);
        if (!history_period_parse(text, NULL, &period)) /* a wrong period is reported before a missing file */
                return STATUS_USAGE;
        status = history_open(options, &db);
        if (status != STATUS_DONE)
                return status;
        if (!history_period_parse(text, db, &period))
                status = STATUS_USAGE;
        else if (options->export)
                status = export_history(options, db, &period);
        else if (options->what_if)
                status = history_what_if(options, db, &period);
        else
                status = show_history(options, db, &period);
        sqlite3_close(db);
        return status;
}

const struct ctl_command history_command = {
        .name = "history",
        .arguments = "[PERIOD]",
        .max_args = 1,
        .summary = "show the sitting and alerts of a day, a week, a month",
        .examples = "  sitbonectl history week\n"
                    "  sitbonectl history all --export csv > history.csv\n"
                    "  sitbonectl history month --what-if new.conf\n"
                    "  sitbonectl history --forget 2026-01-01\n",
        .notes = "PERIOD is today (default), yesterday, week, month, year, all, 2026-11-21 or "
                 "2026-11-01..2026-11-21.",
        .options = {{"json", "print the numbers as an object"},
                    {"export", "print every row of the period (default: all)"},
                    {"forget", "delete everything, or what ended before DAY", "all|DAY"},
                    {"what-if", "list the activation alerts that these settings would have raised"},
                    {"config",
                     "settings: compared with by --what-if, and the exercises by name (default: the installed ones)"},
                    {"file"},
                    {"seat", "history of sitboned@ID"}},
        .run = run_history,
};
