/* SPDX-License-Identifier: MIT */
/* Names of cells in text, and the numbers that follow them: "s1:12,s2:14". Pure.
 *
 * The list has names and ranges: "left right", "s1-s12", "C1R1-C4R4" (16 names, the last number rises fastest). A '_'
 * in the list stands for a blank, too. */
#ifndef CORE_ACQUIRE_CELL_NAMES_H
#define CORE_ACQUIRE_CELL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CELL_NAME_ENTRIES = 16, CELL_NAME_NUMBERS = 2 };

/* A name, or a range of names: words and numbers in turn, beginning with a word that may be empty. */
struct cell_name_entry {
        struct {
                uint8_t at, n; /* place in the list */
        } word[CELL_NAME_NUMBERS + 1];
        uint16_t first[CELL_NAME_NUMBERS], count[CELL_NAME_NUMBERS];
        uint8_t numbers; /* 0 = one name, taken literally */
        uint16_t cell;   /* of the first name */
};

struct cell_names {
        const char *list;
        const uint8_t *value_after; /* a number follows these bytes, which follow its name; */
        uint8_t value_after_n;      /* 0 = it follows its name */
        const char *missing;        /* words that stand in place of a number */
        uint8_t n;
        uint32_t n_cells;
        struct cell_name_entry of[CELL_NAME_ENTRIES];
};

/* A name that waits for its number; kept from line to line. */
struct cell_name_scan {
        bool waits;    /* a name was seen, */
        uint16_t cell; /* and this is its cell */
        bool armed;    /* value_after was seen, too, or there is none */
};

/* list must outlive *ret. False: it is not such a list, or has more than CELLS_MAX names. An empty list has no names.
 * The caller sets value_after and missing. */
bool cell_names_parse(const char *list, struct cell_names *ret);

/* Finds the next number that follows a name, from *at on, and moves *at past it. False: there is none before end. */
bool cell_names_next(const struct cell_names *names, struct cell_name_scan *scan, const char *line, const char **at,
                     const char *end, double *ret);

/* Writes the name of a cell < n_cells, without a NUL: at most CELL_NAME_MAX bytes. Returns how many. */
enum { CELL_NAME_MAX = 140 };
size_t cell_names_write(const struct cell_names *names, uint32_t cell, char *ret);

#endif
