/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/history/load.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configure/exercises.h"
#include "configure/settings.h"
#include "store/history_database.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "util/sanitize.h"
#include "words/names.h"

/* A bout or an absence that reaches into a period began at most this long before it. */
#define REACH_BACK_S "172800"

#define BY_SITTER(sitter) " AND " HISTORY_BY_SITTER(sitter)

/* ---- the file ---- */

const char *history_path(const struct options *options, char *storage, size_t size) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

        if (options->file)
                return options->file;
        if (options->seat) { /* the instance sitboned@SEAT of the service */
                if (strchr(options->seat, '/')) {
                        complain(_("--seat %s: not the id of a seat"), options->seat);
                        return NULL;
                }
                snprintf(storage, size, "/var/lib/sitbone/%s/history.db", options->seat);
                return storage;
        }
        if (state && *state == '/')
                snprintf(storage, size, "%s/sitbone/history.db", state);
        else
                snprintf(storage, size, "%s/.local/state/sitbone/history.db", home ? home : "");
        if (access(storage, F_OK) < 0)
                snprintf(storage, size, "/var/lib/sitbone/history.db");
        return storage;
}

/* The next step after a failure to open the file; "" = none is known. */
static const char *choose_hint(const struct options *options, const char *path) {
        if (options->file || access(path, R_OK) == 0)
                return "";
        if (errno == ENOENT)
                return _("; sitboned creates it while it runs, see [history] in the settings");
        return geteuid() != 0 ? _("; the history of the service is readable by root only: use sudo sitbonectl, or "
                                  "--file FILE")
                              : "";
}

static void complain_of_impossible_rows(sqlite3 *db, const char *path) {
        sqlite3_stmt *s = NULL;
        long long rows = 0;

        if (sqlite3_prepare_v2(db, "SELECT n FROM impossible", -1, &s, NULL) == SQLITE_OK &&
            sqlite3_step(s) == SQLITE_ROW)
                rows = sqlite3_column_int64(s, 0);
        sqlite3_finalize(s);
        if (rows > 0)
                complain(ngettext("%s: %lld row with impossible values is left out",
                                  "%s: %lld rows with impossible values are left out", (unsigned long)rows),
                         path, rows);
}

int history_open(const struct options *options, sqlite3 **ret) {
        char storage[600], error[HISTORY_ERROR_MAX];
        const char *path = history_path(options, storage, sizeof(storage));
        int r;

        if (!path)
                return STATUS_USAGE;
        r = history_db_open_to_read(path, ret, error);
        if (r < 0) {
                complain("%s: %s%s", path, error, choose_hint(options, path));
                return STATUS_FAILED;
        }
        complain_of_impossible_rows(*ret, path);
        return STATUS_DONE;
}

/* ---- rows ---- */

static enum posture_class find_posture(const char *name) {
        for (int k = 0; k < POSTURE_N; k++)
                if (strcmp(posture_name((enum posture_class)k), name) == 0)
                        return (enum posture_class)k;
        return POSTURE_UNKNOWN;
}

/* Copies a text as it may go to a terminal: the file may be of another program. */
static void read_text(sqlite3_stmt *s, int column, char *ret, size_t size) {
        const char *t = (const char *)sqlite3_column_text(s, column);

        snprintf(ret, size, "%s", t ? t : "");
        sanitize_line(ret);
}

static double read_number(sqlite3_stmt *s, int column) {
        return sqlite3_column_type(s, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(s, column);
}

/* Calls add_row for each row of a statement, in which ?1 and ?2 are the begin and the end of the period, and ?3 is the
 * sitter. */
static int query_rows(sqlite3 *db, const char *sql, const char *sitter,
                      int (*add_row)(struct history *, sqlite3_stmt *), struct history *h) {
        sqlite3_stmt *s = NULL;
        int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL), r = 0;

        if (rc == SQLITE_OK) {
                sqlite3_bind_int64(s, 1, h->period.from_s);
                sqlite3_bind_int64(s, 2, h->period.to_s);
                sqlite3_bind_text(s, 3, sitter, -1, SQLITE_STATIC);
                while (r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW)
                        r = add_row(h, s);
        }
        sqlite3_finalize(s);
        if (r == 0 && (rc == SQLITE_DONE || rc == SQLITE_ROW))
                return STATUS_DONE;
        complain("history: %s", r ? "out of memory" : sqlite3_errmsg(db));
        return STATUS_FAILED;
}

