/* SPDX-License-Identifier: MIT */
/* Alerts as numbers; words/ puts them into sentences. At most one alert of a kind is open.
 *
 * The life of one alert, for publishers: RAISED once, then UPDATED and WITHDRAWN any number of times, then CLEARED once.
 *   RAISED     show it, send the event
 *   REPEATED   still open without an outcome: show it again as if it were new (sound, in front). The same alert
 *   UPDATED    show these numbers in its place; it may have been withdrawn before (back on the seat within half a
 *              minute), so show it also when it is not in view. No new event
 *   WITHDRAWN  the sitter left the seat: remove it from view; its outcome is not known yet
 *   CLEARED    remove it from view; outcome is final */
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
        ALERT_DONE, /* reported by the sitter: button, command */
        ALERT_SNOOZED,
        /* none of the above within the alert's own period (prompt_min, posture_gap_min, still_min, half of short_min) */
        ALERT_IGNORED,
        ALERT_UNKNOWN,      /* not observed: the mat or the daemon was silent until the bout was over */
        ALERT_SKIPPED,      /* not this time: button, command */
        ALERT_SQUEEZED,     /* the exercise was done in the seat, as the mat measured */
        ALERT_ABSORBED,     /* the prompt to stand up came in its place, and names it */
        ALERT_SWITCHED_OFF, /* in the settings, while it was open */
        ALERT_OUTCOME_N,
};

/* Events of this step, as bits, per alert: each is set in exactly one snapshot. */
enum alert_change {
        ALERT_RAISED = 1 << 0,
        ALERT_UPDATED = 1 << 1,   /* still open, the numbers moved by a minute: show in place */
        ALERT_CLEARED = 1 << 2,   /* closed with an outcome */
        ALERT_WITHDRAWN = 1 << 3, /* out of view, the outcome is to come */
        ALERT_REPEATED = 1 << 4,  /* shown once more: escalation. Its id stays */
        ALERT_HEADS_UP = 1 << 5,  /* of a kind that is not open: falls due in heads_up_s */
};

/* Why an alert was raised at this very moment. */
enum alert_moment {
        ALERT_AT_ONCE,   /* alerts do not wait (hold_max_s = 0) */
        ALERT_AT_LULL,   /* the sitter was not busy, or had just stopped */
        ALERT_AT_CHANGE, /* the sitter had just moved or changed posture */
        ALERT_AT_LIMIT,  /* hold_max_s was over */
        ALERT_MOMENT_N,
};

/* Everything that can inhibit an alert that is due, or would be; as bits. */
enum alert_inhibit_reason {
        ALERT_INHIBIT_OFF = 1 << 0,        /* alerts, or this kind, are switched off */
        ALERT_INHIBIT_SNOOZE = 1 << 1,     /* until snoozed_until_us */
        ALERT_INHIBIT_PAUSE = 1 << 2,      /* until paused_until_us */
        ALERT_INHIBIT_REQUESTED = 1 << 3,  /* "do not disturb" of a person, an automation or a desktop */
        ALERT_INHIBIT_QUIET = 1 << 4,      /* quiet hours or a quiet day, until quiet_until_us */
        ALERT_INHIBIT_DAY = 1 << 5,        /* daily_max was reached, until midnight */
        ALERT_INHIBIT_GAP = 1 << 6,        /* a posture alert was raised less than posture_gap_min ago */
        ALERT_INHIBIT_CONFIDENCE = 1 << 7, /* the confidence in the posture is too low */
        ALERT_INHIBIT_MOMENT = 1 << 8,     /* waits for a lull or a change, at most hold_max_s */
        ALERT_INHIBIT_OPEN = 1 << 9,       /* one of this kind is open already */
        ALERT_INHIBIT_AWAY = 1 << 10,      /* nobody sits, as far as is known */
        ALERT_INHIBIT_OTHER = 1 << 11,     /* another alert is open, was raised shortly before, or is about to come */
        ALERT_INHIBIT_N = 12,
        /* those that hold every kind */
        ALERT_INHIBIT_ALL = ALERT_INHIBIT_SNOOZE | ALERT_INHIBIT_PAUSE | ALERT_INHIBIT_REQUESTED |
                            ALERT_INHIBIT_QUIET | ALERT_INHIBIT_DAY,
};

