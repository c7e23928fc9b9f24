/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/report/draw.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/sitbonectl/view/values.h"
#include "util/language.h"

enum { HEAD_H = 200, FOOT_H = 64, GAP = 26 };

static const double FULL_TURN = 2 * 3.14159265358979;

const struct report_colour report_ink = {0.13, 0.15, 0.18}, report_grey = {0.42, 0.45, 0.49},
                           report_pale = {0.93, 0.94, 0.95}, report_sit = {0.00, 0.45, 0.70},
                           report_worked = {0.00, 0.62, 0.45}, report_not = {0.84, 0.37, 0.00};

struct report_colour report_posture_colour(enum posture_class k) {
        switch (k) {
        case POSTURE_UPRIGHT:
                return report_worked;
        case POSTURE_SLOUCHED:
                return report_not;
        case POSTURE_ARCHED:
                return (struct report_colour){0.80, 0.47, 0.65};
        case POSTURE_LEANING_LEFT:
                return (struct report_colour){0.34, 0.71, 0.91};
        case POSTURE_LEANING_RIGHT:
                return report_sit;
        case POSTURE_LEANING_FORWARD:
                return (struct report_colour){0.90, 0.62, 0.00};
        case POSTURE_PERCHED:
                return (struct report_colour){0.94, 0.89, 0.26};
        default:
                return (struct report_colour){0.76, 0.78, 0.80};
        }
}

static void set(cairo_t *c, struct report_colour colour) {
        cairo_set_source_rgb(c, colour.r, colour.g, colour.b);
}

