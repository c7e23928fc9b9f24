/* SPDX-License-Identifier: MIT */
/* What else the history knows: squeezes in the seat, strengthening sessions, changes of the calibration. */
#include "tools/sitbonectl/history/load.h"

#include <math.h>
#include <string.h>

#include "tools/sitbonectl/json_writer.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"

/* ---- from the rows ---- */

int history_take_squeeze(struct history *h, sqlite3_stmt *s) {
        int n = sqlite3_column_int(s, 0);

        h->squeezes.sets++;
        h->squeezes.repetitions += n;
        h->squeezes.held_s += sqlite3_column_double(s, 1);
        h->squeezes.asked += sqlite3_column_type(s, 2) == SQLITE_NULL ? 0 : n;
        return 0;
}

int history_take_session(struct history *h, sqlite3_stmt *s) {
        (void)s;
        h->sessions++;
        return 0;
}

static void copy(sqlite3_stmt *s, int column, char *ret, size_t size) {
        const char *text = (const char *)sqlite3_column_text(s, column);

        snprintf(ret, size, "%s", text ? text : "");
}

/* In the order of time: the last one stays. */
int history_take_calibration(struct history *h, sqlite3_stmt *s) {
        struct history_calibration *c = &h->calibration;

        h->calibrations++;
        c->at_s = sqlite3_column_int64(s, 0);
        c->offset_min = sqlite3_column_int(s, 1);
        copy(s, 2, c->what, sizeof(c->what));
        copy(s, 3, c->poses, sizeof(c->poses));
        copy(s, 4, c->sitter, sizeof(c->sitter));
        return 0;
}

/* ---- in words ---- */

void history_squeeze_words(const struct history *h, char *ret, size_t size) {
        const struct history_squeezes *q = &h->squeezes;
        char held[32];
        size_t n;

        view_duration_words(q->held_s, held, sizeof(held));
        n = (size_t)snprintf(ret, size, _("%d that the seat saw, held for %s"), q->repetitions, held);
        if (q->asked > 0 && n < size)
                snprintf(ret + n, size - n, _("; %d asked for by an alert"), q->asked);
}

/* "Tue 17 Nov, anna: tilt rests on the sitter's own poses (upright, slouched)" */
static void calibration_words(const struct history_calibration *c, char *ret, size_t size) {
        char day[24], poses[VIEW_TEXT_MAX];
        size_t n;

        history_day_words(history_day_of(c->at_s, c->offset_min), day, sizeof(day));
        n = (size_t)snprintf(ret, size, "%s%s%s: %s", day, *c->sitter ? ", " : "", c->sitter,
                             strcmp(c->what, "personal") == 0 ? _("tilt rests on the sitter's own poses")
                                                              : _("tilt rests on what is usual"));
        view_poses_words(c->poses, poses, sizeof(poses));
        if (*poses && n < size)
                snprintf(ret + n, size - n, " (%s)", poses);
}

void history_print_body(const struct history *h, FILE *f) {
        char words[256];

        if (h->squeezes.repetitions > 0) {
                history_squeeze_words(h, words, sizeof(words));
                history_label(f, _("squeezes"));
                fprintf(f, "%s\n", words);
        }
        if (h->sessions > 0) {
                history_label(f, _("sessions"));
                fprintf(f, "%d %s\n", h->sessions, _("of strengthening"));
        }
        if (h->calibrations > 1 || *h->calibration.poses) { /* that nothing was calibrated at first is no news */
                calibration_words(&h->calibration, words, sizeof(words));
                history_label(f, _("calibrated"));
                fprintf(f, "%s\n", words);
        }
}

/* ---- JSON ---- */

void history_put_body(struct out *o, const struct history *h) {
        out_number(o, "squeezes", h->squeezes.repetitions, 0);
        out_number(o, "squeezes_asked", h->squeezes.asked, 0);
        out_number(o, "squeezed_s", h->squeezes.held_s, 1);
        out_number(o, "strengthening_sessions", h->sessions, 0);
        out_number(o, "calibration_changes", h->calibrations, 0);
}