/* Makes room for one more element, doubling the array when n is a power of two. NULL = out of memory; the array remains. */
static void *grow_array(void *array, size_t n, size_t size) {
        return (n & (n - 1)) == 0 ? realloc(array, (n ? 2 * n : 1) * size) : array;
}

static int add_bout(struct history *h, sqlite3_stmt *s) {
        struct history_bout *all = grow_array(h->bouts, h->n_bouts, sizeof(*all)), *b;

        if (!all)
                return -1;
        h->bouts = all;
        b = &all[h->n_bouts++];
        *b = (struct history_bout){.began_s = sqlite3_column_int64(s, 0),
                                   .until_s = sqlite3_column_int64(s, 1),
                                   .offset_min = sqlite3_column_int(s, 2),
                                   .open = sqlite3_column_int(s, 3) != 0,
                                   .seated_s = sqlite3_column_double(s, 4),
                                   .slump_s = read_number(s, 5)};
        return 0;
}

static int add_away(struct history *h, sqlite3_stmt *s) {
        struct history_away *all = grow_array(h->aways, h->n_aways, sizeof(*all)), *a;
        int64_t day;

        if (!all)
                return -1;
        h->aways = all;
        a = &all[h->n_aways++];
        *a = (struct history_away){.began_s = sqlite3_column_int64(s, 0),
                                   .until_s = sqlite3_column_int64(s, 1),
                                   .offset_min = sqlite3_column_int(s, 2)};
        read_text(s, 3, a->kind, sizeof(a->kind));
        day = history_day_of(a->began_s, a->offset_min);
        if (a->until_s < a->began_s || day != history_day_of(a->until_s, a->offset_min) ||
            strcmp(a->kind, "silence") == 0 || day < h->period.first_day || day > h->period.last_day)
                return 0; /* a night, or nobody knows */
        h->days[day - h->period.first_day].away_s += (double)(a->until_s - a->began_s);
        h->away_s += (double)(a->until_s - a->began_s);
        return 0;
}

static enum alert_outcome find_outcome(const char *name) {
        for (int i = ALERT_PENDING + 1; i < ALERT_OUTCOME_N; i++)
                if (strcmp(alert_outcome_name((enum alert_outcome)i), name) == 0)
                        return (enum alert_outcome)i;
        return *name ? ALERT_UNKNOWN : ALERT_PENDING;
}

static bool is_success(enum alert_outcome o) {
        return o == ALERT_STOOD || o == ALERT_SHIFTED || o == ALERT_DONE || o == ALERT_SQUEEZED;
}

static int add_alert(struct history *h, sqlite3_stmt *s) {
        struct history_alert *all = grow_array(h->alerts, h->n_alerts, sizeof(*all)), *a;

        if (!all)
                return -1;
        h->alerts = all;
        a = &all[h->n_alerts++];
        *a = (struct history_alert){.raised_s = sqlite3_column_int64(s, 0), .offset_min = sqlite3_column_int(s, 1)};
        read_text(s, 2, a->kind, sizeof(a->kind));
        read_text(s, 3, a->outcome, sizeof(a->outcome));
        read_text(s, 4, a->exercise, sizeof(a->exercise));
        a->worked = is_success(find_outcome(a->outcome));
        a->latency_s = read_number(s, 5);
        return 0;
}

static int add_posture(struct history *h, sqlite3_stmt *s) {
        int64_t hour_s = sqlite3_column_int64(s, 0);
        int offset = sqlite3_column_int(s, 2);
        char posture[32];
        int64_t day = history_day_of(hour_s, offset) - h->period.first_day;
        double seconds = sqlite3_column_double(s, 3);
        enum posture_class k;

        if (day < 0 || day >= h->n_days)
                return 0;
        read_text(s, 1, posture, sizeof(posture));
        k = find_posture(posture);
        h->days[day].seated_s += seconds;
        h->days[day].in_s[k] += seconds;
        h->seated_s += seconds;
        h->in_s[k] += seconds;
        h->hour_s[history_hour_of(hour_s, offset)] += seconds;
        return 0;
}

