/* SPDX-License-Identifier: MIT */
/* When an alert falls due: what is counted, against which limit, and how long something may come of it. */
#ifndef CORE_FOLLOW_ALERT_DUE_H
#define CORE_FOLLOW_ALERT_DUE_H

#include "core/follow/alert.h"

#define US_PER_S   1000000ull
#define US_PER_MIN (60 * US_PER_S)

uint64_t due_minutes(float min);
bool due_switched_on(const struct settings_alert *s, enum alert_kind k);
bool due_posture_kind(enum alert_kind k);
/* In view, or withdrawn: its outcome is to come. */
bool due_waits(const struct alert *a);

/* The threshold of a kind, and the number that is held against it. */
uint64_t due_limit(const struct settings_alert *s, enum alert_kind k);
uint64_t due_cause_time(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us);

/* Takes what a step says of the causes (slouched, lopsided). */
void due_see_causes(struct alert_desk *d, const struct sitting *s, uint64_t now_us);
/* The cause is surely gone, or the sitter moved: what the alert asked for. */
bool due_shifted(const struct alert_desk *d, enum alert_kind k, uint64_t now_us);

/* How far it is, and what of the posture stands against it. Bits of hold.h are not in it. */
struct alert_plan due_plan(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us);

/* Left of the time in which something must come of an open alert; 0 = ignored. */
uint64_t due_patience(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us);
/* When an alert that waits may change by time alone. */
uint64_t due_next_change(const struct alert_desk *d, enum alert_kind k, const struct sitting *s, uint64_t now_us);

#endif
