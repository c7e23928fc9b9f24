/* SPDX-License-Identifier: MIT */
/* Frames of several lines. */
#ifndef TOOLS_SITBONECTL_PROBE_ROWS_H
#define TOOLS_SITBONECTL_PROBE_ROWS_H

#include "tools/sitbonectl/probe/block.h"

enum rows_kind { ROWS_NUMBER, ROWS_BRACKET, ROWS_MARK, ROWS_BLANK, ROWS_WORD, ROWS_TITLE, ROWS_KINDS };

/* A way in which frames of several lines end. */
struct row_ends {
        enum rows_kind kind;
        uint32_t rows;
        size_t frames;       /* about that many */
        const uint8_t *mark; /* bytes at which a frame begins */
        size_t mark_n;
        bool title;           /* the mark is a line of its own */
        const uint8_t *start; /* bytes with which the rows begin, other than lines with other numbers; NULL = none */
        size_t start_n;
};

/* Finds the ways in which frames of several lines end, the most certain first. 0 = each line is a frame. */
size_t rows_find(const struct lines *l, const struct block *b, struct row_ends ret[ROWS_KINDS]);

#endif
