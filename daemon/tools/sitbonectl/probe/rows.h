/* SPDX-License-Identifier: MIT */
/* Which lines carry the cells, and whether several of them are one frame. */
#ifndef TOOLS_SITBONECTL_PROBE_ROWS_H
#define TOOLS_SITBONECTL_PROBE_ROWS_H

#include "tools/sitbonectl/probe/columns.h"

/* Lines of several kinds: those of the block begin as `chosen` does; NULL = all lines are alike. Those of a second mat begin
 * as `other` does; NULL = there is none. */
struct kinds {
        const struct line *chosen, *other;
};

enum rows_kind { ROWS_NUMBER, ROWS_BRACKET, ROWS_MARK, ROWS_BLANK, ROWS_WORD, ROWS_KINDS };

/* A way in which frames of several lines end. */
struct row_ends {
        enum rows_kind kind;
        uint32_t rows;
        size_t frames;       /* about that many */
        const uint8_t *mark; /* bytes at which a frame begins */
        size_t mark_n;
        bool title; /* the mark is a line of its own */
};

/* Chooses the lines that carry the cells: those with the most numbers among the frequent ones. False: there are none. */
bool block_choose(const struct lines *l, struct block *ret, struct kinds *ret_kinds);

static inline void block_free(struct block *b) {
        free(b->of);
        free(b->columns);
}

/* Finds the ways in which frames of several lines end, the most certain first. 0 = each line is a frame. */
size_t rows_find(const struct lines *l, const struct block *b, struct row_ends ret[ROWS_KINDS]);

#endif
