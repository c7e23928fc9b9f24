/* SPDX-License-Identifier: MIT */
#include "app/mat_link.h"

#include <stdio.h>

#include "util/minmax.h"

/* The pause doubles from FIRST to ABSENT while the device is not there, and to FLAPPING while it is there again and
 * again for less than STABLE: a loose plug, a server that hangs up. Somebody who plugs a mat in again waits no longer. */
static const uint64_t FIRST_US = 250000, ABSENT_US = 5000000, FLAPPING_US = 8000000;
static const uint64_t STABLE_US = 60000000;

static const uint64_t SILENT_US = 1000000; /* of a mat that sent frames */
static const uint64_t RARE_US = 10000000;  /* of a mat that sent none yet: it may be a slow one */

/* Bytes that are no frames nearly always mean another format or baud rate. A boot message is a few lines long and is
 * over after 5 s, when the slowest ordinary mats have sent a frame; a single line proves nothing before 15 s. */
enum { LINES_MANY = 3, BYTES_MANY = 16 * 1024 }; /* a first frame that was cut off is shorter */
static const uint64_t SOON_US = 5000000, LATE_US = 15000000;

static const uint64_t LINE_FIRST_US = 60000000, LINE_MOST_US = 3600000000;

static bool is_unreadable(const struct mat_link *l, uint64_t now) {
        if (l->refused >= LINES_MANY || l->discarded >= BYTES_MANY)
                return now >= l->since_us + SOON_US;
        return l->refused > 0 && now >= l->since_us + LATE_US;
}

enum mat_state mat_link_judge(const struct mat_link *l, bool online, uint64_t now) {
        if (online)
                return MAT_FRAMES;
        if (l->finished)
                return MAT_ENDED;
        if (!l->connected_us)
                return MAT_NO_DEVICE;
        if (!l->heard)
                return MAT_WAITING;
        if (now >= l->read_us + (l->frames > 0 ? min_u64(SILENT_US, l->wait_us) : RARE_US))
                return MAT_SILENT;
        return is_unreadable(l, now) ? MAT_NO_FRAMES : MAT_WAITING;
}

uint64_t mat_link_lose(struct mat_link *l, uint64_t now) {
        const bool connected = l->connected_us, lasted = l->frames > 0 && now >= l->connected_us + STABLE_US;
        uint64_t pause;

        if (connected) {
                l->lines[MAT_NO_DEVICE].changes++;
                l->losses = lasted ? 1 : l->losses + 1;
                pause = l->losses < 6 ? FIRST_US << (l->losses - 1) : FLAPPING_US;
                l->failed_us = 0;
        } else {
                pause = l->failed_us ? min_u64(l->failed_us * 2, ABSENT_US) : FIRST_US;
                l->failed_us = pause;
        }
        l->connected_us = l->read_us = l->since_us = l->frames = l->refused = l->discarded = 0;
        l->heard = false;
        return min_u64(pause, FLAPPING_US);
}

bool mat_link_may_log(struct mat_link *l, enum mat_state state, uint64_t now, char ret_suffix[64]) {
        struct mat_line *line = &l->lines[state];
        const uint64_t last_us = line->next_us - line->pause_us; /* the last line; 0 = none */

        if (now < line->next_us)
                return false;
        ret_suffix[0] = '\0';
        if (line->changes > 1 && line->pause_us > 0)
                snprintf(ret_suffix, 64, " (%u times in the last %.0f min)", line->changes,
                         (double)(now - last_us) / (double)LINE_FIRST_US);
        /* after an hour without such a line the next ones are new */
        if (line->pause_us == 0 || now >= line->next_us + LINE_MOST_US)
                line->pause_us = LINE_FIRST_US;
        else
                line->pause_us = min_u64(line->pause_us * 2, LINE_MOST_US);
        line->next_us = now + line->pause_us;
        line->changes = 0;
        return true;
}
