/* SPDX-License-Identifier: MIT */
/* Sentences for people, in the chosen language (util/language.h) unless noted otherwise. */
#ifndef WORDS_SENTENCES_H
#define WORDS_SENTENCES_H

#include <stddef.h>

#include "sitbone/snapshot.h"

/* "Stand up: time to activate your glutes": every title says what to do. */
const char *alert_title(enum alert_kind k);

/* "seated 31 min without a 2-minute break; slouched 64 % of it", "no weight shift for 20 min (limit 20 min)" */
void alert_reason(const struct alert *a, enum alert_kind k, char *ret, size_t size);

/* The reason for the choice of the exercise: "because you sat slouched 64 % of the time; one that releases, after 2
 * activating and 1 releasing lately"; "" = it was its turn, or e is NULL. */
void exercise_reason(const struct exercise *e, const struct exercise_reason *why, char *ret, size_t size);

/* The body of a notification: the reason, with the title at most 25 words, then one set of the exercise and how to do it; e may be
 * NULL. The reason for the choice is left to the command `why`. */
void alert_body(const struct alert *a, enum alert_kind k, const struct exercise *e, char *ret, size_t size);

/* "Good that you were up: 20 s more and it counts as a break." */
void stood_briefly_text(uint64_t away_us, uint64_t break_us, char *ret, size_t size);

/* "You have been sitting for 8 h today: enough for one day." */
void sitting_limit_text(uint64_t today_us, char *ret, size_t size);

/* The dose of one set, for a prompt; the whole dose when the catalogue does not divide it into sets. */
const char *exercise_one_set(const struct exercise *e);

/* The exercise that the alert offers; NULL = none. */
const struct exercise *alert_exercise(const struct exercise_catalogue *c, const struct alert *a);

/* Why the calibration may no longer fit; English, for language_translate(); "" = it is not stale. */
const char *stale_reason_text(enum stale_reason r);

/* "seems to have moved under you by 40 mm to the left"; "" = the mat lies where it lay, or that is not known yet. */
void place_text(const struct place *p, char *ret, size_t size);

#endif
