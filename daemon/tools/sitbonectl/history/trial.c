/* SPDX-License-Identifier: MIT */
/* sitbonectl trial: reports what the prompts to stand up change, from the prompts that were shown and withheld. */
#include <jansson.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "contract/live_json.h"
#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/history/trial_effect.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"

/* WEEK_ARM_LEAST: prompts of an arm in a week below which no effect is printed for it [judgement]. */
enum { WEEKS_MAX = 260, WEEK_ARM_LEAST = 5 };

struct trial_sums {
        struct trial_arm stood[TRIAL_ARM_N], shifts[TRIAL_ARM_N];
};

struct trial_summary {
        struct trial_sums all, week[WEEKS_MAX];
        int64_t first_day; /* local; weeks are counted from it */
        int n_weeks;
};

static void add_outcome(struct trial_arm *arm, double outcome) {
        arm->n++;
        arm->sum += outcome;
        arm->squares += outcome * outcome;
}

static void add_prompt(struct trial_summary *t, sqlite3_stmt *s) {
        int64_t day = history_day_of(sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1));
        int arm = sqlite3_column_int(s, 2) ? TRIAL_WITHHELD : TRIAL_SHOWN;

        if (t->n_weeks == 0)
                t->first_day = day;
        if (day >= t->first_day && (day - t->first_day) / 7 < WEEKS_MAX) {
                int week = (int)(day - t->first_day) / 7;

                t->n_weeks = week >= t->n_weeks ? week + 1 : t->n_weeks;
                add_outcome(&t->week[week].stood[arm], sqlite3_column_int(s, 3));
                add_outcome(&t->week[week].shifts[arm], sqlite3_column_int(s, 4));
        }
        add_outcome(&t->all.stood[arm], sqlite3_column_int(s, 3));
        add_outcome(&t->all.shifts[arm], sqlite3_column_int(s, 4));
}

static int load_trial(sqlite3 *db, struct trial_summary *ret) {
        sqlite3_stmt *s = NULL;
        int rc = sqlite3_prepare_v2(db, "SELECT at_s, offset_min, withheld, stood, shifts FROM trial ORDER BY at_s",
                                    -1, &s, NULL);

        while (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
                add_prompt(ret, s);
        if (rc == SQLITE_OK)
                rc = sqlite3_finalize(s);
        if (rc != SQLITE_OK)
                complain("history: %s", sqlite3_errmsg(db));
        return rc == SQLITE_OK ? STATUS_DONE : STATUS_FAILED;
}

/* ---- text ---- */

/* precision: the half-width that counts as known. */
static void print_prompts_needed(double more, const char *precision) {
        printf(ngettext("not yet known; about %.0f more prompt needed for %s\n",
                        "not yet known; about %.0f more prompts needed for %s\n", (unsigned long)more),
               more, precision);
}

static void print_standing(const struct trial_arm arms[TRIAL_ARM_N]) {
        struct trial_effect e = trial_effect(arms, true);

        view_label(_("standing up"));
        if (e.more > 0) {
                print_prompts_needed(e.more, "±0.2");
                return;
        }
        printf(_("%+.2f by a prompt (95 %%: %+.2f to %+.2f)\n"), e.estimate, e.low, e.high);
        view_label("");
        printf(_("up for a break within 10 min: %.0f %% with the prompt, %.0f %% without\n"),
               100 * e.mean[TRIAL_SHOWN], 100 * e.mean[TRIAL_WITHHELD]);
}

static void print_shifting(const struct trial_arm arms[TRIAL_ARM_N]) {
        struct trial_effect e = trial_effect(arms, false);

        view_label(_("shifting"));
        if (e.more > 0) {
                print_prompts_needed(e.more, "±20 %");
                return;
        }
        printf(_("%+.1f by a prompt (95 %%: %+.1f to %+.1f)\n"), e.estimate, e.low, e.high);
        view_label("");
        printf(_("shifts in the seat within 10 min: %.1f with the prompt, %.1f without\n"), e.mean[TRIAL_SHOWN],
               e.mean[TRIAL_WITHHELD]);
}

static bool is_week_known(const struct trial_sums *week) {
        return week->stood[TRIAL_SHOWN].n >= WEEK_ARM_LEAST && week->stood[TRIAL_WITHHELD].n >= WEEK_ARM_LEAST;
}

static void print_weeks(const struct trial_summary *t) {
        for (int w = 0; w < t->n_weeks; w++) {
                const struct trial_sums *week = &t->week[w];
                struct trial_effect stood = trial_effect(week->stood, true),
                                    shifts = trial_effect(week->shifts, false);
                char label[32];

                snprintf(label, sizeof(label), _("week %d"), w + 1);
                view_label(label);
                if (is_week_known(week))
                        printf(_("standing %+.2f (%+.2f to %+.2f), shifting %+.1f (%+.1f to %+.1f)\n"), stood.estimate,
                               stood.low, stood.high, shifts.estimate, shifts.low, shifts.high);
                else
                        printf("%s\n", _("too few prompts"));
        }
}

static void print_trial(const struct trial_summary *t) {
        double shown = t->all.stood[TRIAL_SHOWN].n, withheld = t->all.stood[TRIAL_WITHHELD].n;
        char day[24];

        if (t->n_weeks == 0) {
                printf("%s\n", _("No prompt was measured yet. The trial runs with trial = yes in section [alert]."));
                return;
        }
        history_day_words(t->first_day, day, sizeof(day));
        view_label(_("prompts"));
        printf(_("%.0f since %s: %.0f shown, %.0f withheld for 10 min\n"), shown + withheld, day, shown, withheld);
        print_standing(t->all.stood);
        print_shifting(t->all.shifts);
        print_weeks(t);
}

/* ---- JSON ---- */

static json_t *make_effect(const struct trial_arm arms[TRIAL_ARM_N], bool share) {
        struct trial_effect e = trial_effect(arms, share);

        return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "shown", live_json_number(e.mean[TRIAL_SHOWN], 4),
                         "withheld", live_json_number(e.mean[TRIAL_WITHHELD], 4), "effect",
                         live_json_number(e.estimate, 4), "low", live_json_number(e.low, 4), "high",
                         live_json_number(e.high, 4), "known", e.more <= 0, "more_prompts",
                         live_json_number(e.more, 0));
}

