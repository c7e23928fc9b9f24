/* SPDX-License-Identifier: MIT */
/* Postures, alerts and what they led to, and what goes by the hour of the day. */
#include <math.h>
#include <string.h>

#include "tools/sitbonectl/report/draw.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"

enum { ROW_H = 24, BODY_H = 20, SHARE_ROWS_MAX = 6, COLUMN_GAP = 36 };

static const double INNER = REPORT_WIDTH - 2.0 * REPORT_MARGIN;

/* ---- postures ---- */

static const enum posture_class order[] = {POSTURE_UPRIGHT,      POSTURE_SLOUCHED,      POSTURE_ARCHED,
                                           POSTURE_LEANING_LEFT, POSTURE_LEANING_RIGHT, POSTURE_LEANING_FORWARD,
                                           POSTURE_PERCHED,      POSTURE_UNKNOWN};

static void posture_key(cairo_t *c, const struct history *h, double y) {
        double x = REPORT_MARGIN;

        for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
                double share = h->seated_s > 0 ? h->in_s[order[i]] / h->seated_s : 0, w;
                char text[64];

                if (share < 0.005)
                        continue;
                snprintf(text, sizeof(text), "%s %.0f %%", posture_text(posture_name(order[i])), 100 * share);
                w = 18 + report_width_of(c, 12, text);
                if (x > REPORT_MARGIN && x + w > REPORT_WIDTH - REPORT_MARGIN) {
                        x = REPORT_MARGIN;
                        y += 22;
                }
                report_box(c, x, y - 10, 12, 12, report_posture_colour(order[i]));
                report_text(c, x + 18, y, 12, report_ink, REPORT_LEFT, "%s", text);
                x += w + 24;
        }
}

void report_postures(cairo_t *c, const struct history *h, double y) {
        double x = REPORT_MARGIN;

        report_heading(c, y, _("Postures"), _("share of the time on the seat"));
        for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
                double share = h->seated_s > 0 ? h->in_s[order[i]] / h->seated_s : 0;

                if (share < 0.005)
                        continue;
                report_box(c, x, y + 20, fmax(share * INNER - 1.5, 0.5), 30, report_posture_colour(order[i]));
                x += share * INNER;
        }
        posture_key(c, h, y + 76);
}

/* ---- alerts ---- */

static int rows_of(const struct history_share *s, int n) {
        int rows = 0;

        for (int i = 0; i < n; i++)
                rows += s[i].known > 0;
        return rows < SHARE_ROWS_MAX ? rows : SHARE_ROWS_MAX;
}

static bool has_body(const struct history *h) {
        return h->squeezes.repetitions > 0 || h->sessions > 0;
}

double report_alerts_height(const struct history *h) {
        int a = rows_of(h->by_kind, ALERT_KIND_N), b = rows_of(h->by_exercise, h->n_exercises);
        int rows = a > b ? a : b;

        return 66 + ROW_H * (rows > 1 ? rows : 1) + (has_body(h) ? BODY_H : 0);
}

/* What was done beside standing up. */
static void body_row(cairo_t *c, const struct history *h, double y) {
        char squeezes[192];

        history_squeeze_words(h, squeezes, sizeof(squeezes));
        if (h->squeezes.repetitions > 0)
                report_text(c, REPORT_MARGIN, y, 12, report_grey, REPORT_LEFT, _("squeezes: %s"), squeezes);
        if (h->sessions > 0)
                report_text(c, REPORT_WIDTH - REPORT_MARGIN, y, 12, report_grey, REPORT_RIGHT,
                            _("strengthening sessions: %d"), h->sessions);
}

static void share_rows(cairo_t *c, const struct history_share *s, int n, double x, double y, double w,
                       const char *title) {
        double label_w = w * 0.48, bar_w = w - label_w - 100;
        int most = 1, row = 0;

        report_text(c, x, y + 24, 12, report_grey, REPORT_LEFT, "%s", title);
        for (int i = 0; i < n; i++)
                most = s[i].known > most ? s[i].known : most;
        for (int i = 0; i < n && row < SHARE_ROWS_MAX; i++) {
                double at = y + 34 + row * ROW_H, full = bar_w * s[i].known / most;

                if (s[i].known == 0)
                        continue;
                report_fitted(c, x, at + 15, 12, report_ink, label_w - 8, s[i].title);
                report_box(c, x + label_w, at + 4, full, 14, (struct report_colour){0.86, 0.88, 0.90});
                report_box(c, x + label_w, at + 4, full * s[i].worked / s[i].known, 14, report_worked);
                report_text(c, x + label_w + full + 8, at + 15, 12, report_ink, REPORT_LEFT, _("%d of %d"),
                            s[i].worked, s[i].known);
                row++;
        }
        if (row == 0)
                report_text(c, x, y + 49, 12, report_ink, REPORT_LEFT, _("none yet"));
}

void report_alerts(cairo_t *c, const struct history *h, double y) {
        double half = (INNER - COLUMN_GAP) / 2, x = REPORT_MARGIN;
        char text[256] = "", line[320];
        size_t n = 0;

        report_heading(c, y, _("Alerts, and what they led to"),
                       _("green: a break, a shift of weight, a squeeze, or done"));
        share_rows(c, h->by_kind, ALERT_KIND_N, x, y, half, _("by kind"));
        share_rows(c, h->by_exercise, h->n_exercises, x + half + COLUMN_GAP, y, half, _("by exercise"));
        for (int i = ALERT_PENDING + 1; i < ALERT_OUTCOME_N && n < sizeof(text); i++)
                if (h->outcomes[i] > 0)
                        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s %d", n ? ", " : "",
                                              alert_outcome_text(alert_outcome_name((enum alert_outcome)i)),
                                              h->outcomes[i]);
        snprintf(line, sizeof(line), ngettext("%zu alert: %s", "%zu alerts: %s", h->n_alerts), h->n_alerts, text);
        if (n > 0)
                report_fitted(c, x, y + report_alerts_height(h) - 8 - (has_body(h) ? BODY_H : 0), 12, report_grey,
                              INNER, line);
        if (has_body(h))
                body_row(c, h, y + report_alerts_height(h) - 8);
}

