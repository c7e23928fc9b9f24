/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/what_if.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "contract/live_json.h"
#include "tools/sitbonectl/complain.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"

/* A smaller difference is the same moment. */
#define SAME_S 1.0

enum change { CHANGE_SAME, CHANGE_COMES, CHANGE_GOES, CHANGE_MOVES, CHANGE_N };

static const char *const change_names[CHANGE_N] = {"same", "comes", "goes", "moves"};

struct pair {
        double before_s, after_s; /* NAN: not in that list */
        enum alert_kind kind;
};

struct pairs {
        size_t n;
        struct pair *of; /* in time order */
};

bool what_if_add(struct what_if_list *l, enum alert_kind kind, double at_s) {
        struct what_if_alert *more = realloc(l->of, (l->n + 1) * sizeof(*more));

        if (!more)
                return false;
        l->of = more;
        l->of[l->n++] = (struct what_if_alert){.at_s = at_s, .kind = kind};
        return true;
}

/* The nearest alert of the same kind that has no partner yet. */
static struct what_if_alert *find_partner(struct what_if_list *l, const struct what_if_alert *a, double near_s) {
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

static double pair_time_s(const struct pair *p) {
        return isnan(p->before_s) ? p->after_s : p->before_s;
}

static int compare_times(const void *a, const void *b) {
        double x = pair_time_s(a), y = pair_time_s(b);

        return (x > y) - (x < y);
}

/* Makes all pairs, also those that are the same. False = out of memory. */
static bool make_pairs(struct what_if_list *before, struct what_if_list *after, double near_s, struct pairs *ret) {
        struct pair *pairs = calloc(before->n + after->n + 1, sizeof(*pairs));
        size_t n = 0;

        if (!pairs)
                return false;
        for (size_t i = 0; i < before->n; i++) {
                struct what_if_alert *other = find_partner(after, &before->of[i], near_s);

                if (other)
                        other->matched = true;
                pairs[n++] = (struct pair){before->of[i].at_s, other ? other->at_s : (double)NAN, before->of[i].kind};
        }
        for (size_t i = 0; i < after->n; i++)
                if (!after->of[i].matched)
                        pairs[n++] = (struct pair){(double)NAN, after->of[i].at_s, after->of[i].kind};
        qsort(pairs, n, sizeof(*pairs), compare_times);
        *ret = (struct pairs){n, pairs};
        return true;
}

static enum change classify_change(const struct pair *p) {
        if (isnan(p->before_s))
                return CHANGE_COMES;
        if (isnan(p->after_s))
                return CHANGE_GOES;
        return fabs(p->after_s - p->before_s) < SAME_S ? CHANGE_SAME : CHANGE_MOVES;
}

static void print_pair(const struct what_if *w, const struct pair *p) {
        double later_s = p->after_s - p->before_s;
        const char *kind = alert_kind_text(alert_kind_name(p->kind));
        char at[40], by[32];

        w->format_moment(pair_time_s(p), at, sizeof(at));
        printf("  %-*s %-*s ", language_field_width(at, 18), at, language_field_width(kind, 11), kind);
        view_duration_words(fabs(later_s), by, sizeof(by));
        if (isnan(p->before_s))
                printf("%s\n", _("comes"));
        else if (isnan(p->after_s))
                printf("%s\n", _("goes"));
        else
                printf(later_s > 0 ? _("moves %s later\n") : _("moves %s earlier\n"), by);
}

static void print_text(const struct what_if *w, const struct pairs *pairs, size_t n_before, size_t n_after) {
        size_t counts[CHANGE_N] = {0};

        if (w->title)
                puts(w->title);
        for (size_t i = 0; i < pairs->n; i++) {
                enum change change = classify_change(&pairs->of[i]);

                counts[change]++;
                if (change != CHANGE_SAME)
                        print_pair(w, &pairs->of[i]);
        }
        printf(_("alerts: %zu before, %zu after: %zu come, %zu go, %zu move, %zu stay\n"), n_before, n_after,
               counts[CHANGE_COMES], counts[CHANGE_GOES], counts[CHANGE_MOVES], counts[CHANGE_SAME]);
}

static void print_json(const struct pairs *pairs) {
        json_t *array = json_array();

        for (size_t i = 0; i < pairs->n; i++) {
                const struct pair *p = &pairs->of[i];

                json_array_append_new(array, json_pack("{s:s, s:s, s:o, s:o}", "kind", alert_kind_name(p->kind),
                                                       "change", change_names[classify_change(p)], "before_s",
                                                       live_json_number(p->before_s, 1), "after_s",
                                                       live_json_number(p->after_s, 1)));
        }
        live_json_print(stdout, array);
}

int what_if_compare(const struct what_if *w, bool json) {
        struct what_if_list before = {0}, after = {0};
        struct pairs pairs = {0};
        int status = w->collect(w->userdata, false, &before);

        if (status == STATUS_DONE)
                status = w->collect(w->userdata, true, &after);
        if (status == STATUS_DONE && !make_pairs(&before, &after, w->near_s, &pairs)) {
                status = complain_of_memory();
        }
        if (status == STATUS_DONE && json)
                print_json(&pairs);
        else if (status == STATUS_DONE)
                print_text(w, &pairs, before.n, after.n);
        free(pairs.of);
        free(before.of);
        free(after.of);
        return status;
}
