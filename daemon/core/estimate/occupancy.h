/* SPDX-License-Identifier: MIT */
/* Vacant, object or person: by area and load, because a hand presses hard on a few cells and a blanket lies lightly on
 * many. Hysteresis by release_pct; dwell by time and by at least two frames; time alone decides nothing. */
#ifndef CORE_ESTIMATE_OCCUPANCY_H
#define CORE_ESTIMATE_OCCUPANCY_H

#include "core/estimate/estimate.h"

void occupancy_step(struct occupancy_judge *j, const struct settings_occupancy *settings, const struct features *f,
                    uint64_t now_us);
/* The mat fell silent at since_us: nothing is known any more. */
void occupancy_lose(struct occupancy_judge *j, uint64_t since_us);

#endif