static int add_balance(struct history *h, sqlite3_stmt *s) {
        int hour = history_hour_of(sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1));

        h->balance_s += sqlite3_column_double(s, 2);
        h->asymmetry_s += sqlite3_column_double(s, 3);
        h->balance_hour[hour][0] += sqlite3_column_double(s, 2);
        h->balance_hour[hour][1] += sqlite3_column_double(s, 3);
        h->shifts += sqlite3_column_int64(s, 4);
        h->shifts_hour[hour] += sqlite3_column_int64(s, 4);
        return 0;
}

static int add_squeeze(struct history *h, sqlite3_stmt *s) {
        int n = sqlite3_column_int(s, 0);
        int64_t day = history_day_of(sqlite3_column_int64(s, 3), sqlite3_column_int(s, 4)) - h->period.first_day;

        if (h->squeezes.repetitions > INT_MAX - n)
                return 0;
        if (day >= 0 && day < h->n_days)
                h->days[day].squeezed_s += sqlite3_column_double(s, 1);
        h->squeezes.repetitions += n;
        h->squeezes.held_s += sqlite3_column_double(s, 1);
        h->squeezes.asked += sqlite3_column_type(s, 2) == SQLITE_NULL ? 0 : n;
        return 0;
}

static int add_workout(struct history *h, sqlite3_stmt *s) {
        (void)s;
        h->sessions++;
        return 0;
}

/* Rows come in the order of time: the last one remains. */
static int add_calibration(struct history *h, sqlite3_stmt *s) {
        struct history_calibration *c = &h->calibration;

        h->calibrations++;
        c->at_s = sqlite3_column_int64(s, 0);
        c->offset_min = sqlite3_column_int(s, 1);
        read_text(s, 2, c->what, sizeof(c->what));
        read_text(s, 3, c->poses, sizeof(c->poses));
        read_text(s, 4, c->sitter, sizeof(c->sitter));
        return 0;
}

/* ---- sums and medians ---- */

