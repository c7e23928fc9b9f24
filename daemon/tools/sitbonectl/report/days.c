/* SPDX-License-Identifier: MIT */
/* A strip a day: sitting, short absences in it, alerts. Above a quarter of a year: a column a month. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/sitbonectl/report/draw.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"

enum {
        DAYS_MAX = 100,
        LABEL_W = 92,
        TOTAL_W = 84,
        TOP = 44,
        MONTHS_H = 200,
        MONTHS_MAX = 600,
        MONTH_NAME_W = 30,
        YEAR_W = 36
};

static bool by_month(const struct history *h) {
        return h->n_days > DAYS_MAX;
}

static double row_height(const struct history *h) {
        return h->n_days <= 10 ? 26 : h->n_days <= 31 ? 18 : 10;
}

double report_days_height(const struct history *h) {
        return by_month(h) ? MONTHS_H : TOP + h->n_days * row_height(h) + 30;
}

/* ---- strips ---- */

struct axis {
        int from_h, to_h; /* hours shown */
        double x, w;
};

static struct axis axis_of(const struct history *h) {
        struct axis a = {.x = REPORT_MARGIN + LABEL_W};

        history_hours(h, &a.from_h, &a.to_h);
        a.w = REPORT_WIDTH - 2 * REPORT_MARGIN - LABEL_W - TOTAL_W;
        return a;
}

/* Seconds of the local day as those people saw: the clock jumps, the strip does not. */
static double x_of(const struct axis *a, double second) {
        double hour = second / 3600;

        return a->x + a->w * fmin(fmax((hour - a->from_h) / (a->to_h - a->from_h), 0), 1);
}

static double local_second(int64_t at_s, int offset_min, int64_t day) {
        return (double)(at_s + (int64_t)offset_min * 60 - day * 86400);
}

static double row_y(const struct history *h, double y, int64_t day) {
        return y + TOP + (double)(day - h->period.first_day) * row_height(h);
}

/* A span on each of the days that it touches. */
static void span(cairo_t *c, const struct history *h, const struct axis *a, double y, int64_t began_s, int64_t until_s,
                 int offset, struct report_colour colour, double thickness) {
        int64_t last = history_day_of(until_s, offset);

        for (int64_t day = history_day_of(began_s, offset); day <= last; day++) {
                double x0 = x_of(a, local_second(began_s, offset, day)),
                       x1 = x_of(a, local_second(until_s, offset, day));
                double height = row_height(h), bar = height * thickness;

                if (day >= h->period.first_day && day <= h->period.last_day && x1 > x0)
                        report_box(c, x0, row_y(h, y, day) + (height - bar) / 2, fmax(x1 - x0, 0.8), bar, colour);
        }
}

static void draw_alerts(cairo_t *c, const struct history *h, const struct axis *a, double y) {
        double r = fmin(4.2, row_height(h) / 3.4);

        for (size_t i = 0; i < h->n_alerts; i++) {
                const struct history_alert *alert = &h->alerts[i];
                int64_t day = history_day_of(alert->raised_s, alert->offset_min);

                if (day < h->period.first_day || day > h->period.last_day)
                        continue;
                report_dot(c, x_of(a, local_second(alert->raised_s, alert->offset_min, day)),
                           row_y(h, y, day) + row_height(h) / 2, r,
                           alert->worked ? (struct report_colour){0.94, 0.89, 0.26} : report_not, alert->worked);
        }
}

static void draw_grid(cairo_t *c, const struct history *h, const struct axis *a, double y) {
        int every = a->to_h - a->from_h > 14 ? 2 : 1;
        double bottom = y + TOP + h->n_days * row_height(h);

        for (int hour = a->from_h; hour <= a->to_h; hour += every) {
                double x = x_of(a, hour * 3600.0);

                report_line(c, x, y + TOP - 4, x, bottom);
                report_text(c, x, y + TOP - 9, 11, report_grey, REPORT_CENTRE, "%d", hour);
        }
}

static void draw_labels(cairo_t *c, const struct history *h, double y) {
        double height = row_height(h);

        for (int d = 0; d < h->n_days; d++) {
                char name[24], duration[32];
                double base = y + TOP + (d + 0.5) * height + 4;

                if (height < 14 && d % 7 != 0)
                        continue;
                history_day_words(h->period.first_day + d, name, sizeof(name));
                report_text(c, REPORT_MARGIN, base, 12, report_ink, REPORT_LEFT, "%s", name);
                if (h->days[d].seated_s < 60 || height < 14)
                        continue;
                view_duration_words(h->days[d].seated_s, duration, sizeof(duration));
                report_text(c, REPORT_WIDTH - REPORT_MARGIN, base, 12, report_ink, REPORT_RIGHT, "%s", duration);
        }
}

