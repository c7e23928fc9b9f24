/* SPDX-License-Identifier: MIT */
/* Names of enums, as they go over the wire and in words for people. Every program uses them, so that a notification,
 * an MQTT event and the terminal agree. A number that no enum has is "unknown". */
#ifndef WORDS_NAMES_H
#define WORDS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "sitbone/command.h"
#include "sitbone/snapshot.h"
#include "util/language.h"

/* On the wire. */
const char *occupancy_name(enum occupancy o);    /* vacant object person unknown */
const char *posture_name(enum posture_class p);  /* vacant upright slouched arched leaning_left ... unknown */
const char *phase_name(enum sitting_phase p);    /* away confirming seated interrupted suspended */
const char *alert_kind_name(enum alert_kind k);  /* activate slouch asymmetry still short */
const char *alert_event_name(enum alert_kind k); /* glute_activation_due slouch asymmetry still short */
const char *alert_outcome_name(enum alert_outcome o);
const char *alert_moment_name(enum alert_moment m); /* at_once lull change limit */
const char *refusal_name(enum refusal r);           /* length tail check constant range text count overrun partial */
const char *mat_state_name(enum mat_state s);       /* no_device waiting no_frames frames silent ended */
const char *pose_name(enum calibrate_pose p);       /* upright slouched arched left right */
const char *squeeze_cue_name(enum squeeze_cue c);   /* "" rest squeeze */
const char *learning_phase_name(enum learning_phase p); /* idle gathers done refused */
const char *place_name(enum place_verdict v);           /* unjudged learning usual moved turned */
const char *exercise_kind_name(enum exercise_kind k);
const char *exercise_suits_name(uint32_t bit); /* any slouched arched lopsided still; "" = no such bit */
const char *exercise_place_name(enum exercise_place p);
const char *command_result_name(enum command_result r); /* CamelCase, the suffix of a D-Bus error */

/* A doubt about what the mat reads: falls_under_load waiting_for_empty_seat; "" = none. */
const char *map_doubt_name(uint32_t flaws);
/* Its sentence with the next step; English, for language_translate(). */
const char *map_doubt_text(const char *name);

/* Writes the reasons that inhibit an alert, separated by blanks: snooze pause disturb quiet ...; "" = none. */
void alert_held_names(uint32_t held, char *ret, size_t size);

/* Writes the names of the bits of enum measure, separated by blanks: sitting balance leans taught angles sit_bones. */
void measure_names(uint32_t set, char *ret, size_t size);

/* In words of the chosen language (util/language.h). A name that is not known comes back as it is. */
const char *occupancy_text(const char *name);      /* person -> "person" */
const char *posture_text(const char *name);        /* leaning_left -> "leaning left"; also poses and squeeze */
const char *alert_kind_text(const char *name);     /* activate -> "stand up" */
const char *alert_outcome_text(const char *name);  /* stood -> "you stood up" */
const char *exercise_suits_text(const char *name); /* slouched -> "you sat slouched" */
const char *measure_text(const char *name);        /* balance -> "balance of left and right" */
const char *exercise_kind_text(enum exercise_kind k);
const char *exercise_place_text(enum exercise_place p);

/* A sentence with a hint; English, for language_translate(). */
const char *command_result_text(enum command_result r);
/* The same with the mean load of the mat, percent of full scale, where it explains the refusal. */
void command_refusal_text(enum command_result r, double load_pct, char *ret, size_t size);
/* The sentence with a number: the format serves printf() and, to translate it when it came over the bus, sscanf(). */
#define SEAT_READS_LIKE_PERSON                                                                                        \
        N_("The seat reads like a person (%u %% of full scale). If it is empty, run: sitbonectl tare --empty")

/* Parses a target: upright slouched arched left right empty squeeze. */
bool calibrate_target_of(const char *word, enum calibrate_target *ret);

/* Parses the id of an alert: digits, at least 1. */
bool alert_id_of(const char *word, uint64_t *ret);

/* Copies a legal name of a sitter or posture: [a-z0-9-], 1 to 31 characters, no hyphen first. */
bool name_of(const char *word, char ret[32]);

#endif
