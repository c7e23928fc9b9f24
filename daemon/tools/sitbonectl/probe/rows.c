/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
        GROUPS_MAX = 64,
        LINES_MIN = 3,
        ROWS_MAX = 128,
};

/* Lines with the same first word and the same number of numbers. */
struct group {
        uint32_t word, n_numbers;
        size_t lines;
        const struct line *first;
};

static size_t count_groups(const struct lines *l, struct group ret[GROUPS_MAX]) {
        size_t n = 0, i;

        for (size_t k = 0; k < l->n; k++) {
                const struct line *line = &l->of[k];

                if (line->n_numbers == 0 || l->bytes[line->at] == '#')
                        continue;
                for (i = 0; i < n; i++)
                        if (ret[i].word == line->word && ret[i].n_numbers == line->n_numbers)
                                break;
                if (i == GROUPS_MAX)
                        continue;
                if (i == n)
                        ret[n++] = (struct group){line->word, line->n_numbers, 0, line};
                ret[i].lines++;
        }
        return n;
}

/* Lines with the same number of numbers, whatever they begin with. */
static size_t count_alike(const struct group *groups, size_t n, uint32_t n_numbers) {
        size_t ret = 0;

        for (size_t i = 0; i < n; i++)
                ret += groups[i].n_numbers == n_numbers ? groups[i].lines : 0;
        return ret;
}

static bool is_seat(const struct lines *l, const struct line *line) {
        static const char *const words[] = {"s", "seat", "sit", "base", "bottom", "cushion", "pan", "butt"};
        const char *word;
        size_t n = line_first_word(l, line, &word);

        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
                if (strlen(words[i]) == n && strncasecmp(word, words[i], n) == 0)
                        return true;
        return false;
}

/* Two first words that each begin nearly half of the lines with numbers. */
static bool find_two_kinds(const struct lines *l, const struct group *groups, size_t n, uint32_t n_numbers,
                           struct kinds *ret) {
        size_t all = count_alike(groups, n, n_numbers);
        const struct group *found[2] = {NULL, NULL};
        int many = 0;

        for (size_t i = 0; i < n; i++)
                if (groups[i].word != 0 && groups[i].lines * 5 >= all && groups[i].n_numbers * 2 >= n_numbers) {
                        if (many < 2)
                                found[many] = &groups[i];
                        many++;
                }
        if (many != 2 || found[0]->word == found[1]->word || n_numbers < 2)
                return false;
        if (is_seat(l, found[1]->first) ||
            (!is_seat(l, found[0]->first) && found[1]->n_numbers > found[0]->n_numbers)) {
                const struct group *second = found[0];

                found[0] = found[1];
                found[1] = second;
        }
        *ret = (struct kinds){found[0]->first, found[1]->first};
        return true;
}

static bool collect_lines(const struct lines *l, uint32_t n_numbers, const struct line *like, struct block *ret) {
        *ret = (struct block){.lines = l, .n_numbers = n_numbers};
        ret->of = calloc(l->n + 1, sizeof(*ret->of));
        ret->columns = calloc(n_numbers, sizeof(*ret->columns));
        if (!ret->of || !ret->columns)
                return false;
        for (size_t k = 0; k < l->n; k++)
                if (l->of[k].n_numbers == n_numbers && (!like || l->of[k].word == like->word) &&
                    l->bytes[l->of[k].at] != '#')
                        ret->of[ret->n++] = &l->of[k];
        return ret->n >= LINES_MIN;
}

/* True if other lines have numbers, too, and these all begin with the same word, by which they are known. */
static bool word_selects(const struct lines *l, const struct block *b) {
        size_t others = 0, same = 0;

        for (size_t k = 0; k < l->n; k++)
                others += l->of[k].n_numbers > 0;
        for (size_t k = 0; k < b->n; k++)
                same += b->of[k]->word == b->of[0]->word;
        return b->of[0]->word != 0 && same == b->n && 10 * (others - b->n) > b->n;
}

bool block_choose(const struct lines *l, struct block *ret, struct kinds *ret_kinds) {
        struct group groups[GROUPS_MAX];
        size_t n = count_groups(l, groups), all = 0;
        uint32_t n_numbers = 0;

        *ret_kinds = (struct kinds){NULL, NULL};
        for (size_t i = 0; i < n; i++)
                all += groups[i].lines;
        for (size_t i = 0; i < n; i++)
                if (5 * count_alike(groups, n, groups[i].n_numbers) >= 2 * all && groups[i].n_numbers > n_numbers)
                        n_numbers = groups[i].n_numbers;
        if (n_numbers == 0)
                return false;
        if (find_two_kinds(l, groups, n, n_numbers, ret_kinds))
                return collect_lines(l, ret_kinds->chosen->n_numbers, ret_kinds->chosen, ret);
        if (!collect_lines(l, n_numbers, NULL, ret))
                return false;
        if (word_selects(l, ret))
                ret_kinds->chosen = ret->of[0];
        return true;
}

/* --- what is between two lines of the block --- */

struct between {
        bool ends[ROWS_KINDS];
        const struct line *title; /* a line with a word before the second one */
        bool names_columns;       /* that line names as many columns as there are */
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
                        ret[k].names_columns = ret[k].names_columns || count_fields(l, line) >= b->n_numbers;
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

        return b->n > 3 * (size_t)rows && line < 0.75 * frame;
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

size_t rows_find(const struct lines *l, const struct block *b, struct row_ends ret[ROWS_KINDS]) {
        static const enum rows_kind order[] = {ROWS_MARK, ROWS_BRACKET, ROWS_BLANK, ROWS_WORD};
        const struct column *first = &b->columns[0];
        struct between *between = calloc(b->n + 1, sizeof(*between));
        size_t n = 0, names = 0;

        if (!between)
                return 0;
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
                e->rows = find_rows(between, b->n, order[i], &e->frames);
                if (e->rows < 2 ||
                    (order[i] >= ROWS_BLANK && (first->kind == COLUMN_COUNTER || first->kind == COLUMN_STAMP ||
                                                lines_are_frames(b, e->rows) || names > 0)))
                        continue;
                n += order[i] != ROWS_MARK || find_clear_code(l, e);
        }
        free(between);
        return n;
}
