/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
        ROWS_MAX = 128,
};

/* --- what is between two lines of the block --- */

struct between {
        bool ends[ROWS_KINDS];
        const struct line *title; /* a line with a word before the second one */
        bool names_columns;       /* that line names as many columns as there are, and more than one */
};

static size_t count_fields(const struct lines *l, const struct line *line) {
        size_t n = 1;

        for (size_t i = 0; i < line->n; i++)
                n += strchr(",;\t", l->bytes[line->at + i]) && l->bytes[line->at + i] ? 1u : 0u;
        return n;
}

static int count_depth(const struct lines *l, const struct line *line) {
        int depth = 0;

        for (size_t i = 0; i < line->n; i++)
                depth += l->bytes[line->at + i] == '[' && (i == 0 || l->bytes[line->at + i - 1] != 0x1B)
                                 ? 1
                                 : -(l->bytes[line->at + i] == ']');
        return depth;
}

/* Describes what precedes each line of the block; ret has one more than there are lines. */
static void find_between(const struct lines *l, const struct block *b, struct between *ret) {
        size_t k = 0;
        int depth = 0;
        bool opened = false;

        for (const struct line *line = l->of; line < l->of + l->n && k < b->n; line++) {
                int step = count_depth(l, line);

                ret[k].ends[ROWS_MARK] = ret[k].ends[ROWS_MARK] || line->clear;
                if (line != b->of[k]) {
                        ret[k].ends[ROWS_BLANK] = ret[k].ends[ROWS_BLANK] || line->n == 0;
                        ret[k].ends[ROWS_WORD] = ret[k].ends[ROWS_WORD] || line->n > 0;
                        ret[k].title = line->n > 0 ? line : ret[k].title;
                        ret[k].names_columns = ret[k].names_columns ||
                                               (b->n_numbers - b->header - b->trailer > 1 &&
                                                count_fields(l, line) >= b->n_numbers - b->header - b->trailer);
                        depth += step;
                        continue;
                }
                ret[k].ends[ROWS_BRACKET] = depth <= 0 && opened;
                opened = opened || step != 0;
                depth = (depth < 0 ? 0 : depth) + step;
                k++;
        }
}

/* Most common number of lines between two ends of this kind; 0 = there are few, or they are irregular. */
static uint32_t find_rows(const struct between *between, size_t n, enum rows_kind kind, size_t *ret_frames) {
        size_t counts[ROWS_MAX + 1] = {0}, runs = 0, best = 0;
        uint32_t run = 0, rows = 0;
        bool begun = false;

        for (size_t k = 0; k < n; k++) {
                if (between[k].ends[kind]) {
                        if (begun) {
                                counts[run < ROWS_MAX ? run : ROWS_MAX]++;
                                runs++;
                        }
                        begun = true;
                        run = 0;
                }
                run++;
        }
        for (uint32_t i = 1; i < ROWS_MAX; i++)
                if (counts[i] > best) {
                        best = counts[i];
                        rows = i;
                }
        *ret_frames = best;
        return best >= 2 && 3 * best >= 2 * runs ? rows : 0;
}

/* Lines that resemble the line before them more than the line `rows` before them are frames, not rows. */
static bool lines_are_frames(const struct block *b, uint32_t rows) {
        double line = block_step(b, 1), frame = block_step(b, rows);

        return b->n > 3 * (size_t)rows && line < (b->n_numbers - b->header - b->trailer == 1 ? 2 : 0.75) * frame;
}

/* The first of the codes at the beginning of the first line that clears the terminal. */
static bool find_clear_code(const struct lines *l, struct row_ends *ret) {
        for (const struct line *line = l->of; line < l->of + l->n; line++) {
                const uint8_t *at = l->bytes + line->at, *end = at + line->n, *last = NULL;

                if (!line->clear)
                        continue;
                for (; at + 2 < end; at++)
                        if (at[0] == 0x1B && at[1] == '[' && !last)
                                last = at;
                if (!last)
                        continue;
                ret->mark = last;
                for (ret->mark_n = 2; last + ret->mark_n < end && !strchr("HJ", last[ret->mark_n]);)
                        ret->mark_n++;
                ret->mark_n++;
                ret->title = line->n_numbers == 0;
                return ret->mark_n <= 32;
        }
        return false;
}

