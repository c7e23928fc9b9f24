/* SPDX-License-Identifier: MIT */
/* Who slides on the seat takes weight off it first: loaded skin sticks to the cover. A turning pelvis needs no such
 * thing. So when a good part of the load went off for a moment and came back, and everything lies a little elsewhere,
 * the sitter is taken to sit as before in another place, and the reference moves along. A large change is none of that:
 * it stays what the reference makes of it. In-seat movements of wheelchair users show as a load drop of 30 % (WiSAT).
 * Leaning and obliquity rest on that; tilt.h measures slides for itself, against where the reference was learnt. */
#ifndef CORE_ESTIMATE_SCOOT_H
#define CORE_ESTIMATE_SCOOT_H

#include "core/estimate/estimate.h"

void scoot_forget(struct scoot *s);

/* Every frame of a person. quiet: not shifting. Moves *reference, as far as it is of this sit, while the sitter settles.
 * Returns whether what has moved is accounted for. */
bool scoot_step(struct scoot *s, struct reference *reference, const float now[REFERENCE_N], bool quiet, float dt);

#endif
