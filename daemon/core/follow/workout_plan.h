/* SPDX-License-Identifier: MIT */
/* Strengthening sessions: which day, and what is in one. Opt-in (setting exercise.sessions_per_week).
 *
 * Days     never two in a row, so that muscles can recover: 1 Wednesday; 2 Monday, Thursday; 3 Monday, Wednesday, Friday.
 * Done     who says that one was done has had it: not again that day, and none on the day after, which moves the one of
 *          that day to the next. Nor is there another once as many were done in the week as are wished for. One that was
 *          left out is not made up for.
 * In one   one that activates, three that strengthen, one that releases, one that stretches, in this order and whatever the
 *          place but "away": floor exercises belong here. Of each kind, those that suit what decided most often lately
 *          before today (twice yesterday is enough; slouched, arched, lopsided or still) come first, and those that no alert offers before those
 *          that one does. They are spread over the file, and each session of the week begins one further; those of the
 *          next week are the same, so that one can see oneself grow.
 */
#ifndef CORE_FOLLOW_WORKOUT_PLAN_H
#define CORE_FOLLOW_WORKOUT_PLAN_H

#include "sitbone/exercise.h"

/* weekday: 0 = Sunday .. 6. done: bit n = one was done n days ago. The session of today or, if today has none, the next. */
void plan_session(const struct exercise_catalogue *catalogue, const struct exercise_history *history,
                  int32_t sessions_per_week, uint32_t weekday, uint32_t done, struct exercise_session *ret);

#endif
