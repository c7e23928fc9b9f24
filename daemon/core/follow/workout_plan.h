/* SPDX-License-Identifier: MIT */
/* Plans strengthening workouts: the day, and the exercises. Opt-in (setting exercise.sessions_per_week).
 *
 * Days       never two in a row, so that muscles can recover: 1 Wednesday; 2 Monday, Thursday; 3 Monday, Wednesday,
 *            Friday.
 * Done       after a workout there is no other on that day or the next, which moves the next day's workout by a day. There
 *            is none either once the wanted number was done in the week. A workout that was left out is not made up for.
 * Exercises  one that activates, three that strengthen, one that releases, one that stretches, in this order and of every
 *            place but "away": floor exercises belong here. Of each kind, exercises that suit the observation that decided
 *            most often lately before today (twice yesterday is enough; slouched, arched, lopsided or still) come first,
 *            and exercises that no alert offers come before those that one does. They are spread over the file, and each
 *            workout of the week begins one further; the workouts of the next week are the same, so that sitters can see
 *            their progress.
 */
#ifndef CORE_FOLLOW_WORKOUT_PLAN_H
#define CORE_FOLLOW_WORKOUT_PLAN_H

#include "sitbone/exercise.h"

/* weekday: 0 = Sunday .. 6. done: bit n = a workout was done n days ago. Plans the workout of today or, if today has none,
 * the next one. */
void workout_plan(const struct exercise_catalogue *catalogue, const struct exercise_history *history,
                  int32_t workouts_per_week, uint32_t weekday, uint32_t done, struct workout *ret);

#endif
