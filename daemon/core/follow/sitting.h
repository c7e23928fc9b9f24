/* SPDX-License-Identifier: MIT */
/* posture -> sitting: bouts, interruptions, partial breaks and breaks as a timed state machine in virtual time.
 *
 *   AWAY --person--> CONFIRMING --confirm_s--> SEATED --off--> INTERRUPTED --break_s--> AWAY
 *                        |off                     ^---back---------|
 *                        v                     SEATED/INTERRUPTED --mat silent--> SUSPENDED --frames--> as measured
 *                       AWAY
 *
 * Rules (following-up studies count breaks of about 2 min and more; a short stand must never count):
 *   bout          starts once a person has been seated confirm_s; it then began at the first evidence
 *   interruption  off the seat < interruption_s: the bout goes on
 *   partial break interruption_s .. break_s: counted, does not end the bout
 *   break         >= break_s off the seat: the bout ended when the sitter left
 *   silence       of the mat, of the daemon or a suspended machine is never sitting. Silence of break_s ends the bout
 *                 at its beginning (not as a break: the seat was not measured empty); the bout outlasts a shorter one
 *   absence       adjacent time off the seat and silence count together against break_s; it counts as a break or
 *                 partial break only when the seat was measured empty for interruption_s of it
 *   sleep         in a bout, a call is requested at least every 5 s. One that comes more than 5 s late means that
 *                 the machine or the daemon was suspended: all the time since the call before is silence
 * A change that is decided after a dwell is dated back to its first evidence (occupancy_since_us): seated time counted
 * in the dwell is subtracted again, absence is credited at once.
 */
#ifndef CORE_FOLLOW_SITTING_H
#define CORE_FOLLOW_SITTING_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/memory.h"
#include "sitbone/posture.h"
#include "sitbone/settings/sitting.h"
#include "sitbone/sitting.h"

struct settings;

/* Occupancy reduced to what counts for sitting: silent, empty (or an object), or a person. */
enum seat { SEAT_SILENT, SEAT_OFF, SEAT_ON };

/* Seated, slouched and lopsided time of the last window in equal parts: the window is exact to one part in 60. */
enum { WINDOW_PARTS = 60 };
struct sitting_window {
        uint64_t part_us; /* length of a part */
        uint64_t newest;  /* number of the newest part: time / part_us */
        uint64_t seated_us[WINDOW_PARTS], slouched_us[WINDOW_PARTS], lopsided_us[WINDOW_PARTS];
};

/* Shifts of the last hour on the seat, in parts of five minutes: it may have been more than one bout. */
enum { RATE_PARTS = 12 };
struct shift_rate {
        int part; /* the present one */
        uint64_t seated_us[RATE_PARTS];
        uint32_t shifts[RATE_PARTS];
};

struct sitting_tracker {
        struct settings_sitting settings;
        struct sitting now; /* the last step's result; the bout's totals also while confirming */
        uint64_t last_us;   /* time of the last step; 0 = never */
        /* private */
        float lopsided_asymmetry, min_confidence;
        enum seat seat;
        bool doubted; /* the last maps do not look like the seat's state: no bout begins */
        uint64_t seat_since_us;
        uint64_t before_us; /* of an unconfirmed bout: time on the seat before a restart */
        bool in_bout;
        uint64_t call_by_us;      /* the deadline returned last, 0 = none: a call long after it reveals a sleep */
        uint64_t absent_since_us; /* in a bout, not on the seat */
        uint64_t absent_more_us;  /* part of the absence before this boot */
        uint64_t off_us;          /* part of the absence with the seat measured empty */
        bool partial_reported;    /* PARTIAL_BREAK was set for this absence */
        struct squeezes squeezes; /* of the posture, in the last step */
        uint32_t shifts;          /* the same */
        struct shift_rate rate;
        uint64_t yesterday_us; /* part of an unconfirmed bout before midnight */
        uint64_t last_number;  /* of bouts */
        double asymmetry_us;   /* of the bout: asymmetry times the time for which it was known */
        uint64_t asymmetry_known_us;
        uint64_t usual_known_us;  /* time from which usual_asymmetry was learnt */
        uint64_t usual_shifts_us; /* the same for usual_shifts */
        bool coach;
        struct sitting_window window;
};

void sitting_init(struct sitting_tracker *t, const struct settings *settings);
void sitting_configure(struct sitting_tracker *t, const struct settings *settings);

/* Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t sitting_step(struct sitting_tracker *t, const struct posture *posture, uint64_t now_us, struct sitting *ret);

void sitting_new_day(struct sitting_tracker *t, uint64_t now_us);
void sitting_remember(const struct sitting_tracker *t, uint64_t now_us, struct memory_sitting *ret);
/* elapsed_us: time between the save and now_us, during which nothing is known. Call before the first step. */
void sitting_recall(struct sitting_tracker *t, const struct memory_sitting *memory, uint64_t elapsed_us,
                    uint64_t now_us);

#endif
