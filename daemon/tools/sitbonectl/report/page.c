/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/report/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"

/* Pixels. */
enum {
        WIDTH = 960,
        MARGIN = 48,
        INNER = WIDTH - 2 * MARGIN,
        HEAD_H = 200,
        FOOT_H = 64,
        EMPTY_H = 300, /* of a page without sitting */
        GAP = 26,
        COLUMN_GAP = 36,
        TEXT_SIZE = 12,
        LABEL_W = 92,
        TOTAL_W = 84,
        STRIPS_TOP = 44,
        STRIPS_KEY_H = 30,
        MONTHS_H = 200,
        MONTHS_LEFT = 40,
        MONTH_NAME_W = 30,
        YEAR_W = 36,
        POSTURES_H = 120,
        SHARE_ROW_H = 24,
        BODY_ROW_H = 20,
        CHARTS_H = 190,
        CHART_H = 100
};

enum { DAYS_MAX = 100, MONTHS_MAX = 600, SHARE_ROWS_MAX = 6 };

/* The posture classes are named as on the bus. */
static const char STYLE[] =
        "text{font-family:'DejaVu Sans','Noto Sans',sans-serif;font-size:12px;fill:#21262e}\n"
        ".page{fill:#ffffff}.ink{fill:#21262e}.grey{fill:#6b737d}.line{stroke:#d9dbe0;stroke-width:1;fill:none}\n"
        ".middle{text-anchor:middle}.right{text-anchor:end}.bold{font-weight:bold}\n"
        ".title{font-size:28px}.figure{font-size:24px}.large{font-size:18px}.heading{font-size:16px}\n"
        ".period{font-size:15px}.subheading{font-size:14px}.small{font-size:11px}.tiny{font-size:10px}\n"
        ".sitting{fill:#0072b2}.away{fill:#b8dbf2}.day{fill:#f6f7f9}.bar{fill:#dbe0e6}.worked{fill:#009e73}\n"
        ".slump{fill:#d55e00}\n"
        ".alert_worked{fill:#f0e442;stroke:#ffffff;stroke-width:1.2}\n"
        ".alert_failed{fill:#ffffff;stroke:#d55e00;stroke-width:1.8}\n"
        ".upright{fill:#009e73}.slouched{fill:#d55e00}.arched{fill:#cc79a7}.leaning_left{fill:#56b4e9}\n"
        ".leaning_right{fill:#0072b2}.leaning_forward{fill:#e69f00}.perched{fill:#f0e442}.unknown{fill:#c2c7cc}\n";

/* The hours of the day with sitting time, at least from 8 to 18. */
static void find_hours(const struct history *h, int *ret_from, int *ret_to) {
        *ret_from = 8;
        *ret_to = 18;
        for (int hour = 0; hour < 24; hour++)
                if (h->hour_s[hour] > 0) {
                        *ret_from = hour < *ret_from ? hour : *ret_from;
                        *ret_to = hour + 1 > *ret_to ? hour + 1 : *ret_to;
                }
}

/* NAN when no outcome is known. */
static double worked_percent(const struct history_share *s) {
        return s->known > 0 ? 100.0 * s->worked / s->known : (double)NAN;
}

static void draw_line(struct svg *s, double x0, double y0, double x1, double y1) {
        svg_path(s, "line", "M%.1f %.1fL%.1f %.1f", x0, y0, x1, y1);
}

static void draw_box(struct svg *s, double x, double y, double width, double height, const char *class) {
        svg_rectangle(s, (struct svg_box){x, y, width, height}, 0, class);
}

/* In smaller letters where the text would be wider than most. */
static void draw_fitted(struct svg *s, double x, double y, const char *class, double most, const char *text) {
        double width = svg_text_width(text, TEXT_SIZE);

        svg_sized_text(s, x, y, class, width > most ? TEXT_SIZE * most / width : TEXT_SIZE, text);
}

static void draw_heading(struct svg *s, double y, const char *title, const char *more) {
        svg_text_pair(s, MARGIN, y, (const char *const[2]){"heading bold", "grey"},
                      (const char *const[2]){title, more}, 12);
}

/* ---- head and foot ---- */

