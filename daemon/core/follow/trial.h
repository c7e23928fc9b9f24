/* SPDX-License-Identifier: MIT */
/* A micro-randomised trial of the prompt to stand up: each prompt that is due is shown with probability 0.8, and withheld
 * for 10 minutes with probability 0.2. The seat measures what the sitter does in these 10 minutes.
 *
 *   decision   at the moment at which the prompt would be raised; not of a prompt that was snoozed or withheld before, nor
 *              within 10 minutes of the decision before
 *   withheld   the prompt is raised after the 10 minutes, if it is still due
 *   result     stood: the sitter left the seat within the 10 minutes, and it became a break; shifts: those within them in
 *              the same bout. It is reported after the 10 minutes, once an absence that began in them is known to be a
 *              break or not. There is none when the bout ends in silence or the daemon ends before
 *
 * 0.2 [judgement]: a small share of the prompts is lost, and the trial takes 1.6 times as many prompts as one with 0.5. */
#ifndef CORE_FOLLOW_TRIAL_H
#define CORE_FOLLOW_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/sitting.h"

#define TRIAL_WINDOW_US (600 * UINT64_C(1000000))

struct trial {
        uint64_t seed;              /* random, set by the program; 0 = no prompt is withheld (replay) */
        uint64_t draws;             /* decisions since the start */
        uint64_t withheld_until_us; /* of a prompt that has not been raised since; 0 = none */
        /* the decision whose result is awaited; decided_us 0 = none */
        struct trial_result result;
        uint64_t bout_number;
        uint32_t shifts_before;
        uint64_t left_us; /* when the sitter left the seat in that bout, 0 = not */
        bool over, lost;  /* the bout is over; it ended in silence */
};

/* Whether the prompt, which would be raised now, is withheld. Decides at the first call for a prompt. */
bool trial_withhold(struct trial *t, const struct sitting *s, uint64_t now_us);

/* Follows the sitter. Returns whether a result is complete: *ret. */
bool trial_step(struct trial *t, const struct sitting *s, uint64_t now_us, struct trial_result *ret);

/* When the next result may be complete by time alone; UINT64_MAX = never. */
static inline uint64_t trial_deadline(const struct trial *t, uint64_t now_us) {
        uint64_t end_us = t->result.decided_us + TRIAL_WINDOW_US;

        return t->result.decided_us > 0 && now_us < end_us ? end_us : UINT64_MAX;
}

#endif
