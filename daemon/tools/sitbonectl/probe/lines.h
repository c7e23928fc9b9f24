/* SPDX-License-Identifier: MIT */
/* Text as lines, and the numbers in them, before anything is known about their meaning. */
#ifndef TOOLS_SITBONECTL_PROBE_LINES_H
#define TOOLS_SITBONECTL_PROBE_LINES_H

#include <stdlib.h>

#include "tools/sitbonectl/probe/heard.h"

struct number {
        double value; /* NaN: a word such as nan, or nothing, is in its place */
        size_t at;    /* offset of its first byte */
        uint16_t length;
        uint8_t decimals;
        bool glued;    /* a letter precedes it: s1 */
        bool dash;     /* a minus that directly follows a number separates, as in 14-12 */
        bool stamp;    /* a date or a time of day with three parts */
        bool fraction; /* the milliseconds of a stamp, after a comma */
};

struct line {
        size_t at, n; /* first byte, and length without the end of the line */
        size_t first; /* of its numbers */
        uint32_t n_numbers;
        uint32_t word;  /* hash of the letters of its first word; 0 = it begins with a number */
        size_t word_at; /* offset of that word, without brackets and quotes before it */
        uint16_t word_n;
        uint32_t shape;   /* hash of everything but the numbers, blanks and colours */
        uint16_t letters; /* longest run */
        bool clear;       /* it has a code that clears a terminal or moves its cursor home */
        bool nmea;        /* it ends in *hh */
};

struct lines {
        uint8_t *bytes;     /* a copy, with points for decimal commas */
        uint8_t line_end;   /* the byte that ends lines; 0 = there is none, and there are no lines */
        bool decimal_comma; /* something else separates the numbers */
        struct line *of;    /* the first and the last are left out: they may be cut off */
        size_t n;
        struct number *numbers;
        size_t n_numbers;
};

/* False: out of memory. lines_free() is due in either case. */
bool lines_split(const struct heard *heard, struct lines *ret);

static inline void lines_free(struct lines *l) {
        free(l->bytes);
        free(l->of);
        free(l->numbers);
}

#endif
