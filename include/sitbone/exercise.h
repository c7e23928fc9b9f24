/* SPDX-License-Identifier: MIT */
/* The exercise catalogue, read from config/exercises.conf; core/follow/ chooses from it. */
#ifndef SITBONE_EXERCISE_H
#define SITBONE_EXERCISE_H

#include <stdbool.h>
#include <stdint.h>

enum { EXERCISES_MAX = 64, EXERCISE_ID_MAX = 48, EXERCISE_TEXT_MAX = 512 };

enum exercise_kind { EXERCISE_ACTIVATE, EXERCISE_STRENGTHEN, EXERCISE_RELEASE, EXERCISE_STRETCH, EXERCISE_KIND_N };
enum exercise_place { EXERCISE_DESK, EXERCISE_STANDING, EXERCISE_FLOOR, EXERCISE_AWAY, EXERCISE_PLACE_N };

/* The observations that an exercise suits, as bits. */
enum exercise_suits {
        EXERCISE_SUITS_ANY = 1 << 0,
        EXERCISE_SUITS_SLOUCHED = 1 << 1,
        EXERCISE_SUITS_ARCHED = 1 << 2,
        EXERCISE_SUITS_LOPSIDED = 1 << 3,
        EXERCISE_SUITS_STILL = 1 << 4,
};

enum { EXERCISE_SUITS_N = 5 };

/* The side to begin with: the one that carried less. */
enum exercise_side { EXERCISE_SIDE_ANY, EXERCISE_SIDE_LEFT, EXERCISE_SIDE_RIGHT };

struct exercise {
        char id[EXERCISE_ID_MAX]; /* standing-glute-contraction */
        char name[96];            /* shown to people */
        enum exercise_kind kind;
        enum exercise_place place;
        uint32_t suits;              /* enum exercise_suits bits */
        bool sides;                  /* done on one side, then on the other */
        char dose[96];               /* of a workout, or of a day: "3 x 12-15 a side" */
        char set[96];                /* of a prompt: "12-15 a side"; "" = the dose is one set */
        char how[EXERCISE_TEXT_MAX]; /* one or two sentences */
        char source[128];            /* the publication that describes it; "" = none is named */
        bool prompt;                 /* may be offered by a prompt (can be done at work in office clothes) */
};

struct exercise_catalogue {
        uint32_t n;
        char about[2048];       /* reasons and signs, shown where exercises are listed; "" = none */
        char safety[2048];      /* shown wherever exercises are listed */
        char safety_short[192]; /* the same in a few words, shown on the desktop at first use; "" = none */
        struct exercise of[EXERCISES_MAX];
};

/* The exercises that alerts have offered; must survive a restart. */
struct exercise_history {
        uint32_t turn[EXERCISE_KIND_N];   /* exercises of this kind offered, ever */
        uint16_t lately[EXERCISE_KIND_N]; /* the same in eighths, fading within about a week */
        /* eighths of choices that this observation (bit number of enum exercise_suits) decided, before today; fading */
        uint16_t seen[EXERCISE_SUITS_N];
        uint16_t seen_today[EXERCISE_SUITS_N];
        uint32_t rest_days; /* days, today included, on which no exercise that strengthens is offered */
};

/* Why this exercise was chosen, in numbers. */
struct exercise_reason {
        uint32_t suits;        /* enum exercise_suits bits that matched; 0 = no exercise */
        float share;           /* of the bout: how much showed the first of them, 0..1; NAN = it has no share */
        uint16_t lately;       /* this many of its kind were offered lately ... */
        uint16_t other_lately; /* ... and more of this other kind; both 0 = that did not decide */
        uint8_t other;         /* enum exercise_kind */
        uint8_t first;         /* enum exercise_side, for exercises with sides */
};

/* A workout: the one of today, or else the next. */
enum { WORKOUT_EXERCISES_MAX = 6 };
struct workout {
        uint8_t of;      /* workouts a week; 0 = none are wanted, or the day is not known */
        uint8_t number;  /* of this one within its week, counted from Monday */
        uint8_t in_days; /* 0 = today */
        uint8_t done;    /* workouts done this week, from Monday */
        bool done_today;
        uint8_t n;
        uint8_t exercise[WORKOUT_EXERCISES_MAX]; /* indices in the catalogue, in the order to do them */
        uint32_t suits; /* the most frequent observation lately, as one bit; 0 = nothing special */
};

#endif
