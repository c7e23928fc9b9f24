/* SPDX-License-Identifier: MIT */
/* Random scenarios, checked against the rules that always hold (world_check.c). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "configure/exercises.h"
#include "configure/settings.h"
#include "world.h"

enum { EVENTS = 400 };

/* xorshift: the same scenarios on every machine */
static uint64_t next_random(uint64_t *state) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        return *state;
}

static uint64_t draw_below(uint64_t *state, uint64_t n) {
        return next_random(state) % n;
}

struct tally {
        uint64_t bouts, alerts, repeated, announced, moments[ALERT_MOMENT_N], outcomes[ALERT_OUTCOME_N];
};

static void count_events(void *userdata, const struct world *w) {
        struct tally *t = userdata;

        t->bouts += (w->sitting.changes & SITTING_BOUT_STARTED) != 0;
        for (int k = 0; k < ALERT_KIND_N; k++) {
                t->alerts += (w->alerts.of[k].changes & ALERT_RAISED) != 0;
                t->repeated += (w->alerts.of[k].changes & ALERT_REPEATED) != 0;
                t->announced += (w->alerts.of[k].changes & ALERT_HEADS_UP) != 0;
                if (w->alerts.of[k].changes & ALERT_RAISED)
                        t->moments[w->alerts.of[k].moment]++;
                if (w->alerts.of[k].changes & ALERT_CLEARED)
                        t->outcomes[w->alerts.of[k].outcome]++;
        }
}

static void sit_down(struct world *w, uint64_t *r) {
        static const enum posture_class kinds[] = {POSTURE_UPRIGHT, POSTURE_SLOUCHED, POSTURE_ARCHED,
                                                   POSTURE_PERCHED, POSTURE_UNKNOWN,  POSTURE_LEANING_LEFT};
        float asymmetry = draw_below(r, 5) == 0 ? NAN : (float)draw_below(r, 200) / 100 - 1;

        world_set_seat(w, OCCUPANCY_PERSON, kinds[draw_below(r, 6)], (float)draw_below(r, 100) / 100, asymmetry);
}

static void change_settings(struct world *w, uint64_t *r) {
        struct settings s = w->settings;

        s.alert.prompt_min = 5 + (float)draw_below(r, 60);
        s.alert.still_min = 5 + (float)draw_below(r, 40);
        s.alert.posture_min = 2 + (float)draw_below(r, 10);
        s.alert.slouch = draw_below(r, 4) > 0;
        s.alert.activate = draw_below(r, 8) > 0;
        s.alert.short_min = draw_below(r, 3) == 0 ? 5 + (float)draw_below(r, 10) : 0;
        s.alert.repeat_min = draw_below(r, 3) == 0 ? 1 + (float)draw_below(r, 9) : 0;
        s.alert.heads_up_s = draw_below(r, 3) == 0 ? (float)draw_below(r, 120) : 0;
        s.alert.hold_max_s = draw_below(r, 3) == 0 ? 0 : (float)draw_below(r, 600);
        s.alert.hold_still = draw_below(r, 4) == 0;
        s.alert.daily_max = draw_below(r, 4) == 0 ? 1 + (int32_t)draw_below(r, 20) : 0;
        s.alert.snoozes_max = draw_below(r, 4) == 0 ? 2 : 0;
        s.alert.skips_max = draw_below(r, 4) == 0 ? 2 : 0;
        s.alert.adaptive = draw_below(r, 2) == 0;
        s.alert.coach = (int32_t)draw_below(r, 2);
        s.alert.trial = draw_below(r, 2) == 0;
        w->alert_tracker.trial.seed = 1;
        if (draw_below(r, 2) == 0) {
                w->sitting_tracker.usual_shifts_us = 100 * 3600 * UINT64_C(1000000);
                w->sitting_tracker.now.usual_shifts = (float)draw_below(r, 30);
        }
        s.alert.quiet_hours.from_min = (int32_t)draw_below(r, 1440);
        s.alert.quiet_hours.to_min =
                draw_below(r, 2) ? s.alert.quiet_hours.from_min : (int32_t)draw_below(r, 1440); /* equal: none */
        s.alert.quiet_days = draw_below(r, 4) == 0 ? (uint32_t)draw_below(r, 128) : 0;
        world_configure(w, &s);
}

