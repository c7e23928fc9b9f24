/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/history/load.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "configure/settings.h"
#include "words/names.h"

enum posture_class history_posture(const char *name) {
        for (int k = 0; k < POSTURE_N; k++)
                if (strcmp(posture_name((enum posture_class)k), name) == 0)
                        return (enum posture_class)k;
        return POSTURE_UNKNOWN;
}

double history_percent(const struct history_share *s) {
        return s->known > 0 ? 100.0 * s->worked / s->known : NAN;
}

static const char *text(sqlite3_stmt *s, int column) {
        const char *t = (const char *)sqlite3_column_text(s, column);

        return t ? t : "";
}

static double number(sqlite3_stmt *s, int column) {
        return sqlite3_column_type(s, column) == SQLITE_NULL ? NAN : sqlite3_column_double(s, column);
}

/* Calls row for each row of a statement with the period as ?1 and ?2. */
static int each(sqlite3 *db, const char *sql, const struct history_period *p,
                int (*row)(struct history *, sqlite3_stmt *), struct history *h) {
        sqlite3_stmt *s = NULL;
        int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL), r = 0;

        if (rc == SQLITE_OK) {
                sqlite3_bind_int64(s, 1, p->from_s);
                sqlite3_bind_int64(s, 2, p->to_s);
                while (r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW)
                        r = row(h, s);
        }
        sqlite3_finalize(s);
        if (r == 0 && (rc == SQLITE_DONE || rc == SQLITE_ROW))
                return STATUS_DONE;
        complain("history: %s", r ? "out of memory" : sqlite3_errmsg(db));
        return STATUS_FAILED;
}

/* Room for one more; doubles. */
static void *grow(void **array, size_t n, size_t size) {
        if ((n & (n - 1)) == 0) { /* a power of two, or the first */
                void *more = realloc(*array, (n ? 2 * n : 1) * size);

                if (!more)
                        return NULL;
                *array = more;
        }
        return (char *)*array + n * size;
}

static int take_bout(struct history *h, sqlite3_stmt *s) {
        struct history_bout *b = grow((void **)&h->bouts, h->n_bouts, sizeof(*b));

        if (!b)
                return -1;
        *b = (struct history_bout){.began_s = sqlite3_column_int64(s, 0),
                                   .until_s = sqlite3_column_int64(s, 1),
                                   .offset_min = sqlite3_column_int(s, 2),
                                   .open = sqlite3_column_int(s, 3) != 0,
                                   .seated_s = sqlite3_column_double(s, 4),
                                   .slump_s = number(s, 5)};
        h->n_bouts++;
        return 0;
}

static int take_away(struct history *h, sqlite3_stmt *s) {
        struct history_away *a = grow((void **)&h->aways, h->n_aways, sizeof(*a));

        if (!a)
                return -1;
        *a = (struct history_away){.began_s = sqlite3_column_int64(s, 0),
                                   .until_s = sqlite3_column_int64(s, 1),
                                   .offset_min = sqlite3_column_int(s, 2)};
        snprintf(a->kind, sizeof(a->kind), "%s", text(s, 3));
        h->n_aways++;
        return 0;
}

static enum alert_outcome outcome_of(const char *name) {
        for (int i = ALERT_PENDING + 1; i < ALERT_OUTCOME_N; i++)
                if (strcmp(alert_outcome_name((enum alert_outcome)i), name) == 0)
                        return (enum alert_outcome)i;
        return *name ? ALERT_UNKNOWN : ALERT_PENDING;
}

static bool outcome_worked(enum alert_outcome o) {
        return o == ALERT_STOOD || o == ALERT_SHIFTED || o == ALERT_DONE || o == ALERT_SQUEEZED;
}

static int take_alert(struct history *h, sqlite3_stmt *s) {
        struct history_alert *a = grow((void **)&h->alerts, h->n_alerts, sizeof(*a));

        if (!a)
                return -1;
        *a = (struct history_alert){.raised_s = sqlite3_column_int64(s, 0), .offset_min = sqlite3_column_int(s, 1)};
        snprintf(a->kind, sizeof(a->kind), "%s", text(s, 2));
        snprintf(a->outcome, sizeof(a->outcome), "%s", text(s, 3));
        snprintf(a->exercise, sizeof(a->exercise), "%s", text(s, 4));
        a->worked = outcome_worked(outcome_of(a->outcome));
        a->latency_s = number(s, 5);
        h->n_alerts++;
        return 0;
}

