/* SPDX-License-Identifier: MIT */
/* A moment of the sitter as a row of numbers, and the reference that later moments are compared with. */
#ifndef CORE_ESTIMATE_REFERENCE_VECTOR_H
#define CORE_ESTIMATE_REFERENCE_VECTOR_H

#include <stdbool.h>

#include "sitbone/features.h"

/* Index of each value in a reference vector. The order is stored, see memory.h. */
enum reference_index {
        REFERENCE_PROFILE = 0,  /* PROFILE_BANDS shares */
        REFERENCE_LINE_Y = 8,   /* sit-bone line, mm on the mat */
        REFERENCE_MIDDLE_X = 9, /* middle of the pair, mm on the mat */
        REFERENCE_BACK_Y = 10,  /* rear edge of the contact, mm on the mat */
        REFERENCE_COP_X = 11,
        REFERENCE_COP_Y = 12,
        REFERENCE_LOAD = 13,
        REFERENCE_FRONT_SHARE = 14,
        REFERENCE_ASYMMETRY = 15,
        REFERENCE_ALONG = 16, /* ALONG_BANDS shares, on the mat */
        REFERENCE_N = 40,
};

/* An upright of the sitter. */
struct reference {
        bool valid;
        bool same_sit; /* it belongs to this sit: positions on the mat may be compared */
        float age_s;   /* seated time since it was set: creep grows with it */
        /* Variance of a position on the mat since then: from shifts alone, and from shifts and creep. */
        float moved_mm2, lost_mm2;
        float value[REFERENCE_N];
};

/* One sample of the sitter, at most twenty a second. The vector is computed once and passed to every part. */
struct sitter_sample {
        const struct features *features;
        float vector[REFERENCE_N];
        bool quiet; /* the sitter is not shifting */
        float dt_s; /* since the sample before */
};

#endif
