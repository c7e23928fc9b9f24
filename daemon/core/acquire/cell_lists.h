/* SPDX-License-Identifier: MIT */
/* The lists by which settings and descriptions say where cells are, as people write them. Pure.
 *
 *   rows, columns  0 1 2 3 or 15-31 14-0    blanks or commas between; a range may run down
 *   positions      -90 0 90.5               millimetres
 *   mask           120 3:5 row 7 col 2      cells by number, by row:column, whole rows, whole columns; each may be a
 *                                           range: 0-3, 3-4:0-7, row 25-31
 *   boards         0 1 or 0 1xy or 1 / 0    numbers of boards from left to right, / begins the next row to the front;
 *                                           x, y: this board lies mirrored left to right, back to front */
#ifndef CORE_ACQUIRE_CELL_LISTS_H
#define CORE_ACQUIRE_CELL_LISTS_H

#include <stdbool.h>
#include <stdint.h>

enum { PLACES_LIST_MAX = 64, PLACES_BOARDS_MAX = 8 };

struct places_list {
        uint8_t n; /* 0 = none given */
        uint8_t of[PLACES_LIST_MAX];
};

struct places_boards {
        uint8_t n;      /* 0 = none given */
        uint8_t across; /* in one row of them; n is a multiple */
        struct {
                uint8_t number; /* what the wire calls it */
                uint8_t rank;   /* how many of the others have a lower number */
                bool flip_x, flip_y;
        } of[PLACES_BOARDS_MAX];
};

/* All: false when this is no such list. An empty text is one of nothing. */
bool places_list(const char *text, struct places_list *ret);
bool places_boards(const char *text, struct places_boards *ret);

/* At most `most` numbers of -2000 to 2000. ret NULL: only how many. */
bool places_positions(const char *text, uint32_t most, float *ret, uint32_t *ret_n);

bool places_mask_reads(const char *text);

/* NULL, or what is wrong with it for rows x cols = n cells, numbered from the back left corner; rows 0: no grid.
 * Cells that are not named are left as they are. */
const char *places_mask(const char *text, uint32_t rows, uint32_t cols, uint32_t n, uint8_t *masked);

/* Every number below n once. */
bool places_permute(const struct places_list *list, uint32_t n);

#endif
