/* SPDX-License-Identifier: MIT */
/* Eight-hour days at default settings, with sitters who answer every alert, none, or only the small ones, and who sit
 * upright or slouched, motionless or not. In every day the prompt to stand up comes within 31 minutes of sitting, there are at
 * most four alerts in any hour, and never two at once (world_check.c). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "configure/exercises.h"
#include "configure/settings.h"
#include "words/names.h"
#include "world.h"

static const uint64_t MINUTE = 60 * SECOND;

enum { ALERTS_MAX = 400, ALERTS_AN_HOUR = 4 };

enum answer { NOTHING, DONE, SKIP, SNOOZE_IT, STANDS, ANSWER_N };
enum posture_habit { UPRIGHT, SLOUCHED, BOTH, POSTURE_HABIT_N };
enum movement_habit { MOTIONLESS, SHIFTS, FIDGETS, MOVEMENT_HABIT_N };

struct sitter {
        enum answer to_prompt, to_small;
        enum posture_habit posture;
        enum movement_habit movement;
        uint64_t delay_us; /* before an answer */
};

struct day {
        struct sitter sitter;
        uint64_t raised_us[ALERTS_MAX];
        char kind[ALERTS_MAX]; /* first letter of its name */
        int n_raised, n_prompts;
        uint64_t counted_us;              /* seated time at the last step */
        uint64_t since_us;                /* seated time since the last break or answer to the prompt */
        uint64_t answer_id, answer_at_us; /* 0 = nothing is to be answered */
        enum answer answer;
};

/* The sitter, and the minutes of the alerts. */
static void print_day(const struct day *d) {
        fprintf(stderr,
                "prompt answered %d, small ones %d, posture %d, movement %d, after %llu s:", d->sitter.to_prompt,
                d->sitter.to_small, d->sitter.posture, d->sitter.movement,
                (unsigned long long)(d->sitter.delay_us / SECOND));
        for (int i = 0; i < d->n_raised; i++)
                fprintf(stderr, " %c%.1f", d->kind[i], (double)d->raised_us[i] / (double)MINUTE);
        fprintf(stderr, "\n");
}

static void follow_alert(struct day *d, const struct world *w, enum alert_kind k) {
        const struct alert *a = &w->alerts.of[k];
        enum answer answer = k == ALERT_ACTIVATE ? d->sitter.to_prompt : d->sitter.to_small;

        if (a->changes & ALERT_CLEARED && k == ALERT_ACTIVATE)
                d->since_us = 0;
        if (!(a->changes & ALERT_RAISED))
                return;
        CHECK(d->n_raised < ALERTS_MAX);
        d->kind[d->n_raised] = *alert_kind_name(k);
        d->raised_us[d->n_raised++] = w->t_us;
        d->n_prompts += k == ALERT_ACTIVATE;
        if (d->n_raised > ALERTS_AN_HOUR)
                CHECK(w->t_us - d->raised_us[d->n_raised - 1 - ALERTS_AN_HOUR] >= 60 * MINUTE ||
                      (print_day(d), false));
        d->answer = answer;
        d->answer_id = answer == NOTHING ? 0 : a->id;
        d->answer_at_us = w->t_us + d->sitter.delay_us;
}

static void on_step(void *userdata, const struct world *w) {
        struct day *d = userdata;

        if (w->sitting.changes & SITTING_BOUT_STARTED)
                d->since_us = d->counted_us = 0;
        if (w->sitting.phase == SITTING_SEATED) {
                d->since_us += w->sitting.bout.seated_us - d->counted_us;
                d->counted_us = w->sitting.bout.seated_us;
        }
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                follow_alert(d, w, k);
        if (!w->alerts.of[ALERT_ACTIVATE].open && !w->alerts.of[ALERT_ACTIVATE].withdrawn)
                CHECK(d->since_us <= 31 * MINUTE || (print_day(d), false));
}

static void sit(struct world *w, const struct day *d) {
        bool slouched =
                d->sitter.posture == SLOUCHED || (d->sitter.posture == BOTH && w->t_us / (13 * MINUTE) % 2 == 1);

        world_set_seat(w, OCCUPANCY_PERSON, slouched ? POSTURE_SLOUCHED : POSTURE_UPRIGHT, 0.9f, 0);
}

/* Runs for a while, and answers what is open. */
static void run_answering(struct world *w, struct day *d, uint64_t until_us) {
        static const enum command_type types[ANSWER_N] = {
                [DONE] = COMMAND_DONE, [SKIP] = COMMAND_SKIP, [SNOOZE_IT] = COMMAND_SNOOZE};
        struct command command = {0};

        while (d->answer_id && d->answer_at_us < until_us) {
                world_run_until(w, d->answer_at_us);
                if (w->t_us < d->answer_at_us || !d->answer_id)
                        continue;
                command = (struct command){.type = types[d->answer], .alert_id = d->answer_id};
                d->answer_id = 0;
                if (d->answer == STANDS) {
                        world_set_seat(w, OCCUPANCY_VACANT, POSTURE_VACANT, 1, NAN);
                        world_run_until(w, w->t_us + 3 * MINUTE);
                        sit(w, d);
                } else {
                        world_command(w, &command);
                }
        }
        if (w->t_us < until_us)
                world_run_until(w, until_us);
}

static void play_day(const struct settings *settings, const struct exercise_catalogue *exercises,
                     const struct sitter *sitter) {
        static struct world w;
        struct day d = {.sitter = *sitter};

        world_init(&w, settings, exercises, 0, on_step, &d);
        for (uint64_t minute = 0; minute < 8 * 60; minute++) {
                if (minute % 13 == 0)
                        sit(&w, &d);
                if (sitter->movement == SHIFTS && minute % 12 == 5)
                        world_shift(&w, 2 * SECOND);
                if (sitter->movement == FIDGETS && minute % 2 == 1)
                        world_type(&w, 6 * SECOND);
                run_answering(&w, &d, (minute + 1) * MINUTE);
        }
        CHECK(d.n_prompts >= 7);
}

int main(int argc, char **argv) {
        static const uint64_t delays_us[] = {5 * SECOND, 70 * SECOND, 280 * SECOND};
        static struct settings settings;
        static struct exercise_catalogue exercises;
        static struct config_errors errors;
        struct sitter s;
        int days = 0;

        CHECK(argc > 1 && exercises_load(argv[1], &errors, &exercises) == 0);
        settings_defaults(&settings);
        for (s.to_prompt = NOTHING; s.to_prompt < ANSWER_N; s.to_prompt++)
                for (s.to_small = NOTHING; s.to_small < STANDS; s.to_small++)
                        for (s.posture = UPRIGHT; s.posture < POSTURE_HABIT_N; s.posture++)
                                for (s.movement = MOTIONLESS; s.movement < MOVEMENT_HABIT_N; s.movement++)
                                        for (int i = 0; i < 3; i++) {
                                                if (s.to_prompt == SNOOZE_IT)
                                                        continue; /* it is put off on purpose */
                                                s.delay_us = delays_us[i];
                                                play_day(&settings, &exercises, &s);
                                                days++;
                                        }
        printf("%d days\n", days);
        return 0;
}
