/* SPDX-License-Identifier: MIT */
/* Everything that must survive a restart. Instants are stored as ages (microseconds before the save), so that another
 * boot with another clock can use them; the reader adds the time in between. */
#ifndef SITBONE_MEMORY_H
#define SITBONE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/frame.h"
#include "sitbone/sitting.h"

struct memory_sitting {
        uint32_t phase;                                            /* enum sitting_phase */
        uint64_t bout_age_us, left_seat_age_us, last_shift_age_us; /* UINT64_MAX = not set */
        struct bout bout;
        uint64_t last_number;    /* of the present bout, or of the last one */
        uint32_t last_was_break; /* 0 or 1 */
        uint64_t off_us;         /* of the absence: time for which the seat was empty */
        uint64_t last_bout_us, today_us;
        uint32_t bouts_today, breaks_today, partial_breaks_today;
        float squeezed_today_s;
        float usual_asymmetry;
        uint64_t usual_known_us;
        float usual_shifts;
        uint64_t usual_shifts_us;
};

struct memory_alerts {
        uint64_t next_id;
        uint64_t snooze_left_us, pause_left_us; /* 0 = not snoozed, paused */
        uint64_t still_from_age_us;             /* UINT64_MAX = not set */
        uint64_t short_from_us;                 /* seated time of the bout from which the short tier counts */
        /* seated time of the bout from which the prompt counts, and before which it is not raised */
        uint64_t activate_from_us, activate_not_before_us;
        uint64_t posture_alert_age_us, any_alert_age_us; /* UINT64_MAX = none yet */
        uint64_t lesser_left_us[ALERT_LESSER_MAX];       /* until a lesser alert is an hour old; 0 = it is */
        uint32_t raised_today, snoozes_today, skips_today;
        uint64_t withheld_left_us; /* of a prompt in a trial; 0 = none, 1 = it may come */
        uint8_t limit_reported;    /* today: the sitting time of the day */
        uint8_t partial;           /* the absence became a partial break */
        uint8_t inhibited,
                inhibited_reported; /* "do not disturb" of a person or an automation; a desktop repeats its own */
        uint64_t inhibited_age_us;  /* UINT64_MAX = not inhibited */
        char inhibited_by[ALERT_INHIBITED_BY_MAX];
        struct memory_hour {
                uint8_t raised, worked;
        } hour[24];             /* adaptive: activation prompts raised in this local hour, and how many worked */
        uint16_t workouts_done; /* bit 0: a workout was done today, bit 1: yesterday, ... */
        struct exercise_history offered;
        struct memory_alert {
                uint8_t open, withdrawn;
                uint64_t id, raised_age_us, closed_age_us, answered_age_us; /* UINT64_MAX = not set */
                uint32_t outcome, moment, showings, also;
                int8_t hour;        /* local hour when raised, -1 = not known */
                uint8_t comes_back; /* snoozed alone, for snooze_left_us more */
                uint64_t snooze_left_us;
                int32_t exercise;
                struct exercise_reason why;
                uint64_t seated_us, cause_us, raised_seated_us;
                uint64_t limit_us, window_us, break_us;
                float slouched_share, asymmetry, shifts_per_hour, shifts_target;
        } of[ALERT_KIND_N];
};

/* The sitter's own upright: features at the reference, in the estimator's own order. */
enum { MEMORY_REFERENCE_N = 40 };
struct memory_reference {
        uint8_t valid, by_hand;
        float value[MEMORY_REFERENCE_N];
};

struct memory {
        struct memory_sitting sitting;
        struct memory_alerts alerts;
        struct memory_reference reference;
        char sitter[32]; /* the sitter chosen last, whose profile is a file of its own */
};

/* The baseline of the empty seat, stored apart because it changes rarely and is large. */
struct memory_tare {
        uint32_t n_cells;          /* 0 = none */
        float baseline[CELLS_MAX]; /* raw units */
        float noise[CELLS_MAX];
        float creep; /* constant learnt from this mat; NAN = none */
};

#endif