/* Sources of "do not disturb". Alerts are inhibited while any of them asks for it. */
enum alert_inhibitor {
        ALERT_INHIBITOR_PERSON,  /* or an automation: until it ends the request */
        ALERT_INHIBITOR_DESKTOP, /* expires unless repeated within a few minutes: a desktop may crash */
        ALERT_INHIBITOR_N,
};

enum { ALERT_INHIBITED_BY_MAX = 64, ALERT_LESSER_MAX = 8 };

struct alert {
        uint32_t changes;
        bool open;      /* in view now */
        bool withdrawn; /* the sitter left the seat; neither open nor cleared */
        uint64_t id;    /* unique in this installation, grows; 0 = never raised */
        uint64_t raised_us;
        uint64_t shown_us; /* when last shown as new: raised or repeated */
        uint64_t closed_us;
        /* when the sitter did what decided the outcome: left the seat, shifted, answered; 0 = nothing yet. An absence is
         * known to be a break only later, at closed_us */
        uint64_t answered_us;
        enum alert_outcome outcome;
        /* the reason in numbers */
        uint64_t seated_us; /* time seated in the bout */
        uint64_t
                cause_us; /* ACTIVATE, SHORT: seated time; SLOUCH, ASYMMETRY: time in the window; STILL: without a shift */
        uint64_t limit_us;    /* the threshold of cause_us that was reached */
        uint64_t window_us;   /* SLOUCH, ASYMMETRY: the window; otherwise 0 */
        uint64_t break_us;    /* an absence this long would have been a break (setting sitting.break_s) */
        float slouched_share; /* 0..1 of the bout */
        float asymmetry;      /* -1..1; for ALERT_ASYMMETRY compared with the sitter's usual */
        float shifts_per_hour, shifts_target; /* STILL: of the coach, when it called for it; otherwise 0 */
        uint32_t also; /* ACTIVATE: bits 1 << enum alert_kind of the lesser alerts in whose place it came */
        enum alert_moment moment;
        uint32_t showings;          /* 1, and one more for each REPEATED */
        int32_t exercise;           /* index in the catalogue, -1 = none */
        struct exercise_reason why; /* that exercise */
};

/* Progress of a kind towards its next alert. */
struct alert_plan {
        uint64_t have_us, need_us; /* of the time that is counted (see cause_us), and the limit */
        uint64_t due_us;           /* when the limit is reached if nothing changes; UINT64_MAX = then never */
        uint32_t inhibits;         /* enum alert_inhibit_reason bits that apply now */
};

/* Events of this step that concern all kinds, as bits. */
enum alerts_change {
        ALERTS_HELD_LONG = 1 << 0, /* a request of "do not disturb" has lasted for an hour */
        /* back from an absence that was too short for a break, about a prompt to stand up */
        ALERTS_STOOD_BRIEFLY = 1 << 1,
        ALERTS_SITTING_LIMIT = 1 << 2, /* the sitting time of today has reached sitting_limit_h */
        ALERTS_TRIAL_RESULT = 1 << 3,  /* trial is new */
};

/* A prompt to stand up that was due in a trial, and what the sitter did within 10 minutes (core/follow/trial.h). */
struct trial_result {
        uint64_t decided_us;
        bool withheld;
        bool stood;      /* left the seat for a break */
        uint32_t shifts; /* of weight, in the bout */
};

struct alerts {
        uint32_t changes; /* enum alerts_change bits */
        struct alert of[ALERT_KIND_N];
        struct alert_plan plan[ALERT_KIND_N];
        uint64_t
                activate_due_us; /* when the activation alert falls due if nothing changes; 0 = not counting, or open */
        uint64_t snoozed_until_us; /* 0 = not snoozed */
        uint64_t paused_until_us;  /* 0 = not paused */
        uint64_t quiet_until_us;   /* 0 = no quiet hours now */
        /* "do not disturb": bits 1 << enum alert_inhibitor, 0 = nobody asks for it. Also a request that is overridden,
         * because it lasts for longer than inhibit_most_min */
        uint32_t inhibitors;
        uint64_t inhibited_since_us;               /* by the oldest request that is not overridden; 0 = by none */
        char inhibited_by[ALERT_INHIBITED_BY_MAX]; /* the source of that request; "" = it has no name */
        uint64_t break_us;                         /* an absence this long is a break (setting sitting.break_s) */
        uint32_t raised_today;
        uint32_t snoozes_today, skips_today;
        struct workout workout;
        bool trial_runs;           /* one of five prompts to stand up is withheld */
        struct trial_result trial; /* the last one, with ALERTS_TRIAL_RESULT */
};

#endif
