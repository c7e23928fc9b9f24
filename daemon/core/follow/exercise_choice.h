/* SPDX-License-Identifier: MIT */
/* Which exercise an alert offers, and why.
 *
 * 1. Only what can be done at a desk in office clothes: prompt = yes, place desk or standing. The short tier
 *    does not ask anybody to stand: desk only.
 * 2. What the seat saw: slouched, arched or lopsided for at least 30 % of the bout, or no shift for the whole of it that
 *    matters to the alert (kind still); a slouch or asymmetry alert brings its own. Exercises that suit any of it come
 *    before all others.
 * 3. When nothing special was seen, or nothing suits it: those that suit "any".
 * 4. Balance: of these, the kind (activate, strengthen, release, stretch) that was offered least lately; among equal
 *    ones that of the first in the file. What was offered fades by a seventh a day: one is forgotten after a week.
 * 5. Exercises of that kind take turns in the order of the file.
 * Lopsided, and done side by side: it begins with the side that carried less.
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

/* exercise_reason.share as it is now: of the first of these bits, which is the one that words name. */
float choice_share(const struct sitting *sitting, uint32_t suits);

/* It was offered. */
void choice_offered(const struct exercise_catalogue *catalogue, const struct choice *choice,
                    struct exercise_history *history);

/* Another day. */
void choice_fade(struct exercise_history *history);

#endif
