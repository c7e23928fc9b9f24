/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/history/period.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/sitbonectl/complain.h"
#include "util/language.h"

enum { DAY_S = 86400, DAYS_MAX = 40000 };

static int64_t divide_down(int64_t a, int64_t b) {
        return a / b - (a % b < 0);
}

int64_t history_day_of(int64_t at_s, int offset_min) {
        return divide_down(at_s + (int64_t)offset_min * 60, DAY_S);
}

int history_hour_of(int64_t at_s, int offset_min) {
        int64_t local = at_s + (int64_t)offset_min * 60;

        return (int)((local - divide_down(local, DAY_S) * DAY_S) / 3600);
}

struct tm history_date(int64_t day) {
        time_t t = (time_t)(day * DAY_S);
        struct tm tm;

        gmtime_r(&t, &tm);
        return tm;
}

/* UTC second at which a local day begins. */
static int64_t find_day_begin(int64_t day) {
        struct tm tm = history_date(day);

        tm.tm_isdst = -1;
        return (int64_t)mktime(&tm);
}

void history_day_words(int64_t day, char *ret, size_t size) {
        struct tm tm = history_date(day);

        language_date(ret, size, _("%a %e %b"), &tm);
}

static int64_t find_today(void) {
        time_t t = time(NULL);
        struct tm tm;

        localtime_r(&t, &tm);
        return history_day_of((int64_t)t, (int)(tm.tm_gmtoff / 60));
}

/* Parses "2026-11-21", which must reach to end. */
static bool parse_date(const char *text, const char *end, int64_t *ret) {
        struct tm tm = {0}, again;
        const char *rest = strptime(text, "%Y-%m-%d", &tm);
        time_t t;

        if (!rest || rest != end)
                return false;
        again = tm;
        t = timegm(&again);
        if (again.tm_mday != tm.tm_mday || again.tm_mon != tm.tm_mon) /* such as the 31st of November */
                return false;
        *ret = divide_down((int64_t)t, DAY_S);
        return true;
}

static bool parse_range(const char *text, struct history_period *p) {
        const char *dots = strstr(text, ".."), *end = text + strlen(text);

        if (!dots) {
                if (!parse_date(text, end, &p->first_day))
                        return false;
                p->last_day = p->first_day;
                return true;
        }
        return parse_date(text, dots, &p->first_day) && parse_date(dots + 2, end, &p->last_day) &&
               p->first_day <= p->last_day && p->last_day - p->first_day < DAYS_MAX;
}

/* Sets the days from the first to the last row, each in its own local time. */
static void find_all_days(sqlite3 *db, struct history_period *p) {
        static const char sql[] =
                "SELECT min(local_s), max(local_s) FROM (SELECT began_s + 60 * offset_min AS local_s FROM bout "
                "UNION ALL SELECT until_s + 60 * offset_min FROM bout "
                "UNION ALL SELECT raised_s + 60 * offset_min FROM alert "
                "UNION ALL SELECT until_s + 60 * offset_min FROM squeeze "
                "UNION ALL SELECT at_s + 60 * offset_min FROM session "
                "UNION ALL SELECT at_s + 60 * offset_min FROM trial "
                "UNION ALL SELECT at_s + 60 * offset_min FROM calibration)";
        sqlite3_stmt *s = NULL;

        if (db && sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW &&
            sqlite3_column_type(s, 0) != SQLITE_NULL) {
                p->first_day = history_day_of(sqlite3_column_int64(s, 0), 0);
                p->last_day = history_day_of(sqlite3_column_int64(s, 1), 0);
        }
        sqlite3_finalize(s);
        if (p->last_day - p->first_day >= DAYS_MAX)
                p->first_day = p->last_day - DAYS_MAX;
        if (p->last_day > find_today())
                p->last_day = p->first_day > find_today() ? p->last_day : find_today();
}

static void make_title(struct history_period *p) {
        struct tm a = history_date(p->first_day), b = history_date(p->last_day);
        char first[40], last[40];

        if (p->first_day == p->last_day) {
                language_date(p->title, sizeof(p->title), _("%A, %-d %B %Y"), &a);
                return;
        }
        language_date(first, sizeof(first), a.tm_year == b.tm_year ? _("%-d %B") : _("%-d %B %Y"), &a);
        language_date(last, sizeof(last), _("%-d %B %Y"), &b);
        snprintf(p->title, sizeof(p->title), _("%s to %s"), first, last);
}

bool history_period_parse(const char *text, sqlite3 *db, struct history_period *ret) {
        static const struct {
                const char *name;
                int first, last; /* in days before today */
        } names[] = {{"today", 0, 0},  {"yesterday", 1, 1}, {"week", 6, 0},
                     {"month", 29, 0}, {"year", 364, 0},    {"all", 0, 0}};
        struct history_period p = {.first_day = find_today(), .last_day = find_today()};
        bool known = false;

        for (size_t i = 0; i < sizeof(names) / sizeof(*names) && text; i++) {
                if (strcmp(text, names[i].name) != 0)
                        continue;
                p.first_day -= names[i].first;
                p.last_day -= names[i].last;
                known = true;
        }
        if (text && strcmp(text, "all") == 0)
                find_all_days(db, &p);
        if (text && !known && !parse_range(text, &p)) {
                complain(_("%s: not a period; use today, yesterday, week, month, year, all, 2026-11-21 or "
                           "2026-11-01..2026-11-21"),
                         text);
                return false;
        }
        p.from_s = find_day_begin(p.first_day);
        p.to_s = find_day_begin(p.last_day + 1);
        p.before_s = find_day_begin(2 * p.first_day - p.last_day - 1);
        make_title(&p);
        *ret = p;
        return true;
}
