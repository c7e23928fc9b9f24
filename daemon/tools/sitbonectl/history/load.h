/* SPDX-License-Identifier: MIT */
/* The history of a period in memory, for the terminal, JSON, the report and what-if. */
#ifndef TOOLS_SITBONECTL_HISTORY_LOAD_H
#define TOOLS_SITBONECTL_HISTORY_LOAD_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/posture.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/history/period.h"

enum { HISTORY_EXERCISES_MAX = 16, HISTORY_NAME_MAX = 48 };

struct history_bout {
        int64_t began_s, until_s; /* UTC */
        int offset_min;
        bool open;
        double seated_s, slump_s; /* slump_s: time until the first slump; NAN = none */
};

struct history_away {
        int64_t began_s, until_s; /* until_s 0 = still away */
        int offset_min;
        char kind[16];
};

struct history_alert {
        int64_t raised_s;
        int offset_min;
        char kind[16], outcome[16], exercise[HISTORY_NAME_MAX]; /* outcome "" = none yet */
        bool worked;
        double latency_s; /* NAN = never answered */
};

/* Share of alerts that worked: they ended in a break, a shift, a squeeze or with "done". Alerts with an unknown outcome do
 * not count. */
struct history_share {
        char name[HISTORY_NAME_MAX];  /* of the kind of alert, or id of the exercise */
        char title[HISTORY_NAME_MAX]; /* the same in the language of the user */
        int worked, known;
};

/* Detected squeezes of the glutes. asked: repetitions that an alert asked for. */
struct history_squeezes {
        int repetitions, asked;
        double held_s;
        int goal_s; /* a day, from the settings; 0 = none */
};

struct history_calibration {
        int64_t at_s;
        int offset_min;
        char what[16], poses[64], sitter[32];
};

struct history_day {
        double away_s; /* standing or away: absences that begin and end on this day, while the daemon ran */
        double seated_s, in_s[POSTURE_N];
        double squeezed_s;
};

struct history {
        struct history_period period;
        int n_days;
        struct history_day *days; /* n_days */
        size_t n_bouts, n_aways, n_alerts;
        struct history_bout *bouts;
        struct history_away *aways;
        struct history_alert *alerts;
        double seated_s, away_s, in_s[POSTURE_N];
        double hour_s[24];             /* seated, by hour of the day */
        double balance_s, asymmetry_s; /* time with a known balance, and the integral of the balance over it */
        double balance_hour[24][2];    /* the same two by hour of the day */
        int64_t shifts, shifts_hour[24];
        double slump_min[24]; /* median over the bouts that began in that hour; NAN = none */
        double slump_all_min; /* median over all bouts; NAN = none */
        int slump_n;          /* bouts with a slump */
        struct history_share all, by_hour[24], by_kind[ALERT_KIND_N], by_exercise[HISTORY_EXERCISES_MAX];
        struct history_share stood; /* prompts to stand up that were answered by standing up */
        int n_exercises;
        int outcomes[ALERT_OUTCOME_N]; /* [ALERT_PENDING]: none yet */
        struct history_squeezes squeezes;
        int sessions;                           /* strengthening workouts that were done */
        int calibrations;                       /* changes of the calibration */
        struct history_calibration calibration; /* the last of them */
};

/* The file that the options name, or that of the user's own daemon, or that of the service. NULL after a complaint. */
const char *history_path(const struct options *options, char *storage, size_t size);

/* Opens that file for reading. STATUS_* */
int history_open(const struct options *options, sqlite3 **ret);

/* The sitter of a row of posture or balance, and of what happened at an instant: that of the last bout begun before. */
#define HISTORY_SITTER_OF_BOUT "coalesce((SELECT sitter FROM bout WHERE id = bout_id), '')"
#define HISTORY_SITTER_AT(instant)                                                                                    \
        "coalesce((SELECT sitter FROM bout WHERE began_s <= " instant " ORDER BY began_s DESC LIMIT 1), '')"

/* True for a row of the sitter ?3; "nobody": those without a name, NULL: all of them. */
#define HISTORY_BY_SITTER(sitter) "(?3 IS NULL OR coalesce(nullif(" sitter ", ''), 'nobody') = ?3) "

/* sitter: as above. STATUS_*; call history_unload() in either case. */
int history_load(sqlite3 *db, const struct history_period *period, const char *sitter, struct history *ret);
void history_unload(struct history *h);

/* Fills the titles of the shares and the goal of squeezes. Exercises are called as in the catalogue of these settings; config NULL: the installed
 * settings. */
void history_name(struct history *h, const char *config);

/* True if the sitter left the seat, but the bout went on. */
bool history_within_bout(const struct history_away *a);

/* Counts the absences of this kind, and sums up their durations. */
int history_aways(const struct history *h, const char *kind, double *ret_s);

/* Shifts of weight an hour on the seat, in that hour of the day (-1: in all); NAN = less than ten minutes on the seat. */
double history_shifts_per_hour(const struct history *h, int hour);

/* The longest bout; 0 = there is none. */
double history_longest_s(const struct history *h);

/* "9 detected, held for 45 s; 6 asked for by an alert" */
void history_squeeze_words(const struct history *h, char *ret, size_t size);

#endif
