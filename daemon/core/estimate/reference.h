/* SPDX-License-Identifier: MIT */
/* The sitter's own upright is zero. Without a word from the sitter it is the mean of the first quiet seconds of a sit,
 * known after one second and refined until reference_s seconds are in it. Sitting down again moves everything on the
 * mat by centimetres, so positions are compared within one sit only; values fixed to the body (profile, distances from
 * the pair) may be compared with a reference from another sit.
 *
 * A sitter who slides on the seat takes weight off it first, because loaded skin sticks to the cover. A turning pelvis
 * needs no such thing. So when a good part of the load went off for a moment and came back, and everything lies a
 * little elsewhere, the sitter is assumed to sit as before in another place, and the reference moves along. A large
 * change is no slide: it is measured against the unmoved reference. In-seat movements of wheelchair users show as a
 * load drop of 30 % (WiSAT). Leaning and obliquity rest on this; tilt.h measures slides itself, against the place
 * where the reference was set. */
#ifndef CORE_ESTIMATE_REFERENCE_H
#define CORE_ESTIMATE_REFERENCE_H

#include "core/estimate/reference_vector.h"

/* Slides of the sitter on the seat. */
struct slide_tracker {
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

struct reference_tracker {
        struct reference this_sit; /* gathered in this sit, or set by hand in it */
        struct reference own;      /* set by hand or calibrated: survives standing up, used until this_sit is valid */
        float gathered_s;          /* quiet sitting in the automatic reference so far */
        bool settled;              /* complete, or set by hand: not refined any more */
        float sum_s[REFERENCE_N];  /* seconds behind each mean */
        float mean[REFERENCE_N];
        struct slide_tracker slide;
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