static void restart_daemon(struct world *w, uint64_t *r) {
        bool reboot = draw_below(r, 4) == 0;

        world_save(w);
        world_restart(w, SECOND * draw_below(r, reboot ? 300 : 200), reboot);
}

static void send_command(struct world *w, uint64_t *r) {
        struct command c = {.minutes = (uint32_t)draw_below(r, 20), .on = draw_below(r, 3) == 0};
        static const enum command_type types[] = {COMMAND_DONE,   COMMAND_SNOOZE,  COMMAND_SKIP,   COMMAND_PAUSE,
                                                  COMMAND_RESUME, COMMAND_INHIBIT, COMMAND_WORKOUT};

        c.type = types[draw_below(r, 7)];
        if (draw_below(r, 2))
                snprintf(c.name, sizeof(c.name), "desktop");
        world_command(w, &c);
}

/* Sets the clock: for the first time, by some hours, or by the hour of summer time. */
static void set_clock(struct world *w, uint64_t *r) {
        world_set_clock(w, (uint32_t)draw_below(r, 7), draw_below(r, 24 * 3600) * SECOND);
}

static void play_event(struct world *w, uint64_t *r) {
        switch (draw_below(r, 22)) {
        case 0:
                restart_daemon(w, r);
                break;
        case 1:
                world_sleep(w, SECOND / 2 * draw_below(r, 600));
                break;
        case 2:
                world_set_seat(w, OCCUPANCY_UNKNOWN, POSTURE_UNKNOWN, 0, NAN);
                break;
        case 3:
                world_set_seat(w, OCCUPANCY_OBJECT, POSTURE_UNKNOWN, 0, NAN);
                break;
        case 4:
                world_midnight(w);
                break;
        case 5:
                send_command(w, r);
                break;
        case 6:
                change_settings(w, r);
                break;
        case 7:
        case 8:
                world_shift(w, SECOND / 10 * draw_below(r, 50));
                break;
        case 9:
                set_clock(w, r);
                break;
        case 10:
                world_type(w, SECOND / 10 * draw_below(r, 600));
                break;
        case 11:
        case 12:
        case 13:
                world_set_seat(w, OCCUPANCY_VACANT, POSTURE_VACANT, 1, NAN);
                break;
        default:
                sit_down(w, r);
        }
}

/* Most events last seconds; sitting lasts long. */
static uint64_t draw_length(uint64_t *r) {
        static const uint64_t most_s[] = {8, 40, 150, 600, 2400};
        return SECOND / 1000 * draw_below(r, most_s[draw_below(r, 5)] * 1000);
}

static void play_scenario(const struct settings *settings, const struct exercise_catalogue *exercises, uint64_t seed,
                          struct tally *tally) {
        static struct world w;
        uint64_t r = seed * 0x9E3779B97F4A7C15ull + 1;

        world_init(&w, settings, exercises, seed % 4 == 0 ? SECOND : 0, count_events, tally);
        w.dwell_us = seed % 3 == 0 ? SECOND / 10 * draw_below(&r, 30) : 0;
        for (int i = 0; i < EVENTS; i++) {
                world_run_until(&w, w.t_us + draw_length(&r));
                play_event(&w, &r);
        }
}

int main(int argc, char **argv) {
        static struct settings settings;
        static struct exercise_catalogue exercises;
        static struct config_errors errors;
        struct tally tally = {0};
        uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;

        CHECK(argc > 1 && exercises_load(argv[1], &errors, &exercises) == 0);
        settings_defaults(&settings);
        for (uint64_t seed = 1; seed <= n; seed++) {
                play_scenario(&settings, &exercises, seed, &tally);
        }
        printf("%llu scenarios: %llu bouts, %llu alerts\n", (unsigned long long)n, (unsigned long long)tally.bouts,
               (unsigned long long)tally.alerts);
        for (int o = ALERT_STOOD; o < ALERT_OUTCOME_N; o++)
                CHECK(o == ALERT_SQUEEZED ||
                      tally.outcomes[o] > 0); /* otherwise these scenarios do not cover what they check */
        for (int m = 0; m < ALERT_MOMENT_N; m++)
                CHECK(tally.moments[m] > 0);
        CHECK(tally.repeated > 0 && tally.announced > 0);
        return 0;
}