static void draw_figure(struct svg *s, int place, const char *value, const char *meaning) {
        double x = MARGIN + place * INNER / 5.0;

        svg_text(s, x, 132, "figure bold", value);
        draw_fitted(s, x, 152, "grey", INNER / 5.0 - 12, meaning);
}

static int count_days_with_sitting(const struct history *h) {
        int n = 0;

        for (int d = 0; d < h->n_days; d++)
                n += h->days[d].seated_s >= 60;
        return n;
}

static void draw_title(struct svg *s, const struct history *h) {
        svg_text(s, MARGIN, 58, "title bold", _("Sitting report"));
        svg_text(s, MARGIN, 84, "period grey", h->period.title);
}

static void draw_figures(struct svg *s, const struct history *h) {
        char value[40], meaning[64];
        int days = count_days_with_sitting(h);
        double away_s;

        view_duration_words(days ? h->seated_s / days : 0, value, sizeof(value));
        snprintf(meaning, sizeof(meaning), "%s", _("sat"));
        if (h->n_days > 1)
                snprintf(meaning, sizeof(meaning),
                         ngettext("sat a day, on %d day", "sat a day, on %d days", (unsigned)days), days);
        draw_figure(s, 0, value, meaning);
        view_duration_words(history_longest_s(h), value, sizeof(value));
        snprintf(meaning, sizeof(meaning), ngettext("the longest of %zu bout", "the longest of %zu bouts", h->n_bouts),
                 h->n_bouts);
        draw_figure(s, 1, value, meaning);
        snprintf(value, sizeof(value), "%d", history_aways(h, "break", &away_s));
        draw_figure(s, 2, value, _("breaks off the seat"));
        if (isfinite(history_shifts_per_hour(h, -1)))
                snprintf(value, sizeof(value), "%.0f", history_shifts_per_hour(h, -1));
        else
                snprintf(value, sizeof(value), "%s", _("unknown"));
        draw_figure(s, 3, value, _("weight shifts an hour"));
        if (h->all.known > 0)
                snprintf(value, sizeof(value), _("%d of %d"), h->all.worked, h->all.known);
        else
                snprintf(value, sizeof(value), "%s", _("none"));
        draw_figure(s, 4, value, h->all.known > 0 ? _("alerts worked") : _("alerts with a known outcome"));
}

static void draw_foot(struct svg *s, double y) {
        draw_line(s, MARGIN, y, WIDTH - MARGIN, y);
        svg_text(s, MARGIN, y + 22, "small grey",
                 _("Drawn by sitbone from the history of a seat pressure mat. A seat sees load, not the body: "
                   "postures are estimates,"));
        svg_text(s, MARGIN, y + 38, "small grey",
                 _("relative to this sitter's own upright. It is a diary of sitting, no medical statement."));
}

/* ---- days: a strip for each, with sitting, short absences and alerts ---- */

struct strips {
        const struct history *h;
        int from_h, to_h;      /* hours shown */
        double x, width;       /* of the hours */
        double top, row, base; /* of the first strip; from one strip to the next; below the last one */
};

static double strip_row_height(const struct history *h) {
        return h->n_days <= 10 ? 26 : h->n_days <= 31 ? 18 : 10;
}

/* Seconds of the local day, by the clock as it was then: where the clock jumps, the strip does not. */
static double second_to_x(const struct strips *strips, double second) {
        double hour = second / 3600;

        return strips->x + strips->width * fmin(fmax((hour - strips->from_h) / (strips->to_h - strips->from_h), 0), 1);
}

static double local_second(int64_t at_s, int offset_min, int64_t day) {
        return (double)(at_s + (int64_t)offset_min * 60 - day * 86400);
}

static double day_to_y(const struct strips *strips, int64_t day) {
        return strips->top + (double)(day - strips->h->period.first_day) * strips->row;
}

static bool is_day_shown(const struct history *h, int64_t day) {
        return day >= h->period.first_day && day <= h->period.last_day;
}

