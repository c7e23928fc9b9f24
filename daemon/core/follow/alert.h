/* SPDX-License-Identifier: MIT */
/* sitting -> alerts: when each is due, its reason, its exercise, and its outcome.
 *
 *   kind       raised while SEATED, when                                         ignored after
 *   activate   prompt_min of seated time since the bout began (or since "done")  prompt_min more of it
 *   slouch     slouched now for 10 s and >= posture_min within posture_window_min  posture_gap_min
 *   asymmetry  the same for abs(asymmetry) >= lopsided_asymmetry                 posture_gap_min
 *   still      no shift for still_min                                            still_min
 *              with a target of the coach: 5 min, while the last hour is behind it
 *   short      short_min of seated time since the last prompt, long or short, and the
 *              long one not within half of it (0: no short tier)                  half of short_min
 *
 * At most one of slouch and asymmetry in posture_gap_min; neither on low confidence in the posture. The other kinds do not
 * depend on the posture and need no confidence in it; they depend on the occupancy, and nothing is raised while that is
 * unknown or the last maps do not look like a person. An open alert is updated each minute of seated time, and shown again
 * each repeat_min, repeat_max times at most. heads_up_s before an activate alert falls due it is announced.
 *
 * Nothing is raised, repeated or announced while alerts are inhibited: snoozed, paused, in quiet hours, while a person or
 * a desktop asks for "do not disturb", or once daily_max were raised. An inhibited alert is not dropped: if it is still due
 * when the inhibition ends, it is raised then; if it is not (the slouch is over), it is not raised.
 *
 * A due alert that nothing inhibits waits for a good moment, at most hold_max_s (120 s: a wait that nobody notices against
 * a prompt of 30 min):
 *   change     the sitter moves in the seat or changed posture since: attention has moved already
 *   lull       the sitter is not busy: no movement of lull_movement (typing, reaching) for lull_s (5 s). hold_still: a lull
 *              is not enough, a sitter deep in thought is left alone until a change (does not apply to the still alert).
 *              lull_movement is 0.1 a second: quiet sitting with breath and sway lies at 0.02 to 0.06 (simulated sitters,
 *              and free sitting recorded on a 12-cell chair), fidgets and reaching begin at 0.1, a shift is 0.3. A sitter
 *              is busy for about a tenth of the time then, in spells of seconds
 * With the setting trial, an activate alert may then be withheld for 10 minutes (trial.h). It is reported as one that
 * waits for a good moment, and no alert is announced: an announcement is a prompt already.
 *
 * Outcomes, exactly one for each alert:
 *   off the seat           WITHDRAWN at once, outcome to come:
 *     a break              STOOD
 *     back after a partial break      PARTIAL; the next prompt comes snooze_min of seated time later
 *     back sooner          activate: the same alert is shown again (UPDATED); the others: SHIFTED
 *   slouch, asymmetry      SHIFTED when surely gone for 10 s
 *   still, short           SHIFTED by the first shift that begins after the alert
 *   short, or an exercise in the seat       SQUEEZED after enough squeezes (setting squeezes)
 *   commands               DONE, SKIPPED and SNOOZED close the alert that the command names, or else the one that awaits
 *                          its outcome, in view or withdrawn. After DONE and SKIPPED its kind counts again from then; all
 *                          kinds do after that of activate, which speaks for the others. A pause closes it as SNOOZED
 *   its period is over     IGNORED; the next may come a second later
 *   silence ends the bout, or the kind is switched off: UNKNOWN
 * raised_us and closed_us give the latency.
 */
#ifndef CORE_FOLLOW_ALERT_H
#define CORE_FOLLOW_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/follow/alert_inhibit.h"
#include "core/follow/prompt_hours.h"
#include "core/follow/trial.h"
#include "sitbone/alert.h"
#include "sitbone/command.h"
#include "sitbone/exercise.h"
#include "sitbone/settings/alert.h"
#include "sitbone/sitting.h"
#include "sitbone/wall_clock.h"

struct settings;

#define ALERT_HOUR_US (3600 * UINT64_C(1000000))

/* Whether a cause (slouched, lopsided) is surely present, and since when; unchanged while confidence is low. */
struct alert_cause {
        bool known, present;
        uint64_t since_us;
};

/* Private state of one kind, beside its struct alert. */
struct alert_kind_state {
        uint64_t raised_seated_us; /* seated time of the bout when raised */
        uint64_t ready_us;         /* due, and not inhibited, since; 0 = not */
        uint64_t snoozed_until_us; /* this kind alone; 0 = not */
        bool comes_back;           /* snoozed: comes again after that time if its cause is still there */
        uint32_t squeezes;         /* counted while it was open */
        int8_t hour;               /* local hour when raised, -1 = not known */
        struct alert_cause cause;
};

