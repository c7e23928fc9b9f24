/* Alerts as numbers; words are put to them in publish/text.h. One open alert a kind.
 *
 * Life of one alert, for publishers: RAISED once, then UPDATED and WITHDRAWN any number of times, then CLEARED once.
 *   RAISED     show it, send the event
 *   UPDATED    show these numbers in its place; it may have been withdrawn before (back on the seat within half a
 *              minute), so show it also when it is not in view. No new event
 *   WITHDRAWN  the person left the seat: take it out of view; what comes of it is not known yet
 *   CLEARED    take it out of view; outcome is final */
#ifndef SITBONE_ALERT_H
#define SITBONE_ALERT_H

#include <stdbool.h>
#include <stdint.h>

enum alert_kind { ALERT_ACTIVATE, ALERT_SLOUCH, ALERT_ASYMMETRY, ALERT_STILL, ALERT_KIND_N };

enum alert_outcome {
        ALERT_PENDING, /* open, or never raised */
        ALERT_STOOD,   /* left the seat for a break */
        ALERT_PARTIAL, /* stood too short */
        ALERT_SHIFTED,
        ALERT_DONE, /* the person said so: button, command */
        ALERT_SNOOZED,
        ALERT_IGNORED, /* none of the above within the alert's own period (prompt_min, posture_gap_min, still_min) */
        ALERT_UNKNOWN, /* nobody saw: the mat or the daemon was silent until the bout was over, or switched off */
        ALERT_OUTCOME_N,
};

/* What happened in this step, as bits, per alert: each is set in exactly one snapshot. */
enum alert_change {
        ALERT_RAISED = 1 << 0,
        ALERT_UPDATED = 1 << 1,   /* still open, the numbers moved by a minute: show in place */
        ALERT_CLEARED = 1 << 2,   /* closed with an outcome */
        ALERT_WITHDRAWN = 1 << 3, /* out of view, the outcome is to come */
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
        int32_t exercise;     /* index in the catalogue, -1 = none */
        uint32_t suits;       /* why that exercise: enum exercise_suits bits that matched */
};

struct alerts {
        struct alert of[ALERT_KIND_N];
        uint64_t
                activate_due_us; /* when the activation alert falls due if nothing changes; 0 = not counting, or open */
        uint64_t snoozed_until_us; /* 0 = not snoozed */
        uint32_t raised_today;
        uint32_t snoozes_today;
};

#endif
