/* SPDX-License-Identifier: MIT */
/* The result of an analysis: a description that decodes what was heard, doubts about it, or the reason why there is none. */
#ifndef TOOLS_SITBONECTL_PROBE_VERDICT_H
#define TOOLS_SITBONECTL_PROBE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum { VERDICT_KEYS_MAX = 16, VERDICT_NOTES_MAX = 8, VERDICT_VALUE_SIZE = 1024, VERDICT_SENTENCE_SIZE = 240 };

struct description_key {
        char name[24];
        char value[VERDICT_VALUE_SIZE];
};

struct suggestion {
        bool fits; /* the description below decodes what was heard; false: reason and advice say why not */
        const char
                *builtin; /* name of the format of the table that reads the same, so that no file is needed; or NULL */
        int n_keys;
        struct description_key keys[VERDICT_KEYS_MAX]; /* the lines of [format], ready to print as "name = value" */
        uint32_t cells;                                /* in a frame */
        uint64_t frames, refused, words; /* as the description decodes them; words: lines left out on purpose */
        float largest;                   /* value of a cell */

        /* Sentences. Notes explain the description ("The first 2 numbers of each line are no cells: they only rise.").
         * Doubts are reasons why it may be wrong; without a doubt it is certain. */
        int n_notes, n_doubts;
        char notes[VERDICT_NOTES_MAX][VERDICT_SENTENCE_SIZE], doubts[VERDICT_NOTES_MAX][VERDICT_SENTENCE_SIZE];

        /* A stable word if no description is possible: hex_text, no_line_ends, cr_only, decimal_comma, one_number_a_line,
         * only_changes, words_only, nested_json, glued_numbers, packed_bits, two_mats, unknown. NULL if fits. */
        const char *reason;
        bool foreign;                       /* another device sends this, even if a format of the table reads it */
        char advice[VERDICT_SENTENCE_SIZE]; /* what it is and what to change in the sketch; empty for unknown */
};

__attribute__((format(printf, 3, 4))) void suggestion_add_key(struct suggestion *s, const char *name,
                                                              const char *format, ...);
__attribute__((format(printf, 2, 3))) void suggestion_add_note(struct suggestion *s, const char *format, ...);
__attribute__((format(printf, 2, 3))) void suggestion_add_doubt(struct suggestion *s, const char *format, ...);

/* Withdraws the description. */
__attribute__((format(printf, 3, 4))) void suggestion_set_reason(struct suggestion *s, const char *reason,
                                                                 const char *format, ...);

#endif