static void write_text(cairo_t *c, double x, double y, double size, bool bold, enum report_align align,
                       const char *text) {
        cairo_text_extents_t e;

        cairo_select_font_face(c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                               bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(c, size);
        cairo_text_extents(c, text, &e);
        cairo_move_to(c, x - (align == REPORT_LEFT ? 0 : align == REPORT_RIGHT ? e.x_advance : e.x_advance / 2), y);
        cairo_show_text(c, text);
}

void report_text(cairo_t *c, double x, double y, double size, struct report_colour colour, enum report_align align,
                 const char *format, ...) {
        char text[256];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        set(c, colour);
        write_text(c, x, y, size, false, align, text);
}

double report_width_of(cairo_t *c, double size, const char *text) {
        cairo_text_extents_t e;

        cairo_select_font_face(c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(c, size);
        cairo_text_extents(c, text, &e);
        return e.x_advance;
}

void report_fitted(cairo_t *c, double x, double y, double size, struct report_colour colour, double most,
                   const char *text) {
        double w = report_width_of(c, size, text);

        set(c, colour);
        write_text(c, x, y, w > most ? size * most / w : size, false, REPORT_LEFT, text);
}

void report_bold(cairo_t *c, double x, double y, double size, struct report_colour colour, const char *text) {
        set(c, colour);
        write_text(c, x, y, size, true, REPORT_LEFT, text);
}

void report_box(cairo_t *c, double x, double y, double w, double h, struct report_colour colour) {
        set(c, colour);
        cairo_rectangle(c, x, y, w, h);
        cairo_fill(c);
}

void report_line(cairo_t *c, double x0, double y0, double x1, double y1) {
        cairo_set_source_rgb(c, 0.85, 0.86, 0.88);
        cairo_set_line_width(c, 1);
        cairo_move_to(c, x0, y0);
        cairo_line_to(c, x1, y1);
        cairo_stroke(c);
}

/* With a white rim, so that it shows on every ground. */
void report_dot(cairo_t *c, double x, double y, double r, struct report_colour colour, bool filled) {
        cairo_new_path(c);
        cairo_arc(c, x, y, r, 0, FULL_TURN);
        cairo_set_line_width(c, filled ? 1.2 : 1.8);
        if (filled) {
                set(c, colour);
                cairo_fill_preserve(c);
                cairo_set_source_rgb(c, 1, 1, 1);
        } else {
                cairo_set_source_rgb(c, 1, 1, 1);
                cairo_fill_preserve(c);
                set(c, colour);
        }
        cairo_stroke(c);
}

void report_heading(cairo_t *c, double y, const char *title, const char *more) {
        cairo_text_extents_t e;

        report_bold(c, REPORT_MARGIN, y, 16, report_ink, title);
        cairo_text_extents(c, title, &e);
        report_text(c, REPORT_MARGIN + e.x_advance + 12, y, 12, report_grey, REPORT_LEFT, "%s", more);
}

static void figure(cairo_t *c, int place, const char *value, const char *what) {
        double x = REPORT_MARGIN + place * (REPORT_WIDTH - 2 * REPORT_MARGIN) / 4.0;

        report_bold(c, x, 132, 24, report_ink, value);
        report_text(c, x, 152, 12, report_grey, REPORT_LEFT, "%s", what);
}

static int days_sat(const struct history *h) {
        int n = 0;

        for (int d = 0; d < h->n_days; d++)
                n += h->days[d].seated_s >= 60;
        return n;
}

static void draw_head(cairo_t *c, const struct history *h) {
        char value[40], what[64];
        int days = days_sat(h);
        double away_s;

        report_bold(c, REPORT_MARGIN, 58, 28, report_ink, _("What the seat saw"));
        report_text(c, REPORT_MARGIN, 84, 15, report_grey, REPORT_LEFT, "%s", h->period.title);
        view_duration_words(days ? h->seated_s / days : 0, value, sizeof(value));
        snprintf(what, sizeof(what), "%s", _("sat"));
        if (h->n_days > 1)
                snprintf(what, sizeof(what), ngettext("sat a day, on %d day", "sat a day, on %d days", (unsigned)days),
                         days);
        figure(c, 0, value, what);
        view_duration_words(history_longest_s(h), value, sizeof(value));
        snprintf(what, sizeof(what), ngettext("the longest of %zu bout", "the longest of %zu bouts", h->n_bouts),
                 h->n_bouts);
        figure(c, 1, value, what);
        snprintf(value, sizeof(value), "%d", history_aways(h, "break", &away_s));
        figure(c, 2, value, _("breaks off the seat"));
        if (h->all.known > 0)
                snprintf(value, sizeof(value), _("%d of %d"), h->all.worked, h->all.known);
        else
                snprintf(value, sizeof(value), "%s", _("none"));
        figure(c, 3, value, h->all.known > 0 ? _("alerts led to something") : _("alerts with a known outcome"));
}

static void draw_foot(cairo_t *c, double y) {
        report_line(c, REPORT_MARGIN, y, REPORT_WIDTH - REPORT_MARGIN, y);
        report_text(c, REPORT_MARGIN, y + 22, 11, report_grey, REPORT_LEFT,
                    _("Drawn by sitbone from the history of a seat pressure mat. A seat sees load, not the body: "
                      "postures are estimates,"));
        report_text(c, REPORT_MARGIN, y + 38, 11, report_grey, REPORT_LEFT,
                    _("relative to this sitter's own upright. It is a diary of sitting, no medical statement."));
}

double report_height(const struct history *h) {
        if (h->n_bouts == 0)
                return 300;
        return HEAD_H + report_days_height(h) + REPORT_POSTURES_H + report_alerts_height(h) + REPORT_CHARTS_H +
               4 * GAP + FOOT_H;
}

void report_draw(cairo_t *c, const struct history *h) {
        double y = HEAD_H;

        cairo_set_source_rgb(c, 1, 1, 1);
        cairo_paint(c);
        if (h->n_bouts == 0) {
                report_bold(c, REPORT_MARGIN, 58, 28, report_ink, _("What the seat saw"));
                report_text(c, REPORT_MARGIN, 84, 15, report_grey, REPORT_LEFT, "%s", h->period.title);
                report_text(c, REPORT_MARGIN, 150, 18, report_ink, REPORT_LEFT,
                            _("Nobody sat, as far as the seat saw."));
                draw_foot(c, 300 - FOOT_H);
                return;
        }
        draw_head(c, h);
        report_days(c, h, y);
        y += report_days_height(h) + GAP;
        report_postures(c, h, y);
        y += REPORT_POSTURES_H + GAP;
        report_alerts(c, h, y);
        y += report_alerts_height(h) + GAP;
        report_hours(c, h, y);
        draw_foot(c, y + REPORT_CHARTS_H + GAP);
}