/* Draws a time span on each of the days that it touches. */
static void draw_span(struct svg *s, const struct strips *strips, int64_t began_s, int64_t until_s, int offset_min,
                      const char *class) {
        const struct history_period *p = &strips->h->period;
        int64_t first = history_day_of(began_s, offset_min), last = history_day_of(until_s, offset_min);
        double height = strips->row * 0.68;

        first = first < p->first_day ? p->first_day : first;
        last = last > p->last_day ? p->last_day : last;
        for (int64_t day = first; day <= last; day++) {
                double x0 = second_to_x(strips, local_second(began_s, offset_min, day)),
                       x1 = second_to_x(strips, local_second(until_s, offset_min, day));

                if (x1 > x0)
                        draw_box(s, x0, day_to_y(strips, day) + (strips->row - height) / 2, fmax(x1 - x0, 0.8), height,
                                 class);
        }
}

static void draw_alert_marks(struct svg *s, const struct strips *strips) {
        double radius = fmin(4.2, strips->row / 3.4);

        for (size_t i = 0; i < strips->h->n_alerts; i++) {
                const struct history_alert *alert = &strips->h->alerts[i];
                int64_t day = history_day_of(alert->raised_s, alert->offset_min);

                if (is_day_shown(strips->h, day))
                        svg_circle(s, second_to_x(strips, local_second(alert->raised_s, alert->offset_min, day)),
                                   day_to_y(strips, day) + strips->row / 2, radius,
                                   alert->worked ? "alert_worked" : "alert_failed");
        }
}

static void draw_hour_grid(struct svg *s, const struct strips *strips) {
        int every = strips->to_h - strips->from_h > 14 ? 2 : 1;

        for (int hour = strips->from_h; hour <= strips->to_h; hour += every) {
                double x = second_to_x(strips, hour * 3600.0);

                draw_line(s, x, strips->top - 4, x, strips->base);
                svg_printf(s, x, strips->top - 9, "small grey middle", "%d", hour);
        }
}

/* The name and the total of each day, or the name of every seventh day where the strips are narrow. */
static void draw_day_labels(struct svg *s, const struct strips *strips) {
        bool narrow = strips->row < 14;

        for (int d = 0; d < strips->h->n_days; d++) {
                double seated_s = strips->h->days[d].seated_s, base = strips->top + (d + 0.5) * strips->row + 4;
                char name[24], duration[32];

                if (narrow && d % 7 != 0)
                        continue;
                history_day_words(strips->h->period.first_day + d, name, sizeof(name));
                svg_text(s, MARGIN, base, "ink", name);
                if (seated_s < 60 || narrow)
                        continue;
                view_duration_words(seated_s, duration, sizeof(duration));
                svg_text(s, WIDTH - MARGIN, base, "ink right", duration);
        }
}

static void draw_strips_key(struct svg *s, double y) {
        double x = MARGIN + LABEL_W;

        draw_box(s, x, y - 9, 22, 10, "sitting");
        svg_text(s, x + 28, y, "grey", _("sitting"));
        draw_box(s, x + 92, y - 9, 22, 10, "away");
        svg_text(s, x + 120, y, "grey", _("up, too short for a break"));
        draw_box(s, x + 300, y - 9, 22, 10, "sitting");
        svg_circle(s, x + 311, y - 4, 4.2, "alert_worked");
        svg_text(s, x + 328, y, "grey", _("alert that worked"));
        draw_box(s, x + 510, y - 9, 22, 10, "sitting");
        svg_circle(s, x + 521, y - 4, 4.2, "alert_failed");
        svg_text(s, x + 538, y, "grey", _("alert that did not work"));
}

static void draw_strips(struct svg *s, const struct history *h, double y) {
        struct strips strips = {
                .h = h,
                .x = MARGIN + LABEL_W,
                .width = INNER - LABEL_W - TOTAL_W,
                .top = y + STRIPS_TOP,
                .row = strip_row_height(h),
        };

        strips.base = strips.top + h->n_days * strips.row;
        find_hours(h, &strips.from_h, &strips.to_h);
        draw_heading(s, y, _("Days"), _("hours of the day, local time"));
        for (int d = 0; d < h->n_days; d++)
                draw_box(s, strips.x, strips.top + (d + 0.16) * strips.row, strips.width, strips.row * 0.68, "day");
        draw_hour_grid(s, &strips);
        for (size_t i = 0; i < h->n_bouts; i++)
                draw_span(s, &strips, h->bouts[i].began_s, h->bouts[i].until_s, h->bouts[i].offset_min, "sitting");
        for (size_t i = 0; i < h->n_aways; i++)
                if (history_within_bout(&h->aways[i]) && h->aways[i].until_s > 0)
                        draw_span(s, &strips, h->aways[i].began_s, h->aways[i].until_s, h->aways[i].offset_min,
                                  "away");
        draw_alert_marks(s, &strips);
        draw_day_labels(s, &strips);
        draw_strips_key(s, strips.base + 22);
}

