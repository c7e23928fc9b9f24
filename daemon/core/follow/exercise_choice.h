/* SPDX-License-Identifier: MIT */
/* Chooses the exercise that an alert offers, and the reason for it.
 *
 * 1. Only exercises with prompt = yes. The prompt to stand up offers what is done standing or on the way; every other
 *    alert offers what is done in the seat. If the catalogue has nothing at that place, the other one will do, except for
 *    the short tier, which asks nobody to stand. An exercise that strengthens is not offered again on the same day or the
 *    next one, unless there is nothing else: muscles recover, as between two workouts.
 * 2. The observations: slouched, arched or lopsided for at least 30 % of the bout, or no shift for the whole time that
 *    matters to the alert (kind still); a slouch or asymmetry alert adds its own. Exercises that suit any of them come
 *    before all others.
 * 3. If nothing special was observed, or nothing suits it: the exercises that suit "any".
 * 4. Balance: among these, the kind (activate, strengthen, release, stretch) that was offered least lately; among equal
 *    ones the kind that is listed first in the file. The count of offers fades by a seventh a day: an offer is forgotten
 *    after a week.
 * 5. Exercises of that kind take turns in the order of the file.
 * If lopsided, an exercise that is done side by side begins with the side that carried less.
 */
#ifndef CORE_FOLLOW_EXERCISE_CHOICE_H
#define CORE_FOLLOW_EXERCISE_CHOICE_H

#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/exercise.h"
#include "sitbone/sitting.h"

struct choice {
        int32_t exercise; /* index in the catalogue, -1 = none fits */
        struct exercise_reason why;
};

struct choice choice_make(const struct exercise_catalogue *catalogue, const struct sitting *sitting,
                          enum alert_kind kind, const struct exercise_history *history);

/* The present value of exercise_reason.share: of the first of these bits, which is the one that the words name. */
float choice_share(const struct sitting *sitting, uint32_t suits);

/* Records that the choice was offered. */
void choice_record(const struct exercise_catalogue *catalogue, const struct choice *choice,
                   struct exercise_history *history);

/* Fades the counts; call once a day. */
void choice_fade(struct exercise_history *history);

#endif