/* ---- by the hour ---- */

struct chart {
        double x, y, w, h, most, least; /* y: of the upper edge; values from least to most */
        int from, to;
};

static struct chart chart_begin(cairo_t *c, const struct history *h, int place, double y, const char *title,
                                const char *more) {
        struct chart k = {.w = (INNER - 2 * COLUMN_GAP) / 3, .y = y + 48, .h = 100};

        history_hours(h, &k.from, &k.to);
        k.x = REPORT_MARGIN + place * (k.w + COLUMN_GAP);
        report_bold(c, k.x, y, 14, report_ink, title);
        report_text(c, k.x, y + 18, 11, report_grey, REPORT_LEFT, "%s", more);
        for (int hour = k.from; hour < k.to; hour++)
                if ((hour - k.from) % (k.to - k.from > 12 ? 4 : 2) == 0)
                        report_text(c, k.x + k.w * (hour - k.from + 0.5) / (k.to - k.from), k.y + k.h + 16, 11,
                                    report_grey, REPORT_CENTRE, "%d", hour);
        return k;
}

static double value_y(const struct chart *k, double value) {
        return k->y + k->h * (k->most - value) / (k->most - k->least);
}

static void column(cairo_t *c, const struct chart *k, int hour, double value, struct report_colour colour) {
        double w = k->w / (k->to - k->from), y0 = value_y(k, fmax(k->least, fmin(k->most, 0))), y1 = value_y(k, value);

        report_box(c, k->x + w * (hour - k->from + 0.14), fmin(y0, y1), w * 0.72, fmax(fabs(y1 - y0), 1), colour);
}

static void level(cairo_t *c, const struct chart *k, double value, const char *words_) {
        report_line(c, k->x, value_y(k, value), k->x + k->w, value_y(k, value));
        report_text(c, k->x + k->w, value_y(k, value) - 3, 10, report_grey, REPORT_RIGHT, "%s", words_);
}

static void empty(cairo_t *c, const struct chart *k) {
        report_text(c, k->x + k->w / 2, k->y + k->h * 0.75 + 4, 12, report_grey, REPORT_CENTRE,
                    _("nothing yet")); /* between lines */
}

static void chart_worked(cairo_t *c, const struct history *h, double y) {
        struct chart k =
                chart_begin(c, h, 0, y, _("When alerts worked"), _("of those raised in that hour of the day, in %"));

        k.most = 100;
        level(c, &k, 100, "100 %");
        level(c, &k, 50, "50 %");
        level(c, &k, 0, "");
        for (int hour = k.from; hour < k.to; hour++)
                if (h->by_hour[hour].known > 0)
                        column(c, &k, hour, history_percent(&h->by_hour[hour]), report_worked);
        if (h->all.known == 0)
                empty(c, &k);
}

static void chart_slump(cairo_t *c, const struct history *h, double y) {
        struct chart k =
                chart_begin(c, h, 1, y, _("Minutes to the first slump"), _("median, by the hour the bout began in"));
        char words_[24];

        k.most = 10;
        for (int hour = 0; hour < 24; hour++)
                if (isfinite(h->slump_min[hour]))
                        k.most = fmax(k.most, h->slump_min[hour]);
        k.most = ceil(k.most / 10) * 10;
        snprintf(words_, sizeof(words_), "%.0f min", k.most);
        level(c, &k, k.most, words_);
        snprintf(words_, sizeof(words_), "%.0f", k.most / 2);
        level(c, &k, k.most / 2, words_);
        level(c, &k, 0, "");
        for (int hour = k.from; hour < k.to; hour++)
                if (isfinite(h->slump_min[hour]))
                        column(c, &k, hour, h->slump_min[hour], report_not);
        if (h->slump_n == 0)
                empty(c, &k);
}

static void chart_balance(cairo_t *c, const struct history *h, double y) {
        struct chart k = chart_begin(c, h, 2, y, _("Left and right"), _("more load on one side on average, in %"));
        char words_[24];

        k.most = 10;
        for (int hour = 0; hour < 24; hour++)
                if (h->balance_hour[hour][0] > 60)
                        k.most = fmax(k.most, fabs(100 * h->balance_hour[hour][1] / h->balance_hour[hour][0]));
        k.most = ceil(k.most / 10) * 10;
        k.least = -k.most;
        snprintf(words_, sizeof(words_), _("right %.0f %%"), k.most);
        level(c, &k, k.most, words_);
        level(c, &k, 0, "");
        snprintf(words_, sizeof(words_), _("left %.0f %%"), k.most);
        level(c, &k, k.least, words_);
        for (int hour = k.from; hour < k.to; hour++)
                if (h->balance_hour[hour][0] > 60)
                        column(c, &k, hour, 100 * h->balance_hour[hour][1] / h->balance_hour[hour][0], report_sit);
        if (h->balance_s <= 60)
                empty(c, &k);
}

void report_hours(cairo_t *c, const struct history *h, double y) {
        chart_worked(c, h, y);
        chart_slump(c, h, y);
        chart_balance(c, h, y);
}
