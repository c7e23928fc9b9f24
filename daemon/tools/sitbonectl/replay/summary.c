/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/replay/summary.h"

#include <math.h>
#include <string.h>

#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"
#include "words/sentences.h"

static const char *occupancy_word(int i) {
        return occupancy_text(occupancy_name((enum occupancy)i));
}

static void print_label(FILE *f, const char *label) {
        fprintf(f, "%-*s", language_field_width(label, 11), label);
}

/* A thing that happened. Lines beyond the maximum are only counted. */
static void add_line(struct replay_summary *m, const struct snapshot *s, const char *what, const char *more) {
        struct summary_line *line;

        if (m->n_lines++ >= SUMMARY_LINES_MAX)
                return;
        line = &m->lines[m->n_lines - 1];
        line->at_s = source_time_s(s->now_us);
        snprintf(line->text, sizeof(line->text), "%s%s", what, more);
}

static void add_sitting(struct replay_summary *m, const struct snapshot *s) {
        char duration[32];
        uint32_t changes = s->sitting.changes;

        if (changes & SITTING_BOUT_STARTED)
                add_line(m, s, _("bout started"), "");
        if (changes & SITTING_BACK) {
                view_duration_words((double)s->sitting.last_away_us / 1e6, duration, sizeof(duration));
                add_line(m, s, _("back after "), duration);
        }
        if (changes & SITTING_BOUT_ENDED) {
                view_duration_words((double)s->sitting.last_bout_us / 1e6, duration, sizeof(duration));
                add_line(m, s, _("bout ended, seated "), duration);
        }
}

static void add_alerts(struct replay_summary *m, const struct snapshot *s) {
        for (int k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &s->alerts.of[k];
                char text[SUMMARY_LINE_MAX], reason[256];

                if (a->changes & ALERT_RAISED) {
                        const struct exercise *e = alert_exercise(s->exercises, a);

                        alert_reason(a, (enum alert_kind)k, reason, sizeof(reason));
                        snprintf(text, sizeof(text), ": %s%s%s", reason, e ? "; " : "", e ? e->id : "");
                        add_line(m, s, alert_title((enum alert_kind)k), text);
                }
                if (a->changes & ALERT_CLEARED) {
                        snprintf(text, sizeof(text), ": %s", alert_outcome_text(alert_outcome_name(a->outcome)));
                        add_line(m, s, alert_title((enum alert_kind)k), text);
                }
        }
}

/* Index of the name of a taught posture, which is added if it is new. */
static int find_taught(struct replay_summary *m, const char *name) {
        int i = 0;

        while (i < m->n_names && strcmp(m->names[i].name, name) != 0)
                i++;
        if (i == m->n_names && i < SUMMARY_NAMES_MAX)
                snprintf(m->names[m->n_names++].name, POSTURE_NAME_MAX, "%s", name);
        return i < SUMMARY_NAMES_MAX ? i : SUMMARY_NAMES_MAX - 1;
}

void replay_summary_decided(void *userdata, const struct snapshot *s) {
        struct replay_summary *m = userdata;
        double now_s = source_time_s(s->now_us);

        if (m->begun) {
                m->occupancy_s[m->occupancy] += now_s - m->last_s;
                m->posture_s[m->posture] += now_s - m->last_s;
                m->names[m->name].s += now_s - m->last_s;
        }
        if (!m->begun || s->posture.occupancy != m->occupancy)
                add_line(m, s, _("seat: "), occupancy_word((int)s->posture.occupancy));
        m->begun = true;
        m->last_s = now_s;
        m->occupancy = s->posture.occupancy;
        m->posture = s->posture.posture_class;
        m->name = find_taught(m, s->posture.taught);
        m->sitting = s->sitting;
        add_sitting(m, s);
        add_alerts(m, s);
}