static int take_posture(struct history *h, sqlite3_stmt *s) {
        int64_t hour_s = sqlite3_column_int64(s, 0);
        int offset = sqlite3_column_int(s, 2);
        enum posture_class k = history_posture(text(s, 1));
        int64_t day = history_day_of(hour_s, offset) - h->period.first_day;
        double seconds = sqlite3_column_double(s, 3);

        if (day < 0 || day >= h->n_days)
                return 0;
        h->days[day].seated_s += seconds;
        h->days[day].in_s[k] += seconds;
        h->seated_s += seconds;
        h->in_s[k] += seconds;
        h->hour_s[history_hour_of(hour_s, offset)] += seconds;
        return 0;
}

static int take_balance(struct history *h, sqlite3_stmt *s) {
        int hour = history_hour_of(sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1));

        h->balance_s += sqlite3_column_double(s, 2);
        h->asymmetry_s += sqlite3_column_double(s, 3);
        h->balance_hour[hour][0] += sqlite3_column_double(s, 2);
        h->balance_hour[hour][1] += sqlite3_column_double(s, 3);
        h->shifts += sqlite3_column_int64(s, 4);
        return 0;
}

/* ---- what follows from the rows ---- */

static int by_size(const void *a, const void *b) {
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

static double median(double *values, int n) {
        if (n == 0)
                return NAN;
        qsort(values, (size_t)n, sizeof(*values), by_size);
        return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* hour -1: all. */
static double slump(const struct history *h, int hour, double *room, int *ret_n) {
        int n = 0;

        for (size_t i = 0; i < h->n_bouts; i++) {
                const struct history_bout *b = &h->bouts[i];

                if (isfinite(b->slump_s) && (hour < 0 || history_hour_of(b->began_s, b->offset_min) == hour))
                        room[n++] = b->slump_s / 60;
        }
        *ret_n = n;
        return median(room, n);
}

static int count_slumps(struct history *h) {
        double *room = malloc((h->n_bouts + 1) * sizeof(*room));
        int n;

        if (!room) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        for (int hour = 0; hour < 24; hour++)
                h->slump_min[hour] = slump(h, hour, room, &n);
        h->slump_all_min = slump(h, -1, room, &h->slump_n);
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

double history_longest_s(const struct history *h) {
        double longest = 0;

        for (size_t i = 0; i < h->n_bouts; i++)
                longest = fmax(longest, h->bouts[i].seated_s);
        return longest;
}

void history_hours(const struct history *h, int *ret_from, int *ret_to) {
        *ret_from = 8;
        *ret_to = 18;
        for (int hour = 0; hour < 24; hour++)
                if (h->hour_s[hour] > 0) {
                        *ret_from = hour < *ret_from ? hour : *ret_from;
                        *ret_to = hour + 1 > *ret_to ? hour + 1 : *ret_to;
                }
}

static void count(struct history_share *s, enum alert_outcome o) {
        if (o == ALERT_PENDING || o == ALERT_UNKNOWN)
                return;
        s->known++;
        s->worked += outcome_worked(o);
}

static struct history_share *exercise_share(struct history *h, const char *name) {
        for (int i = 0; i < h->n_exercises; i++)
                if (strcmp(h->by_exercise[i].name, name) == 0)
                        return &h->by_exercise[i];
        if (h->n_exercises == HISTORY_EXERCISES_MAX)
                return NULL;
        snprintf(h->by_exercise[h->n_exercises].name, HISTORY_NAME_MAX, "%s", name);
        return &h->by_exercise[h->n_exercises++];
}

static int by_known(const void *a, const void *b) {
        return ((const struct history_share *)b)->known - ((const struct history_share *)a)->known;
}

static void count_alerts(struct history *h) {
        for (int k = 0; k < ALERT_KIND_N; k++)
                snprintf(h->by_kind[k].name, HISTORY_NAME_MAX, "%s", alert_kind_name((enum alert_kind)k));
        for (size_t i = 0; i < h->n_alerts; i++) {
                const struct history_alert *a = &h->alerts[i];
                enum alert_outcome o = outcome_of(a->outcome);
                struct history_share *e = *a->exercise ? exercise_share(h, a->exercise) : NULL;

                h->outcomes[o]++;
                count(&h->all, o);
                count(&h->by_hour[history_hour_of(a->raised_s, a->offset_min)], o);
                for (int k = 0; k < ALERT_KIND_N; k++)
                        if (strcmp(h->by_kind[k].name, a->kind) == 0)
                                count(&h->by_kind[k], o);
                if (e)
                        count(e, o);
        }
        qsort(h->by_exercise, (size_t)h->n_exercises, sizeof(*h->by_exercise), by_known);
}

/* A bout or an absence that reaches into the period began two days before at the most. */
int history_load(sqlite3 *db, const struct history_period *period, struct history *ret) {
        static const struct {
                const char *sql;
                int (*row)(struct history *, sqlite3_stmt *);
        } queries[] = {
                {"SELECT began_s, until_s, offset_min, open, seated_s, slump_s FROM bout WHERE began_s < ?2 AND "
                 "began_s >= ?1 - 172800 AND until_s > ?1 ORDER BY began_s",
                 take_bout},
                {"SELECT began_s, until_s, offset_min, kind FROM away WHERE began_s < ?2 AND began_s >= ?1 - 172800 "
                 "AND "
                 "(until_s IS NULL OR until_s > ?1) ORDER BY began_s",
                 take_away},
                {"SELECT raised_s, offset_min, kind, outcome, exercise, latency_s FROM alert WHERE raised_s >= ?1 AND "
                 "raised_s < ?2 ORDER BY raised_s",
                 take_alert},
                {"SELECT hour_s, posture, offset_min, seconds FROM posture WHERE hour_s >= ?1 AND hour_s < ?2",
                 take_posture},
                {"SELECT hour_s, offset_min, seconds, asymmetry_s, shifts FROM balance WHERE hour_s >= ?1 AND "
                 "hour_s < ?2",
                 take_balance},
                {"SELECT repetitions, held_s, alert FROM squeeze WHERE began_s >= ?1 AND began_s < ?2",
                 history_take_squeeze},
                {"SELECT at_s FROM session WHERE at_s >= ?1 AND at_s < ?2", history_take_session},
                {"SELECT at_s, offset_min, what, poses, sitter FROM calibration WHERE at_s >= ?1 AND at_s < ?2 "
                 "ORDER BY at_s, id",
                 history_take_calibration},
        };
        int status = STATUS_DONE;

        *ret = (struct history){.period = *period, .n_days = (int)(period->last_day - period->first_day + 1)};
        ret->days = calloc((size_t)ret->n_days, sizeof(*ret->days));
        if (!ret->days) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        for (size_t i = 0; i < sizeof(queries) / sizeof(*queries) && status == STATUS_DONE; i++)
                status = each(db, queries[i].sql, period, queries[i].row, ret);
        if (status == STATUS_DONE)
                status = count_slumps(ret);
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

/* An exercise that is in no catalogue any more keeps its id, without the hyphens. */
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

/* What is wrong with settings or catalogue is not the history's to say. */
void history_name(struct history *h, const char *config) {
        struct exercise_catalogue *catalogue = calloc(1, sizeof(*catalogue));
        struct settings *settings = calloc(1, sizeof(*settings));
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));

        for (int k = 0; k < ALERT_KIND_N; k++)
                snprintf(h->by_kind[k].title, HISTORY_NAME_MAX, "%s", alert_kind_text(h->by_kind[k].name));
        if (catalogue && settings && mistakes) {
                settings_load(config, settings, mistakes);
                exercises_load(*settings->alert.exercises_file ? settings->alert.exercises_file : NULL, mistakes,
                               catalogue);
                name_exercises(h, catalogue);
        }
        free(mistakes);
        free(settings);
        free(catalogue);
}
