/* SPDX-License-Identifier: MIT */
#include "core/estimate/silence.h"

#include "util/minmax.h"

static const uint64_t SLOWEST_US = 10000000; /* a frame each ten seconds is the slowest mat that sends all the time */
static const uint64_t EMPTY_MOST_US = 86400000000; /* a chair may stay empty for a day [judgement] */
static const uint64_t LAST_MOST_US = 600000000;    /* nobody sits for ten minutes without any change [judgement] */
static const uint64_t CONFIRM_US = 1000000;        /* a pause this long is no pause between two frames of one change */
static const float LEARNT_MOST_S = 1440; /* a longer pause counts as this long: 2.5 times of it are an hour */
static const float FORGET_S = 3600;      /* of empty time: earlier pauses then count half, and are half as long */
/* A mat that hung once for a minute in an hour of frames is no mat that pauses. */
static const float PAUSES_FROM = 0.5F, PAUSES_UNTIL = 0.25F; /* share of the empty time */

void silence_configure(struct silence *s, const struct settings_device *settings) {
        s->means = (enum silence_means)settings->silence;
        s->stale_us = (uint64_t)(settings->stale_ms > 0 ? settings->stale_ms : 0) * 1000;
}

static void learn_pause(struct silence *s, uint64_t gap_us) {
        const float whole_s = (float)gap_us * 1e-6F, gap_s = whole_s < LEARNT_MOST_S ? whole_s : LEARNT_MOST_S;

        if (s->empty_s > FORGET_S) {
                s->empty_s /= 2;
                s->paused_s /= 2;
                s->longest_s /= 2;
        }
        s->empty_s += gap_s;
        if (gap_us > s->stale_us) {
                s->paused_s += gap_s;
                s->longest_s = gap_s > s->longest_s ? gap_s : s->longest_s;
        }
        s->pauses = s->paused_s > (s->pauses ? PAUSES_UNTIL : PAUSES_FROM) * s->empty_s;
}

void silence_frame(struct silence *s, enum occupancy occupancy, uint64_t now_us) {
        /* a pause in which the port was lost is none of the mat's own */
        const uint64_t gap_us = s->frame_us && s->lost_us < s->frame_us ? now_us - s->frame_us : 0;

        if (gap_us > 0 && s->occupancy == OCCUPANCY_VACANT)
                learn_pause(s, gap_us);
        s->gaps_us[2] = s->gaps_us[1];
        s->gaps_us[1] = s->gaps_us[0];
        s->gaps_us[0] = gap_us;
        s->occupancy = occupancy;
        s->frame_us = now_us;
        s->lost = false; /* and if it is lost again, this is another loss */
}

/* Time for which an occupancy outlasts the pause by itself. */
static uint64_t held_us(const struct silence *s, enum occupancy o) {
        if (o == OCCUPANCY_UNKNOWN)
                return 0;
        if (o != OCCUPANCY_VACANT)
                return s->means == SILENCE_LAST ? LAST_MOST_US : 0;
        if (s->means != SILENCE_UNKNOWN)
                return EMPTY_MOST_US;
        return s->pauses ? (uint64_t)(2.5F * s->longest_s * 1e6F) : 0;
}

/* The shortest of the last gaps: the others may be pauses. Before the second frame the mat may be a slow one. */
static uint64_t find_pace_us(const struct silence *s) {
        uint64_t least = SLOWEST_US;

        for (int i = 0; i < 3; i++)
                if (s->gaps_us[i] > 0)
                        least = min_u64(least, s->gaps_us[i]);
        return least;
}

/* A pause is longer than the setting, and longer than 2.5 times the pause of this mat from frame to frame. An occupancy
 * that the last frame contradicts does not outlast it. */
struct silence_limits silence_find_limits(const struct silence *s, enum occupancy now, enum occupancy candidate) {
        const bool first = s->gaps_us[0] + s->gaps_us[1] + s->gaps_us[2] == 0;
        const uint64_t pace_us = find_pace_us(s);
        const uint64_t ordinary = max_u64(first ? pace_us : 5 * pace_us / 2, s->stale_us);
        const uint64_t held = candidate == now ? held_us(s, now) : 0;
        struct silence_limits ret = {s->frame_us + max_u64(ordinary, held), UINT64_MAX};

        if (s->lost)
                ret.unknown_us = min_u64(ret.unknown_us, s->lost_us + s->stale_us);
        if (candidate != now && s->lost_us < s->frame_us && held_us(s, candidate) > 0)
                ret.confirms_us = s->frame_us + min_u64(s->stale_us, CONFIRM_US);
        return ret;
}