static void print_head(const struct replay_summary *m, FILE *f, const char *path, const struct recording *r) {
        const struct geometry *g = &r->layout.geometry;
        const char *separator = "";
        char duration[32];

        view_duration_words(m->last_s, duration, sizeof(duration));
        fprintf(f, ngettext("%s: %llu frame in %s", "%s: %llu frames in %s", r->frames), path,
                (unsigned long long)r->frames, duration);
        if (r->frames > 1 && m->last_s > 0)
                fprintf(f, _(" (%.1f a second)"), (double)(r->frames - 1) / m->last_s);
        if (g->kind == GEOMETRY_GRID)
                fprintf(f, _(", %u x %u cells of %.1f x %.1f mm%s\n"), g->rows, g->cols, (double)g->pitch_x_mm,
                        (double)g->pitch_y_mm, g->pitch_assumed ? _(" (assumed: the recording does not say)") : "");
        else
                fprintf(f, ", %u %s\n", g->n_cells,
                        g->kind == GEOMETRY_SCATTERED ? _("scattered cells") : _("cells, positions unknown"));
        print_label(f, _("refused"));
        for (int i = 0; i < REFUSAL_N; i++)
                if (r->refused[i]) {
                        fprintf(f, "%s%llu %s", separator, (unsigned long long)r->refused[i],
                                refusal_name((enum refusal)i));
                        separator = ", ";
                }
        fprintf(f, "%s\n", *separator ? "" : _("none"));
}

/* "person 53 %, vacant 47 %" of the time given; shares below half a percent are left out. */
static void print_shares(FILE *f, const char *label, const double *seconds, int n, double all,
                         const char *(*name)(int)) {
        const char *separator = "";

        print_label(f, label);
        for (int i = 0; i < n; i++) {
                if (!(seconds[i] > 0.005 * all))
                        continue;
                fprintf(f, "%s%s %.0f %%", separator, name(i), 100 * seconds[i] / all);
                separator = ", ";
        }
        fprintf(f, "%s\n", *separator ? "" : _("nothing"));
}

static const char *posture_word(int i) {
        return posture_text(posture_name((enum posture_class)i));
}

/* Shares of the whole time: an empty seat may have been taught, too. */
static void print_taught(const struct replay_summary *m, FILE *f) {
        const char *separator = "";

        print_label(f, _("taught"));
        for (int i = 0; i < m->n_names; i++) {
                if (!(m->names[i].s > 0.005 * m->last_s))
                        continue;
                fprintf(f, "%s%s %.0f %%", separator, *m->names[i].name ? m->names[i].name : _("none of these"),
                        100 * m->names[i].s / m->last_s);
                separator = ", ";
        }
        fprintf(f, "\n");
}

static void print_time(FILE *f, double s) {
        unsigned long tenths = (unsigned long)lround(10 * s), whole = tenths / 10;

        fprintf(f, "  %lu:%02lu:%02lu.%lu  ", whole / 3600, whole / 60 % 60, whole % 60, tenths % 10);
}

void replay_summary_print(struct replay_summary *m, FILE *f, const char *path, const struct recording *r) {
        double postures[POSTURE_N];
        char duration[32];

        print_head(m, f, path, r);
        print_shares(f, _("seat"), m->occupancy_s, OCCUPANCY_N, m->last_s, occupancy_word);
        memcpy(postures, m->posture_s, sizeof(postures));
        postures[POSTURE_VACANT] = 0;
        postures[POSTURE_UNKNOWN] = fmax(0, m->occupancy_s[OCCUPANCY_PERSON]);
        for (int i = POSTURE_VACANT + 1; i < POSTURE_N; i++)
                postures[POSTURE_UNKNOWN] -= postures[i];
        print_shares(f, _("postures"), postures, POSTURE_N, m->occupancy_s[OCCUPANCY_PERSON], posture_word);
        if (m->taught)
                print_taught(m, f);
        view_duration_words((double)m->sitting.today_us / 1e6, duration, sizeof(duration));
        print_label(f, _("sat"));
        fprintf(f, _("%s, bouts: %u, breaks: %u, too short to be one: %u\n"), duration, m->sitting.bouts_today,
                m->sitting.breaks_today, m->sitting.partial_breaks_today);
        for (uint64_t i = 0; i < m->n_lines && i < SUMMARY_LINES_MAX; i++) {
                print_time(f, m->lines[i].at_s);
                fprintf(f, "%s\n", m->lines[i].text);
        }
        if (m->n_lines > SUMMARY_LINES_MAX)
                fprintf(f, _("  ... and %llu more; --json has them all\n"),
                        (unsigned long long)(m->n_lines - SUMMARY_LINES_MAX));
}
