/* What is learnt of one sitter on one mat: the guided calibration and the taught postures. Values only; gathered in
 * estimate/, kept on disk by publish/. A value that was not seen is NAN. */
#ifndef SITBONE_PROFILE_H
#define SITBONE_PROFILE_H

#include <stdint.h>

#include "sitbone/memory.h"

enum {
        PROFILE_VERSION = 1,
        SITTER_NAME_MAX = 32,    /* with the end; [a-z0-9-] */
        POSTURE_NAME_MAX = 32,   /* the same */
        TAUGHT_MAX = 16,         /* names */
        TAUGHT_EXAMPLES_MAX = 8, /* a name: short stretches, each the mean of about a second or more */
        PATTERN_MAX = 144,       /* numbers in a pattern, see features.h */
};

/* Poses of the guided calibration, about ten seconds each. */
enum calibrate_pose { POSE_UPRIGHT, POSE_SLOUCHED, POSE_ARCHED, POSE_LEFT, POSE_RIGHT, POSE_N };

/* The features of one held pose, in the order of the reference vector (estimate/estimate.h). */
struct pose_record {
        uint8_t taken;
        float seconds;                                          /* of quiet sitting behind it */
        float mean[MEMORY_REFERENCE_N], sd[MEMORY_REFERENCE_N]; /* sd of a second's mean, not of the mean */
};

struct calibration {
        uint32_t version;    /* PROFILE_VERSION */
        uint64_t taken_at_s; /* wall clock, for people; filled by publish/ */
        struct pose_record pose[POSE_N];
};

struct taught_posture {
        char name[POSTURE_NAME_MAX]; /* "" = free */
        uint32_t n_examples;
        float example[TAUGHT_EXAMPLES_MAX][PATTERN_MAX];
        float spread[PATTERN_MAX]; /* standard deviation within the examples */
};

struct profile {
        char sitter[SITTER_NAME_MAX]; /* "" = nobody in particular */
        uint32_t n_cells;             /* of the mat it was learnt on; another count: refused */
        uint32_t n_pattern;           /* numbers in a pattern, 0 = none taught */
        struct calibration calibration;
        struct taught_posture taught[TAUGHT_MAX];
};

#endif
