/* SPDX-License-Identifier: MIT */
/* Alerts as numbers; words are put to them in publish/text.h. One open alert a kind.
 *
 * Life of one alert, for publishers: RAISED once, then UPDATED and WITHDRAWN any number of times, then CLEARED once.
 *   RAISED     show it, send the event
 *   REPEATED   still open and nothing came of it: show it anew, as if it were new (sound, in front). The same alert
 *   UPDATED    show these numbers in its place; it may have been withdrawn before (back on the seat within half a
 *              minute), so show it also when it is not in view. No new event
 *   WITHDRAWN  the person left the seat: take it out of view; what comes of it is not known yet
 *   CLEARED    take it out of view; outcome is final */
#ifndef SITBONE_ALERT_H
#define SITBONE_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/exercise.h"

enum alert_kind {
        ALERT_ACTIVATE, /* the long tier: stand up */
        ALERT_SLOUCH,
        ALERT_ASYMMETRY,
        ALERT_STILL,
        ALERT_SHORT, /* the short tier, between two of the long one: move or squeeze in the seat */
        ALERT_KIND_N,
};

enum alert_outcome {
        ALERT_PENDING, /* open, or never raised */
        ALERT_STOOD,   /* left the seat for a break */
        ALERT_PARTIAL, /* stood too short */
        ALERT_SHIFTED,
        ALERT_DONE, /* the person said so: button, command */
        ALERT_SNOOZED,
        ALERT_IGNORED, /* none of the above within the alert's own period (prompt_min, posture_gap_min, still_min, half of
                        * short_min) */
        ALERT_UNKNOWN,  /* nobody saw: the mat or the daemon was silent until the bout was over, or switched off */
        ALERT_SKIPPED,  /* not this time: button, command */
        ALERT_SQUEEZED, /* the seat saw the exercise done in it */
        ALERT_OUTCOME_N,
};

/* What happened in this step, as bits, per alert: each is set in exactly one snapshot. */
enum alert_change {
        ALERT_RAISED = 1 << 0,
        ALERT_UPDATED = 1 << 1,   /* still open, the numbers moved by a minute: show in place */
        ALERT_CLEARED = 1 << 2,   /* closed with an outcome */
        ALERT_WITHDRAWN = 1 << 3, /* out of view, the outcome is to come */
        ALERT_REPEATED = 1 << 4,  /* shown once more: escalation. Its id stays */
        ALERT_HEADS_UP = 1 << 5,  /* of a kind that is not open: falls due in heads_up_s */
};

/* Why an alert came at this very moment. */
enum alert_moment {
        ALERT_AT_ONCE,   /* it waits for nothing (hold_max_s = 0) */
        ALERT_AT_LULL,   /* the sitter was not busy, or had just stopped */
        ALERT_AT_CHANGE, /* the sitter had just moved or changed posture */
        ALERT_AT_LIMIT,  /* hold_max_s was over */
        ALERT_MOMENT_N,
};

/* What keeps an alert that is due, or would be, from coming; as bits. */
enum alert_held {
        ALERT_HELD_OFF = 1 << 0,        /* alerts, or this kind, are switched off */
        ALERT_HELD_SNOOZE = 1 << 1,     /* until snoozed_until_us */
        ALERT_HELD_PAUSE = 1 << 2,      /* until paused_until_us */
        ALERT_HELD_DISTURB = 1 << 3,    /* do not disturb: a person, an automation, a desktop said so */
        ALERT_HELD_QUIET = 1 << 4,      /* quiet hours or a quiet day, until quiet_until_us */
        ALERT_HELD_DAY = 1 << 5,        /* daily_max was reached, until midnight */
        ALERT_HELD_GAP = 1 << 6,        /* a posture alert came less than posture_gap_min ago */
        ALERT_HELD_CONFIDENCE = 1 << 7, /* the posture is not sure enough */
        ALERT_HELD_MOMENT = 1 << 8,     /* waits for a lull or a change, at most hold_max_s */
        ALERT_HELD_OPEN = 1 << 9,       /* one of this kind is open already */
        ALERT_HELD_AWAY = 1 << 10,      /* nobody sits, as far as is known */
        ALERT_HELD_N = 11,
};

/* Who may say "do not disturb". Each holds for itself. */
enum alert_holder {
        ALERT_HOLDER_PERSON,  /* or an automation: until it is said to be over */
        ALERT_HOLDER_DESKTOP, /* lapses when it is not said again for a few minutes: a desktop may crash */
        ALERT_HOLDER_N,
};

struct alert {
        uint32_t changes;
        bool open;      /* to be seen now */
        bool withdrawn; /* the person left the seat; neither open nor cleared */
        uint64_t id;    /* unique in this installation, grows; 0 = never raised */
        uint64_t raised_us;
        uint64_t closed_us;
        uint64_t
                answered_us; /* when the person did what decided the outcome: left the seat, shifted, said so; 0 = nothing
                               * yet. Known to be a break only later, at closed_us */
        enum alert_outcome outcome;
        uint64_t seated_us;   /* the reason in numbers: seated this long in the bout ... */
        uint64_t cause_us;    /* ACTIVATE: as seated_us; SLOUCH, ASYMMETRY: so long in the window; STILL: no shift */
        uint64_t limit_us;    /* ... of cause_us: the threshold that fired */
        uint64_t window_us;   /* SLOUCH, ASYMMETRY: the window; otherwise 0 */
        float slouched_share; /* 0..1 of the bout */
        float asymmetry;      /* -1..1, for ALERT_ASYMMETRY */
        enum alert_moment moment;
        uint32_t showings;          /* 1, and one more for each REPEATED */
        int32_t exercise;           /* index in the catalogue, -1 = none */
        struct exercise_reason why; /* that exercise */
};

/* How far a kind is from its next alert. */
struct alert_plan {
        uint64_t have_us, need_us; /* of what is counted (see cause_us), and the limit */
        uint64_t due_us;           /* when the limit is reached if all stays as it is; UINT64_MAX = as it is, never */
        uint32_t held;             /* enum alert_held bits: what stands against it at this moment */
};

struct alerts {
        struct alert of[ALERT_KIND_N];
        struct alert_plan plan[ALERT_KIND_N];
        uint64_t
                activate_due_us; /* when the activation alert falls due if nothing changes; 0 = not counting, or open */
        uint64_t snoozed_until_us; /* 0 = not snoozed */
        uint64_t paused_until_us;  /* 0 = not paused */
        uint64_t quiet_until_us;   /* 0 = no quiet hours now */
        uint32_t disturb;          /* do not disturb: bits 1 << enum alert_holder, 0 = may disturb */
        uint32_t raised_today;
        uint32_t snoozes_today, skips_today;
        struct exercise_session session;
};

#endif
