/* SPDX-License-Identifier: MIT */
/* The sitter's own upright is zero. Without a word from the sitter it is the mean of the first quiet seconds of a sit,
 * known from the second one on and refined until the time set is full. When the sitter slides, it moves along (scoot.h):
 * re-sitting moves everything on the mat by centimetres, so positions are compared within one sit only; what is fixed to
 * the body (profile, distances from the pair) may be compared with a reference from another sit. */
#ifndef CORE_ESTIMATE_REFERENCE_H
#define CORE_ESTIMATE_REFERENCE_H

#include "core/estimate/estimate.h"

/* A person sits. quiet: not shifting. */
void reference_step(struct reference_keeper *k, const struct features *f, bool quiet, float dt, float reference_s);
/* The person left, or was lost sight of. */
void reference_leave(struct reference_keeper *k);
/* The person says: upright now. False = not quiet for long enough. */
bool reference_by_hand(struct reference_keeper *k);

/* The same from a mean over some seconds: the sitter's own. here: the sitter sits so in this sit, or did. */
void reference_take(struct reference_keeper *k, const float value[REFERENCE_N], bool here);

/* What to compare with now: of this sit, or the sitter's own from another; perhaps not valid. */
const struct reference *reference_current(const struct reference_keeper *k);
/* The same where it was learnt, before it moved along with slides. */
const float *reference_origin(const struct reference_keeper *k);

/* The features as a reference vector; NAN where unknown. */
void reference_vector(const struct features *f, float ret[REFERENCE_N]);

#endif