/* ---- months: a column for each, instead of the days of a long period ---- */

struct month {
        int year, month, days; /* days: those with sitting; year and month as in struct tm */
        double seated_s;
};

/* The latest MONTHS_MAX months. Returns how many. */
static int list_months(const struct history *h, struct month ret[MONTHS_MAX]) {
        int n = 0;

        for (int d = 0; d < h->n_days; d++) {
                struct tm tm = history_date(h->period.first_day + d);

                if (n == 0 || ret[n - 1].month != tm.tm_mon || ret[n - 1].year != tm.tm_year) {
                        if (n == MONTHS_MAX)
                                memmove(ret, ret + 1, sizeof(*ret) * (size_t)--n);
                        ret[n++] = (struct month){.year = tm.tm_year, .month = tm.tm_mon};
                }
                ret[n - 1].seated_s += h->days[d].seated_s;
                ret[n - 1].days += h->days[d].seated_s >= 60;
        }
        return n;
}

static double hours_per_day(const struct month *m) {
        return m->days ? m->seated_s / m->days / 3600 : 0;
}

/* The year is written at every January, or at that of every second year and so on; also at the first month when no January
 * is near. width: of a month. */
static bool is_year_written(const struct month *m, bool first, double width) {
        int every = (int)ceil(YEAR_W / (12 * width));

        return m->month == 0 ? (1900 + m->year) % every == 0
                             : first && every == 1 && (12 - m->month) * width >= YEAR_W;
}

static void draw_month_labels(struct svg *s, const struct month *m, bool first, double x, double y, double width) {
        struct tm tm = {.tm_year = m->year, .tm_mon = m->month, .tm_mday = 1};
        char name[24];

        if (width > MONTH_NAME_W) {
                language_date(name, sizeof(name), "%b", &tm);
                svg_text(s, x + width / 2, y + 16, "small grey middle", name);
        }
        if (is_year_written(m, first, width))
                svg_printf(s, x + width * 0.12, y + 32, "small grey", "%d", 1900 + m->year);
}

static void draw_months(struct svg *s, const struct history *h, double y) {
        struct month months[MONTHS_MAX];
        int n = list_months(h, months);
        double width = (double)(INNER - MONTHS_LEFT) / n, base = y + MONTHS_H - 38, full = MONTHS_H - 84, most = 1;

        draw_heading(s, y, _("Months"), _("hours sat a day, on days with any"));
        for (int i = 0; i < n; i++)
                most = fmax(most, hours_per_day(&months[i]));
        for (int hour = 0; hour <= (int)most; hour += most > 24 ? (int)most / 6 : most > 6 ? 2 : 1) {
                double line = base - full * hour / most;

                draw_line(s, MARGIN + MONTHS_LEFT, line, WIDTH - MARGIN, line);
                svg_printf(s, MARGIN + MONTHS_LEFT - 10, line + 4, "small grey right", "%d h", hour);
        }
        for (int i = 0; i < n; i++) {
                double x = MARGIN + MONTHS_LEFT + i * width, height = full * hours_per_day(&months[i]) / most;

                draw_box(s, x + width * 0.12, base - height, width * 0.76, height, "sitting");
                draw_month_labels(s, &months[i], i == 0, x, base, width);
        }
}

static bool is_drawn_by_month(const struct history *h) {
        return h->n_days > DAYS_MAX;
}

static double days_height(const struct history *h) {
        return is_drawn_by_month(h) ? MONTHS_H : STRIPS_TOP + h->n_days * strip_row_height(h) + STRIPS_KEY_H;
}

/* ---- postures ---- */

static const enum posture_class POSTURE_ORDER[] = {
        POSTURE_UPRIGHT,         POSTURE_SLOUCHED, POSTURE_ARCHED,       POSTURE_LEANING_LEFT, POSTURE_LEANING_RIGHT,
        POSTURE_LEANING_FORWARD, POSTURE_PERCHED,  POSTURE_LEANING_BACK, POSTURE_UNKNOWN,
};
enum { POSTURE_ORDER_N = sizeof(POSTURE_ORDER) / sizeof(*POSTURE_ORDER) };

