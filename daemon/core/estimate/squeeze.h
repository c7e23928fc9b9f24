/* SPDX-License-Identifier: MIT */
/* Squeezing the glutes while seated, as far as the seat shows it (experimental). Contracted muscle changes the
 * pressure under both sit bones alike, up or down, for as long as it is held, while the centre of pressure and the
 * load stay: in stimulated muscle by 20-30 %, down in four studies, up in one. No study of voluntary squeezes on a mat
 * is known. So sign and size are learnt from five squeezes at a given beat, and nothing is claimed when those cannot
 * be distinguished from sitting.
 *
 * The signals are the logarithm of the load round the sit bones as a share of all load, as the mean of both sides
 * ("both") and half their difference ("apart"); the centre of pressure; and the logarithm of the load. Shares do not
 * depend on breath or gain.
 *
 * A repetition is a change of "both" by half the learnt one or more that comes within a second or so and goes within
 * SQUEEZE_LONGEST_S, back to its former value, with everything else nearly still. The detector waits until a fidget in
 * it or right after it is over; if the sitter moved for good in the middle of one, two seconds of it are enough. A
 * single one may be chance: it counts, with its seconds, when another follows or preceded it within
 * SQUEEZE_RHYTHM_S. */
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
        SQUEEZE_RESTING,  /* knows the signals without a squeeze */
        SQUEEZE_HOLDING,
        SQUEEZE_RELEASED, /* waits whether the signals return to their former values */
};

/* Sums over one window of the lesson. */
struct squeeze_window {
        float seconds, sum[SQUEEZE_SIGNALS];
};

struct squeeze_lesson {
        enum learning_phase phase;
        enum command_result why;
        float at_s; /* since the command */
        struct squeeze_window rest[SQUEEZE_LESSONS + 1], hold[SQUEEZE_LESSONS];
};

struct squeeze_detector {
        struct squeeze_lesson lesson;
        struct squeezes now;
        /* private */
        bool known;                  /* fast and slow are valid */
        float fast[SQUEEZE_SIGNALS]; /* means over a fifth of a second */
        float slow[SQUEEZE_SIGNALS]; /* over a second: calm is measured against it */
        float base[SQUEEZE_SIGNALS]; /* without a squeeze */
        float unrest_s;              /* duration of the present fidget */
        float clean_s;               /* of a hold: squeezed with all else still */
        float calm_s, phase_s, held_s;
        float lonely_s, lonely_held_s; /* since the repetition that waits for another one, NAN = none; its seconds */
        enum squeeze_phase phase;
};

/* Starts the guided lesson: rest, then SQUEEZE_LESSONS times squeeze and rest, at the beat of squeeze_cue(). */
void squeeze_start_lesson(struct squeeze_detector *d);
/* The sitter left, or the mat fell silent. A running lesson is refused for this reason. */
void squeeze_reset(struct squeeze_detector *d, enum command_result why);
/* One sample of a person. True = a lesson ended well and *pattern was written. */
bool squeeze_step(struct squeeze_detector *d, const struct features *f, float dt, struct squeeze_pattern *pattern);

/* The present instruction to the sitter, and for how long it still holds. */
enum squeeze_cue squeeze_cue(const struct squeeze_lesson *l, float *ret_left_s, uint32_t *ret_round);

#endif
