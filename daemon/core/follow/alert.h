/* SPDX-License-Identifier: MIT */
/* sitting -> alerts: what is due, why, with which exercise, and what came of it.
 *
 *   kind       raised while SEATED, when                                         ignored after
 *   activate   prompt_min of seated time since the bout began (or since "done")  prompt_min more of it
 *   slouch     slouched now for 10 s and >= posture_min within posture_window_min  posture_gap_min
 *   asymmetry  the same for abs(asymmetry) >= lopsided_asymmetry                 posture_gap_min
 *   still      no shift for still_min                                            still_min
 *   short      short_min of seated time since the last prompt, long or short, and the
 *              long one not within half of it (0: no short tier)                  half of short_min
 *
 * At most one of slouch and asymmetry in posture_gap_min; neither on low confidence in the posture. Sitting and stillness
 * do not rest on it, so the others ask for none; they rest on the occupancy, and nothing is raised while that is unknown or
 * the last maps speak against a person. An open alert is updated each minute of seated time, and shown anew each
 * repeat_min, repeat_max times at most. heads_up_s before an activate alert falls due it is announced.
 *
 * Nothing is raised, repeated or announced while snoozed, paused, in quiet hours, while "do not disturb" is said, or once
 * daily_max were raised (hold.h). Held is not dropped: what is due when that ends comes then; what is not any more (the
 * slouch is over) does not. A due alert that nothing holds waits for a good moment, at most hold_max_s:
 *   change     the sitter moves in the seat or changed posture since: attention has moved already
 *   lull       the sitter is not busy: no movement of lull_movement (typing, reaching) for lull_s. hold_still: a lull is
 *              not enough, somebody sunk in thought is left alone until a change (not of use to the still alert)
 *
 * Outcomes, exactly one an alert:
 *   off the seat           WITHDRAWN at once, outcome to come:
 *     a break              STOOD
 *     back after a partial break      PARTIAL; the next prompt comes snooze_min of seated time later
 *     back sooner          activate: the same alert is shown again (UPDATED); the others: SHIFTED
 *   slouch, asymmetry      SHIFTED when surely gone for 10 s
 *   still, short           SHIFTED at the first shift that begins after the alert
 *   commands               DONE, SKIPPED, SNOOZED (also by a pause) close every alert that waits for its outcome, in view
 *                          or withdrawn. After DONE and SKIPPED all counting starts anew
 *   its period is over     IGNORED; the next may come a second later
 *   silence ends the bout, or the kind is switched off: UNKNOWN
 * raised_us and closed_us give the latency.
 */
#ifndef CORE_FOLLOW_ALERT_H
#define CORE_FOLLOW_ALERT_H

#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/command.h"
#include "sitbone/exercise.h"
#include "sitbone/memory.h"
#include "sitbone/settings/alert.h"
#include "sitbone/sitting.h"
#include "sitbone/wall_clock.h"

struct settings;

/* Of the activation prompts raised in each local hour: how many, and how many worked (habit.h). */
struct alert_habit {
        uint8_t raised[24], worked[24];
};

/* Whether a cause (slouched, lopsided) is surely there, and since when; kept while confidence is low. */
struct alert_cause {
        bool known, there;
        uint64_t since_us;
};

struct alert_desk {
        struct settings_alert settings;
        int32_t sessions_per_week;
        const struct exercise_catalogue *exercises; /* not owned */
        struct alerts now;                          /* what the last step returned, and what commands did since */
        /* private */
        uint64_t next_id;
        struct exercise_history offered;
        uint16_t sessions_done;                  /* bit n: a strengthening session was done n days ago */
        bool on_seat;                            /* in the last step: SEATED */
        bool partial;                            /* this absence became a partial break */
        uint64_t seated_us;                      /* of the bout, in the last step */
        uint64_t activate_from_us;               /* bout_seated_us from which the prompt counts ... */
        uint64_t activate_hold_us;               /* ... and before which it does not come */
        uint64_t posture_alert_us;               /* when slouch or asymmetry was last raised, 0 = never */
        uint64_t short_from_us;                  /* the same for the short tier */
        uint64_t still_from_us;                  /* stillness before this instant does not count */
        uint64_t raised_seated_us[ALERT_KIND_N]; /* bout_seated_us when raised */
        uint64_t shown_us[ALERT_KIND_N];         /* last shown as new */
        uint32_t squeezes[ALERT_KIND_N];         /* seen while it was open */
        uint32_t bout_squeezes;                  /* in the last step; UINT32_MAX = not known */
        int8_t hour[ALERT_KIND_N];               /* local hour when raised, -1 = not known */
        uint64_t free_us[ALERT_KIND_N];          /* due with nothing that holds it, since; 0 = not */
        uint64_t busy_us, changed_us;        /* when the sitter was last busy, moved or changed posture; 0 = never */
        bool busy, shifting;                 /* in the last step */
        uint64_t shift_us;                   /* when the last shift began; 0 = none yet */
        enum posture_class posture;          /* the last that had a name */
        bool announced;                      /* the heads-up for the next activate alert was given */
        uint64_t disturb_us[ALERT_HOLDER_N]; /* do not disturb, said when; 0 = not */
        struct surroundings around;
        struct alert_habit habit;
        struct alert_cause cause[ALERT_KIND_N];
};

void alert_init(struct alert_desk *d, const struct settings *settings, const struct exercise_catalogue *exercises);
void alert_configure(struct alert_desk *d, const struct settings *settings);

/* Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t alert_step(struct alert_desk *d, const struct sitting *sitting, uint64_t now_us, struct alerts *ret);

/* minutes 0 = the setting. COMMAND_OK, COMMAND_OUT_OF_RANGE or COMMAND_LIMIT_REACHED. Closes alerts as snoozed. */
enum command_result alert_snooze(struct alert_desk *d, uint32_t minutes, uint64_t now_us);
/* The activation was done: COMMAND_OK or COMMAND_NOTHING_DUE. The next one is due a full prompt later. */
enum command_result alert_done(struct alert_desk *d, uint64_t now_us);

/* Not this time: as done, but counted apart. COMMAND_OK, COMMAND_NOTHING_DUE or COMMAND_LIMIT_REACHED. */
enum command_result alert_skip(struct alert_desk *d, uint64_t now_us);
/* minutes 0 = the setting. Nothing comes until then. COMMAND_OK or COMMAND_OUT_OF_RANGE. */
enum command_result alert_pause(struct alert_desk *d, uint32_t minutes, uint64_t now_us);
/* Ends a pause and a snooze, if any. */
enum command_result alert_resume(struct alert_desk *d);
/* "Do not disturb" begins, goes on or ends. */
enum command_result alert_disturb(struct alert_desk *d, enum alert_holder who, bool hold, uint64_t now_us);

/* The strengthening session of today was done: COMMAND_OK, COMMAND_NO_SESSIONS or COMMAND_DONE_TODAY. Alerts go on. */
enum command_result alert_session_done(struct alert_desk *d);

/* What the clock on the wall shows; to be said again when that clock is set, about once a second does. */
void alert_surround(struct alert_desk *d, const struct surroundings *around);

void alert_new_day(struct alert_desk *d, uint64_t now_us);
void alert_remember(const struct alert_desk *d, uint64_t now_us, struct memory_alerts *ret);
/* elapsed_us: time between the save and now_us. An alert that was open is open again under its id, with UPDATED in the
 * first step. */
void alert_recall(struct alert_desk *d, const struct memory_alerts *memory, uint64_t elapsed_us, uint64_t now_us);

#endif
