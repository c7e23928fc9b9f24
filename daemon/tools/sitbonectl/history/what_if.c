/* SPDX-License-Identifier: MIT */
/* The stored bouts and absences through follow/ again, in virtual time, with other time limits. Postures and shifts are
 * not known to the second, so that only the activation alert can be told; and nobody knows what people would have done
 * had the alerts come otherwise. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/follow/alert.h"
#include "core/follow/sitting.h"
#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/what_if.h"
#include "util/language.h"

#define US_PER_S 1000000ull

enum { DAY_S = 86400, NEAR_S = 1800 };

struct world {
        struct sitting_tracker sitting;
        struct alert_tracker alert;
        struct posture posture;
        struct exercise_catalogue exercises; /* none */
        uint64_t now_us, deadline_us;
        int offset_min;
        int64_t day;
        struct what_if_list raised;
        bool failed;
};

/* What the wall showed. */
static void surround(struct world *w) {
        uint64_t local_us = (uint64_t)((int64_t)w->now_us + (int64_t)w->offset_min * 60 * (int64_t)US_PER_S);
        int64_t day = (int64_t)(local_us / US_PER_S / DAY_S);
        struct wall_clock around = {.known = true,
                                      .now_us = w->now_us,
                                      .day_us = local_us % (DAY_S * US_PER_S),
                                      .weekday = (uint32_t)((day + 4) % 7)}; /* 1970 began on a Thursday */

        alert_set_clock(&w->alert, &around);
        if (day != w->day) {
                sitting_new_day(&w->sitting, w->now_us);
                alert_new_day(&w->alert);
        }
        w->day = day;
}

static void step(struct world *w, uint64_t now_us) {
        struct sitting sitting;
        struct alerts alerts;
        uint64_t a, b;

        w->now_us = now_us;
        surround(w);
        a = sitting_step(&w->sitting, &w->posture, now_us, &sitting);
        b = alert_step(&w->alert, &sitting, now_us, &alerts);
        w->deadline_us = a < b ? a : b;
        for (int k = 0; k < ALERT_KIND_N; k++)
                if (alerts.of[k].changes & ALERT_RAISED &&
                    !what_if_add(&w->raised, (enum alert_kind)k, (double)now_us / 1e6))
                        w->failed = true;
}

/* Until then nothing changes on the seat. */
static void run_until(struct world *w, int64_t at_s) {
        uint64_t until_us = (uint64_t)at_s * US_PER_S;

        while (w->deadline_us < until_us)
                step(w, w->deadline_us > w->now_us ? w->deadline_us : w->now_us + US_PER_S);
}

static void see(struct world *w, int64_t at_s, enum occupancy occupancy) {
        uint64_t at_us = (uint64_t)at_s * US_PER_S;

        if (at_us <= w->now_us)
                at_us = w->now_us + 1;
        run_until(w, at_s);
        w->posture.occupancy = occupancy;
        w->posture.posture_class = occupancy == OCCUPANCY_PERSON ? POSTURE_UNKNOWN : POSTURE_VACANT;
        w->posture.occupancy_since_us = at_us;
        step(w, at_us);
}

static bool silent(const struct history_away *a) {
        return strcmp(a->kind, "silence") == 0;
}

/* Bouts and absences both in the order of time; the absences inside a bout leave it going on. */
static void live(struct world *w, const struct history *h) {
        size_t a = 0;

        for (size_t i = 0; i < h->n_bouts; i++) {
                const struct history_bout *b = &h->bouts[i];

                w->offset_min = b->offset_min;
                see(w, b->began_s, OCCUPANCY_PERSON);
                for (; a < h->n_aways && h->aways[a].began_s < b->until_s; a++) {
                        const struct history_away *away = &h->aways[a];

                        if (away->began_s < b->began_s || away->until_s <= away->began_s)
                                continue;
                        see(w, away->began_s, silent(away) ? OCCUPANCY_UNKNOWN : OCCUPANCY_VACANT);
                        see(w, away->until_s, OCCUPANCY_PERSON);
                }
                see(w, b->until_s,
                    a < h->n_aways && h->aways[a].began_s <= b->until_s + 1 && silent(&h->aways[a])
                            ? OCCUPANCY_UNKNOWN
                            : OCCUPANCY_VACANT);
        }
        if (h->n_bouts > 0)
                run_until(w, h->bouts[h->n_bouts - 1].until_s + 3600);
}

static int simulate(const struct history *h, const char *config, struct what_if_list *ret) {
        struct settings *settings = calloc(1, sizeof(*settings));
        struct world *w = calloc(1, sizeof(*w));
        int status = settings && w ? load_settings(config, settings) : STATUS_FAILED;

        if (status == STATUS_DONE && h->n_bouts > 0) {
                settings->alert.slouch = settings->alert.asymmetry = settings->alert.still = false;
                w->posture = (struct posture){
                        .occupancy = OCCUPANCY_VACANT, .posture_class = POSTURE_VACANT, .asymmetry = NAN};
                w->deadline_us = UINT64_MAX;
                w->now_us = (uint64_t)(h->bouts[0].began_s - 3600) * US_PER_S;
                sitting_init(&w->sitting, settings);
                alert_init(&w->alert, settings, &w->exercises);
                step(w, w->now_us);
                live(w, h);
                *ret = w->raised;
        }
        if (!settings || !w || w->failed) {
                complain("out of memory");
                status = STATUS_FAILED;
        }
        free(settings);
        free(w);
        return status;
}

static void moment(double at_s, char *ret, size_t size) {
        time_t t = (time_t)at_s;
        struct tm tm;

        language_date(ret, size, _("%a %e %b %H:%M"), localtime_r(&t, &tm));
}

int history_what_if(const struct options *options, sqlite3 *db, const struct history_period *period) {
        struct history *h = calloc(1, sizeof(*h));
        struct what_if_list before = {0}, after = {0};
        int status;

        if (!h) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        status = history_load(db, period, h);
        if (status == STATUS_DONE)
                status = simulate(h, options->config, &before);
        if (status == STATUS_DONE)
                status = simulate(h, options->what_if, &after);
        if (status == STATUS_DONE && options->json) {
                what_if_print_json(stdout, &before, &after, NEAR_S);
        } else if (status == STATUS_DONE) {
                printf(_("%s: activation alerts with the settings as they are, and with %s\n"), period->title,
                       options->what_if);
                what_if_print(stdout, &before, &after, NEAR_S, moment);
        }
        free(before.of);
        free(after.of);
        history_unload(h);
        free(h);
        return status;
}