static json_t *make_sums(const struct trial_sums *s) {
        return json_pack("{s:i, s:i, s:o, s:o}", "prompts_shown", (int)s->stood[TRIAL_SHOWN].n, "prompts_withheld",
                         (int)s->stood[TRIAL_WITHHELD].n, "standing", make_effect(s->stood, true), "shifting",
                         make_effect(s->shifts, false));
}

static void print_trial_json(const struct trial_summary *t) {
        json_t *root = make_sums(&t->all), *weeks = json_array();

        for (int w = 0; w < t->n_weeks; w++) {
                struct tm tm = history_date(t->first_day + (int64_t)7 * w);
                json_t *week = make_sums(&t->week[w]);
                char date[16];

                strftime(date, sizeof(date), "%Y-%m-%d", &tm);
                json_object_set_new(week, "from", json_string(date));
                json_array_append_new(weeks, week);
        }
        json_object_set_new(root, "weeks", weeks);
        live_json_print(stdout, root);
}

static int run_trial(const struct options *options) {
        struct trial_summary *t = calloc(1, sizeof(*t));
        sqlite3 *db = NULL;
        int status;

        if (!t)
                return complain_of_memory();
        status = history_open(options, &db);
        if (status == STATUS_DONE)
                status = load_trial(db, t);
        if (status == STATUS_DONE && options->json)
                print_trial_json(t);
        else if (status == STATUS_DONE)
                print_trial(t);
        sqlite3_close(db);
        free(t);
        return status;
}

const struct ctl_command trial_command = {
        .name = "trial",
        .arguments = "",
        .summary = "show whether the prompts to stand up work for you",
        .examples = "  sitbonectl trial\n"
                    "  sitbonectl trial --json | jq .standing\n",
        .notes = "With trial = yes in section [alert], one of five prompts comes 10 min late, drawn at random. The "
                 "effect is that of the prompt within these 10 min, with a 95 % interval.",
        .options = {{"json", "print the numbers as an object"}, {"file"}, {"seat", "history of sitboned@ID"}},
        .run = run_trial,
};
