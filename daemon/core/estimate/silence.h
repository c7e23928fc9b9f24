/* SPDX-License-Identifier: MIT */
/* The time that a pause between two frames may last before nothing is known of the seat.
 *
 * Most mats send all the time: after stale_ms their seat is unknown. Others send only when something changes, or more
 * slowly while the seat is empty. The setting silence describes them: empty = a seat known to be empty stays empty,
 * last = the last frame still holds, in both cases not for longer than a limit, because a mat that died looks the
 * same. With unknown, the limit for an empty seat follows from the pauses that this mat made over an empty seat. A
 * port that is lost ends every such time. */
#ifndef CORE_ESTIMATE_SILENCE_H
#define CORE_ESTIMATE_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/posture.h"
#include "sitbone/settings/device.h"

struct silence {
        enum silence_means means;
        uint64_t stale_us;
        /* The caller reports here that the port is lost, and since when: kept when it is open again. */
        bool lost;
        uint64_t lost_us;
        /* private state */
        uint64_t frame_us;        /* last frame; 0 = none yet */
        uint64_t gaps_us[3];      /* between the last frames, 0 = not known: the pace of this mat */
        enum occupancy occupancy; /* at the last frame */
        /* Time over an empty seat: in all, in pauses longer than stale_ms, and the longest of them. */
        float empty_s, paused_s, longest_s;
        bool pauses; /* the mat spends most of that time in such pauses */
};

/* All other members are 0 at first. */
void silence_configure(struct silence *s, const struct settings_device *settings);

/* A frame came, and was classified. */
void silence_frame(struct silence *s, enum occupancy occupancy, uint64_t now_us);

struct silence_limits {
        uint64_t
                unknown_us; /* the moment at which a seat of this occupancy becomes unknown if no frame comes before */
        /* The moment from which the pause itself confirms the candidate that the last frame showed: a mat that sends
         * only on change sends nothing more. UINT64_MAX = never. */
        uint64_t confirms_us;
};

struct silence_limits silence_find_limits(const struct silence *s, enum occupancy now, enum occupancy candidate);

#endif
