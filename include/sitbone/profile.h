/* SPDX-License-Identifier: MIT */
/* What is learnt of one sitter on one mat: the guided calibration and the taught postures. Values only; gathered in
 * estimate/, kept on disk by publish/. A value that was not seen is NAN. */
#ifndef SITBONE_PROFILE_H
#define SITBONE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/memory.h"
#include "sitbone/posture.h"

enum {
        PROFILE_VERSION = 3,
        SITTER_NAME_MAX = 32, /* with the end; [a-z0-9-] */
        TAUGHT_MAX = 16,      /* names */
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

/* Of log(pattern + offset), see estimate/taught.h. */
struct taught_posture {
        char name[POSTURE_NAME_MAX]; /* "" = free */
        float seconds;               /* taught so long, all lessons together */
        float mean[PATTERN_MAX];     /* NAN = not seen */
        float variance[PATTERN_MAX]; /* within the lessons */
};

/* What a sitter's upright usually is, sit by sit, found without asking: tells people apart, and a calibration that no
 * longer fits. Of the sits for which the sitter was known. */
enum usual_index {
        USUAL_LOAD,     /* logarithm of the load */
        USUAL_BONES_MM, /* distance of the sit bones */
        USUAL_WIDTH_MM, /* of the contact */
        USUAL_AREA,     /* logarithm of the contact area */
        USUAL_PROFILE,  /* PROFILE_BANDS shares */
        USUAL_N = USUAL_PROFILE + 8,
};

struct usual_upright {
        uint32_t sits;
        float mean[USUAL_N];     /* of the last ten sits or so; NAN = not seen */
        float variance[USUAL_N]; /* between sits */
};

/* Where on the mat the sitter usually sits, and how the last sits differed; see estimate/moved.h. */
enum place_index {
        PLACE_X_MM, /* centre of pressure */
        PLACE_Y_MM,
        PLACE_FACING_X_MM, /* features.h */
        PLACE_FACING_Y_MM,
        PLACE_N
};

enum place_verdict {
        PLACE_UNJUDGED, /* positions of the cells unknown, or too few cells */
        PLACE_LEARNING, /* too few sits yet */
        PLACE_USUAL,
        PLACE_MOVED,  /* the mat lies elsewhere under the sitter, or the sitter sits elsewhere on it */
        PLACE_TURNED, /* the sitter faces another side of the mat */
        PLACE_VERDICT_N
};

enum { PLACE_RECENT = 3 };
struct usual_place {
        uint32_t sits;                       /* in mean and variance */
        float mean[PLACE_N], variance[2];    /* variance between sits: of x and y, mm2 */
        uint32_t n_recent;                   /* the last sits, oldest first: not in the mean yet */
        float recent[PLACE_RECENT][PLACE_N]; /* known values only */
        uint32_t verdict;                    /* enum place_verdict, never PLACE_UNJUDGED but before the first sit */
};

/* What a squeeze of the glutes does on this seat, learnt from SQUEEZE_LESSONS of them; see estimate/squeeze.h. */
enum { SQUEEZE_LESSONS = 5 };
struct squeeze_pattern {
        uint8_t taken;
        float change; /* of the logarithm of the share of the load round both sit bones; the sign is the sitter's own */
        float spread, noise; /* from squeeze to squeeze; from rest to rest: standard deviations */
        float apart, cop_mm; /* what comes with it: half the difference of the sides, centre of pressure */
};

struct profile {
        char sitter[SITTER_NAME_MAX]; /* "" = nobody in particular */
        uint32_t n_cells;             /* of the mat it was learnt on; another count: refused */
        uint32_t n_pattern;           /* numbers in a pattern, 0 = none taught */
        float pattern_offset;         /* share of full scale; 0 = not chosen yet */
        struct calibration calibration;
        struct usual_upright usual;
        struct squeeze_pattern squeeze;
        struct taught_posture taught[TAUGHT_MAX];
        struct usual_place place;
};

/* ---- what is being learnt now, for publishers ---- */

enum learning_phase { LEARNING_IDLE, LEARNING_GATHERS, LEARNING_DONE, LEARNING_REFUSED, LEARNING_PHASE_N };

/* Why a calibration may no longer fit the sitter. */
enum stale_reason {
        STALE_NOT,
        STALE_UPRIGHT, /* the upright of many sits is shaped otherwise than the calibrated one */
        STALE_LOAD,    /* the load of many sits is much more or much less */
        STALE_MAT,     /* it was made on a mat with another number of cells, and is not used */
        STALE_MOVED,   /* the mat seems to have moved since */
        STALE_TURNED,  /* the mat seems to have been turned since */
        STALE_REASON_N,
};

/* Does the mat lie where it lay? */
struct place {
        enum place_verdict verdict;
        float moved_x_mm, moved_y_mm; /* of the mat: right and forward are positive; NAN unless PLACE_MOVED */
        int turned_deg;               /* of the mat, clockwise from above: 90, 180 or -90; 0 unless PLACE_TURNED */
};

/* The beat of the lesson in squeezing. */
enum squeeze_cue { SQUEEZE_NO_CUE, SQUEEZE_CUE_REST, SQUEEZE_CUE_HOLD };

struct learning {
        char sitter[SITTER_NAME_MAX]; /* "" = nobody in particular */
        float sitter_confidence;      /* 0..1; 1 = said by hand; NAN = nobody in particular */
        enum learning_phase phase;
        enum calibrate_pose pose;
        char posture[POSTURE_NAME_MAX]; /* being taught; "" = a pose is being calibrated */
        float left_s;                   /* quiet sitting still to come; 0 unless it gathers */
        enum squeeze_cue cue;           /* a lesson in squeezing runs */
        uint32_t round;                 /* 1..SQUEEZE_LESSONS of it; 0 = rest before the first */
        enum command_result why;        /* of a refusal */
        bool taken[POSE_N];
        float separation[POSE_N]; /* from the upright, see estimate/calibration.h; NAN = not both taken */
        enum stale_reason stale;
        struct place place;
        bool profile_changed, calibration_changed; /* in this step: it wants to be kept, and the time noted */
        uint32_t n_taught;
        char taught[TAUGHT_MAX][POSTURE_NAME_MAX];
};

#endif
