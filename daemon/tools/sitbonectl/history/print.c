/* SPDX-License-Identifier: MIT */
/* The history in the terminal: a line a fact, a strip a day. */
#include "tools/sitbonectl/history/load.h"

#include <inttypes.h>
#include <langinfo.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "store/history_database.h"
#include "tools/sitbonectl/json_writer.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"

enum {
        STRIP_FROM_H = 6,
        STRIP_TO_H = 22,
        PARTS_MAX = 96,
        A_HOUR_MAX = 4,
        NARROW = 80,
        STRIPS_MAX = 62,
        LABEL_W = 12,
        TOTAL_W = 14,
        DAY_S = 86400
};

static int columns(FILE *f) {
        struct winsize size;

        return ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : NARROW;
}

/* ---- a label, and what goes with it ---- */

void history_label(FILE *f, const char *label) {
        fprintf(f, "%-*s", language_field_width(label, LABEL_W), label);
}

/* The next of a list behind a label, on a new line where this one is full. *at: columns used, 0 = it is the first. */
static void print_item(FILE *f, int *at, const char *separator, const char *text) {
        int w = language_columns(text, strlen(text));

        if (*at > 0 && LABEL_W + *at + 2 + w >= columns(f)) {
                fprintf(f, "%c\n%*s", *separator, LABEL_W, "");
                *at = 0;
        } else if (*at > 0) {
                *at += fprintf(f, "%s", separator);
        }
        *at += w;
        fprintf(f, "%s", text);
}

/* ---- the strip of a day ---- */

/* Seconds of a local span that a row takes: by the clock as those people saw it, as in the report. */
static double overlap(int64_t from_s, int64_t to_s, int64_t began_s, int64_t until_s, int offset_min) {
        int64_t ahead_s = (int64_t)offset_min * 60;

        from_s = from_s > began_s + ahead_s ? from_s : began_s + ahead_s;
        to_s = to_s < until_s + ahead_s ? to_s : until_s + ahead_s;
        return to_s > from_s ? (double)(to_s - from_s) : 0;
}

/* The hours shown, and in how many parts each. */
struct strip {
        int from_h, to_h, a_hour;
};

/* Six to ten at night, and what else of the day anybody sat in; parts as the terminal has room for. */
static struct strip strip_of(const struct history *h, int width) {
        struct strip s = {STRIP_FROM_H, STRIP_TO_H, A_HOUR_MAX};

        for (size_t i = 0; i < h->n_bouts; i++) {
                const struct history_bout *b = &h->bouts[i];
                bool over_midnight =
                        history_day_of(b->began_s, b->offset_min) != history_day_of(b->until_s, b->offset_min);
                int first = over_midnight ? 0 : history_hour_of(b->began_s, b->offset_min),
                    last = over_midnight ? 23 : history_hour_of(b->until_s, b->offset_min);

                s.from_h = first < s.from_h ? first - first % 2 : s.from_h;
                s.to_h = last >= s.to_h ? last + 2 - last % 2 : s.to_h;
        }
        while (s.a_hour > 1 && LABEL_W + s.a_hour * (s.to_h - s.from_h) + TOTAL_W > width)
                s.a_hour--;
        return s;
}

static int strip_parts(const struct strip *s) {
        return s->a_hour * (s->to_h - s->from_h);
}

/* Share of each part of the hours shown in which somebody sat: bouts without what was off the seat in them. */
static void strip_shares(const struct history *h, const struct strip *strip, int64_t day, double ret[PARTS_MAX]) {
        int64_t begin = day * DAY_S + (int64_t)strip->from_h * 3600, length = 3600 / strip->a_hour;

        for (int i = 0; i < strip_parts(strip); i++) {
                int64_t from = begin + i * length, to = from + length;
                double s = 0;

                for (size_t b = 0; b < h->n_bouts; b++)
                        s += overlap(from, to, h->bouts[b].began_s, h->bouts[b].until_s, h->bouts[b].offset_min);
                for (size_t a = 0; a < h->n_aways && s > 0; a++)
                        if (history_within_bout(&h->aways[a]))
                                s -= overlap(from, to, h->aways[a].began_s, h->aways[a].until_s,
                                             h->aways[a].offset_min);
                ret[i] = fmin(fmax(s / (double)length, 0), 1);
        }
}

