/* SPDX-License-Identifier: MIT */
/* Counters and timings of the daemon itself, published as diagnostics. */
#ifndef SITBONE_HEALTH_H
#define SITBONE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* Reason why bytes gave no frame. Each refusal has a name, a counter and a word in words/names.h. */
enum refusal {
        REFUSED_LENGTH,   /* the sync came too early or too late for the frame length */
        REFUSED_TAIL,     /* trailing constant missing */
        REFUSED_CHECK,    /* checksum */
        REFUSED_CONSTANT, /* a byte that must have one value has another */
        REFUSED_RANGE,    /* a cell above the largest value the mat can send */
        REFUSED_TEXT,     /* not a number where one was expected */
        REFUSED_COUNT,    /* a line with another number of cells */
        REFUSED_OVERRUN,  /* longer than any frame can be */
        REFUSED_PARTIAL,  /* the first frame after opening, cut off: expected once */
        REFUSAL_N,
};

enum { MAT_TROUBLE_MAX = 256 };

struct health {
        bool mat_online;                   /* fresh frames arrive */
        char mat_trouble[MAT_TROUBLE_MAX]; /* the reason why none do, as far as the port shows it; "" while they do */
        uint64_t bytes;
        uint64_t frames; /* accepted */
        uint64_t refused[REFUSAL_N];
        uint64_t words;           /* lines of text that are no frame, left out on purpose */
        uint64_t discarded_bytes; /* skipped in search of a frame */
        uint64_t reopened;        /* times the port was opened again */
        float frame_rate_hz;      /* over the last seconds; NAN before two frames */
        uint32_t decide_worst_us,
                decide_p99_us;     /* longest and 99 % turn of the loop since the start: readable -> decided */
        uint64_t deadlines_missed; /* timed decisions more than 50 ms late */
        uint64_t history_lost;     /* records dropped because the history's mailbox was full */
};

#endif