/* 0 for less than half a percent of the time on the seat: such a posture is not drawn. */
static double posture_share(const struct history *h, enum posture_class posture) {
        double share = h->seated_s > 0 ? h->in_s[posture] / h->seated_s : 0;

        return share < 0.005 ? 0 : share;
}

static void draw_postures_key(struct svg *s, const struct history *h, double y) {
        double x = MARGIN;

        for (int i = 0; i < POSTURE_ORDER_N; i++) {
                double share = posture_share(h, POSTURE_ORDER[i]), width;
                const char *name = posture_name(POSTURE_ORDER[i]);
                char text[64];

                if (share == 0)
                        continue;
                snprintf(text, sizeof(text), "%s %.0f %%", posture_text(name), 100 * share);
                width = 18 + svg_text_width(text, TEXT_SIZE);
                if (x > MARGIN && x + width > WIDTH - MARGIN) {
                        x = MARGIN;
                        y += 22;
                }
                draw_box(s, x, y - 10, 12, 12, name);
                svg_text(s, x + 18, y, "ink", text);
                x += width + 24;
        }
}

static void draw_postures(struct svg *s, const struct history *h, double y) {
        double x = MARGIN;

        draw_heading(s, y, _("Postures"), _("share of the time on the seat"));
        for (int i = 0; i < POSTURE_ORDER_N; i++) {
                double width = posture_share(h, POSTURE_ORDER[i]) * INNER;

                if (width == 0)
                        continue;
                draw_box(s, x, y + 20, fmax(width - 1.5, 0.5), 30, posture_name(POSTURE_ORDER[i]));
                x += width;
        }
        draw_postures_key(s, h, y + 76);
}

/* ---- alerts and their outcomes ---- */

static int count_share_rows(const struct history_share *shares, int n) {
        int rows = 0;

        for (int i = 0; i < n; i++)
                rows += shares[i].known > 0;
        return rows < SHARE_ROWS_MAX ? rows : SHARE_ROWS_MAX;
}

static bool has_body_row(const struct history *h) {
        return h->squeezes.repetitions > 0 || h->sessions > 0;
}

static double alerts_height(const struct history *h) {
        int kinds = count_share_rows(h->by_kind, ALERT_KIND_N),
            exercises = count_share_rows(h->by_exercise, h->n_exercises);
        int rows = kinds > exercises ? kinds : exercises;

        return 66 + SHARE_ROW_H * (rows > 1 ? rows : 1) + (has_body_row(h) ? BODY_ROW_H : 0);
}

/* Squeezes and workouts. */
static void draw_body_row(struct svg *s, const struct history *h, double y) {
        char squeezes[192];

        history_squeeze_words(h, squeezes, sizeof(squeezes));
        if (h->squeezes.repetitions > 0)
                svg_printf(s, MARGIN, y, "grey", _("squeezes: %s"), squeezes);
        if (h->sessions > 0)
                svg_printf(s, WIDTH - MARGIN, y, "grey right", _("strengthening workouts: %d"), h->sessions);
}

struct column {
        double x, y, width;
        const char *title;
};

static void draw_shares(struct svg *s, const struct history_share *shares, int n, const struct column *column) {
        double label_w = column->width * 0.48, bar_w = column->width - label_w - 100, x = column->x + label_w;
        int most = 1, row = 0;

        svg_text(s, column->x, column->y + 24, "grey", column->title);
        for (int i = 0; i < n; i++)
                most = shares[i].known > most ? shares[i].known : most;
        for (int i = 0; i < n && row < SHARE_ROWS_MAX; i++) {
                double y = column->y + 34 + row * SHARE_ROW_H, full = bar_w * shares[i].known / most;

                if (shares[i].known == 0)
                        continue;
                draw_fitted(s, column->x, y + 15, "ink", label_w - 8, shares[i].title);
                draw_box(s, x, y + 4, full, 14, "bar");
                draw_box(s, x, y + 4, full * shares[i].worked / shares[i].known, 14, "worked");
                svg_printf(s, x + full + 8, y + 15, "ink", _("%d of %d"), shares[i].worked, shares[i].known);
                row++;
        }
        if (row == 0)
                svg_text(s, column->x, column->y + 49, "ink", _("none yet"));
}

