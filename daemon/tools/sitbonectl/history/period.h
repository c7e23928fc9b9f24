/* SPDX-License-Identifier: MIT */
/* Periods of whole local days, and the words for them. Hours and days are the local ones that were valid then, see
 * store/history_database.h. */
#ifndef TOOLS_SITBONECTL_HISTORY_PERIOD_H
#define TOOLS_SITBONECTL_HISTORY_PERIOD_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Whole local days, the first and the last one included; days since 1970-01-01. */
struct history_period {
        int64_t first_day, last_day;
        int64_t from_s, to_s; /* UTC, to_s excluded */
        int64_t before_s;     /* UTC, where as many days before it begin */
        char title[112];      /* "Saturday, 21 November 2026", "16 November to 22 November 2026" */
};

/* today, yesterday, week (7 days), month (30 days), year, all, 2026-11-21 or 2026-11-01..2026-11-21. db is read for "all";
 * it may be NULL. False after a complaint. */
bool history_period_parse(const char *text, sqlite3 *db, struct history_period *ret);

/* The date of a day; time of day and zone in the result mean nothing. */
struct tm history_date(int64_t day);

/* The local day and hour of an instant, by the offset of its row. */
int64_t history_day_of(int64_t at_s, int offset_min);
int history_hour_of(int64_t at_s, int offset_min);

/* "Sat 21 Nov" */
void history_day_words(int64_t day, char *ret, size_t size);

#endif
