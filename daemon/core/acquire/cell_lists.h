/* SPDX-License-Identifier: MIT */
/* Parses the lists by which settings and format descriptions place cells. Pure.
 *
 *   rows, columns  0 1 2 3 or 15-31 14-0    blanks or commas between; a range may run down
 *   positions      -90 0 90.5               millimetres
 *   mask           120 3:5 row 7 col 2      cells by number, by row:column, whole rows, whole columns; each may be a
 *                                           range: 0-3, 3-4:0-7, row 25-31
 *   boards         0 1 or 0 1xy or 1 / 0    numbers of boards from left to right; / begins the next row, to the front;
 *                                           x, y: this board is mirrored left to right, back to front */
#ifndef CORE_ACQUIRE_CELL_LISTS_H
#define CORE_ACQUIRE_CELL_LISTS_H

#include <stdbool.h>
#include <stdint.h>

enum { INDEX_LIST_MAX = 64, BOARD_LIST_MAX = 8 };

/* Rows or columns. */
struct index_list {
        uint8_t n; /* 0 = none given */
        uint8_t of[INDEX_LIST_MAX];
};

struct board_list {
        uint8_t n;      /* 0 = none given */
        uint8_t across; /* boards in one row; n is a multiple */
        struct {
                uint8_t number; /* as it is on the wire */
                uint8_t rank;   /* number of boards with a lower number */
                bool flip_x, flip_y;
        } of[BOARD_LIST_MAX];
};

/* The functions of type bool return false when the text is no such list. An empty text is an empty list. */
bool cell_lists_parse_indices(const char *text, struct index_list *ret);
bool cell_lists_parse_boards(const char *text, struct board_list *ret);

/* At most `most` numbers of -2000 to 2000. ret may be NULL: the numbers are only counted. */
bool cell_lists_parse_positions(const char *text, uint32_t most, float *ret, uint32_t *ret_n);

/* Whether the text has the form of a mask, for a mat of any size. */
bool cell_lists_check_mask(const char *text);

/* Sets masked[cell] for every cell that the mask names, of rows x cols = n cells numbered from the back left corner
 * (rows 0: no grid); other elements are not written. NULL, or an error. */
const char *cell_lists_apply_mask(const char *text, uint32_t rows, uint32_t cols, uint32_t n, uint8_t *masked);

/* Whether the list holds every number below n once. */
bool cell_lists_is_permutation(const struct index_list *list, uint32_t n);

#endif
