/* SPDX-License-Identifier: MIT */
/* What came of an alert, from the seat itself: the rules are in alert.h. */
#ifndef CORE_FOLLOW_ALERT_OUTCOME_H
#define CORE_FOLLOW_ALERT_OUTCOME_H

#include "core/follow/alert.h"

void outcome_close(struct alert_desk *d, enum alert_kind k, enum alert_outcome outcome, uint64_t now_us);
/* Every alert that waits; false when there was none. */
bool outcome_close_all(struct alert_desk *d, enum alert_outcome outcome, uint64_t now_us);

/* What this step makes of an alert that waits. */
void outcome_follow(struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us);

/* The numbers that go with an alert, as they are now. */
void outcome_take_numbers(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us,
                          struct alert *ret);

/* When an open alert is to be shown anew, UINT64_MAX = not. */
uint64_t outcome_repeat_us(const struct alert_desk *d, enum alert_kind k);

#endif
