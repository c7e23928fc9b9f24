/* SPDX-License-Identifier: MIT */
/* Vacant, object or person: classified by area and load, because a hand presses hard on a few cells and a blanket lies
 * lightly on many. Hysteresis by release_pct; dwell by time and by at least two frames; time alone decides nothing. */
#ifndef CORE_ESTIMATE_OCCUPANCY_H
#define CORE_ESTIMATE_OCCUPANCY_H

#include "sitbone/features.h"
#include "sitbone/posture.h"
#include "sitbone/settings/occupancy.h"

struct occupancy_classifier {
        enum occupancy now, candidate;
        uint64_t since_us;           /* first evidence of now */
        uint64_t candidate_since_us; /* first evidence of candidate */
        uint64_t against_since_us;   /* first evidence against now, for whichever other occupancy */
        uint64_t frame_us;           /* last frame */
        uint32_t candidate_frames, against_frames;
        bool few;          /* cells: loads below are mean readings */
        float frame_load;  /* in the last frame */
        float sitter_load; /* of the person, or of the one who left last */
};

void occupancy_step(struct occupancy_classifier *c, const struct settings_occupancy *settings,
                    const struct features *f, uint64_t now_us);
/* No frame came since: decides for the candidate of the last frame when its dwell is over at now_us. Returns the moment at
 * which it is; UINT64_MAX = there is no candidate. */
uint64_t occupancy_wait(struct occupancy_classifier *c, const struct settings_occupancy *settings, uint64_t now_us);
/* The mat fell silent at since_us: occupancy becomes unknown. */
void occupancy_reset(struct occupancy_classifier *c, uint64_t since_us);

#endif
