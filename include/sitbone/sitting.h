/* SPDX-License-Identifier: MIT */
/* Sitting and breaks as the mat measured them. Durations in microseconds of CLOCK_BOOTTIME; the rules and their
 * reasons are in core/follow/sitting.h. */
#ifndef SITBONE_SITTING_H
#define SITBONE_SITTING_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/posture.h"

enum sitting_phase {
        SITTING_AWAY,        /* no bout */
        SITTING_CONFIRMING,  /* a person for less than confirm_s: not a bout yet */
        SITTING_SEATED,      /* in a bout, on the seat */
        SITTING_INTERRUPTED, /* in a bout, off the seat for less than break_s */
        SITTING_SUSPENDED,   /* in a bout, the mat is silent: nothing is known, nothing is counted */
        SITTING_PHASE_N,
};

/* Events of this step, as bits: each is set in exactly one snapshot. */
enum sitting_change {
        SITTING_BOUT_STARTED = 1 << 0,
        SITTING_LEFT_SEAT = 1 << 1,     /* off the seat inside a bout */
        SITTING_BACK = 1 << 2,          /* back before a break: interruption or partial break, see last_away_us */
        SITTING_PARTIAL_BREAK = 1 << 3, /* 30 s reached */
        SITTING_BOUT_ENDED = 1 << 4,    /* absence or silence of break_s: last_bout_us is final */
        SITTING_SHIFTED = 1 << 5,       /* a shift of weight was counted */
        SITTING_BREAK = 1 << 6,         /* with BOUT_ENDED: the seat was empty, not merely silent */
};

/* Totals of a bout. */
struct bout {
        uint64_t seated_us;                           /* time on the seat */
        uint64_t slouched_us, arched_us, lopsided_us; /* of it, only while confident */
        uint64_t in_us[POSTURE_N];                    /* seated_us by posture, as decided */
        uint32_t shifts;                              /* shifts of weight, see posture.h */
        uint32_t squeezes;                            /* of the glutes, as measured; see posture.h */
        float squeezed_s;                             /* time held in squeezes, in all */
};

struct sitting {
        enum sitting_phase phase;
        uint32_t changes;         /* enum sitting_change bits */
        struct bout bout;         /* all 0 when there is no bout */
        uint64_t bout_started_us; /* 0 when there is no bout */
        uint64_t bout_number;     /* unique in this installation, grows; 0 when there is no bout */
        bool partial;             /* INTERRUPTED: it is a partial break by now */
        uint64_t left_seat_us;    /* when the sitter left the seat, 0 unless INTERRUPTED */
        uint64_t last_away_us;    /* length of the absence that just ended */
        uint64_t last_bout_us;    /* seated time of the bout that ended last */
        bool last_was_break;      /* that bout ended with a break, also when that was before a restart */
        uint64_t last_shift_us;   /* when the sitter last shifted the weight (or sat down) */
        uint64_t shift_began_us;  /* the shift that was counted last, while seated; 0 = none since the start */
        float shifts_per_hour;    /* over the last hour on the seat; NAN before 10 min of it are known */
        float usual_shifts;       /* an hour, of the bouts before; what the coach compares with */
        float shifts_target;      /* of the coach, an hour; NAN = off, or too little is known */
        /* seated since local midnight, of confirmed bouts; steps back by the dwell (stand_s) when the sitter is found to
         * have left */
        uint64_t today_us;
        uint32_t bouts_today, breaks_today, partial_breaks_today;
        float squeezed_today_s;     /* since local midnight, as bout.squeezed_s */
        enum posture_class posture; /* as decided by the estimator, for the alert stage */
        float confidence;
        float asymmetry;
        float usual_asymmetry; /* of the bouts before; 0 is assumed for as long as little is known */
        float movement;        /* as in posture.h: how busy the sitter is */
        bool shifting;
        bool doubted; /* SEATED: the last maps do not look like a person, the sitter may have left */
        /* posture over the last window (setting alert.posture_window_min), share of seated time 0..1, 0 without a bout;
         * lopsided here compared with usual_asymmetry */
        float slouched_share, lopsided_share;
        uint64_t slouched_window_us, lopsided_window_us; /* the same as time within the window */
};

#endif
