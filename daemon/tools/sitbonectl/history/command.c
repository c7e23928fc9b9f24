/* SPDX-License-Identifier: MIT */
/* sitbonectl history: shows, compares, exports or forgets. */
#include <jansson.h>
#include <langinfo.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "contract/live_json.h"
#include "store/history_database.h"
#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/history/what_if.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "util/sanitize.h"
#include "util/terminal.h"
#include "words/names.h"

/* Hours of a strip unless somebody sat outside them; most parts of a strip and of an hour; days above which months are
 * shown; columns of a label, of the sum beside a strip, and of a terminal of unknown size. */
enum {
        STRIP_FROM_H = 6,
        STRIP_TO_H = 22,
        PARTS_MAX = 96,
        PARTS_AN_HOUR_MAX = 4,
        STRIPS_MAX = 62,
        LABEL_W = 12,
        TOTAL_W = 14,
        COLUMNS_DEFAULT = 80,
        DAY_S = 86400
};

/* ---- text: a strip for each day and a line for each fact ---- */

static void print_label(FILE *f, const char *label) {
        fprintf(f, "%-*s", language_field_width(label, LABEL_W), label);
}

/* Prints the next item of a list after a label, on a new line where this one is full. *at: columns used by the list so far;
 * 0 = it is the first item. */
static void print_item(FILE *f, int *at, const char *separator, const char *text) {
        int width = language_columns(text, strlen(text));

        if (*at > 0 && LABEL_W + *at + 2 + width >= terminal_columns(f, COLUMNS_DEFAULT)) {
                fprintf(f, "%c\n%*s", *separator, LABEL_W, "");
                *at = 0;
        } else if (*at > 0) {
                *at += fprintf(f, "%s", separator);
        }
        *at += width;
        fprintf(f, "%s", text);
}

/* Seconds of a span of local time that a row covers, by the local clock of that row, as in the report. */
static double measure_overlap(int64_t from_s, int64_t to_s, int64_t began_s, int64_t until_s, int offset_min) {
        int64_t ahead_s = (int64_t)offset_min * 60;

        from_s = from_s > began_s + ahead_s ? from_s : began_s + ahead_s;
        to_s = to_s < until_s + ahead_s ? to_s : until_s + ahead_s;
        return to_s > from_s ? (double)(to_s - from_s) : 0;
}

struct strip {
        int from_h, to_h;  /* the hours shown */
        int parts_an_hour; /* characters for each hour */
};

/* Six in the morning to ten at night, and further hours with bouts; as many parts an hour as fit the width. */
static struct strip choose_strip(const struct history *h, int width) {
        struct strip s = {STRIP_FROM_H, STRIP_TO_H, PARTS_AN_HOUR_MAX};

        for (size_t i = 0; i < h->n_bouts; i++) {
                const struct history_bout *b = &h->bouts[i];
                bool over_midnight =
                        history_day_of(b->began_s, b->offset_min) != history_day_of(b->until_s, b->offset_min);
                int first = over_midnight ? 0 : history_hour_of(b->began_s, b->offset_min),
                    last = over_midnight ? 23 : history_hour_of(b->until_s, b->offset_min);

                s.from_h = first < s.from_h ? first - first % 2 : s.from_h;
                s.to_h = last >= s.to_h ? last + 2 - last % 2 : s.to_h;
        }
        while (s.parts_an_hour > 1 && LABEL_W + s.parts_an_hour * (s.to_h - s.from_h) + TOTAL_W > width)
                s.parts_an_hour--;
        return s;
}

static int count_parts(const struct strip *s) {
        return s->parts_an_hour * (s->to_h - s->from_h);
}

