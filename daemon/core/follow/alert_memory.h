/* SPDX-License-Identifier: MIT */
/* Saves and restores the alert stage over a restart. */
#ifndef CORE_FOLLOW_ALERT_MEMORY_H
#define CORE_FOLLOW_ALERT_MEMORY_H

#include <stdint.h>

#include "core/follow/alert.h"
#include "sitbone/memory.h"

void alert_remember(const struct alert_tracker *t, uint64_t now_us, struct memory_alerts *ret);

/* elapsed_us: time between the save and now_us. An alert that was open is open again under its id, with UPDATED in the
 * first step. */
void alert_recall(struct alert_tracker *t, const struct memory_alerts *memory, uint64_t elapsed_us, uint64_t now_us);

#endif
