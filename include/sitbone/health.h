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

/* State of the link to the mat, a word in words/names.h. */
enum mat_state {
        MAT_NO_DEVICE, /* the port is not there, or not connected */
        MAT_WAITING,   /* it is open, and no whole frame came yet */
        MAT_NO_FRAMES, /* whole lines or packets come, but they are no frames */
        MAT_FRAMES,    /* frames come, or the pause since the last one is an ordinary one */
        MAT_SILENT,    /* nothing comes any more */
        MAT_ENDED,     /* a file came to its end */
        MAT_STATE_N,
};

struct health {
        bool mat_online; /* fresh frames arrive: mat_state is MAT_FRAMES */
        enum mat_state mat_state;
        float quiet_s; /* time since the last byte; NAN before the first one since the port was opened */
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