/* The points from which the kinds count. */
struct alert_counting {
        uint64_t activate_from_us;       /* seated time of the bout from which the prompt counts ... */
        uint64_t activate_not_before_us; /* ... and before which it is not raised */
        uint64_t short_from_us;          /* seated time of the bout from which the short tier counts */
        uint64_t still_from_us;          /* stillness before this instant does not count */
        uint64_t posture_alert_us;       /* when slouch or asymmetry was last raised, 0 = never */
        uint64_t any_alert_us;           /* when any kind was, 0 = never */
        /* when the lesser kinds were, the newest first; 0 = never */
        uint64_t lesser_us[ALERT_LESSER_MAX];
};

/* The sitter in the last step. */
struct alert_sitter {
        bool on_seat; /* SEATED */
        bool partial; /* this absence became a partial break */
        bool busy;
        uint64_t seated_us;         /* of the bout */
        uint32_t bout_squeezes;     /* UINT32_MAX = not known */
        uint64_t busy_us;           /* when last busy; 0 = never */
        uint64_t changed_us;        /* when last moved or changed posture; 0 = never */
        uint64_t shift_us;          /* when the shift that was counted last began; 0 = none yet */
        enum posture_class posture; /* the last one with a name */
};

struct alert_exercises {
        const struct exercise_catalogue *catalogue; /* not owned */
        struct exercise_history offered;
        int32_t workouts_per_week;
        uint16_t workouts_done; /* bit n: a workout was done n days ago */
};

struct alert_tracker {
        struct alerts now; /* the last step's result, and the effect of commands since */
        /* private */
        struct settings_alert settings;
        uint64_t next_id;
        bool limit_reported; /* today: ALERTS_SITTING_LIMIT */
        bool announced;      /* the heads-up for the next activate alert was given */
        struct alert_inhibit inhibit;
        struct wall_clock clock;
        struct alert_kind_state kind[ALERT_KIND_N];
        struct alert_counting counting;
        struct alert_sitter sitter;
        struct alert_exercises exercises;
        struct prompt_hours hours;
        struct trial trial; /* its seed is set by the program */
};

void alert_init(struct alert_tracker *t, const struct settings *settings, const struct exercise_catalogue *exercises);
void alert_configure(struct alert_tracker *t, const struct settings *settings);

/* Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t alert_step(struct alert_tracker *t, const struct sitting *sitting, uint64_t now_us, struct alerts *ret);

/* Executes a command for alerts; COMMAND_UNKNOWN for all others. Writes details of
 * the answer to *ret, which the caller has set to 0.
 *   snooze    minutes 0 = the setting. The alert comes back after that time, if it is still due. Without an id, or with
 *             that of activate, no other kind is raised until then either, and no alert need be open. COMMAND_OK,
 *             COMMAND_OUT_OF_RANGE, COMMAND_ALERT_CLOSED or COMMAND_LIMIT_REACHED
 *   done      what the alert asked for was done: COMMAND_OK, COMMAND_NOTHING_DUE or COMMAND_ALERT_CLOSED
 *   skip      not this time: as done, but counted apart; or COMMAND_LIMIT_REACHED
 *   pause     minutes 0 = the setting. Nothing is raised until then. COMMAND_OK or COMMAND_OUT_OF_RANGE
 *   resume    ends a pause and a snooze, if any
 *   inhibit   "do not disturb" begins, continues or ends
 *   workout   the workout of today was done: COMMAND_OK, COMMAND_NO_WORKOUTS or COMMAND_DONE_TODAY. Alerts go on */
enum command_result alert_command(struct alert_tracker *t, const struct command *command, uint64_t now_us,
                                  struct command_answer *ret);

/* In view, or withdrawn. */
static inline bool alert_awaits_outcome(const struct alert *a) {
        return a->open || a->withdrawn;
}

static inline uint64_t alert_us_of_minutes(float min) {
        return (uint64_t)((double)min * 60e6);
}

/* Gives an alert that awaits its outcome that outcome. */
void alert_close(struct alert_tracker *t, enum alert_kind k, enum alert_outcome outcome, uint64_t now_us);

/* Sets the wall clock. Call it about once a second, so that a change of the clock is noticed. */
void alert_set_clock(struct alert_tracker *t, const struct wall_clock *clock);

void alert_new_day(struct alert_tracker *t);

#endif
