/* SPDX-License-Identifier: MIT */
/* The history of a period in memory, for the terminal, the report and what-if. Hours and days are local ones as they were
 * then (history_db.h). */
#ifndef TOOLS_SITBONECTL_HISTORY_LOAD_H
#define TOOLS_SITBONECTL_HISTORY_LOAD_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "sitbone/alert.h"
#include "sitbone/posture.h"
#include "tools/sitbonectl/commands.h"

enum { HISTORY_EXERCISES_MAX = 16, HISTORY_NAME_MAX = 48 };

/* Whole local days, first and last one included; days since 1970-01-01. */
struct history_period {
        int64_t first_day, last_day;
        int64_t from_s, to_s; /* UTC, to_s excluded */
        char title[64];       /* "Saturday, 21 November 2026", "16 November to 22 November 2026" */
};

struct history_bout {
        int64_t began_s, until_s; /* UTC */
        int offset_min;
        bool open;
        double seated_s, slump_s; /* slump_s NAN: none */
};

struct history_away {
        int64_t began_s, until_s; /* until_s 0: still away */
        int offset_min;
        char kind[16];
};

struct history_alert {
        int64_t raised_s;
        int offset_min;
        char kind[16], outcome[16], exercise[HISTORY_NAME_MAX]; /* outcome "": none yet */
        bool worked;
        double latency_s; /* NAN: never answered */
};

/* Alerts that ended in a break, a shift, a squeeze or with "done", out of those whose outcome is known. */
struct history_share {
        char name[HISTORY_NAME_MAX];  /* of the kind, or id of the exercise */
        char title[HISTORY_NAME_MAX]; /* the same for people, in their language */
        int worked, known;
};

/* Squeezes of the glutes that the seat saw. */
struct history_squeezes {
        int sets, repetitions, asked; /* asked: repetitions that an alert asked for */
        double held_s;
};

struct history_calibration {
        int64_t at_s;
        int offset_min;
        char what[16], poses[64], sitter[32];
};

struct history_day {
        double seated_s, in_s[POSTURE_N];
};

struct history {
        struct history_period period;
        int n_days;
        struct history_day *days; /* n_days */
        size_t n_bouts, n_aways, n_alerts;
        struct history_bout *bouts;
        struct history_away *aways;
        struct history_alert *alerts;
        double seated_s, in_s[POSTURE_N], hour_s[24];       /* hour_s: seated, by hour of the day */
        double balance_s, asymmetry_s, balance_hour[24][2]; /* time known, and its integral; also by hour */
        int64_t shifts;
        double slump_min[24]; /* median of the bouts that began in that hour; NAN: none */
        double slump_all_min; /* of all; NAN */
        int slump_n;          /* bouts with a slump */
        struct history_share all, by_hour[24], by_kind[ALERT_KIND_N], by_exercise[HISTORY_EXERCISES_MAX];
        int n_exercises;
        int outcomes[ALERT_OUTCOME_N]; /* [ALERT_PENDING]: none yet */
        struct history_squeezes squeezes;
        int sessions, calibrations;             /* strengthening sessions done; changes of the calibration ... */
        struct history_calibration calibration; /* ... and the last of them */
};

/* today, yesterday, week (7 days), month (30 days), year, all, 2026-11-21 or 2026-11-01..2026-11-21. False after a complaint. */
bool history_period_parse(const char *text, sqlite3 *db, struct history_period *ret);

/* Its date; the time of day and the zone say nothing. */
struct tm history_date(int64_t day);
/* The local day and hour of an instant, by the offset of its row. */
int64_t history_day_of(int64_t at_s, int offset_min);
int history_hour_of(int64_t at_s, int offset_min);
/* "Sat 21 Nov" */
void history_day_words(int64_t day, char *ret, size_t size);

/* The file asked for, or the one of the person's own daemon, or the system's; NULL after a complaint. */
const char *history_path(const struct options *options, char *storage, size_t size);
int history_open(const struct options *options, sqlite3 **ret);

/* STATUS_*; free it in either case. */
int history_load(sqlite3 *db, const struct history_period *period, struct history *ret);
/* Titles for the shares; exercises as the catalogue of these settings calls them, config NULL: the installed ones. */
void history_name(struct history *h, const char *config);
void history_unload(struct history *h);

/* Off the seat, and the bout went on. */
bool history_within_bout(const struct history_away *a);
/* How many of this kind, and how long together. */
int history_aways(const struct history *h, const char *kind, double *ret_s);
double history_longest_s(const struct history *h); /* bout; 0 = none */
/* The hours of the day in which anybody sat, at least from 8 to 18. */
void history_hours(const struct history *h, int *ret_from, int *ret_to);
double history_percent(const struct history_share *s); /* NAN when nothing is known */
enum posture_class history_posture(const char *name);

int history_what_if(const struct options *options, sqlite3 *db, const struct history_period *period);
int history_export(const struct options *options, sqlite3 *db, const struct history_period *period);
/* The beginning of a line of facts. */
void history_label(FILE *f, const char *label);
void history_print(const struct history *h, FILE *f);
int history_print_json(const struct history *h, FILE *f);

/* ---- ctl_history_body.c: squeezes, sessions, calibration ---- */

struct out;

int history_take_squeeze(struct history *h, sqlite3_stmt *s);
int history_take_session(struct history *h, sqlite3_stmt *s);
int history_take_calibration(struct history *h, sqlite3_stmt *s);
/* "9 that the seat saw, held for 45 s; 6 asked for by an alert" */
void history_squeeze_words(const struct history *h, char *ret, size_t size);
void history_print_body(const struct history *h, FILE *f);
void history_put_body(struct out *o, const struct history *h);

#endif