/* Share of each part with somebody on the seat: the bouts, less the absences within them. */
static void measure_strip(const struct history *h, const struct strip *strip, int64_t day, double ret[PARTS_MAX]) {
        int64_t begin = day * DAY_S + (int64_t)strip->from_h * 3600, length = 3600 / strip->parts_an_hour;

        for (int i = 0; i < count_parts(strip); i++) {
                int64_t from = begin + i * length, to = from + length;
                double s = 0;

                for (size_t b = 0; b < h->n_bouts; b++)
                        s += measure_overlap(from, to, h->bouts[b].began_s, h->bouts[b].until_s,
                                             h->bouts[b].offset_min);
                for (size_t a = 0; a < h->n_aways && s > 0; a++)
                        if (history_within_bout(&h->aways[a]))
                                s -= measure_overlap(from, to, h->aways[a].began_s, h->aways[a].until_s,
                                                     h->aways[a].offset_min);
                ret[i] = fmin(fmax(s / (double)length, 0), 1);
        }
}

static void print_strip(FILE *f, const struct history *h, const struct strip *strip, int64_t day, bool colours) {
        static const char *const blocks[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
        static const char *const plain[] = {".", ".", "-", "-", "=", "=", "=", "#", "#"};
        bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
        double share[PARTS_MAX];

        measure_strip(h, strip, day, share);
        if (colours)
                fputs("\033[34m", f);
        for (int i = 0; i < count_parts(strip); i++)
                fputs((utf8 ? blocks : plain)[(int)lround(share[i] * 8)], f);
        if (colours)
                fputs("\033[0m", f);
}

/* "6    8    10": every second or fourth hour above its place in the strip. */
static void print_ruler(FILE *f, const struct strip *s) {
        char line[PARTS_MAX + 8];
        int every = s->parts_an_hour > 1 ? 2 : 4;

        memset(line, ' ', sizeof(line));
        for (int hour = s->from_h; hour <= s->to_h; hour += every) {
                char digits[8];
                int n = snprintf(digits, sizeof(digits), "%d", hour);

                memcpy(line + (ptrdiff_t)(hour - s->from_h) * s->parts_an_hour, digits, (size_t)n);
        }
        line[count_parts(s) + 2] = '\0';
        fprintf(f, "%*s%s\n", LABEL_W, "", line);
}

/* For long periods: a line for each month. */
static void print_months(FILE *f, const struct history *h) {
        char month[24] = "", name[24], duration[32];
        double s = 0;

        for (int d = 0; d <= h->n_days; d++) {
                struct tm tm = history_date(h->period.first_day + d);

                language_date(name, sizeof(name), "%b %Y", &tm);
                if (*month && (d == h->n_days || strcmp(name, month) != 0)) {
                        view_duration_words(s, duration, sizeof(duration));
                        print_label(f, month);
                        fprintf(f, "%s\n", s >= 60 ? duration : "-");
                        s = 0;
                }
                snprintf(month, sizeof(month), "%s", name);
                s += d < h->n_days ? h->days[d].seated_s : 0;
        }
}

static void print_days(FILE *f, const struct history *h) {
        struct strip strip = choose_strip(h, terminal_columns(f, COLUMNS_DEFAULT));

        print_ruler(f, &strip);
        for (int d = 0; d < h->n_days; d++) {
                char name[24], duration[32];

                history_day_words(h->period.first_day + d, name, sizeof(name));
                view_duration_words(h->days[d].seated_s, duration, sizeof(duration));
                print_label(f, name);
                print_strip(f, h, &strip, h->period.first_day + d,
                            terminal_columns(f, 0) > 0 && terminal_wants_colour());
                fprintf(f, h->days[d].seated_s >= 60 ? " %s\n" : "\n", duration);
        }
}

static void print_sitting(FILE *f, const struct history *h) {
        char sat[32], longest[32];
        double s;
        int breaks = history_aways(h, "break", &s), partial = history_aways(h, "partial", &s);

        view_duration_words(h->seated_s, sat, sizeof(sat));
        view_duration_words(history_longest_s(h), longest, sizeof(longest));
        print_label(f, _("sat"));
        fprintf(f, ngettext("%s in %zu bout, the longest %s\n", "%s in %zu bouts, the longest %s\n", h->n_bouts), sat,
                h->n_bouts, longest);
        view_duration_words(h->away_s, longest, sizeof(longest));
        print_label(f, _("away"));
        fprintf(f, _("%s standing or away\n"), longest);
        print_label(f, _("breaks"));
        fprintf(f, _("%d, and %d too short to be one\n"), breaks, partial);
        print_label(f, _("shifts"));
        fprintf(f, "%lld", (long long)h->shifts);
        fprintf(f, h->seated_s >= 600 ? _(", %.0f an hour (20 in a study)\n") : "\n", history_shifts_per_hour(h, -1));
}

/* NAN = no prompt to stand up has a known outcome. */
static double stood_percent(const struct history *h) {
        return h->stood.known > 0 ? 100.0 * h->stood.worked / h->stood.known : (double)NAN;
}

static void print_balance(FILE *f, const struct history *h) {
        double percent;

        if (!(h->balance_s > 60))
                return;
        percent = 100 * h->asymmetry_s / h->balance_s;
        print_label(f, _("balance"));
        if (fabs(percent) < 0.5)
                fprintf(f, "%s\n", _("even on average"));
        else
                fprintf(f,
                        percent > 0 ? _("%.0f %% more on the right on average\n")
                                    : _("%.0f %% more on the left on average\n"),
                        fabs(percent));
}

static void print_postures(FILE *f, const struct history *h) {
        char item[64];
        int at = 0;

        print_label(f, _("postures"));
        for (int i = 0; i < POSTURE_N; i++) {
                int k = (i + 1) % POSTURE_N; /* unknown comes last */
                double percent = h->seated_s > 0 ? 100 * h->in_s[k] / h->seated_s : 0;

                if (percent < 0.5)
                        continue;
                snprintf(item, sizeof(item), "%s %.0f %%", posture_text(posture_name((enum posture_class)k)), percent);
                print_item(f, &at, ", ", item);
        }
        fprintf(f, "%s\n", at ? "" : _("nothing known"));
        if (h->slump_n > 0) {
                print_label(f, _("slump"));
                if (h->slump_n == 1)
                        fprintf(f, _("after %.0f min of a bout\n"), h->slump_all_min);
                else
                        fprintf(f, _("first after %.0f min of a bout (median of %d)\n"), h->slump_all_min, h->slump_n);
        }
        print_balance(f, h);
}

static void print_shares(FILE *f, const struct history_share *shares, int n) {
        for (int i = 0; i < n; i++) {
                if (shares[i].known == 0)
                        continue;
                print_label(f, "");
                fprintf(f, "%-*s ", language_field_width(shares[i].title, 30), shares[i].title);
                fprintf(f, _("%3d of %d worked\n"), shares[i].worked, shares[i].known);
        }
}

static void print_alerts(FILE *f, const struct history *h) {
        const char *separator = ": ";
        char item[64];
        int at = 0;

        print_label(f, _("alerts"));
        snprintf(item, sizeof(item), "%zu", h->n_alerts);
        print_item(f, &at, "", item);
        for (int i = 0; i < ALERT_OUTCOME_N; i++) {
                if (h->outcomes[i] == 0)
                        continue;
                snprintf(item, sizeof(item), "%s %d", alert_outcome_text(alert_outcome_name((enum alert_outcome)i)),
                         h->outcomes[i]);
                print_item(f, &at, separator, item);
                separator = ", ";
        }
        fprintf(f, "\n");
        print_shares(f, h->by_kind, ALERT_KIND_N);
        print_shares(f, h->by_exercise, h->n_exercises);
}

/* "Tue 17 Nov, anna: tilt rests on the sitter's own poses (upright, slouched)" */
static void make_calibration_words(const struct history_calibration *c, char *ret, size_t size) {
        char day[24], poses[VIEW_TEXT_MAX];
        size_t n;

        history_day_words(history_day_of(c->at_s, c->offset_min), day, sizeof(day));
        n = (size_t)snprintf(ret, size, "%s%s%s: %s", day, *c->sitter ? ", " : "", c->sitter,
                             strcmp(c->what, "personal") == 0 ? _("tilt rests on the sitter's own poses")
                                                              : _("tilt rests on typical values"));
        view_list_words(c->poses, posture_text, poses, sizeof(poses));
        if (*poses && n < size)
                snprintf(ret + n, size - n, " (%s)", poses);
}

/* Squeezes, workouts and changes of the calibration. */
static void print_body(FILE *f, const struct history *h) {
        char words[256];

        if (h->squeezes.repetitions > 0) {
                history_squeeze_words(h, words, sizeof(words));
                print_label(f, _("squeezes"));
                fprintf(f, "%s\n", words);
        }
        if (h->sessions > 0) {
                print_label(f, _("sessions"));
                fprintf(f, "%d %s\n", h->sessions, _("of strengthening"));
        }
        if (h->calibrations > 1 || *h->calibration.poses) { /* the first record only says that nothing is calibrated */
                make_calibration_words(&h->calibration, words, sizeof(words));
                print_label(f, _("calibrated"));
                fprintf(f, "%s\n", words);
        }
}

/* Only of what is known of both periods. */
static void print_comparison(FILE *f, const struct history *h, const struct history *before) {
        double shifts = history_shifts_per_hour(before, -1), stood = stood_percent(before);
        char now[32], then[32], item[96];
        int at = 0;

        if (before->n_bouts == 0)
                return;
        view_duration_words(h->seated_s, now, sizeof(now));
        view_duration_words(before->seated_s, then, sizeof(then));
        print_label(f, _("compared"));
        snprintf(item, sizeof(item),
                 h->n_days == 1   ? _("sat %s, the day before %s")
                 : h->n_days == 7 ? _("sat %s, the week before %s")
                                  : _("sat %s, in as many days before %s"),
                 now, then);
        print_item(f, &at, "; ", item);
        view_duration_words(h->away_s, now, sizeof(now));
        view_duration_words(before->away_s, then, sizeof(then));
        snprintf(item, sizeof(item), _("standing or away %s, before %s"), now, then);
        if (h->away_s > 0 && before->away_s > 0)
                print_item(f, &at, "; ", item);
        snprintf(item, sizeof(item), _("shifts %.0f an hour, before %.0f"), history_shifts_per_hour(h, -1), shifts);
        if (isfinite(history_shifts_per_hour(h, -1)) && isfinite(shifts))
                print_item(f, &at, "; ", item);
        snprintf(item, sizeof(item), _("prompts answered by standing %.0f %%, before %.0f %%"), stood_percent(h),
                 stood);
        if (isfinite(stood_percent(h)) && isfinite(stood))
                print_item(f, &at, "; ", item);
        fprintf(f, "\n");
}

static void print_history(const struct history *h, const struct history *before, FILE *f) {
        fprintf(f, "%s\n\n", h->period.title);
        if (h->n_bouts == 0) {
                fprintf(f, "%s\n", _("Nobody sat on the seat."));
                return;
        }
        if (h->n_days > STRIPS_MAX)
                print_months(f, h);
        else
                print_days(f, h);
        fprintf(f, "\n");
        print_sitting(f, h);
        print_postures(f, h);
        print_alerts(f, h);
        print_body(f, h);
        print_comparison(f, h, before);
}

/* ---- JSON ---- */

static json_t *make_postures(const double in_s[POSTURE_N]) {
        json_t *postures = json_pack("{s:o}", "unknown", live_json_number(in_s[POSTURE_UNKNOWN], 1));

        for (int k = POSTURE_UNKNOWN + 1; k < POSTURE_N; k++)
                json_object_set_new(postures, posture_name((enum posture_class)k), live_json_number(in_s[k], 1));
        return postures;
}

/* A share without a name is called by its hour. */
static json_t *make_shares(const struct history_share *shares, int n) {
        json_t *array = json_array();

        for (int i = 0; i < n; i++) {
                char hour[8];

                if (shares[i].known == 0)
                        continue;
                snprintf(hour, sizeof(hour), "%d", i);
                json_array_append_new(array,
                                      json_pack("{s:s, s:i, s:i}", "name", *shares[i].name ? shares[i].name : hour,
                                                "worked", shares[i].worked, "of", shares[i].known));
        }
        return array;
}

static json_t *make_shift_hours(const struct history *h) {
        json_t *array = json_array();

        for (int hour = 0; hour < 24; hour++)
                json_array_append_new(array, live_json_number(history_shifts_per_hour(h, hour), 1));
        return array;
}

static void write_date(int64_t day, char ret[16]) {
        struct tm tm = history_date(day);

        strftime(ret, 16, "%Y-%m-%d", &tm);
}

/* As on the command line: "2026-11-21" or "2026-11-01..2026-11-21". */
static json_t *make_period(const struct history_period *p) {
        char first[16], last[16];

        write_date(p->first_day, first);
        write_date(p->last_day, last);
        return p->first_day == p->last_day ? json_string(first) : json_sprintf("%s..%s", first, last);
}

static json_t *make_days(const struct history *h) {
        json_t *days = json_array();

        for (int d = 0; d < h->n_days; d++) {
                char date[16];

                write_date(h->period.first_day + d, date);
                json_array_append_new(days, json_pack("{s:s, s:o, s:o, s:o, s:o}", "date", date, "away_s",
                                                      live_json_number(h->days[d].away_s, 0), "seated_s",
                                                      live_json_number(h->days[d].seated_s, 1), "postures_s",
                                                      make_postures(h->days[d].in_s), "squeezed_s",
                                                      live_json_number(h->days[d].squeezed_s, 1)));
        }
        return days;
}

static json_t *make_outcomes(const struct history *h) {
        json_t *outcomes = json_pack("{s:i}", "open", h->outcomes[ALERT_PENDING]);

        for (int i = ALERT_PENDING + 1; i < ALERT_OUTCOME_N; i++)
                json_object_set_new(outcomes, alert_outcome_name((enum alert_outcome)i), json_integer(h->outcomes[i]));
        return outcomes;
}

/* null = one of the two periods has no bout. */
static json_t *make_before(const struct history *h, const struct history *before) {
        if (h->n_bouts == 0 || before->n_bouts == 0)
                return json_null();
        return json_pack("{s:o, s:o, s:o, s:o, s:o}", "period", make_period(&before->period), "seated_s",
                         live_json_number(before->seated_s, 1), "away_s", live_json_number(before->away_s, 0),
                         "shifts_per_hour", live_json_number(history_shifts_per_hour(before, -1), 1), "stood_percent",
                         live_json_number(stood_percent(before), 0));
}

static void print_history_json(const struct history *h, const struct history *before, FILE *f) {
        double breaks_s, partial_s;
        int breaks = history_aways(h, "break", &breaks_s), partial = history_aways(h, "partial", &partial_s);
        struct {
                const char *key;
                json_t *value;
        } members[] = {
                {"period", make_period(&h->period)},
                {"seated_s", live_json_number(h->seated_s, 1)},
                {"away_s", live_json_number(h->away_s, 0)},
                {"bouts", json_integer((json_int_t)h->n_bouts)},
                {"longest_s", live_json_number(history_longest_s(h), 1)},
                {"breaks", json_integer(breaks)},
                {"breaks_s", live_json_number(breaks_s, 0)},
                {"partial_breaks", json_integer(partial)},
                {"shifts", json_integer(h->shifts)},
                {"shifts_per_hour", live_json_number(history_shifts_per_hour(h, -1), 1)},
                {"shifts_by_hour", make_shift_hours(h)},
                {"postures_s", make_postures(h->in_s)},
                {"first_slump_min", live_json_number(h->slump_all_min, 1)},
                {"asymmetry", live_json_number(h->balance_s > 0 ? h->asymmetry_s / h->balance_s : (double)NAN, 3)},
                {"alerts", json_integer((json_int_t)h->n_alerts)},
                {"outcomes", make_outcomes(h)},
                {"stood_percent", live_json_number(stood_percent(h), 0)},
                {"worked_by_hour", make_shares(h->by_hour, 24)},
                {"worked_by_kind", make_shares(h->by_kind, ALERT_KIND_N)},
                {"worked_by_exercise", make_shares(h->by_exercise, h->n_exercises)},
                {"squeezes", json_integer(h->squeezes.repetitions)},
                {"squeezes_asked", json_integer(h->squeezes.asked)},
                {"squeezed_s", live_json_number(h->squeezes.held_s, 1)},
                {"squeeze_goal_s", json_integer(h->squeezes.goal_s)},
                {"strengthening_sessions", json_integer(h->sessions)},
                {"calibration_changes", json_integer(h->calibrations)},
                {"before", make_before(h, before)},
                {"days", make_days(h)},
        };
        json_t *root = json_object();

        for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
                json_object_set_new(root, members[i].key, members[i].value);
        live_json_print(f, root);
}

/* ---- export ---- */

/* clang-format off */
/* One SELECT for all tables with the same columns. Those named in is_instant() are instants. */
static const char export_sql[] =
        "SELECT * FROM (SELECT 'bout' AS what, began_s AS began, until_s AS until, offset_min AS offset, "
        "coalesce(ending, 'open') AS detail, seated_s AS seconds, NULL AS outcome, slump_s AS after_s, NULL AS exercise, shifts AS shifts, "
        "squeezes AS repetitions, NULL AS alert, sitter AS sitter FROM bout WHERE began_s >= ?1 AND began_s < ?2 "

        "UNION ALL SELECT 'away', began_s, until_s, offset_min, kind, until_s - began_s, NULL, NULL, NULL, NULL, "
        "NULL, NULL, " HISTORY_SITTER_AT("away.began_s") " FROM away WHERE began_s >= ?1 AND began_s < ?2 "

        "UNION ALL SELECT 'alert', raised_s, closed_s, offset_min, kind, seated_s, outcome, latency_s, exercise, "
        "NULL, NULL, number, " HISTORY_SITTER_AT("raised_s") " FROM alert WHERE raised_s >= ?1 AND raised_s < ?2 "

        "UNION ALL SELECT 'posture', hour_s, hour_s + 3600, offset_min, posture, seconds, NULL, NULL, NULL, NULL, "
        "NULL, NULL, " HISTORY_SITTER_OF_BOUT " FROM posture WHERE hour_s >= ?1 AND hour_s < ?2 "

        "UNION ALL SELECT 'balance', hour_s, hour_s + 3600, offset_min, CASE WHEN seconds > 0 THEN "
        "round(asymmetry_s / seconds, 4) END, seconds, NULL, NULL, NULL, shifts, NULL, NULL, " HISTORY_SITTER_OF_BOUT " FROM balance "
        "WHERE hour_s >= ?1 AND hour_s < ?2 "

        "UNION ALL SELECT 'squeeze', began_s, until_s, offset_min, NULL, held_s, NULL, NULL, NULL, NULL, repetitions, "
        "alert, sitter FROM squeeze WHERE began_s >= ?1 AND began_s < ?2 "

        "UNION ALL SELECT 'session', at_s, NULL, offset_min, 'done', NULL, NULL, NULL, NULL, NULL, NULL, NULL, sitter "
        "FROM session WHERE at_s >= ?1 AND at_s < ?2 "

        "UNION ALL SELECT 'trial', at_s, at_s + 600, offset_min, CASE WHEN withheld THEN 'withheld' ELSE 'shown' END, "
        "NULL, CASE WHEN stood THEN 'stood' ELSE 'stayed' END, NULL, NULL, shifts, NULL, NULL, sitter FROM trial "
        "WHERE at_s >= ?1 AND at_s < ?2 "

        "UNION ALL SELECT 'calibration', at_s, NULL, offset_min, trim(what || ' ' || poses), NULL, NULL, NULL, NULL, "
        "NULL, NULL, NULL, sitter FROM calibration WHERE at_s >= ?1 AND at_s < ?2) "
        "WHERE " HISTORY_BY_SITTER("sitter") "ORDER BY 2, 1";
/* clang-format on */

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
        const char *text;
        double number;

        switch (sqlite3_column_type(s, column)) {
        case SQLITE_NULL:
                return json_null();
        case SQLITE_TEXT:
                text = (const char *)sqlite3_column_text(s, column);
                return *text ? live_json_text(text) : json_string("");
        case SQLITE_INTEGER:
                return json_integer(sqlite3_column_int64(s, column));
        default:
                number = sqlite3_column_double(s, column);
                return isfinite(number) ? json_real(number) : json_null();
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
        live_json_write(stdout, row, JSON_COMPACT | JSON_REAL_PRECISION(10));
}

/* Texts are words of sitbone and names of exercises. In the file of another program they may be anything: a spreadsheet
 * calculates a cell that begins with = + - or @, unless an apostrophe is before it. */
static void print_cell_csv(const char *text) {
        size_t n = strlen(text);
        char *copy = strdup(text);

        if (!copy)
                return;
        sanitize_line(copy);
        fputs(strchr("=+-@", *copy) && n > 0 ? "'" : "", stdout);
        for (char *p = copy; *p; p++)
                putchar(*p == ',' ? ';' : *p == '"' ? '\'' : *p);
        free(copy);
}

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
                        print_cell_csv((const char *)sqlite3_column_text(s, i));
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

static int export_rows(sqlite3 *db, const struct history_period *p, const char *sitter, bool json) {
        const char *separator = "[\n";
        sqlite3_stmt *s = NULL;
        int rc = sqlite3_prepare_v2(db, export_sql, -1, &s, NULL);

        if (rc == SQLITE_OK) {
                sqlite3_bind_int64(s, 1, p->from_s);
                sqlite3_bind_int64(s, 2, p->to_s);
                sqlite3_bind_text(s, 3, sitter, -1, SQLITE_STATIC);
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
        return export_rows(db, period, options->sitter, json);
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

        if (options->sitter) {
                complain(_("--forget deletes the rows of all sitters: leave out --sitter"));
                return STATUS_USAGE;
        }
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
        struct history_period before = {.first_day = 2 * period->first_day - period->last_day - 1,
                                        .last_day = period->first_day - 1,
                                        .from_s = period->before_s,
                                        .to_s = period->from_s};
        struct history *h = calloc(2, sizeof(*h)); /* the period, and the one before */
        int status;

        if (!h)
                return complain_of_memory();
        status = history_load(db, period, options->sitter, h);
        if (status == STATUS_DONE)
                status = history_load(db, &before, options->sitter, h + 1);
        history_name(h, options->config);
        if (status == STATUS_DONE && options->json)
                print_history_json(h, h + 1, stdout);
        else if (status == STATUS_DONE)
                print_history(h, h + 1, stdout);
        history_unload(h);
        history_unload(h + 1);
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
                    {"sitter"},
                    {"export", "print every row of the period (default: all)"},
                    {"forget", "delete everything, or what ended before DAY", "all|DAY"},
                    {"what-if", "list the activation alerts that these settings would have raised"},
                    {"config",
                     "settings: compared with by --what-if, and the exercises by name (default: the installed ones)"},
                    {"file"},
                    {"seat", "history of sitboned@ID"}},
        .run = run_history,
};
