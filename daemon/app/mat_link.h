/* SPDX-License-Identifier: MIT */
/* The link to the mat: one judgement of its state for status, log, D-Bus and MQTT, the pause before the port is opened
 * again, and which changes are worth a line in the log. Pure: time is an argument, in microseconds of real time. */
#ifndef APP_MAT_LINK_H
#define APP_MAT_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/health.h"

/* A line of the log that may come again and again: the first one at once, then after a minute, two, up to an hour. */
struct mat_line {
        uint64_t next_us, pause_us;
        uint32_t changes; /* since the last line */
};

struct mat_link {
        /* Facts, written by the mat. Everything but finished and wait counts since the port was opened. */
        bool finished;         /* a file came to its end */
        uint64_t wait_us;      /* silence of a mat that sent frames: stale_ms */
        uint64_t connected_us; /* when the port was open and connected; 0 = it is not */
        bool heard;            /* bytes came */
        uint64_t read_us;      /* the last one of them */
        uint64_t since_us; /* first byte or last frame, whichever is later: the three numbers below count from it */
        uint64_t frames;
        uint64_t refused;   /* whole lines or packets, since since_us */
        uint64_t discarded; /* bytes, since since_us */

        uint64_t failed_us; /* pause after an attempt that failed; 0 = the last one did not */
        uint32_t losses;    /* times in a row that a port that was connected did not last */
        enum mat_state state, logged;
        struct mat_line lines[MAT_STATE_N];
};

/* online: the estimator has fresh frames. */
enum mat_state mat_link_judge(const struct mat_link *l, bool online, uint64_t now_us);

/* The port was lost, or could not be opened: forgets the facts about it, and returns the pause before the next
 * attempt. */
uint64_t mat_link_lose(struct mat_link *l, uint64_t now_us);

/* The line of this state may be logged now; writes what to append to it: "" or the number of changes. */
bool mat_link_may_log(struct mat_link *l, enum mat_state state, uint64_t now_us, char ret_suffix[64]);

#endif
