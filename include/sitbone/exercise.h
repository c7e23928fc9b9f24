/* The exercise catalogue: read from config/exercises.conf, chosen from in follow/. */
#ifndef SITBONE_EXERCISE_H
#define SITBONE_EXERCISE_H

#include <stdbool.h>
#include <stdint.h>

enum { EXERCISES_MAX = 64, EXERCISE_ID_MAX = 48, EXERCISE_TEXT_MAX = 512 };

enum exercise_kind { EXERCISE_ACTIVATE, EXERCISE_STRENGTHEN, EXERCISE_RELEASE, EXERCISE_STRETCH, EXERCISE_KIND_N };
enum exercise_place { EXERCISE_DESK, EXERCISE_STANDING, EXERCISE_FLOOR, EXERCISE_AWAY, EXERCISE_PLACE_N };

/* What the mat saw that an exercise suits, as bits. */
enum exercise_suits {
        EXERCISE_SUITS_ANY = 1 << 0,
        EXERCISE_SUITS_SLOUCHED = 1 << 1,
        EXERCISE_SUITS_ARCHED = 1 << 2,
        EXERCISE_SUITS_LOPSIDED = 1 << 3,
        EXERCISE_SUITS_STILL = 1 << 4,
};

struct exercise {
        char id[EXERCISE_ID_MAX]; /* standing-glute-contraction */
        char name[96];            /* shown to people */
        enum exercise_kind kind;
        enum exercise_place place;
        uint32_t suits;              /* enum exercise_suits bits */
        char dose[96];               /* "3 x 12-15 a side" */
        char how[EXERCISE_TEXT_MAX]; /* one or two sentences */
        bool prompt;                 /* may be offered by a desk prompt (can be done at a desk in office clothes) */
};

struct exercise_catalogue {
        uint32_t n;
        char safety[2048]; /* shown where exercises are listed and once at first use */
        struct exercise of[EXERCISES_MAX];
};

#endif
