/* SPDX-License-Identifier: MIT */
/* The stored bouts and absences go through core/follow/ again, in virtual time, with the time limits of other settings. Only
 * activation alerts are decided: postures and shifts are not stored to the second. The sitter's reaction to alerts at other
 * times is unknown. */
#include "tools/sitbonectl/history/what_if.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/follow/alert.h"
#include "core/follow/sitting.h"
#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/what_if.h"
#include "util/language.h"

#define US_PER_S 1000000ull

/* NEAR_S: an alert that moved by more is another one. AROUND_S: simulated before the first and after the last bout. */
enum { DAY_S = 86400, NEAR_S = 1800, AROUND_S = 3600 };

struct simulation {
        struct sitting_tracker sitting;
        struct alert_tracker alert;
        struct posture posture;
        struct exercise_catalogue exercises; /* empty */
        uint64_t now_us, deadline_us;
        int offset_min; /* of local time */
        int64_t day;    /* local, since 1970-01-01 */
        struct what_if_list *raised;
        bool failed; /* out of memory */
};

/* Sets the wall clock, and begins a new day. */
static void update_wall_clock(struct simulation *s) {
        uint64_t local_us = (uint64_t)((int64_t)s->now_us + (int64_t)s->offset_min * 60 * (int64_t)US_PER_S);
        int64_t day = (int64_t)(local_us / US_PER_S / DAY_S);
        struct wall_clock around = {.known = true,
                                    .now_us = s->now_us,
                                    .day_us = local_us % (DAY_S * US_PER_S),
                                    .weekday = (uint32_t)((day + 4) % 7)}; /* 1970 began on a Thursday */

        alert_set_clock(&s->alert, &around);
        if (day != s->day) {
                sitting_new_day(&s->sitting, s->now_us);
                alert_new_day(&s->alert);
        }
        s->day = day;
}

static void step_to(struct simulation *s, uint64_t now_us) {
        struct sitting sitting;
        struct alerts alerts;
        uint64_t a, b;

        s->now_us = now_us;
        update_wall_clock(s);
        a = sitting_step(&s->sitting, &s->posture, now_us, &sitting);
        b = alert_step(&s->alert, &sitting, now_us, &alerts);
        s->deadline_us = a < b ? a : b;
        for (int k = 0; k < ALERT_KIND_N; k++)
                if (alerts.of[k].changes & ALERT_RAISED &&
                    !what_if_add(s->raised, (enum alert_kind)k, (double)now_us / 1e6))
                        s->failed = true;
}

/* Steps through the deadlines until then; the seat does not change. */
static void run_until(struct simulation *s, int64_t at_s) {
        uint64_t until_us = (uint64_t)at_s * US_PER_S;

        while (s->deadline_us < until_us)
                step_to(s, s->deadline_us > s->now_us ? s->deadline_us : s->now_us + US_PER_S);
}

static void set_occupancy(struct simulation *s, int64_t at_s, enum occupancy occupancy) {
        uint64_t at_us = (uint64_t)at_s * US_PER_S;

        if (at_us <= s->now_us)
                at_us = s->now_us + 1;
        run_until(s, at_s);
        s->posture.occupancy = occupancy;
        s->posture.posture_class = occupancy == OCCUPANCY_PERSON ? POSTURE_UNKNOWN : POSTURE_VACANT;
        s->posture.occupancy_since_us = at_us;
        step_to(s, at_us);
}

static bool is_silence(const struct history_away *a) {
        return strcmp(a->kind, "silence") == 0;
}

/* Plays the bouts and absences, both in the order of time. Absences inside a bout do not end it. */
static void play_history(struct simulation *s, const struct history *h) {
        size_t a = 0;

        for (size_t i = 0; i < h->n_bouts; i++) {
                const struct history_bout *b = &h->bouts[i];
                bool falls_silent;

                s->offset_min = b->offset_min;
                set_occupancy(s, b->began_s, OCCUPANCY_PERSON);
                for (; a < h->n_aways && h->aways[a].began_s < b->until_s; a++) {
                        const struct history_away *away = &h->aways[a];

                        if (away->began_s < b->began_s || away->until_s <= away->began_s)
                                continue;
                        set_occupancy(s, away->began_s, is_silence(away) ? OCCUPANCY_UNKNOWN : OCCUPANCY_VACANT);
                        set_occupancy(s, away->until_s, OCCUPANCY_PERSON);
                }
                falls_silent = a < h->n_aways && h->aways[a].began_s <= b->until_s + 1 && is_silence(&h->aways[a]);
                set_occupancy(s, b->until_s, falls_silent ? OCCUPANCY_UNKNOWN : OCCUPANCY_VACANT);
        }
        if (h->n_bouts > 0)
                run_until(s, h->bouts[h->n_bouts - 1].until_s + AROUND_S);
}

static void start_simulation(struct simulation *s, const struct settings *settings, const struct history *h) {
        s->posture =
                (struct posture){.occupancy = OCCUPANCY_VACANT, .posture_class = POSTURE_VACANT, .asymmetry = NAN};
        s->deadline_us = UINT64_MAX;
        s->now_us = (uint64_t)(h->bouts[0].began_s - AROUND_S) * US_PER_S;
        sitting_init(&s->sitting, settings);
        alert_init(&s->alert, settings, &s->exercises);
        step_to(s, s->now_us);
}

static int simulate_history(const struct history *h, const char *config, struct what_if_list *raised) {
        struct settings *settings = calloc(1, sizeof(*settings));
        struct simulation *s = calloc(1, sizeof(*s));
        int status = settings && s ? load_settings(config, settings) : STATUS_FAILED;

        if (status == STATUS_DONE && h->n_bouts > 0) {
                settings->alert.slouch = settings->alert.asymmetry = settings->alert.still = false;
                s->raised = raised;
                start_simulation(s, settings, h);
                play_history(s, h);
        }
        if (!settings || !s || s->failed) {
                status = complain_of_memory();
        }
        free(settings);
        free(s);
        return status;
}

struct comparison {
        const struct options *options;
        const struct history *history;
};

static int collect_alerts(void *userdata, bool after, struct what_if_list *list) {
        const struct comparison *c = userdata;

        return simulate_history(c->history, after ? c->options->what_if : c->options->config, list);
}

static void format_moment(double at_s, char *ret, size_t size) {
        time_t t = (time_t)at_s;
        struct tm tm;

        language_date(ret, size, _("%a %e %b %H:%M"), localtime_r(&t, &tm));
}

int history_what_if(const struct options *options, sqlite3 *db, const struct history_period *period) {
        struct history *h = calloc(1, sizeof(*h));
        char title[512];
        int status;

        if (!h)
                return complain_of_memory();
        status = history_load(db, period, options->sitter, h);
        if (status == STATUS_DONE) {
                struct comparison comparison = {options, h};
                struct what_if what_if = {.collect = collect_alerts,
                                          .format_moment = format_moment,
                                          .userdata = &comparison,
                                          .near_s = NEAR_S,
                                          .title = title};

                snprintf(title, sizeof(title), _("%s: activation alerts with the present settings, and with %s"),
                         period->title, options->what_if);
                status = what_if_compare(&what_if, options->json);
        }
        history_unload(h);
        free(h);
        return status;
}