static void draw_outcomes(struct svg *s, const struct history *h, double y) {
        char text[256] = "", line[320];
        size_t n = 0;

        for (int i = ALERT_PENDING + 1; i < ALERT_OUTCOME_N && n < sizeof(text); i++)
                if (h->outcomes[i] > 0)
                        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s %d", n ? ", " : "",
                                              alert_outcome_text(alert_outcome_name((enum alert_outcome)i)),
                                              h->outcomes[i]);
        snprintf(line, sizeof(line), ngettext("%zu alert: %s", "%zu alerts: %s", h->n_alerts), h->n_alerts, text);
        if (n > 0)
                draw_fitted(s, MARGIN, y, "grey", INNER, line);
}

static void draw_alerts(struct svg *s, const struct history *h, double y) {
        double half = (INNER - COLUMN_GAP) / 2.0, bottom = y + alerts_height(h) - 8;

        draw_heading(s, y, _("Alerts, and what they led to"),
                     _("green: a break, a shift of weight, a squeeze, or done"));
        draw_shares(s, h->by_kind, ALERT_KIND_N, &(struct column){MARGIN, y, half, _("by kind")});
        draw_shares(s, h->by_exercise, h->n_exercises,
                    &(struct column){MARGIN + half + COLUMN_GAP, y, half, _("by exercise")});
        draw_outcomes(s, h, bottom - (has_body_row(h) ? BODY_ROW_H : 0));
        if (has_body_row(h))
                draw_body_row(s, h, bottom);
}

/* ---- charts by the hour of the day ---- */

struct chart {
        double x, y, width; /* y: of the upper edge */
        double most, least; /* values at the upper and at the lower edge */
        int from_h, to_h;
};

static struct chart begin_chart(struct svg *s, const struct history *h, int place, double y, const char *title,
                                const char *more) {
        struct chart chart = {.width = (INNER - 2 * COLUMN_GAP) / 3.0, .y = y + 48};
        int every;

        find_hours(h, &chart.from_h, &chart.to_h);
        every = chart.to_h - chart.from_h > 12 ? 4 : 2;
        chart.x = MARGIN + place * (chart.width + COLUMN_GAP);
        svg_text(s, chart.x, y, "subheading bold", title);
        svg_text(s, chart.x, y + 18, "small grey", more);
        for (int hour = chart.from_h; hour < chart.to_h; hour += every)
                svg_printf(s, chart.x + chart.width * (hour - chart.from_h + 0.5) / (chart.to_h - chart.from_h),
                           chart.y + CHART_H + 16, "small grey middle", "%d", hour);
        return chart;
}

static double value_to_y(const struct chart *chart, double value) {
        return chart->y + CHART_H * (chart->most - value) / (chart->most - chart->least);
}

static void draw_column(struct svg *s, const struct chart *chart, int hour, double value, const char *class) {
        double width = chart->width / (chart->to_h - chart->from_h),
               y0 = value_to_y(chart, fmax(chart->least, fmin(chart->most, 0))), y1 = value_to_y(chart, value);

        draw_box(s, chart->x + width * (hour - chart->from_h + 0.14), fmin(y0, y1), width * 0.72,
                 fmax(fabs(y1 - y0), 1), class);
}

static void draw_level(struct svg *s, const struct chart *chart, double value, const char *label) {
        double y = value_to_y(chart, value);

        draw_line(s, chart->x, y, chart->x + chart->width, y);
        if (*label)
                svg_text(s, chart->x + chart->width, y - 3, "tiny grey right", label);
}

static void draw_nothing_yet(struct svg *s, const struct chart *chart) {
        svg_text(s, chart->x + chart->width / 2, chart->y + CHART_H * 0.75 + 4, "grey middle",
                 _("nothing yet")); /* between lines */
}

