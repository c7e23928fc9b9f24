/* SPDX-License-Identifier: MIT */
/* Occupancy, posture class and the angles of the pelvis, each with its uncertainty. */
#ifndef SITBONE_POSTURE_H
#define SITBONE_POSTURE_H

#include <stdbool.h>
#include <stdint.h>

enum { POSTURE_NAME_MAX = 32 }; /* name of a taught posture with its terminating 0; [A-Za-z0-9_-] */

enum occupancy {
        OCCUPANCY_UNKNOWN, /* no mat, no fresh frame, or not decided yet */
        OCCUPANCY_VACANT,
        OCCUPANCY_OBJECT, /* something lies on the seat: a bag, a cat, a hand */
        OCCUPANCY_PERSON,
        OCCUPANCY_N,
};

enum posture_class {
        POSTURE_UNKNOWN,
        POSTURE_VACANT,
        POSTURE_UPRIGHT,
        POSTURE_SLOUCHED,
        POSTURE_ARCHED,
        POSTURE_LEANING_LEFT,
        POSTURE_LEANING_RIGHT,
        POSTURE_LEANING_FORWARD,
        POSTURE_PERCHED,
        POSTURE_LEANING_BACK, /* on mats of few cells only: on others it is a tilt */
        POSTURE_N,
};

/* A value with its standard deviation. value NAN = unknown; then sd is NAN too. */
struct uncertain {
        float value;
        float sd;
};

/* Squeezes of the glutes detected in this sit (experimental; see estimate/squeeze.h). */
struct squeezes {
        bool ready;       /* the sitter's own pattern was learnt; otherwise nothing is counted */
        bool contracting; /* now, for at least almost a second */
        uint32_t reps;    /* repetitions that count */
        float held_s;     /* duration of all of those */
        float last_s;     /* duration of the last one, whether it counts or not yet */
};

/* Verdict on where the mat lies under the sitter, see estimate/mat_shift.h. */
enum place_verdict {
        PLACE_UNJUDGED, /* positions of the cells unknown, or too few cells */
        PLACE_LEARNING, /* too few sits yet */
        PLACE_USUAL,
        PLACE_MOVED,  /* the mat lies elsewhere under the sitter, or the sitter sits elsewhere on it */
        PLACE_TURNED, /* the sitter faces another side of the mat */
        PLACE_VERDICT_N
};

struct place {
        enum place_verdict verdict;
        float moved_x_mm, moved_y_mm; /* of the mat: right and forward are positive; NAN unless PLACE_MOVED */
        int turned_deg;               /* of the mat, clockwise from above: 90, 180 or -90; 0 unless PLACE_TURNED */
        float quality_loss; /* share by which publishers lower the map's quality: moved 0.3, turned 0.5, otherwise 0 */
};

struct posture {
        enum occupancy occupancy;
        uint64_t occupancy_since_us; /* first evidence of the decided occupancy, before the dwell */
        bool doubted;                /* the last maps contradict it: the dwell is running */
        enum posture_class posture_class;
        uint64_t class_since_us;
        float confidence;               /* 0..1 in posture_class; low confidence raises no alert */
        struct uncertain tilt_deg;      /* relative to the sitter's own upright; positive = anterior (arched) */
        struct uncertain obliquity_deg; /* positive = right side lower */
        bool referenced;                /* an upright reference of this sit or this sitter is known */
        bool calibrated;                /* tilt rests on a personal calibration, otherwise on a population slope */
        /* Of the features while a person sits, else NAN; of few cells relative to the sitter's upright. */
        float asymmetry;
        char taught[POSTURE_NAME_MAX]; /* the taught posture that matches; "" = none of them */
        float movement;                /* copied from the features while a person sits, else NAN: see features.h */
        struct squeezes squeezes;
        bool shifting;           /* the sitter is moving in the seat now: COP transient or 30 % load drop (WiSAT) */
        uint32_t shifts;         /* shifts of weight since the start, see estimate/estimate.h */
        uint64_t shift_began_us; /* the last one */
        struct place place;
};

#endif