static void print_strip(FILE *f, const struct history *h, const struct strip *strip, int64_t day, bool colours) {
        static const char *const blocks[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
        static const char *const plain[] = {".", ".", "-", "-", "=", "=", "=", "#", "#"};
        bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
        double share[PARTS_MAX];

        strip_shares(h, strip, day, share);
        if (colours)
                fputs("\033[34m", f);
        for (int i = 0; i < strip_parts(strip); i++)
                fputs((utf8 ? blocks : plain)[(int)lround(share[i] * 8)], f);
        if (colours)
                fputs("\033[0m", f);
}

/* "6    8    10": an hour every second one, where the strip has it. */
static void print_ruler(FILE *f, const struct strip *s) {
        char line[PARTS_MAX + 8];
        int every = s->a_hour > 1 ? 2 : 4;

        memset(line, ' ', sizeof(line));
        for (int hour = s->from_h; hour <= s->to_h; hour += every) {
                char digits[8];
                int n = snprintf(digits, sizeof(digits), "%d", hour);

                memcpy(line + (ptrdiff_t)(hour - s->from_h) * s->a_hour, digits, (size_t)n);
        }
        line[strip_parts(s) + 2] = '\0';
        fprintf(f, "%*s%s\n", LABEL_W, "", line);
}

/* Long periods: a line a month. */
static void print_months(FILE *f, const struct history *h) {
        char month[24] = "", name[24], duration[32];
        double s = 0;

        for (int d = 0; d <= h->n_days; d++) {
                struct tm tm = history_date(h->period.first_day + d);

                language_date(name, sizeof(name), "%b %Y", &tm);
                if (*month && (d == h->n_days || strcmp(name, month) != 0)) {
                        view_duration_words(s, duration, sizeof(duration));
                        history_label(f, month);
                        fprintf(f, "%s\n", s >= 60 ? duration : "-");
                        s = 0;
                }
                snprintf(month, sizeof(month), "%s", name);
                s += d < h->n_days ? h->days[d].seated_s : 0;
        }
}

static void print_strips(FILE *f, const struct history *h) {
        struct strip strip = strip_of(h, columns(f));

        print_ruler(f, &strip);
        for (int d = 0; d < h->n_days; d++) {
                char name[24], duration[32];

                history_day_words(h->period.first_day + d, name, sizeof(name));
                view_duration_words(h->days[d].seated_s, duration, sizeof(duration));
                history_label(f, name);
                print_strip(f, h, &strip, h->period.first_day + d, isatty(fileno(f)));
                fprintf(f, h->days[d].seated_s >= 60 ? " %s\n" : "\n", duration);
        }
}

/* ---- facts ---- */

static void print_sitting(FILE *f, const struct history *h) {
        char sat[32], longest[32];
        double s;
        int breaks = history_aways(h, "break", &s), partial = history_aways(h, "partial", &s);

        view_duration_words(h->seated_s, sat, sizeof(sat));
        view_duration_words(history_longest_s(h), longest, sizeof(longest));
        history_label(f, _("sat"));
        fprintf(f, ngettext("%s in %zu bout, the longest %s\n", "%s in %zu bouts, the longest %s\n", h->n_bouts), sat,
                h->n_bouts, longest);
        history_label(f, _("breaks"));
        fprintf(f, _("%d, and %d too short to be one; "), breaks, partial);
        fprintf(f, ngettext("%lld shift of weight\n", "%lld shifts of weight\n", (unsigned long)h->shifts),
                (long long)h->shifts);
}

static void print_balance(FILE *f, const struct history *h) {
        double percent;

        if (!(h->balance_s > 60))
                return;
        percent = 100 * h->asymmetry_s / h->balance_s;
        history_label(f, _("balance"));
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

        history_label(f, _("postures"));
        for (int i = 0; i < POSTURE_N; i++) {
                int k = (i + 1) % POSTURE_N; /* what is not known comes last */
                double percent = h->seated_s > 0 ? 100 * h->in_s[k] / h->seated_s : 0;

                if (percent < 0.5)
                        continue;
                snprintf(item, sizeof(item), "%s %.0f %%", posture_text(posture_name((enum posture_class)k)), percent);
                print_item(f, &at, ", ", item);
        }
        fprintf(f, "%s\n", at ? "" : _("nothing known"));
        if (h->slump_n > 0) {
                history_label(f, _("slump"));
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
                history_label(f, "");
                fprintf(f, "%-*s ", language_field_width(shares[i].title, 30), shares[i].title);
                fprintf(f, _("%3d of %d worked\n"), shares[i].worked, shares[i].known);
        }
}

static void print_alerts(FILE *f, const struct history *h) {
        const char *separator = ": ";
        char item[64];
        int at = 0;

        history_label(f, _("alerts"));
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

void history_print(const struct history *h, FILE *f) {
        fprintf(f, "%s\n\n", h->period.title);
        if (h->n_bouts == 0) {
                fprintf(f, "%s\n", _("The seat saw nobody."));
                return;
        }
        if (h->n_days > STRIPS_MAX)
                print_months(f, h);
        else
                print_strips(f, h);
        fprintf(f, "\n");
        print_sitting(f, h);
        print_postures(f, h);
        print_alerts(f, h);
        history_print_body(h, f);
}

/* ---- JSON ---- */

static void put_postures(struct out *o, const double in_s[POSTURE_N]) {
        out_key(o, "postures_s");
        out_text(o, "{\"unknown\":");
        out_fixed(o, in_s[POSTURE_UNKNOWN], 1);
        for (int k = POSTURE_UNKNOWN + 1; k < POSTURE_N; k++)
                out_number(o, posture_name((enum posture_class)k), in_s[k], 1);
        out_text(o, "}");
}

static void put_shares(struct out *o, const char *key, const struct history_share *shares, int n) {
        const char *separator = "";

        out_key(o, key);
        out_text(o, "[");
        for (int i = 0; i < n; i++) {
                char hour[8];

                if (shares[i].known == 0)
                        continue;
                snprintf(hour, sizeof(hour), "%d", i);
                out_text(o, separator);
                out_text(o, "{\"name\":");
                out_string(o, *shares[i].name ? shares[i].name : hour);
                out_number(o, "worked", shares[i].worked, 0);
                out_number(o, "of", shares[i].known, 0);
                out_text(o, "}");
                separator = ",";
        }
        out_text(o, "]");
}

static void date_of(int64_t day, char ret[16]) {
        struct tm tm = history_date(day);

        strftime(ret, 16, "%Y-%m-%d", &tm);
}

/* As the command line has it: "2026-11-21" or "2026-11-01..2026-11-21". */
static void put_period(struct out *o, const struct history_period *p) {
        char first[16], last[16], text[40];

        date_of(p->first_day, first);
        date_of(p->last_day, last);
        snprintf(text, sizeof(text), "%s%s%s", first, p->first_day < p->last_day ? ".." : "",
                 p->first_day < p->last_day ? last : "");
        out_string(o, text);
}

static void put_days(struct out *o, const struct history *h) {
        out_key(o, "days");
        out_text(o, "[");
        for (int d = 0; d < h->n_days; d++) {
                char date[16];

                date_of(h->period.first_day + d, date);
                out_text(o, d ? ",{\"date\":" : "{\"date\":");
                out_string(o, date);
                out_number(o, "seated_s", h->days[d].seated_s, 1);
                put_postures(o, h->days[d].in_s);
                out_text(o, "}");
        }
        out_text(o, "]");
}

int history_print_json(const struct history *h, FILE *f) {
        struct out *o = malloc(sizeof(*o));
        double s;

        if (!o) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        out_init(o, f);
        out_text(o, "{\"period\":");
        put_period(o, &h->period);
        out_number(o, "seated_s", h->seated_s, 1);
        out_number(o, "bouts", (double)h->n_bouts, 0);
        out_number(o, "longest_s", history_longest_s(h), 1);
        out_number(o, "breaks", history_aways(h, "break", &s), 0);
        out_number(o, "breaks_s", s, 0);
        out_number(o, "partial_breaks", history_aways(h, "partial", &s), 0);
        out_number(o, "shifts", (double)h->shifts, 0);
        put_postures(o, h->in_s);
        out_number(o, "first_slump_min", h->slump_all_min, 1);
        out_number(o, "asymmetry", h->balance_s > 0 ? h->asymmetry_s / h->balance_s : NAN, 3);
        out_number(o, "alerts", (double)h->n_alerts, 0);
        out_key(o, "outcomes");
        out_text(o, "{\"open\":");
        out_fixed(o, h->outcomes[ALERT_PENDING], 0);
        for (int i = ALERT_PENDING + 1; i < ALERT_OUTCOME_N; i++)
                out_number(o, alert_outcome_name((enum alert_outcome)i), h->outcomes[i], 0);
        out_text(o, "}");
        put_shares(o, "worked_by_hour", h->by_hour, 24);
        put_shares(o, "worked_by_kind", h->by_kind, ALERT_KIND_N);
        put_shares(o, "worked_by_exercise", h->by_exercise, h->n_exercises);
        history_put_body(o, h);
        put_days(o, h);
        out_text(o, "}\n");
        out_flush(o);
        free(o);
        return STATUS_DONE;
}
