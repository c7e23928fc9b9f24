/* posture -> sitting: bouts, interruptions, partial breaks and breaks as a timed state machine in virtual time.
 *
 *   AWAY --person--> CONFIRMING --confirm_s--> SEATED --off--> INTERRUPTED --break_s--> AWAY
 *                        |off                     ^---back---------|
 *                        v                     SEATED/INTERRUPTED --mat silent--> SUSPENDED --frames--> as seen
 *                       AWAY
 *
 * Rules (following-up studies count breaks of about 2 min and more; a short stand must never count):
 *   bout          starts once a person has been seated confirm_s (5 s); it then began at the first evidence
 *   interruption  off the seat < interruption_s (30 s): the bout goes on
 *   partial break interruption_s .. break_s: counted, does not end the bout
 *   break         >= break_s (120 s) off the seat: the bout ended when the person left
 *   silence       of the mat, of the daemon or a suspended machine is never sitting; when it is over and lasted
 *                 >= break_s the bout ended at its beginning, otherwise the bout goes on
 */
#ifndef FOLLOW_SITTING_H
#define FOLLOW_SITTING_H

#include <stdint.h>

#include "sitbone/memory.h"
#include "sitbone/posture.h"
#include "sitbone/settings.h"
#include "sitbone/sitting.h"

struct sitting_tracker {
        struct settings_sitting settings;
        struct sitting now; /* what the last step returned */
        uint64_t last_us;   /* when that was */
        /* private state follows; sitting.c */
};

void sitting_init(struct sitting_tracker *t, const struct settings *settings);
void sitting_configure(struct sitting_tracker *t, const struct settings *settings);

/* Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t sitting_step(struct sitting_tracker *t, const struct posture *posture, uint64_t now_us, struct sitting *ret);

void sitting_new_day(struct sitting_tracker *t, uint64_t now_us);
void sitting_remember(const struct sitting_tracker *t, uint64_t now_us, struct memory_sitting *ret);
/* elapsed_us: time between the save and now_us, during which nothing is known. */
void sitting_recall(struct sitting_tracker *t, const struct memory_sitting *memory, uint64_t elapsed_us,
                    uint64_t now_us);

#endif
