/* SPDX-License-Identifier: MIT */
/* Words for numbers: names of enums as they go over the wire, and the sentences of alerts. Used by every publisher, so
 * that a notification, an MQTT event and the terminal say the same. */
#ifndef WORDS_NAMES_H
#define WORDS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "sitbone/command.h"
#include "sitbone/snapshot.h"

const char *occupancy_name(enum occupancy o);    /* vacant object person unknown */
const char *posture_name(enum posture_class k);  /* vacant upright slouched arched leaning_left ... unknown */
const char *phase_name(enum sitting_phase p);    /* away confirming seated interrupted suspended */
const char *alert_kind_name(enum alert_kind k);  /* activate slouch asymmetry still short */
const char *alert_event_name(enum alert_kind k); /* glute_activation_due slouch asymmetry still */
const char *alert_outcome_name(enum alert_outcome o);
const char *alert_moment_name(enum alert_moment m); /* at_once lull change limit */
/* What holds an alert, as words separated by blanks: snooze pause disturb quiet ...; "" = nothing. */
void alert_held_names(uint32_t held, char *ret, size_t size);
const char *refusal_name(enum refusal r);         /* length tail check constant range text count overrun partial */
const char *squeeze_cue_name(enum squeeze_cue c); /* "" rest squeeze */
const char *pose_name(enum calibrate_pose p);     /* upright slouched arched left right */
const char *learning_phase_name(enum learning_phase p); /* idle gathers done refused */
/* English, for language_translate(); "" = not stale */
const char *stale_reason_text(enum stale_reason r);
const char *place_name(enum place_verdict v); /* unjudged learning usual moved turned */
/* "seems to have moved under you by 40 mm to the left", in the language; "" = the mat lies where it lay, or that is not known
 * yet. */
void place_text(const struct place *p, char *ret, size_t size);
const char *exercise_kind_name(enum exercise_kind k);
const char *exercise_suits_name(uint32_t bit); /* any slouched arched lopsided still; "" = no bit */
const char *exercise_place_name(enum exercise_place p);
const char *command_result_name(enum command_result r); /* CamelCase, the D-Bus error suffix */
/* A sentence with a hint; English, for language_translate(). */
const char *command_result_text(enum command_result r);

/* Names in words of the language (util/language.h); a name that is not known comes back as it is. */
const char *occupancy_text(const char *name);      /* person -> "person" */
const char *posture_text(const char *name);        /* leaning_left -> "leaning left" */
const char *alert_kind_text(const char *name);     /* activate -> "stand up" */
const char *alert_outcome_text(const char *name);  /* stood -> "you stood up" */
const char *exercise_suits_text(const char *name); /* slouched -> "you sat slouched" */
const char *exercise_kind_text(enum exercise_kind k);
const char *exercise_place_text(enum exercise_place p);

/* The other way: upright slouched arched left right empty. */
bool calibrate_target_of(const char *word, enum calibrate_target *ret);
/* A legal name of a sitter or posture: [a-z0-9-], 1 to 31 characters, not a hyphen first. */
bool name_of(const char *word, char ret[32]);

/* "Time to activate your glutes" */
const char *alert_title(enum alert_kind k);
/* "seated 31 min without a 2 min break; slouched 64 % of it" */
void alert_reason(const struct alert *a, enum alert_kind k, char *ret, size_t size);
/* Why that exercise: "because you sat slouched 64 % of the time; one that releases, after 2 activating and
 * 1 releasing lately"; "" = it was its turn, or e is NULL. */
void exercise_reason(const struct exercise *e, const struct exercise_reason *why, char *ret, size_t size);
/* "Begin with the left side, which carried less."; "" = no side is better. */
const char *exercise_first_side(const struct exercise_reason *why);
/* The body of a notification: reason, exercise, dose and how; e may be NULL. */
void alert_body(const struct alert *a, enum alert_kind k, const struct exercise *e, char *ret, size_t size);
/* NULL = none. */
const struct exercise *alert_exercise(const struct exercise_catalogue *c, const struct alert *a);

#endif
