/* SPDX-License-Identifier: MIT */
/* A sitter who slides on the seat takes weight off it first, because loaded skin sticks to the cover. A turning pelvis
 * needs no such thing. So when a good part of the load went off for a moment and came back, and everything lies a
 * little elsewhere, the sitter is assumed to sit as before in another place, and the reference moves along. A large
 * change is no slide: it is measured against the unmoved reference. In-seat movements of wheelchair users show as a
 * load drop of 30 % (WiSAT). Leaning and obliquity rest on this; tilt.h measures slides itself, against the place
 * where the reference was set. */
#ifndef CORE_ESTIMATE_SCOOT_H
#define CORE_ESTIMATE_SCOOT_H

#include "core/estimate/reference_vector.h"

struct scoot {
        /* Means of quiet sitting: now, a moment ago, and the value before that one. */
        float recent[REFERENCE_N], mark[REFERENCE_N], lagged[REFERENCE_N];
        float before[REFERENCE_N], anchor[REFERENCE_N]; /* as the last movement began: the sitter, and the reference */
        float origin[REFERENCE_N];                      /* the reference before it was moved for the first time */
        /* Variance of the place to which the reference was moved, as a share of that of where people sit: now, and as
         * the last movement began. */
        float lost, anchor_lost;
        float quiet_s, mark_s;
        bool anchored;   /* the reference was of this sit as the last movement began */
        bool unweighted; /* weight has gone off since then */
};

void scoot_reset(struct scoot *s);

/* One sample of a person. Moves *reference, if it is of this sit, while the sitter settles. Returns whether the
 * movement is explained by a slide. */
bool scoot_step(struct scoot *s, struct reference *reference, const struct sitter_sample *sample);

#endif
