/* SPDX-License-Identifier: MIT */
/* The numbers at one position of many lines, and what their behaviour makes of that position. */
#ifndef TOOLS_SITBONECTL_PROBE_BLOCK_H
#define TOOLS_SITBONECTL_PROBE_BLOCK_H

#include "tools/sitbonectl/probe/lines.h"

enum column_kind {
        COLUMN_CELL,
        COLUMN_STAMP,    /* a date or a time of day */
        COLUMN_NAME,     /* digits of a name: the 1 of s1 */
        COLUMN_COUNTER,  /* only rises */
        COLUMN_ROW,      /* counts up and begins again */
        COLUMN_CONSTANT, /* never changes, although the others do */
        COLUMN_STATE,    /* 0 or 1, and seldom changes */
        COLUMN_SUM,      /* of the cells, or their mean */
        COLUMN_OTHER,    /* far larger than the others, or other decimals */
};

struct column {
        enum column_kind kind;
        double least, largest, first, last;
        uint32_t lines, rises, falls, distinct; /* distinct: changes to a new largest value */
        uint32_t ones;                          /* steps of exactly +1, or back to the least value */
        uint32_t same_step;                     /* steps like the most common step upward */
        uint32_t decimals, decimals_least;
        double step, third[2];                       /* value after each third of the lines */
        bool glued, stamp, fraction, whole, percent; /* at every line */
};

/* Lines that have the same number of numbers. */
struct block {
        const struct lines *lines;
        const struct line **of;
        size_t n;
        uint32_t n_numbers;
        struct column *columns;   /* n_numbers of them */
        uint32_t header, trailer; /* columns at either end that are no cells */
};

/* Lines of several kinds: those of the block begin as `chosen` does; NULL = all lines are alike. Those of a second mat begin
 * as `other` does; NULL = there is none. */
struct kinds {
        const struct line *chosen, *other;
};

static inline double block_value(const struct block *b, size_t line, uint32_t column) {
        return b->lines->numbers[b->of[line]->first + column].value;
}

/* Chooses the lines that carry the cells, those with the most numbers among the frequent ones, and classifies their columns.
 * False: there are none. block_free() is due in either case. */
bool block_find(const struct lines *l, struct block *ret, struct kinds *ret_kinds);

static inline void block_free(struct block *b) {
        free(b->of);
        free(b->columns);
}

/* Mean step of the cells from one line to that `lag` lines later. */
double block_step(const struct block *b, size_t lag);

#endif
