/* SPDX-License-Identifier: MIT */
#include "core/acquire/cell_lists.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/acquire/parse_number.h"

enum { NUMBER_MAX = 9999 };

static const double POSITION_MAX_MM = 2000;

struct range {
        uint32_t from, to; /* to may be the lower one */
};

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == ',';
}

/* False at the end of the text. */
static bool skip_blanks(const char **at) {
        while (is_blank(**at))
                ++*at;
        return **at != '\0';
}

static bool is_end(const char *at) {
        return *at == '\0' || is_blank(*at);
}

static bool parse_count(const char **at, uint32_t *ret) {
        uint32_t n = 0;

        if (**at < '0' || **at > '9')
                return false;
        for (; **at >= '0' && **at <= '9'; ++*at)
                if ((n = n * 10 + (uint32_t)(**at - '0')) > NUMBER_MAX)
                        return false;
        *ret = n;
        return true;
}

static bool parse_range(const char **at, struct range *ret) {
        if (!parse_count(at, &ret->from))
                return false;
        ret->to = ret->from;
        if (**at != '-')
                return true;
        ++*at;
        return parse_count(at, &ret->to);
}

bool cell_lists_parse_indices(const char *text, struct index_list *ret) {
        struct range r;

        ret->n = 0;
        while (skip_blanks(&text)) {
                if (!parse_range(&text, &r) || !is_end(text) || r.from >= INDEX_LIST_MAX || r.to >= INDEX_LIST_MAX)
                        return false;
                for (uint32_t i = r.from;; i = r.to > r.from ? i + 1 : i - 1) {
                        if (ret->n == INDEX_LIST_MAX)
                                return false;
                        ret->of[ret->n++] = (uint8_t)i;
                        if (i == r.to)
                                break;
                }
        }
        return true;
}

bool cell_lists_is_permutation(const struct index_list *list, uint32_t n) {
        uint64_t seen = 0;

        if (list->n != n)
                return false;
        for (uint32_t i = 0; i < n; i++) {
                if (list->of[i] >= n || seen >> list->of[i] & 1)
                        return false;
                seen |= 1ull << list->of[i];
        }
        return true;
}

bool cell_lists_parse_positions(const char *text, uint32_t most, float *ret, uint32_t *ret_n) {
        uint32_t n = 0;
        double value;

        while (skip_blanks(&text)) {
                if (n == most || !number_parse(&text, text + strlen(text), &value) || !is_end(text) ||
                    fabs(value) > POSITION_MAX_MM)
                        return false;
                if (ret)
                        ret[n] = (float)value;
                n++;
        }
        *ret_n = n;
        return true;
}

/* --- mask --- */

/* One item of a mask. */
struct mask_item {
        bool block; /* rows and columns; otherwise the range of cell numbers is in `rows` */
        struct range rows, cols;
};

static const struct range WHOLE_RANGE = {0, UINT32_MAX};

static void sort_range(struct range *r) {
        struct range turned = {r->to, r->from};

        if (r->from > r->to)
                *r = turned;
}

/* Parses "row 7" or "col 7". False: the word is another one, and nothing is consumed. */
static bool parse_line(const char **at, const char *word, struct range *ret, bool *ret_wrong) {
        size_t n = strlen(word);

        if (strncmp(*at, word, n) != 0)
                return false;
        *at += n;
        *ret_wrong = !skip_blanks(at) || !parse_range(at, ret);
        return true;
}

static bool parse_item(const char **at, struct mask_item *ret) {
        bool wrong = false;

        *ret = (struct mask_item){.block = true, .rows = WHOLE_RANGE, .cols = WHOLE_RANGE};
        if (!parse_line(at, "row", &ret->rows, &wrong) && !parse_line(at, "col", &ret->cols, &wrong)) {
                wrong = !parse_range(at, &ret->rows);
                ret->block = **at == ':';
                if (ret->block) {
                        ++*at;
                        wrong = wrong || !parse_range(at, &ret->cols);
                }
        }
        sort_range(&ret->rows);
        sort_range(&ret->cols);
        return !wrong && is_end(*at);
}

bool cell_lists_check_mask(const char *text) {
        struct mask_item item;

        while (skip_blanks(&text))
                if (!parse_item(&text, &item))
                        return false;
        return true;
}

static const char *mask_cells(const struct mask_item *item, uint32_t n, uint8_t *masked) {
        if (item->rows.to >= n)
                return "mask names a cell that is not there";
        for (uint32_t i = item->rows.from; i <= item->rows.to; i++)
                masked[i] = 1;
        return NULL;
}

static const char *mask_block(const struct mask_item *item, uint32_t rows, uint32_t cols, uint8_t *masked) {
        uint32_t last_row = item->rows.to == UINT32_MAX ? rows - 1 : item->rows.to;
        uint32_t last_col = item->cols.to == UINT32_MAX ? cols - 1 : item->cols.to;

        if (rows == 0)
                return "mask names rows or columns, but the cells are not in rows and columns";
        if (last_row >= rows || last_col >= cols)
                return "mask names a row or column that is not there";
        for (uint32_t r = item->rows.from; r <= last_row; r++)
                for (uint32_t c = item->cols.from; c <= last_col; c++)
                        masked[r * cols + c] = 1;
        return NULL;
}

const char *cell_lists_apply_mask(const char *text, uint32_t rows, uint32_t cols, uint32_t n, uint8_t *masked) {
        struct mask_item item;
        const char *wrong = NULL;

        while (!wrong && skip_blanks(&text)) {
                if (!parse_item(&text, &item))
                        return "mask is not a list of cells, rows and columns";
                wrong = item.block ? mask_block(&item, rows, cols, masked) : mask_cells(&item, n, masked);
        }
        return wrong;
}

/* --- boards --- */

static bool parse_board(const char **at, struct board_list *b) {
        uint32_t number;

        if (b->n == BOARD_LIST_MAX || !parse_count(at, &number) || number > UINT8_MAX)
                return false;
        b->of[b->n].number = (uint8_t)number;
        b->of[b->n].flip_x = b->of[b->n].flip_y = false;
        for (; **at == 'x' || **at == 'y'; ++*at)
                *(**at == 'x' ? &b->of[b->n].flip_x : &b->of[b->n].flip_y) = true;
        b->n++;
        return is_end(*at) || **at == '/';
}

static bool rank_boards(struct board_list *b) {
        for (uint8_t i = 0; i < b->n; i++) {
                b->of[i].rank = 0;
                for (uint8_t k = 0; k < b->n; k++) {
                        if (k != i && b->of[k].number == b->of[i].number)
                                return false;
                        b->of[i].rank = (uint8_t)(b->of[i].rank + (b->of[k].number < b->of[i].number));
                }
        }
        return true;
}

bool cell_lists_parse_boards(const char *text, struct board_list *ret) {
        uint8_t row_at = 0; /* boards in the previous rows */

        ret->n = ret->across = 0;
        while (skip_blanks(&text)) {
                if (*text != '/') {
                        if (!parse_board(&text, ret))
                                return false;
                        continue;
                }
                text++;
                if (ret->n == row_at || (ret->across > 0 && ret->n - row_at != ret->across))
                        return false;
                ret->across = (uint8_t)(ret->n - row_at);
                row_at = ret->n;
        }
        if (ret->across == 0)
                ret->across = ret->n;
        return (ret->n == 0 || ret->n - row_at == ret->across) && rank_boards(ret);
}
