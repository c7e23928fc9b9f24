/* sitting -> alerts: what is due, why, with which exercise, and what came of it.
 *
 *   kind       raised while SEATED, when                                         ignored after
 *   activate   prompt_min of seated time since the bout began (or since "done")  prompt_min more of it
 *   slouch     slouched now for 10 s and >= posture_min within posture_window_min  posture_gap_min
 *   asymmetry  the same for abs(asymmetry) >= lopsided_asymmetry                 posture_gap_min
 *   still      no shift for still_min                                            still_min
 *
 * At most one of slouch and asymmetry in posture_gap_min; neither on low confidence. Nothing is raised while snoozed; what
 * is due then comes when the snooze is over. An open alert is updated each minute of seated time.
 *
 * Outcomes, exactly one an alert:
 *   off the seat           WITHDRAWN at once, outcome to come:
 *     a break              STOOD
 *     back after a partial break      PARTIAL; the next prompt comes snooze_min of seated time later
 *     back sooner          activate: the same alert is shown again (UPDATED); the others: SHIFTED
 *   slouch, asymmetry      SHIFTED when surely gone for 10 s
 *   still                  SHIFTED at the first shift
 *   commands               DONE, SNOOZED close every alert that waits for its outcome, in view or withdrawn
 *   its period is over     IGNORED; the next may come a second later
 *   silence ends the bout, or the kind is switched off: UNKNOWN
 * raised_us and closed_us give the latency.
 */
#ifndef FOLLOW_ALERT_H
#define FOLLOW_ALERT_H

#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/command.h"
#include "sitbone/exercise.h"
#include "sitbone/memory.h"
#include "sitbone/settings.h"
#include "sitbone/sitting.h"

/* Whether a cause (slouched, lopsided) is surely there, and since when; kept while confidence is low. */
struct alert_cause {
        bool known, there;
        uint64_t since_us;
};

struct alert_desk {
        struct settings_alert settings;
        const struct exercise_catalogue *exercises; /* not owned */
        struct alerts now;                          /* what the last step returned, and what commands did since */
        /* private */
        uint64_t next_id;
        uint32_t exercise_turn;
        bool on_seat;                            /* in the last step: SEATED */
        bool partial;                            /* this absence became a partial break */
        uint64_t seated_us;                      /* of the bout, in the last step */
        uint64_t activate_from_us;               /* bout_seated_us from which the prompt counts ... */
        uint64_t activate_hold_us;               /* ... and before which it does not come */
        uint64_t posture_alert_us;               /* when slouch or asymmetry was last raised, 0 = never */
        uint64_t raised_seated_us[ALERT_KIND_N]; /* bout_seated_us when raised */
        struct alert_cause cause[ALERT_KIND_N];
};

void alert_init(struct alert_desk *d, const struct settings *settings, const struct exercise_catalogue *exercises);
void alert_configure(struct alert_desk *d, const struct settings *settings);

/* Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t alert_step(struct alert_desk *d, const struct sitting *sitting, uint64_t now_us, struct alerts *ret);

/* minutes 0 = the setting. COMMAND_OK or COMMAND_OUT_OF_RANGE. Closes alerts as snoozed. */
enum command_result alert_snooze(struct alert_desk *d, uint32_t minutes, uint64_t now_us);
/* The activation was done: COMMAND_OK or COMMAND_NOTHING_DUE. The next one is due a full prompt later. */
enum command_result alert_done(struct alert_desk *d, uint64_t now_us);

void alert_new_day(struct alert_desk *d, uint64_t now_us);
void alert_remember(const struct alert_desk *d, uint64_t now_us, struct memory_alerts *ret);
/* elapsed_us: time between the save and now_us. An alert that was open is open again under its id, with UPDATED in the
 * first step. */
void alert_recall(struct alert_desk *d, const struct memory_alerts *memory, uint64_t elapsed_us, uint64_t now_us);

#endif
