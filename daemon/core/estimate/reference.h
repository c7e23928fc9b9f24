/* SPDX-License-Identifier: MIT */
/* The sitter's own upright is zero. Without a word from the sitter it is the mean of the first quiet seconds of a sit,
 * known after one second and refined until reference_s seconds are in it. When the sitter slides, the reference moves
 * along (scoot.h). Sitting down again moves everything on the mat by centimetres, so positions are compared within one
 * sit only; values fixed to the body (profile, distances from the pair) may be compared with a reference from another
 * sit. */
#ifndef CORE_ESTIMATE_REFERENCE_H
#define CORE_ESTIMATE_REFERENCE_H

#include "core/estimate/reference_vector.h"
#include "core/estimate/scoot.h"

struct reference_tracker {
        struct reference this_sit; /* gathered in this sit, or set by hand in it */
        struct reference own;      /* set by hand or calibrated: survives standing up, used until this_sit is valid */
        float gathered_s;          /* quiet sitting in the automatic reference so far */
        bool settled;              /* complete, or set by hand: not refined any more */
        float sum_s[REFERENCE_N];  /* seconds behind each mean */
        float mean[REFERENCE_N];
        struct scoot scoot;
        float quiet_s;       /* quiet without interruption */
        float expected_load; /* load of this sit: the reference's, following creep; NAN = not known */
};

/* One sample of a person. reference_s: quiet seconds of a complete automatic reference. */
void reference_step(struct reference_tracker *t, const struct sitter_sample *sample, float reference_s);
/* The person left, or another sat down. */
void reference_leave(struct reference_tracker *t);
/* The sitter says "upright now". False = the sitter was not quiet for long enough. */
bool reference_set_by_hand(struct reference_tracker *t);
/* Sets the sitter's own upright to a mean over some seconds. here: the sitter sits like this in this sit, or did. */
void reference_set(struct reference_tracker *t, const float value[REFERENCE_N], bool here);

/* The reference to compare with now: of this sit, or the sitter's own from another; perhaps not valid. */
const struct reference *reference_current(const struct reference_tracker *t);
/* The values of the same reference before it moved along with slides. */
const float *reference_origin(const struct reference_tracker *t);

/* The features as a reference vector; NAN where unknown. */
void reference_vector(const struct features *f, float ret[REFERENCE_N]);

#endif
