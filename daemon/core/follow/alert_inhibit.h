/* SPDX-License-Identifier: MIT */
/* What keeps a due alert from coming: snooze, pause, do not disturb, quiet hours, the limit of the day, and the wait for a
 * good moment. The rules are in alert.h.
 *
 *   lull_movement  0.1 a second: quiet sitting with breath and sway lies at 0.02 to 0.06 (simulated sitters, and free sitting
 *                  recorded on a 12-cell chair), fidgets and reaching begin at 0.1, a shift is 0.3. A sitter is busy for
 *                  about a tenth of the time then, in spells of seconds
 *   lull_s         5 s without it
 *   hold_max_s     120 s: a wait that nobody notices against a prompt of 30 min */
#ifndef CORE_FOLLOW_ALERT_INHIBIT_H
#define CORE_FOLLOW_ALERT_INHIBIT_H

#include "core/follow/alert.h"

/* Local time of day at an instant, counted on from what was told. 0..24 h. */
uint64_t hold_day_us(const struct surroundings *around, uint64_t at_us);

/* What is over ends; what the sitter does is noted. */
void hold_step(struct alert_desk *d, const struct sitting *s, uint64_t now_us);

/* enum alert_held bits against any alert at all. */
uint32_t hold_bits(const struct alert_desk *d);
/* When the last of them ends by itself; 0 = none holds, UINT64_MAX = none knows. */
uint64_t hold_release_us(const struct alert_desk *d);
/* When the next of them ends by itself, UINT64_MAX = none does. */
uint64_t hold_deadline(const struct alert_desk *d);

/* The alert is due and free to come: is now the moment? */
bool hold_moment(struct alert_desk *d, enum alert_kind k, uint64_t now_us, enum alert_moment *ret);
/* When it will be at the latest, or a lull at the earliest. */
uint64_t hold_moment_deadline(const struct alert_desk *d, enum alert_kind k);

#endif