static void draw_worked_chart(struct svg *s, const struct history *h, double y) {
        struct chart chart =
                begin_chart(s, h, 0, y, _("When alerts worked"), _("of those raised in that hour of the day, in %"));

        chart.most = 100;
        draw_level(s, &chart, 100, "100 %");
        draw_level(s, &chart, 50, "50 %");
        draw_level(s, &chart, 0, "");
        for (int hour = chart.from_h; hour < chart.to_h; hour++)
                if (h->by_hour[hour].known > 0)
                        draw_column(s, &chart, hour, worked_percent(&h->by_hour[hour]), "worked");
        if (h->all.known == 0)
                draw_nothing_yet(s, &chart);
}

static void draw_slump_chart(struct svg *s, const struct history *h, double y) {
        struct chart chart =
                begin_chart(s, h, 1, y, _("Minutes to the first slump"), _("median, by the hour the bout began in"));
        char label[24];

        chart.most = 10;
        for (int hour = 0; hour < 24; hour++)
                if (isfinite(h->slump_min[hour]))
                        chart.most = fmax(chart.most, h->slump_min[hour]);
        chart.most = ceil(chart.most / 10) * 10;
        snprintf(label, sizeof(label), "%.0f min", chart.most);
        draw_level(s, &chart, chart.most, label);
        snprintf(label, sizeof(label), "%.0f", chart.most / 2);
        draw_level(s, &chart, chart.most / 2, label);
        draw_level(s, &chart, 0, "");
        for (int hour = chart.from_h; hour < chart.to_h; hour++)
                if (isfinite(h->slump_min[hour]))
                        draw_column(s, &chart, hour, h->slump_min[hour], "slump");
        if (h->slump_n == 0)
                draw_nothing_yet(s, &chart);
}

/* NAN with at most a minute of known balance in that hour. */
static double balance_percent(const struct history *h, int hour) {
        return h->balance_hour[hour][0] > 60 ? 100 * h->balance_hour[hour][1] / h->balance_hour[hour][0] : (double)NAN;
}

static void draw_balance_chart(struct svg *s, const struct history *h, double y) {
        struct chart chart = begin_chart(s, h, 2, y, _("Left and right"), _("more load on one side on average, in %"));
        char label[24];

        chart.most = 10;
        for (int hour = 0; hour < 24; hour++)
                chart.most = fmax(chart.most, fabs(balance_percent(h, hour))); /* fmax() ignores NAN */
        chart.most = ceil(chart.most / 10) * 10;
        chart.least = -chart.most;
        snprintf(label, sizeof(label), _("right %.0f %%"), chart.most);
        draw_level(s, &chart, chart.most, label);
        draw_level(s, &chart, 0, "");
        snprintf(label, sizeof(label), _("left %.0f %%"), chart.most);
        draw_level(s, &chart, chart.least, label);
        for (int hour = chart.from_h; hour < chart.to_h; hour++)
                if (isfinite(balance_percent(h, hour)))
                        draw_column(s, &chart, hour, balance_percent(h, hour), "sitting");
        if (h->balance_s <= 60)
                draw_nothing_yet(s, &chart);
}

/* ---- page ---- */

static double page_height(const struct history *h) {
        if (h->n_bouts == 0)
                return EMPTY_H;
        return HEAD_H + days_height(h) + POSTURES_H + alerts_height(h) + CHARTS_H + 4 * GAP + FOOT_H;
}

static void draw_sections(struct svg *s, const struct history *h) {
        double y = HEAD_H;

        draw_figures(s, h);
        if (is_drawn_by_month(h))
                draw_months(s, h, y);
        else
                draw_strips(s, h, y);
        y += days_height(h) + GAP;
        draw_postures(s, h, y);
        y += POSTURES_H + GAP;
        draw_alerts(s, h, y);
        y += alerts_height(h) + GAP;
        draw_worked_chart(s, h, y);
        draw_slump_chart(s, h, y);
        draw_balance_chart(s, h, y);
}

int report_draw_page(const struct history *h, struct svg *ret) {
        double height = page_height(h);
        int r = svg_begin(ret, WIDTH, (int)height, STYLE);

        if (r < 0)
                return r;
        draw_box(ret, 0, 0, WIDTH, height, "page");
        draw_title(ret, h);
        if (h->n_bouts > 0)
                draw_sections(ret, h);
        else
                svg_text(ret, MARGIN, 150, "large", _("Nobody sat on the seat."));
        draw_foot(ret, height - FOOT_H);
        return svg_end(ret);
}
