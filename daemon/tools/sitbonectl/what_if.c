/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/what_if.h"

#include <math.h>
#include <stdlib.h>

#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"

/* Less is the same moment. */
#define SAME_S 1.0

struct pair {
        double before_s, after_s; /* NAN: not in that list */
        enum alert_kind kind;
};

bool what_if_add(struct what_if_list *l, enum alert_kind kind, double at_s) {
        struct what_if_alert *more = realloc(l->of, (l->n + 1) * sizeof(*more));

        if (!more)
                return false;
        l->of = more;
        l->of[l->n++] = (struct what_if_alert){.at_s = at_s, .kind = kind};
        return true;
}

/* The nearest of the same kind that has no partner yet. */
static struct what_if_alert *partner(struct what_if_list *l, const struct what_if_alert *a, double near_s) {
        struct what_if_alert *best = NULL;

        for (size_t i = 0; i < l->n; i++) {
                double apart = fabs(l->of[i].at_s - a->at_s);

                if (l->of[i].at_s > a->at_s + near_s)
                        break;
                if (!l->of[i].matched && l->of[i].kind == a->kind && apart <= near_s &&
                    (!best || apart < fabs(best->at_s - a->at_s)))
                        best = &l->of[i];
        }
        return best;
}

static double when(const struct pair *p) {
        return isnan(p->before_s) ? p->after_s : p->before_s;
}

static int by_time(const void *a, const void *b) {
        double x = when(a), y = when(b);

        return (x > y) - (x < y);
}

/* All pairs in time order, also those that are the same. NULL = no memory. */
static struct pair *pairs_of(struct what_if_list *before, struct what_if_list *after, double near_s, size_t *ret_n) {
        struct pair *pairs = calloc(before->n + after->n + 1, sizeof(*pairs));
        size_t n = 0;

        for (size_t i = 0; pairs && i < before->n; i++) {
                struct what_if_alert *other = partner(after, &before->of[i], near_s);

                if (other)
                        other->matched = true;
                pairs[n++] = (struct pair){before->of[i].at_s, other ? other->at_s : NAN, before->of[i].kind};
        }
        for (size_t i = 0; pairs && i < after->n; i++)
                if (!after->of[i].matched)
                        pairs[n++] = (struct pair){NAN, after->of[i].at_s, after->of[i].kind};
        if (pairs)
                qsort(pairs, n, sizeof(*pairs), by_time);
        *ret_n = n;
        return pairs;
}

static const char *change_of(const struct pair *p) {
        if (isnan(p->before_s))
                return "comes";
        if (isnan(p->after_s))
                return "goes";
        return fabs(p->after_s - p->before_s) < SAME_S ? "same" : "moves";
}

static void print_pair(FILE *f, const struct pair *p, void (*moment)(double at_s, char *ret, size_t size)) {
        double later_s = p->after_s - p->before_s;
        const char *kind = alert_kind_text(alert_kind_name(p->kind));
        char at[40], by[32];

        moment(when(p), at, sizeof(at));
        fprintf(f, "  %-*s %-*s ", language_field_width(at, 18), at, language_field_width(kind, 11), kind);
        view_duration_words(fabs(later_s), by, sizeof(by));
        if (isnan(p->before_s))
                fprintf(f, "%s\n", _("comes"));
        else if (isnan(p->after_s))
                fprintf(f, "%s\n", _("goes"));
        else
                fprintf(f, later_s > 0 ? _("moves %s later\n") : _("moves %s earlier\n"), by);
}

void what_if_print(FILE *f, struct what_if_list *before, struct what_if_list *after, double near_s,
                   void (*moment)(double at_s, char *ret, size_t size)) {
        size_t n, counts[4] = {0};
        struct pair *pairs = pairs_of(before, after, near_s, &n);

        for (size_t i = 0; pairs && i < n; i++) {
                const char *change = change_of(&pairs[i]);
                int which = *change == 's' ? 0 : *change == 'c' ? 1 : *change == 'g' ? 2 : 3;

                counts[which]++;
                if (which != 0)
                        print_pair(f, &pairs[i], moment);
        }
        fprintf(f, _("alerts: %zu before, %zu after: %zu come, %zu go, %zu move, %zu stay\n"), before->n, after->n,
                counts[1], counts[2], counts[3], counts[0]);
        free(pairs);
}

static void put_time(FILE *f, const char *key, double at_s) {
        if (isfinite(at_s))
                fprintf(f, ",\"%s\":%.1f", key, at_s);
        else
                fprintf(f, ",\"%s\":null", key);
}

void what_if_print_json(FILE *f, struct what_if_list *before, struct what_if_list *after, double near_s) {
        size_t n;
        struct pair *pairs = pairs_of(before, after, near_s, &n);

        fputs("[", f);
        for (size_t i = 0; pairs && i < n; i++) {
                fprintf(f, "%s{\"kind\":\"%s\",\"change\":\"%s\"", i ? ",\n" : "", alert_kind_name(pairs[i].kind),
                        change_of(&pairs[i]));
                put_time(f, "before_s", pairs[i].before_s);
                put_time(f, "after_s", pairs[i].after_s);
                fputs("}", f);
        }
        fputs("]\n", f);
        free(pairs);
}
