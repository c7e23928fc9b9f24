/* SPDX-License-Identifier: MIT */
/* Chooses the exercise that an alert offers, and the reason for it.
 *
 * 1. Only exercises that can be done at a desk in office clothes: prompt = yes, place desk or standing. The short tier
 *    asks nobody to stand: desk only.
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
