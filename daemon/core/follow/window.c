/* SPDX-License-Identifier: MIT */
#include "core/follow/window.h"

#include <string.h>

#include "util/minmax.h"

void window_reset(struct sitting_window *w, uint64_t window_us) {
        memset(w, 0, sizeof(*w));
        w->part_us = window_us / WINDOW_PARTS + 1;
}

static void turn_to(struct sitting_window *w, uint64_t now_us) {
        uint64_t part = now_us / w->part_us;
        uint64_t n = part > w->newest ? min_u64(part - w->newest, WINDOW_PARTS) : 0;

        for (uint64_t i = 0; i < n; i++) {
                uint64_t at = (part - i) % WINDOW_PARTS;
                w->seated_us[at] = w->slouched_us[at] = w->lopsided_us[at] = 0;
        }
        if (part > w->newest)
                w->newest = part;
}

void window_add(struct sitting_window *w, uint64_t from_us, uint64_t to_us, bool slouched, bool lopsided) {
        while (from_us < to_us) {
                turn_to(w, from_us);
                uint64_t n = min_u64(to_us, (w->newest + 1) * w->part_us) - from_us, at = w->newest % WINDOW_PARTS;
                w->seated_us[at] += n;
                w->slouched_us[at] += slouched ? n : 0;
                w->lopsided_us[at] += lopsided ? n : 0;
                from_us += n;
        }
}

void window_take_back(struct sitting_window *w, uint64_t us) {
        for (uint64_t i = 0; i < WINDOW_PARTS && us > 0 && i <= w->newest; i++) {
                uint64_t at = (w->newest - i) % WINDOW_PARTS, n = min_u64(us, w->seated_us[at]);
                w->seated_us[at] -= n;
                w->slouched_us[at] = min_u64(w->slouched_us[at], w->seated_us[at]);
                w->lopsided_us[at] = min_u64(w->lopsided_us[at], w->seated_us[at]);
                us -= n;
        }
}

void window_sum(struct sitting_window *w, uint64_t now_us, struct sitting *ret) {
        uint64_t seated = 0, slouched = 0, lopsided = 0;

        turn_to(w, now_us);
        for (int i = 0; i < WINDOW_PARTS; i++) {
                seated += w->seated_us[i];
                slouched += w->slouched_us[i];
                lopsided += w->lopsided_us[i];
        }
        ret->slouched_window_us = slouched;
        ret->lopsided_window_us = lopsided;
        ret->slouched_share = seated > 0 ? (float)((double)slouched / (double)seated) : 0;
        ret->lopsided_share = seated > 0 ? (float)((double)lopsided / (double)seated) : 0;
}