static int compare_numbers(const void *a, const void *b) {
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

static double find_median(double *values, int n) {
        if (n == 0)
                return (double)NAN;
        qsort(values, (size_t)n, sizeof(*values), compare_numbers);
        return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Median time until the first slump, over the bouts that began in an hour of the day; hour -1: all bouts. room: space for a
 * number of each bout. */
static double measure_slump(const struct history *h, int hour, double *room, int *ret_n) {
        int n = 0;

        for (size_t i = 0; i < h->n_bouts; i++) {
                const struct history_bout *b = &h->bouts[i];

                if (isfinite(b->slump_s) && (hour < 0 || history_hour_of(b->began_s, b->offset_min) == hour))
                        room[n++] = b->slump_s / 60;
        }
        *ret_n = n;
        return find_median(room, n);
}

static int measure_slumps(struct history *h) {
        double *room = malloc((h->n_bouts + 1) * sizeof(*room));
        int n;

        if (!room)
                return complain_of_memory();
        for (int hour = 0; hour < 24; hour++)
                h->slump_min[hour] = measure_slump(h, hour, room, &n);
        h->slump_all_min = measure_slump(h, -1, room, &h->slump_n);
        free(room);
        return STATUS_DONE;
}

bool history_within_bout(const struct history_away *a) {
        return strcmp(a->kind, "partial") == 0 || strcmp(a->kind, "interruption") == 0;
}

int history_aways(const struct history *h, const char *kind, double *ret_s) {
        int n = 0;

        *ret_s = 0;
        for (size_t i = 0; i < h->n_aways; i++)
                if (strcmp(h->aways[i].kind, kind) == 0) {
                        n++;
                        *ret_s += h->aways[i].until_s > 0 ? (double)(h->aways[i].until_s - h->aways[i].began_s) : 0;
                }
        return n;
}

double history_shifts_per_hour(const struct history *h, int hour) {
        const double seated_s = hour < 0 ? h->seated_s : h->hour_s[hour];

        return seated_s >= 600 ? 3600 * (double)(hour < 0 ? h->shifts : h->shifts_hour[hour]) / seated_s : (double)NAN;
}

double history_longest_s(const struct history *h) {
        double longest = 0;

        for (size_t i = 0; i < h->n_bouts; i++)
                longest = fmax(longest, h->bouts[i].seated_s);
        return longest;
}

void history_squeeze_words(const struct history *h, char *ret, size_t size) {
        const struct history_squeezes *q = &h->squeezes;
        char held[32];
        int reached = 0;
        size_t n;

        view_duration_words(q->held_s, held, sizeof(held));
        n = (size_t)snprintf(ret, size, _("%d detected, held for %s"), q->repetitions, held);
        if (q->asked > 0 && n < size)
                n += (size_t)snprintf(ret + n, size - n, _("; %d asked for by an alert"), q->asked);
        for (int d = 0; d < h->n_days; d++)
                reached += q->goal_s > 0 && h->days[d].squeezed_s >= q->goal_s;
        if (q->goal_s > 0 && n < size)
                snprintf(ret + n, size - n,
                         ngettext("; %d day with the goal of %d s", "; %d days with the goal of %d s",
                                  (unsigned)reached),
                         reached, q->goal_s);
}

static void count_outcome(struct history_share *s, enum alert_outcome o) {
        if (o == ALERT_PENDING || o == ALERT_UNKNOWN || o == ALERT_ABSORBED || o == ALERT_SWITCHED_OFF)
                return;
        s->known++;
        s->worked += is_success(o);
}

static struct history_share *find_exercise_share(struct history *h, const char *name) {
        for (int i = 0; i < h->n_exercises; i++)
                if (strcmp(h->by_exercise[i].name, name) == 0)
                        return &h->by_exercise[i];
        if (h->n_exercises == HISTORY_EXERCISES_MAX)
                return NULL;
        snprintf(h->by_exercise[h->n_exercises].name, HISTORY_NAME_MAX, "%s", name);
        return &h->by_exercise[h->n_exercises++];
}

static int compare_known(const void *a, const void *b) {
        return ((const struct history_share *)b)->known - ((const struct history_share *)a)->known;
}

static void count_alerts(struct history *h) {
        for (int k = 0; k < ALERT_KIND_N; k++)
                snprintf(h->by_kind[k].name, HISTORY_NAME_MAX, "%s", alert_kind_name((enum alert_kind)k));
        for (size_t i = 0; i < h->n_alerts; i++) {
                const struct history_alert *a = &h->alerts[i];
                enum alert_outcome o = find_outcome(a->outcome);
                struct history_share *e = *a->exercise ? find_exercise_share(h, a->exercise) : NULL;

                h->outcomes[o]++;
                count_outcome(&h->all, o);
                count_outcome(&h->by_hour[history_hour_of(a->raised_s, a->offset_min)], o);
                for (int k = 0; k < ALERT_KIND_N; k++)
                        if (strcmp(h->by_kind[k].name, a->kind) == 0)
                                count_outcome(&h->by_kind[k], o);
                if (e)
                        count_outcome(e, o);
                h->stood.worked += o == ALERT_STOOD && strcmp(a->kind, h->by_kind[ALERT_ACTIVATE].name) == 0;
        }
        h->stood.known = h->by_kind[ALERT_ACTIVATE].known;
        qsort(h->by_exercise, (size_t)h->n_exercises, sizeof(*h->by_exercise), compare_known);
}

int history_load(sqlite3 *db, const struct history_period *period, const char *sitter, struct history *ret) {
        static const struct {
                const char *sql;
                int (*add_row)(struct history *, sqlite3_stmt *);
        } queries[] = {
                {"SELECT began_s, until_s, offset_min, open, seated_s, slump_s FROM bout WHERE began_s < ?2 AND "
                 "began_s >= ?1 - " REACH_BACK_S " AND until_s > ?1" BY_SITTER("sitter") "ORDER BY began_s",
                 add_bout},
                {"SELECT began_s, until_s, offset_min, kind FROM away WHERE began_s < ?2 AND "
                 "began_s >= ?1 - " REACH_BACK_S " AND (until_s IS NULL OR until_s > ?1)" BY_SITTER(
                         HISTORY_SITTER_AT("away.began_s")) "ORDER BY began_s",
                 add_away},
                {"SELECT raised_s, offset_min, kind, outcome, exercise, latency_s FROM alert WHERE raised_s >= ?1 AND "
                 "raised_s < ?2" BY_SITTER(HISTORY_SITTER_AT("raised_s")) "ORDER BY raised_s",
                 add_alert},
                {"SELECT hour_s, posture, offset_min, seconds FROM posture WHERE hour_s >= ?1 AND hour_s < "
                 "?2" BY_SITTER(HISTORY_SITTER_OF_BOUT),
                 add_posture},
                {"SELECT hour_s, offset_min, seconds, asymmetry_s, shifts FROM balance WHERE hour_s >= ?1 AND "
                 "hour_s < ?2" BY_SITTER(HISTORY_SITTER_OF_BOUT),
                 add_balance},
                {"SELECT repetitions, held_s, alert, began_s, offset_min FROM squeeze WHERE began_s >= ?1 AND began_s "
                 "< ?2" BY_SITTER("sitter"),
                 add_squeeze},
                {"SELECT at_s FROM session WHERE at_s >= ?1 AND at_s < ?2" BY_SITTER("sitter"), add_workout},
                {"SELECT at_s, offset_min, what, poses, sitter FROM calibration WHERE at_s >= ?1 AND at_s < "
                 "?2" BY_SITTER("sitter") "ORDER BY at_s, id",
                 add_calibration},
        };
        int status = STATUS_DONE;
        size_t n = strlen(period->title);

        *ret = (struct history){.period = *period, .n_days = (int)(period->last_day - period->first_day + 1)};
        if (sitter)
                snprintf(ret->period.title + n, sizeof(ret->period.title) - n, ", %s",
                         strcmp(sitter, "nobody") == 0 ? _("nobody in particular") : sitter);
        ret->days = calloc((size_t)ret->n_days, sizeof(*ret->days));
        if (!ret->days)
                return complain_of_memory();
        for (size_t i = 0; i < sizeof(queries) / sizeof(*queries) && status == STATUS_DONE; i++)
                status = query_rows(db, queries[i].sql, sitter, queries[i].add_row, ret);
        if (status == STATUS_DONE)
                status = measure_slumps(ret);
        if (status == STATUS_DONE)
                count_alerts(ret);
        return status;
}

void history_unload(struct history *h) {
        free(h->days);
        free(h->bouts);
        free(h->aways);
        free(h->alerts);
}

/* An exercise that is no longer in the catalogue is called by its id without the hyphens. */
static void name_exercises(struct history *h, const struct exercise_catalogue *c) {
        for (int i = 0; i < h->n_exercises; i++) {
                struct history_share *s = &h->by_exercise[i];

                memcpy(s->title, s->name, sizeof(s->title));
                for (char *p = s->title; *p; p++)
                        if (*p == '-')
                                *p = ' ';
                for (uint32_t k = 0; k < c->n; k++)
                        if (strcmp(c->of[k].id, s->name) == 0)
                                snprintf(s->title, sizeof(s->title), "%s", c->of[k].name);
        }
}

/* Mistakes in the settings or the catalogue are ignored: they are not part of the history. */
void history_name(struct history *h, const char *config) {
        struct exercise_catalogue *catalogue = calloc(1, sizeof(*catalogue));
        struct settings *settings = calloc(1, sizeof(*settings));
        struct config_errors mistakes = {0};

        for (int k = 0; k < ALERT_KIND_N; k++)
                snprintf(h->by_kind[k].title, HISTORY_NAME_MAX, "%s", alert_kind_text(h->by_kind[k].name));
        if (catalogue && settings) {
                settings_load(config, settings, &mistakes);
                h->squeezes.goal_s = settings->exercise.squeeze_goal_s;
                exercises_load(*settings->alert.exercises_file ? settings->alert.exercises_file : NULL, &mistakes,
                               catalogue);
                name_exercises(h, catalogue);
        }
        free(settings);
        free(catalogue);
}