static void draw_key(cairo_t *c, double y) {
        double x = REPORT_MARGIN + LABEL_W;

        report_box(c, x, y - 9, 22, 10, report_sit);
        report_text(c, x + 28, y, 12, report_grey, REPORT_LEFT, _("sitting"));
        report_box(c, x + 92, y - 9, 22, 10, (struct report_colour){0.72, 0.86, 0.95});
        report_text(c, x + 120, y, 12, report_grey, REPORT_LEFT, _("up, too short for a break"));
        report_box(c, x + 300, y - 9, 22, 10, report_sit);
        report_dot(c, x + 311, y - 4, 4.2, (struct report_colour){0.94, 0.89, 0.26}, true);
        report_text(c, x + 328, y, 12, report_grey, REPORT_LEFT, _("alert that led to something"));
        report_box(c, x + 510, y - 9, 22, 10, report_sit);
        report_dot(c, x + 521, y - 4, 4.2, report_not, false);
        report_text(c, x + 538, y, 12, report_grey, REPORT_LEFT, _("alert that did not"));
}

static void draw_strips(cairo_t *c, const struct history *h, double y) {
        struct axis a = axis_of(h);

        report_heading(c, y, _("Days"), _("hours of the day, local time"));
        for (int d = 0; d < h->n_days; d += 1)
                report_box(c, a.x, y + TOP + d * row_height(h) + row_height(h) * 0.16, a.w, row_height(h) * 0.68,
                           (struct report_colour){0.965, 0.97, 0.975});
        draw_grid(c, h, &a, y);
        for (size_t i = 0; i < h->n_bouts; i++)
                span(c, h, &a, y, h->bouts[i].began_s, h->bouts[i].until_s, h->bouts[i].offset_min, report_sit, 0.68);
        for (size_t i = 0; i < h->n_aways; i++)
                if (history_within_bout(&h->aways[i]) && h->aways[i].until_s > 0)
                        span(c, h, &a, y, h->aways[i].began_s, h->aways[i].until_s, h->aways[i].offset_min,
                             (struct report_colour){0.72, 0.86, 0.95}, 0.68);
        draw_alerts(c, h, &a, y);
        draw_labels(c, h, y);
        draw_key(c, y + TOP + h->n_days * row_height(h) + 22);
}

/* ---- months ---- */

struct month {
        int year, month, days;
        double s;
};

static int months_of(const struct history *h, struct month ret[MONTHS_MAX]) {
        int n = 0;

        for (int d = 0; d < h->n_days; d++) {
                struct tm tm = history_date(h->period.first_day + d);

                if (n == 0 || ret[n - 1].month != tm.tm_mon || ret[n - 1].year != tm.tm_year) {
                        if (n == MONTHS_MAX) /* the latest ones */
                                memmove(ret, ret + 1, sizeof(*ret) * (size_t)--n);
                        ret[n++] = (struct month){.year = tm.tm_year, .month = tm.tm_mon};
                }
                ret[n - 1].s += h->days[d].seated_s;
                ret[n - 1].days += h->days[d].seated_s >= 60;
        }
        return n;
}

static const char *month_name(const struct month *m, char *ret, size_t size) {
        struct tm tm = {.tm_year = m->year, .tm_mon = m->month, .tm_mday = 1};

        language_date(ret, size, "%b", &tm);
        return ret;
}

/* January of every year, or of every second and so on; the first month, too, where no January is near. */
static bool year_is_said(const struct month *m, bool first, double w) {
        int every = (int)ceil(YEAR_W / (12 * w));

        return m->month == 0 ? (1900 + m->year) % every == 0 : first && every == 1 && (12 - m->month) * w >= YEAR_W;
}

static void draw_months(cairo_t *c, const struct history *h, double y) {
        struct month months[MONTHS_MAX];
        char name[24];
        int n = months_of(h, months);
        double w = (REPORT_WIDTH - 2.0 * REPORT_MARGIN - 40) / n, base = y + MONTHS_H - 38, full = MONTHS_H - 84,
               most = 1;

        report_heading(c, y, _("Months"), _("hours sat a day, on days with any"));
        for (int i = 0; i < n; i++)
                most = fmax(most, months[i].days ? months[i].s / months[i].days / 3600 : 0);
        for (int hour = 0; hour <= (int)most; hour += most > 6 ? 2 : 1) {
                double line = base - full * hour / most;

                report_line(c, REPORT_MARGIN + 40, line, REPORT_WIDTH - REPORT_MARGIN, line);
                report_text(c, REPORT_MARGIN + 30, line + 4, 11, report_grey, REPORT_RIGHT, "%d h", hour);
        }
        for (int i = 0; i < n; i++) {
                double hours = months[i].days ? months[i].s / months[i].days / 3600 : 0,
                       x = REPORT_MARGIN + 40 + i * w;

                report_box(c, x + w * 0.12, base - full * hours / most, w * 0.76, full * hours / most, report_sit);
                if (w > MONTH_NAME_W)
                        report_text(c, x + w / 2, base + 16, 11, report_grey, REPORT_CENTRE, "%s",
                                    month_name(&months[i], name, sizeof(name)));
                if (year_is_said(&months[i], i == 0, w))
                        report_text(c, x + w * 0.12, base + 32, 11, report_grey, REPORT_LEFT, "%d",
                                    1900 + months[i].year);
        }
}

void report_days(cairo_t *c, const struct history *h, double y) {
        if (by_month(h))
                draw_months(c, h, y);
        else
                draw_strips(c, h, y);
}
