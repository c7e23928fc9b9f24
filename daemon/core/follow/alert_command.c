/* SPDX-License-Identifier: MIT */
/* Everything that reaches the alerts from outside between two steps: commands, the wall clock, midnight. */
#include "core/follow/alert.h"
#include "core/follow/exercise_choice.h"
#include "core/follow/workout_plan.h"

#define US_PER_MIN (60 * UINT64_C(1000000))

enum { SNOOZE_MAX_MIN = 240, PAUSE_MAX_MIN = 1440 };

static void plan_next_workout(struct alert_tracker *t) {
        const struct alert_exercises *e = &t->exercises;

        if (t->clock.known)
                workout_plan(e->catalogue, &e->offered, e->workouts_per_week, t->clock.weekday, e->workouts_done,
                             &t->now.workout);
}

void alert_set_clock(struct alert_tracker *t, const struct wall_clock *clock) {
        t->clock = *clock;
        plan_next_workout(t);
}

static bool is_limit_reached(int32_t most, uint32_t today) {
        return most > 0 && today >= (uint32_t)most;
}

static uint64_t period_end(uint32_t minutes, float default_min, uint64_t now_us) {
        return now_us + (minutes > 0 ? (uint64_t)minutes * US_PER_MIN : alert_us_of_minutes(default_min));
}

/* The alert that a command answers: the one that it names, or else the one that is open. The kinds are in order of
 * importance: with several it is the prompt to stand up. ALERT_KIND_N = there is none. */
static enum alert_kind find_answered(const struct alert_tracker *t, const struct command *command) {
        enum alert_kind k = 0;

        while (k < ALERT_KIND_N && (!alert_awaits_outcome(&t->now.of[k]) ||
                                    (command->alert_id != 0 && command->alert_id != t->now.of[k].id)))
                k++;
        return k;
}

/* The kind counts from now on. The prompt to stand up speaks for the lesser kinds, so that all count from now then. */
static void restart_counting(struct alert_tracker *t, enum alert_kind k, uint64_t now_us) {
        struct alert_counting *c = &t->counting;

        if (k == ALERT_ACTIVATE) {
                c->activate_from_us = t->sitter.seated_us;
                c->activate_not_before_us = 0;
        }
        if (k == ALERT_ACTIVATE || k == ALERT_SHORT)
                c->short_from_us = t->sitter.seated_us;
        if (k == ALERT_ACTIVATE || k == ALERT_STILL)
                c->still_from_us = now_us;
}

/* Closes the alert that the command answers, if there is one, and writes which. */
static void answer_alert(struct alert_tracker *t, enum alert_kind k, enum alert_outcome outcome, uint64_t now_us,
                         struct command_answer *ret) {
        if (k == ALERT_KIND_N)
                return;
        ret->alert_id = t->now.of[k].id;
        ret->alert = k;
        alert_close(t, k, outcome, now_us);
}

static enum command_result finish_alert(struct alert_tracker *t, const struct command *command, uint64_t now_us,
                                        struct command_answer *ret) {
        bool skip = command->type == COMMAND_SKIP;
        enum alert_kind k = find_answered(t, command);

        if (k == ALERT_KIND_N)
                return command->alert_id ? COMMAND_ALERT_CLOSED : COMMAND_NOTHING_DUE;
        if (skip && is_limit_reached(t->settings.skips_max, t->now.skips_today))
                return COMMAND_LIMIT_REACHED;
        answer_alert(t, k, skip ? ALERT_SKIPPED : ALERT_DONE, now_us, ret);
        restart_counting(t, k, now_us);
        t->now.skips_today += skip;
        return COMMAND_OK;
}

/* A lesser alert that is named is put off alone. Otherwise every kind waits, so that the sitter has quiet. */
static enum command_result snooze_alert(struct alert_tracker *t, const struct command *command, uint64_t now_us,
                                        struct command_answer *ret) {
        enum alert_kind k = find_answered(t, command);

        if (command->minutes > SNOOZE_MAX_MIN)
                return COMMAND_OUT_OF_RANGE;
        if (command->alert_id && k == ALERT_KIND_N)
                return COMMAND_ALERT_CLOSED;
        if (is_limit_reached(t->settings.snoozes_max, t->now.snoozes_today))
                return COMMAND_LIMIT_REACHED;
        ret->until_us = period_end(command->minutes, t->settings.snooze_min, now_us);
        answer_alert(t, k, ALERT_SNOOZED, now_us, ret);
        if (k != ALERT_KIND_N)
                t->kind[k].snoozed_until_us = ret->until_us, t->kind[k].comes_back = true;
        if (!command->alert_id || k == ALERT_ACTIVATE)
                t->now.snoozed_until_us = ret->until_us;
        t->now.snoozes_today++;
        return COMMAND_OK;
}

static enum command_result pause_alerts(struct alert_tracker *t, const struct command *command, uint64_t now_us,
                                        struct command_answer *ret) {
        if (command->minutes > PAUSE_MAX_MIN)
                return COMMAND_OUT_OF_RANGE;
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                if (alert_awaits_outcome(&t->now.of[k]))
                        answer_alert(t, k, ALERT_SNOOZED, now_us, ret);
        ret->until_us = t->now.paused_until_us = period_end(command->minutes, t->settings.pause_min, now_us);
        return COMMAND_OK;
}

static enum command_result resume_alerts(struct alert_tracker *t) {
        t->now.paused_until_us = t->now.snoozed_until_us = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                t->kind[k].snoozed_until_us = 0;
        return COMMAND_OK;
}

static enum command_result finish_workout(struct alert_tracker *t) {
        if (t->now.workout.of == 0)
                return COMMAND_NO_WORKOUTS;
        if (t->exercises.workouts_done & 1u)
                return COMMAND_DONE_TODAY;
        t->exercises.workouts_done |= 1u;
        plan_next_workout(t);
        return COMMAND_OK;
}

enum command_result alert_command(struct alert_tracker *t, const struct command *command, uint64_t now_us,
                                  struct command_answer *ret) {
        switch (command->type) {
        case COMMAND_SNOOZE:
                return snooze_alert(t, command, now_us, ret);
        case COMMAND_DONE:
        case COMMAND_SKIP:
                return finish_alert(t, command, now_us, ret);
        case COMMAND_PAUSE:
                return pause_alerts(t, command, now_us, ret);
        case COMMAND_RESUME:
                return resume_alerts(t);
        case COMMAND_INHIBIT:
                inhibit_execute(&t->inhibit, command, now_us);
                return COMMAND_OK;
        case COMMAND_WORKOUT:
                return finish_workout(t);
        case COMMAND_CALIBRATE:
        case COMMAND_TARE:
        case COMMAND_TEACH:
        case COMMAND_UNTEACH:
        case COMMAND_SITTER:
        case COMMAND_LABEL:
        case COMMAND_SET:
        case COMMAND_TYPE_N:
                break;
        }
        return COMMAND_UNKNOWN;
}

void alert_new_day(struct alert_tracker *t) {
        t->limit_reported = false;
        t->now.raised_today = t->now.snoozes_today = t->now.skips_today = 0;
        t->exercises.workouts_done = (uint16_t)(t->exercises.workouts_done << 1);
        choice_fade(&t->exercises.offered);
        plan_next_workout(t);
}
