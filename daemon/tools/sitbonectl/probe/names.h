/* SPDX-License-Identifier: MIT */
/* Values that follow names: s1:12, "FSR_2": 14, C1R1=7. */
#ifndef TOOLS_SITBONECTL_PROBE_NAMES_H
#define TOOLS_SITBONECTL_PROBE_NAMES_H

#include "tools/sitbonectl/probe/lines.h"
#include "tools/sitbonectl/probe/verdict.h"

enum names_kind {
        NAMES_NONE,
        NAMES_LINE,    /* a line has all of them */
        NAMES_CYCLE,   /* a frame has several lines */
        NAMES_CHANGES, /* they come in no order */
};

struct names {
        enum names_kind kind;
        uint32_t n;
        char list[VERDICT_VALUE_SIZE]; /* as the key *names* has it */
        char value_after[32];          /* the key; "" = the value follows the name */
        uint32_t rows, cols;           /* if the names have two numbers; 0 = they have not */
        bool column_major;
        size_t frames; /* about that many */
};

/* Finds the names of cells: those with a number, if there are any. */
void names_find(const struct lines *l, struct names *ret);

#endif