/* A line that precedes each frame and never changes, and the beginning of the rows. */
static bool find_title(const struct block *b, const struct between *between, struct row_ends *ret) {
        const struct lines *l = b->lines;
        const struct line *title = NULL, *first = b->of[0];
        size_t frames = 0, alike = 0;

        for (size_t k = 1; k < b->n; k++) {
                const struct line *t = between[k].title;

                if (!between[k].ends[ROWS_WORD] || !t)
                        continue;
                title = title ? title : t;
                frames++;
                alike += t->n == title->n && memcmp(l->bytes + t->at, l->bytes + title->at, t->n) == 0;
        }
        if (!title || title->letters < 2 || 10 * alike < 9 * frames)
                return false;
        *ret = (struct row_ends){ROWS_TITLE, ret->rows, ret->frames,          l->bytes + title->at,
                                 title->n,   true,      l->bytes + first->at, l->numbers[first->first].at - first->at};
        for (; ret->mark_n > 0 && *ret->mark == ' '; ret->mark_n--)
                ret->mark++;
        for (; ret->start_n > 0 && (*ret->start == ' ' || *ret->start == '\t'); ret->start_n--)
                ret->start++;
        return ret->mark_n > 0 && ret->mark_n <= 32 && ret->start_n > 0 && ret->start_n <= 32;
}

/* Bytes from the first word up to the first number; 0 when the number comes first, as in -12. */
static size_t measure_beginning(const struct lines *l, const struct line *line) {
        size_t at = l->numbers[line->first].at;

        return at > line->word_at ? at - line->word_at : 0;
}

/* Compares what precedes the first numbers of two lines. */
static int compare_beginnings(const struct lines *l, const struct line *a, const struct line *b) {
        size_t n_a = measure_beginning(l, a), n_b = measure_beginning(l, b);
        int order;

        for (; n_a > 0 && l->bytes[a->word_at + n_a - 1] == ' '; n_a--)
                ;
        for (; n_b > 0 && l->bytes[b->word_at + n_b - 1] == ' '; n_b--)
                ;
        order = memcmp(l->bytes + a->word_at, l->bytes + b->word_at, n_a < n_b ? n_a : n_b);
        return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

/* Rows that each begin with words of their own, in turn: A: 1 2, B: 3 4. The first in the alphabet begins the frame. */
static bool find_words_in_turn(const struct block *b, struct row_ends *ret) {
        const struct lines *l = b->lines;
        const struct line *first = b->of[0];
        size_t rows = 1, alike = 0;

        while (rows < ROWS_MAX && 3 * rows < b->n && compare_beginnings(l, b->of[rows], first) != 0)
                rows++;
        for (size_t k = 0; k + rows < b->n; k++)
                alike += compare_beginnings(l, b->of[k], b->of[k + rows]) == 0 &&
                         compare_beginnings(l, b->of[k], b->of[k + 1]) != 0;
        if (rows < 2 || 3 * rows >= b->n || 20 * alike < 19 * (b->n - rows))
                return false;
        for (size_t k = 1; k < rows; k++)
                if (compare_beginnings(l, b->of[k], first) < 0)
                        first = b->of[k];
        *ret = (struct row_ends){.kind = ROWS_MARK,
                                 .rows = (uint32_t)rows,
                                 .frames = b->n / rows,
                                 .mark = l->bytes + first->word_at,
                                 .mark_n = measure_beginning(l, first)};
        return first->word_n > 0 && ret->mark_n > 0 && ret->mark_n <= 32;
}

size_t rows_find(const struct lines *l, const struct block *b, struct row_ends ret[ROWS_KINDS]) {
        static const enum rows_kind order[] = {ROWS_MARK, ROWS_BRACKET, ROWS_BLANK, ROWS_WORD, ROWS_TITLE};
        const struct column *first = &b->columns[0];
        struct between *between = calloc(b->n + 1, sizeof(*between));
        size_t n = 0, names = 0;

        if (!between || find_words_in_turn(b, &ret[0])) {
                free(between);
                return between ? 1 : 0;
        }
        find_between(l, b, between);
        for (size_t k = 0; k < b->n; k++)
                names += between[k].names_columns;
        if (first->kind == COLUMN_ROW && b->n_numbers > b->header) {
                uint32_t rows = (uint32_t)(first->largest - first->least + 1);

                if (!lines_are_frames(b, rows))
                        ret[n++] = (struct row_ends){.kind = ROWS_NUMBER, .rows = rows, .frames = b->n / rows};
        }
        for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
                struct row_ends *e = &ret[n];

                *e = (struct row_ends){.kind = order[i]};
                e->rows = find_rows(between, b->n, order[i] == ROWS_TITLE ? ROWS_WORD : order[i], &e->frames);
                if (e->rows < 2 ||
                    (order[i] >= ROWS_BLANK && (first->kind == COLUMN_COUNTER || first->kind == COLUMN_STAMP ||
                                                lines_are_frames(b, e->rows) || names > 0)))
                        continue;
                n += order[i] == ROWS_MARK ? find_clear_code(l, e)
                                           : order[i] != ROWS_TITLE || find_title(b, between, e);
        }
        free(between);
        return n;
}
