/* SPDX-License-Identifier: MIT */
/* How the daemon itself is doing: counted where it happens, published as diagnostics. */
#ifndef SITBONE_HEALTH_H
#define SITBONE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

/* Why bytes were not turned into a frame. Each refusal has a name, a counter and a word in publish/text.h. */
enum refusal {
        REFUSED_LENGTH,   /* sync came too early or too late for the frame length */
        REFUSED_TAIL,     /* trailing constant not there */
        REFUSED_CHECK,    /* checksum */
        REFUSED_CONSTANT, /* a byte that must have one value has another */
        REFUSED_RANGE,    /* a cell above the largest value the mat can send */
        REFUSED_TEXT,     /* not a number where one was expected */
        REFUSED_COUNT,    /* a line with another number of cells */
        REFUSED_OVERRUN,  /* longer than any frame may be */
        REFUSED_PARTIAL,  /* the first, cut frame after opening: expected once */
        REFUSAL_N,
};

enum { MAT_TROUBLE_MAX = 256 };

struct health {
        bool mat_online;                   /* fresh frames come in */
        char mat_trouble[MAT_TROUBLE_MAX]; /* why not, as far as the port shows it; "" while they do */
        uint64_t bytes;
        uint64_t frames; /* accepted */
        uint64_t refused[REFUSAL_N];
        uint64_t discarded_bytes;                /* skipped while looking for a frame */
        uint64_t reopened;                       /* times the port was opened again */
        float frame_rate_hz;                     /* over the last seconds; NAN before two frames */
        uint32_t decide_worst_us, decide_p99_us; /* longest turn of the loop: readable -> decided, since the start */
        uint64_t deadlines_missed;               /* timed decisions more than 50 ms late */
        uint64_t history_lost;                   /* notes that the history's full mailbox let go */
};

#endif
