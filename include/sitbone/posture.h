/* SPDX-License-Identifier: MIT */
/* Who sits, how, and what may be said about the pelvis, each with how sure it is. */
#ifndef SITBONE_POSTURE_H
#define SITBONE_POSTURE_H

#include <stdbool.h>
#include <stdint.h>

enum { POSTURE_NAME_MAX = 32 }; /* of a taught one, with the end; [A-Za-z0-9_-] */

enum occupancy {
        OCCUPANCY_UNKNOWN, /* no mat, no fresh frame, or not decided yet */
        OCCUPANCY_VACANT,
        OCCUPANCY_OBJECT, /* something lies there: a bag, a cat, a hand */
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
        POSTURE_N,
};

/* A value with its standard deviation. value NAN = unknown, then sd is NAN too. */
struct uncertain {
        float value;
        float sd;
};

/* Squeezes of the glutes that the seat saw, in this sit (experimental; see estimate/squeeze.h). */
struct squeezes {
        bool ready;       /* the sitter's own pattern is known; otherwise nothing is counted */
        bool contracting; /* now, for almost a second at least */
        uint32_t reps;    /* counted */
        float held_s;     /* of those, together */
        float last_s;     /* how long the last one was held, counted or not yet */
};

struct posture {
        enum occupancy occupancy;
        uint64_t occupancy_since_us; /* when the decided occupancy began (first evidence, before the dwell) */
        bool doubted;                /* the last maps speak against it: the dwell is running */
        enum posture_class posture_class;
        uint64_t class_since_us;
        float confidence;               /* 0..1 in posture_class; low confidence raises no alert */
        struct uncertain tilt_deg;      /* relative to the sitter's own upright; positive = anterior (arched) */
        struct uncertain obliquity_deg; /* positive = right side lower */
        bool referenced;                /* an upright reference is held for this sit or sitter */
        bool calibrated;                /* tilt rests on a personal calibration, otherwise on a population slope */
        float asymmetry;                /* copied from the features while a person sits, else NAN */
        char taught[POSTURE_NAME_MAX];  /* the taught posture that matches; "" = none of them */
        float taught_fit;               /* 1 = as taught, towards 0 = towards "none of them"; NAN when none */
        float movement;                 /* copied from the features while a person sits, else NAN: see features.h */
        struct squeezes squeezes;
        bool shifting; /* the sitter is moving in the seat now: COP transient or 30 % load drop (WiSAT) */
};

#endif
