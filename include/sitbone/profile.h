/* SPDX-License-Identifier: MIT */
/* The profile of one sitter on one mat: guided calibration, sitter baseline and taught postures. Values only; learnt
 * in estimate/, stored by store/. A value that was not measured is NAN. */
#ifndef SITBONE_PROFILE_H
#define SITBONE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/memory.h"
#include "sitbone/posture.h"

enum {
        PROFILE_VERSION = 1,
        SITTER_NAME_MAX = 32, /* with the terminating 0; [a-z0-9-] */
        TAUGHT_MAX = 16,      /* names */
};

/* Poses of the guided calibration, about ten seconds each. */
enum calibrate_pose { POSE_UPRIGHT, POSE_SLOUCHED, POSE_ARCHED, POSE_LEFT, POSE_RIGHT, POSE_N };

/* The features of one held pose, in the order of the reference vector (estimate/reference_vector.h). */
struct pose_record {
        uint8_t taken;
        float seconds;                                          /* of quiet sitting in it */
        float mean[MEMORY_REFERENCE_N], sd[MEMORY_REFERENCE_N]; /* sd of a second's mean, not of the mean */
};

struct calibration {
        uint32_t version;    /* PROFILE_VERSION */
        uint64_t taken_at_s; /* wall clock, for people; set by app/ */
        struct pose_record pose[POSE_N];
};

/* A fingerprint in two views, see estimate/taught.h. */
struct taught_numbers {
        float mean[FINGERPRINT_MAX];     /* NAN = not measured */
        float variance[FINGERPRINT_MAX]; /* within the lessons and between them */
};

struct taught_posture {
        char name[POSTURE_NAME_MAX];       /* "" = free */
        float seconds;                     /* of all lessons together */
        struct taught_numbers load, shape; /* shape all 0: a file from before it was learnt */
};

/* The upright of a sitter over many sits, measured without asking: it distinguishes people and shows when a
 * calibration no longer fits. Only sits for which the sitter was known count. */
enum baseline_index {
        BASELINE_LOAD,     /* logarithm of the load */
        BASELINE_BONES_MM, /* distance of the sit bones */
        BASELINE_WIDTH_MM, /* of the contact */
        BASELINE_AREA,     /* logarithm of the contact area */
        BASELINE_PROFILE,  /* PROFILE_BANDS shares */
        BASELINE_N = BASELINE_PROFILE + PROFILE_BANDS,
};

struct sitter_baseline {
        uint32_t sits;
        float mean[BASELINE_N];     /* of the last ten sits or so; NAN = not measured */
        float variance[BASELINE_N]; /* between sits */
};

/* The usual place of the sitter on the mat, and the last sits; see estimate/mat_shift.h. */
enum place_index {
        PLACE_X_MM, /* centre of pressure */
        PLACE_Y_MM,
        PLACE_ORIENTATION_X_MM, /* see features.h */
        PLACE_ORIENTATION_Y_MM,
        PLACE_N
};

enum { PLACE_RECENT = 3 };
struct place_baseline {
        uint32_t sits;                       /* counted in mean and variance */
        float mean[PLACE_N], variance[2];    /* variance of x and y between sits, mm2 */
        uint32_t n_recent;                   /* the last sits, oldest first: not counted in the mean yet */
        float recent[PLACE_RECENT][PLACE_N]; /* known values only */
        uint32_t verdict;                    /* enum place_verdict; PLACE_UNJUDGED only before the first sit */
};

/* The change that a squeeze of the glutes makes on this seat, learnt from SQUEEZE_LESSONS squeezes; see
 * estimate/squeeze.h. */
enum { SQUEEZE_LESSONS = 5 };
struct squeeze_pattern {
        uint8_t taken;
        float change; /* of the logarithm of the load share round both sit bones; the sign is the sitter's own */
        float spread, noise; /* standard deviations from squeeze to squeeze, from rest to rest */
        float apart, cop_mm; /* changes that come with it: half the difference of the sides, centre of pressure */
};

struct profile {
        char sitter[SITTER_NAME_MAX]; /* "" = nobody in particular */
        uint32_t n_cells;             /* of the mat on which it was learnt; on another mat it is not used */
        uint32_t n_fingerprint;       /* numbers in a fingerprint; 0 = none taught */
        float fingerprint_offset;     /* share of full scale; 0 = not chosen yet */
        struct calibration calibration;
        struct sitter_baseline baseline;
        struct squeeze_pattern squeeze;
        struct taught_posture taught[TAUGHT_MAX];
        struct place_baseline place;
};

/* ---- present learning, for publishers ---- */

enum learning_phase { LEARNING_IDLE, LEARNING_RUNNING, LEARNING_DONE, LEARNING_REFUSED, LEARNING_PHASE_N };

/* Why a calibration may no longer fit the sitter. */
enum stale_reason {
        STALE_NOT,
        STALE_UPRIGHT, /* the upright of many sits has another shape than the calibrated one */
        STALE_LOAD,    /* the load of many sits is much larger or much smaller */
        STALE_MAT,     /* it was made on a mat with another number of cells, and is not used */
        STALE_MOVED,   /* the mat seems to have moved since */
        STALE_TURNED,  /* the mat seems to have been turned since */
        STALE_REASON_N,
};

/* The beat of the lesson in squeezing. */
enum squeeze_cue { SQUEEZE_NO_CUE, SQUEEZE_CUE_REST, SQUEEZE_CUE_HOLD };

struct learning {
        char sitter[SITTER_NAME_MAX]; /* "" = nobody in particular */
        float sitter_confidence;      /* 0..1; 1 = set by hand; NAN = nobody in particular */
        enum learning_phase phase;
        enum calibrate_pose pose;
        char posture[POSTURE_NAME_MAX]; /* being taught; "" = a pose is being calibrated */
        float left_s;                   /* quiet sitting still to come; 0 unless LEARNING_RUNNING */
        enum squeeze_cue cue;           /* while a lesson in squeezing runs */
        uint32_t round;                 /* 1..SQUEEZE_LESSONS of it; 0 = rest before the first */
        enum command_result why;        /* of a refusal */
        bool taken[POSE_N];
        float separation[POSE_N]; /* from the upright, see estimate/calibration.h; NAN = one of the two is missing */
        enum stale_reason stale;
        /* In this step: the caller stores the profile, and the time of the calibration. */
        bool profile_changed, calibration_changed;
        uint32_t n_taught;
        bool untaught_noticed; /* most postures that are none of these are noticed */
        char taught[TAUGHT_MAX][POSTURE_NAME_MAX];
};

#endif
