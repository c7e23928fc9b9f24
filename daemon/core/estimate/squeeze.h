/* SPDX-License-Identifier: MIT */
/* Squeezing the glutes while seated, as far as the seat sees it (experimental). Contracted muscle changes the pressure
 * under both sit bones alike, up or down, for as long as it is held, while the centre of pressure and the load stay: in
 * stimulated muscle by 20-30 %, down in four studies, up in one. No study of voluntary squeezes on a mat is known. So sign
 * and size are learnt from five squeezes at a given beat, and nothing is claimed when those cannot be told from sitting.
 *
 * What is looked at: the logarithm of the load round the sit bones as a share of all load, the mean of both sides ("both")
 * and half their difference ("apart"); centre of pressure; logarithm of the load. Shares do not see breath or gain.
 *
 * A repetition is a change of "both" by half the learnt one or more, that comes within a second or so and goes within
 * SQUEEZE_LONGEST_S, back to where it was, with everything else nearly still. A fidget in it or right behind it is waited
 * for; where the sitter moved for good in the middle of one, two seconds of it are enough. One alone may be chance: it
 * counts, with its seconds, when another follows or went before within SQUEEZE_RHYTHM_S. */
#ifndef CORE_ESTIMATE_SQUEEZE_H
#define CORE_ESTIMATE_SQUEEZE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"

enum squeeze_signal { SQUEEZE_BOTH, SQUEEZE_APART, SQUEEZE_COP_X, SQUEEZE_COP_Y, SQUEEZE_LOAD, SQUEEZE_SIGNALS };

enum squeeze_phase {
        SQUEEZE_RESTLESS, /* waits for a calm second and a half */
        SQUEEZE_RESTING,  /* knows how it is without a squeeze */
        SQUEEZE_HOLDING,
        SQUEEZE_RELEASED, /* is it back where it was? */
};

/* Means over one window of the lesson. */
struct squeeze_window {
        float seconds, sum[SQUEEZE_SIGNALS];
};

struct squeeze_lesson {
        enum learning_phase phase;
        enum command_result why;
        float at_s; /* since the command */
        struct squeeze_window rest[SQUEEZE_LESSONS + 1], hold[SQUEEZE_LESSONS];
};

struct squeeze_watch {
        struct squeeze_lesson lesson;
        struct squeezes now;
        /* private */
        bool known;                  /* now and slow mean something */
        float fast[SQUEEZE_SIGNALS]; /* a fifth of a second */
        float slow[SQUEEZE_SIGNALS]; /* a second: what is calm */
        float base[SQUEEZE_SIGNALS]; /* without a squeeze */
        float unrest_s, clean_s;     /* the sitter fidgets now, since; of a hold, squeezed with all else still */
        float calm_s, phase_s, held_s, lonely_s,
                lonely_held_s; /* lonely: since the repetition that waits for another; NAN */
        enum squeeze_phase phase;
};

/* The guided lesson begins: rest, then SQUEEZE_LESSONS times squeeze and rest, at the beat of squeeze_cue(). */
void squeeze_learn(struct squeeze_watch *w);
/* The sitter left, or the mat fell silent. A lesson that runs is refused for it. */
void squeeze_lose(struct squeeze_watch *w, enum command_result why);
/* One frame of a person. True = a lesson ended well: *pattern was written. */
bool squeeze_step(struct squeeze_watch *w, const struct features *f, float dt, struct squeeze_pattern *pattern);

/* What the sitter is to do now, and for how long still. */
enum squeeze_cue squeeze_cue(const struct squeeze_lesson *l, float *ret_left_s, uint32_t *ret_round);

#endif
