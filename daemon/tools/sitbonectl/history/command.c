/* SPDX-License-Identifier: MIT */
/* sitbonectl history: which of its many things is asked for; export and forget. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/history_database.h"
#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/json_writer.h"
#include "util/language.h"

/* One row of everything, the same columns for CSV and JSON: what, began, until, detail, seconds, ... */
static const char export_sql[] =
        "SELECT 'bout' AS what, began_s AS at, until_s AS until, offset_min AS offset, coalesce(ending, 'open') AS "
        "detail, seated_s AS seconds, NULL AS outcome, slump_s AS latency, NULL AS exercise, shifts AS shifts, "
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
        "UNION ALL SELECT 'balance', hour_s, hour_s + 3600, offset_min, CASE WHEN seconds > 0 THEN round(asymmetry_s "
        "/ "
        "seconds, 4) END, seconds, NULL, NULL, NULL, shifts, NULL, NULL, NULL FROM balance WHERE hour_s >= ?1 AND "
        "hour_s < ?2 "
        "UNION ALL SELECT 'squeeze', began_s, until_s, offset_min, NULL, held_s, NULL, NULL, NULL, NULL, repetitions, "
        "alert, sitter FROM squeeze WHERE began_s >= ?1 AND began_s < ?2 "
        "UNION ALL SELECT 'session', at_s, NULL, offset_min, 'done', NULL, NULL, NULL, NULL, NULL, NULL, NULL, sitter "
        "FROM session WHERE at_s >= ?1 AND at_s < ?2 "
        "UNION ALL SELECT 'calibration', at_s, NULL, offset_min, trim(what || ' ' || poses), NULL, NULL, NULL, NULL, "
        "NULL, NULL, NULL, sitter FROM calibration WHERE at_s >= ?1 AND at_s < ?2 ORDER BY 2, 1";

static const char *const export_columns[] = {"what",    "began",    "until",  "detail",      "seconds", "outcome",
                                             "after_s", "exercise", "shifts", "repetitions", "alert",   "sitter"};

/* 2026-11-21T09:41:07+01:00: local time with its offset, which is UTC as well. */
static void local_time(int64_t at_s, int offset_min, char ret[32]) {
        time_t t = (time_t)(at_s + (int64_t)offset_min * 60);
        struct tm tm;
        size_t n;

        gmtime_r(&t, &tm);
        n = strftime(ret, 32, "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(ret + n, 32 - n, "%c%02d:%02d", offset_min < 0 ? '-' : '+', abs(offset_min) / 60,
                 abs(offset_min) % 60);
}

static void put_value(struct out *o, sqlite3_stmt *s, int column, bool json) {
        char text[32];

        switch (sqlite3_column_type(s, column)) {
        case SQLITE_NULL:
                out_text(o, json ? "null" : "");
                break;
        case SQLITE_TEXT:
                if (json)
                        out_string(o, (const char *)sqlite3_column_text(s, column));
                else /* words of ours and names of exercises: no comma, no quote */
                        out_text(o, (const char *)sqlite3_column_text(s, column));
                break;
        default:
                snprintf(text, sizeof(text), "%.10g", sqlite3_column_double(s, column));
                out_text(o, text);
        }
}

static void put_time(struct out *o, sqlite3_stmt *s, int column, bool json) {
        char text[32] = "";

        if (sqlite3_column_type(s, column) != SQLITE_NULL)
                local_time(sqlite3_column_int64(s, column), sqlite3_column_int(s, 3), text);
        if (json && *text)
                out_string(o, text);
        else
                out_text(o, json ? "null" : text);
}

static void put_row(struct out *o, sqlite3_stmt *s, bool json) {
        static const int columns[] = {0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12};

        for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
                if (json) {
                        out_text(o, i ? ",\"" : "{\"");
                        out_text(o, export_columns[i]);
                        out_text(o, "\":");
                } else {
                        out_text(o, i ? "," : "");
                }
                if (i == 1 || i == 2)
                        put_time(o, s, columns[i], json);
                else
                        put_value(o, s, columns[i], json);
        }
        out_text(o, json ? "}" : "\n");
}

static void put_head(struct out *o) {
        for (size_t i = 0; i < sizeof(export_columns) / sizeof(*export_columns); i++) {
                out_text(o, i ? "," : "");
                out_text(o, export_columns[i]);
        }
        out_text(o, "\n");
}

static int put_rows(struct out *o, sqlite3 *db, const struct history_period *p, bool json) {
        const char *separator = "[\n";
        sqlite3_stmt *s = NULL;
        int rc = sqlite3_prepare_v2(db, export_sql, -1, &s, NULL);

        if (rc == SQLITE_OK) {
                sqlite3_bind_int64(s, 1, p->from_s);
                sqlite3_bind_int64(s, 2, p->to_s);
        }
        while (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) {
                if (json)
                        out_text(o, separator);
                put_row(o, s, json);
                separator = ",\n";
        }
        if (json)
                out_text(o, *separator == '[' ? "[]\n" : "\n]\n");
        rc = sqlite3_finalize(s);
        out_flush(o);
        if (rc != SQLITE_OK)
                complain("history: %s", sqlite3_errmsg(db));
        return rc == SQLITE_OK ? STATUS_DONE : STATUS_FAILED;
}

int history_export(const struct options *options, sqlite3 *db, const struct history_period *period) {
        bool json = strcmp(options->export, "json") == 0;
        struct out *o;
        int status;

        if (!json && strcmp(options->export, "csv") != 0) {
                complain(_("--export %s: must be csv or json"), options->export);
                return STATUS_USAGE;
        }
        o = malloc(sizeof(*o));
        if (!o) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        out_init(o, stdout);
        if (!json)
                put_head(o);
        status = put_rows(o, db, period, json);
        free(o);
        return status;
}

/* Beside the daemon: each waits for the other's transaction, and the daemon goes on with what is left. */
static int forget(const struct options *options) {
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

static int show(const struct options *options, sqlite3 *db, const struct history_period *period) {
        struct history *h = calloc(1, sizeof(*h));
        int status;

        if (!h) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        status = history_load(db, period, h);
        history_name(h, options->config);
        if (status == STATUS_DONE && options->json)
                status = history_print_json(h, stdout);
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
                return forget(options);
        if (!history_period_parse(text, NULL, &period)) /* before a missing file is complained of */
                return STATUS_USAGE;
        status = history_open(options, &db);
        if (status != STATUS_DONE)
                return status;
        if (!history_period_parse(text, db, &period))
                status = STATUS_USAGE;
        else if (options->export)
                status = history_export(options, db, &period);
        else if (options->what_if)
                status = history_what_if(options, db, &period);
        else
                status = show(options, db, &period);
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
