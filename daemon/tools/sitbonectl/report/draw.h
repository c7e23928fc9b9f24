/* SPDX-License-Identifier: MIT */
/* The report: one page drawn with cairo, the same for SVG, PNG and HTML. Colours are Okabe and Ito's, told apart by people
 * with any kind of colour vision; words and places say the same as colours do. */
#ifndef TOOLS_SITBONECTL_REPORT_DRAW_H
#define TOOLS_SITBONECTL_REPORT_DRAW_H

#include <cairo.h>

#include "tools/sitbonectl/history/load.h"

enum { REPORT_WIDTH = 960, REPORT_MARGIN = 48 };

/* Height of the page in units of its width above. */
double report_height(const struct history *h);
void report_draw(cairo_t *c, const struct history *h);

/* ---- inside: ctl_report_draw.c, ctl_report_days.c, ctl_report_charts.c ---- */

enum report_align { REPORT_LEFT, REPORT_CENTRE, REPORT_RIGHT };

struct report_colour {
        double r, g, b;
};

extern const struct report_colour report_ink, report_grey, report_pale, report_sit, report_worked, report_not;

struct report_colour report_posture_colour(enum posture_class k);
void report_text(cairo_t *c, double x, double y, double size, struct report_colour colour, enum report_align align,
                 const char *format, ...) __attribute__((format(printf, 7, 8)));
/* Smaller letters where it would be wider than most. */
void report_fitted(cairo_t *c, double x, double y, double size, struct report_colour colour, double most,
                   const char *text);
/* Of a text as report_text() writes it. */
double report_width_of(cairo_t *c, double size, const char *text);
void report_bold(cairo_t *c, double x, double y, double size, struct report_colour colour, const char *text);
void report_box(cairo_t *c, double x, double y, double w, double h, struct report_colour colour);
void report_line(cairo_t *c, double x0, double y0, double x1, double y1);
void report_dot(cairo_t *c, double x, double y, double r, struct report_colour colour, bool filled);
void report_heading(cairo_t *c, double y, const char *title, const char *more);

/* Each draws from y down; the height is the same as the one told. */
double report_days_height(const struct history *h);
void report_days(cairo_t *c, const struct history *h, double y);

enum { REPORT_POSTURES_H = 120, REPORT_CHARTS_H = 190 };
void report_postures(cairo_t *c, const struct history *h, double y);
double report_alerts_height(const struct history *h);
void report_alerts(cairo_t *c, const struct history *h, double y);
void report_hours(cairo_t *c, const struct history *h, double y);

#endif
