/* SPDX-License-Identifier: MIT */
#include "core/acquire/cell_order.h"

#include <string.h>

enum { RUN_MIN = 8 }; /* copying a shorter run costs more than moving each cell by itself */

/* Four floats in one register. */
typedef float four __attribute__((vector_size(16)));

/* Transposes four cells of each of four columns: columns are `length` cells apart, the rows of the result `width`. */
static inline void transpose_square(const float *columns, size_t length, float *ret, size_t width) {
        four column[4], row[4], low[2], high[2];

        for (size_t k = 0; k < 4; k++)
                memcpy(&column[k], columns + k * length, sizeof(column[k]));
        for (size_t k = 0; k < 2; k++) {
                low[k] = __builtin_shufflevector(column[2 * k], column[2 * k + 1], 0, 4, 1, 5);
                high[k] = __builtin_shufflevector(column[2 * k], column[2 * k + 1], 2, 6, 3, 7);
        }
        row[0] = __builtin_shufflevector(low[0], low[1], 0, 1, 4, 5);
        row[1] = __builtin_shufflevector(low[0], low[1], 2, 3, 6, 7);
        row[2] = __builtin_shufflevector(high[0], high[1], 0, 1, 4, 5);
        row[3] = __builtin_shufflevector(high[0], high[1], 2, 3, 6, 7);
        for (size_t k = 0; k < 4; k++)
                memcpy(ret + k * width, &row[k], sizeof(row[k]));
}

/* Transposes four columns side by side, of at least four rows. When the number of rows is no multiple of four, the
 * last square overlaps the one before. */
static inline void transpose_four(const float *restrict columns, size_t rows, float *restrict ret, size_t width) {
        float *to = ret;

        for (size_t r = 0; r + 4 <= rows; r += 4, to += 4 * width)
                transpose_square(columns + r, rows, to, width);
        if (rows % 4 > 0)
                transpose_square(columns + rows - 4, rows, ret + (rows - 4) * width, width);
}

/* Columns become rows; there are at least four of both. */
static void transpose_columns(const float *restrict columns, size_t rows, size_t cols, float *restrict ret) {
        for (size_t c = 0; c + 4 <= cols; c += 4)
                transpose_four(columns + c * rows, rows, ret + c, cols);
        if (cols % 4 > 0)
                transpose_four(columns + (cols - 4) * rows, rows, ret + cols - 4, cols);
}

/* Runs are copied as long as they are long enough; from the first short one on, each cell is moved by itself. */
void cell_order_apply(const struct layout *l, const float *restrict elements, size_t n, float *restrict ret) {
        const uint16_t *from = l->wire_of;
        size_t i = 0;

        if (l->by_columns && l->geometry.rows >= 4 && l->geometry.cols >= 4) {
                transpose_columns(elements, l->geometry.rows, l->geometry.cols, ret);
                return;
        }
        for (size_t run; i < n && l->run_of[from[i]] >= RUN_MIN; i += run) {
                run = l->run_of[from[i]] < n - i ? l->run_of[from[i]] : n - i;
                memcpy(ret + i, elements + from[i], run * sizeof(*ret));
        }
        for (; i + 4 <= n; i += 4) {
                ret[i] = elements[from[i]];
                ret[i + 1] = elements[from[i + 1]];
                ret[i + 2] = elements[from[i + 2]];
                ret[i + 3] = elements[from[i + 3]];
        }
        for (; i < n; i++)
                ret[i] = elements[from[i]];
}
