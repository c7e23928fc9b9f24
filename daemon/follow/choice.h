/* Which exercise an alert offers, and why.
 *
 * 1. Only what can be done at a desk in office clothes: prompt = yes, place desk or standing. The short tier
 *    does not ask anybody to stand: desk only.
 * 2. What the seat saw: slouched, arched or lopsided for at least 30 % of the bout, or no shift for the whole of it that
 *    matters to the alert (kind still); a slouch or asymmetry alert brings its own. Exercises that suit any of it come
 *    before all others.
 * 3. When nothing special was seen, or nothing suits it: those that suit "any".
 * 4. Among the equal ones they take turns in the order of the file.
 */
#ifndef FOLLOW_CHOICE_H
#define FOLLOW_CHOICE_H

#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/exercise.h"
#include "sitbone/sitting.h"

struct choice {
        int32_t exercise; /* index in the catalogue, -1 = none fits */
        uint32_t suits;   /* the enum exercise_suits bits that decided */
};

struct choice choice_make(const struct exercise_catalogue *catalogue, const struct sitting *sitting,
                          enum alert_kind kind, uint32_t turn);

#endif
