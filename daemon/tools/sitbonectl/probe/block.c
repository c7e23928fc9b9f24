/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sitbone/frame.h"

enum {
        GROUPS_MAX = 64,
        ROWS_MAX = 128,
        LINES_MIN = 3,
        LINES_FEW = 10,       /* fewer lines show no behaviour */
        LINES_STEADY = 5,     /* but equal steps are those of a counter */
        LINES_CONSTANT = 40,  /* a number that stays the same for fewer lines may be a cell */
        COUNTER_VALUES = 5,   /* different values of a counter: a cell that was loaded once has fewer */
        STATE_LINES = 20,     /* a state changes at most once in this many lines */
        SCALE = 4,            /* a column all of whose values are this much larger is no cell */
        FEW_COLUMNS = 5,      /* so few numbers may have bounds beside them, as plotters want: Min:0,Max:1023 */
        LAGS_SAMPLED = 20000, /* values are enough for block_step() */
};

/* --- the lines --- */

/* Lines with the same first word and the same number of numbers. */
struct group {
        uint32_t word, n_numbers;
        size_t lines;
        const struct line *first;
        bool fixed; /* all of them are the same */
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
                        ret[n++] = (struct group){line->word, line->n_numbers, 0, line, true};
                ret[i].fixed = ret[i].fixed && line->n == ret[i].first->n &&
                               memcmp(l->bytes + line->at, l->bytes + ret[i].first->at, line->n) == 0;
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

/* True if each other group with as many numbers is one line, again and again. */
static bool others_are_fixed(const struct group *groups, size_t n, size_t one) {
        for (size_t i = 0; i < n; i++)
                if (i != one && groups[i].n_numbers == groups[one].n_numbers && !groups[i].fixed)
                        return false;
        return true;
}

static bool is_seat(const struct lines *l, const struct line *line) {
        static const char *const words[] = {"s",       "seat", "sit",  "base", "bottom",
                                            "cushion", "pan",  "butt", "sitz", "assise"};

        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
                if (strlen(words[i]) == line->word_n &&
                    strncasecmp((const char *)l->bytes + line->word_at, words[i], line->word_n) == 0)
                        return true;
        return false;
}

static bool come_in_turn(const struct lines *l, const struct group *a, const struct group *b) {
        size_t turns = 0, pairs = 0;
        uint32_t last = 0;

        for (size_t k = 0; k < l->n; k++) {
                uint32_t word = l->of[k].n_numbers > 0 ? l->of[k].word : 0;

                if (word != a->word && word != b->word)
                        continue;
                pairs += last != 0;
                turns += last != 0 && word != last;
                last = word;
        }
        return 4 * turns >= 3 * pairs;
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
        if (many != 2 || found[0]->word == found[1]->word || n_numbers < 2 || !come_in_turn(l, found[0], found[1]))
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
        ret->of = calloc(l->n + 1, sizeof(void *));
        ret->columns = calloc(n_numbers, sizeof(*ret->columns));
        if (!ret->of || !ret->columns)
                return false;
        for (size_t k = 0; k < l->n; k++)
                if (l->of[k].n_numbers == n_numbers && (!like || l->of[k].word == like->word) &&
                    l->bytes[l->of[k].at] != '#')
                        ret->of[ret->n++] = &l->of[k];
        return ret->n >= LINES_MIN;
}

static bool begins_like(const struct block *b, const struct line *line) {
        const struct lines *l = b->lines;
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): of holds n lines */
        size_t n = l->numbers[b->of[0]->first].at - b->of[0]->at;

        return n <= line->n && memcmp(l->bytes + line->at, l->bytes + b->of[0]->at, n) == 0;
}

/* True if other lines have numbers, too, as many or at least often, and these all begin alike and not as the others. */
static bool beginning_selects(const struct block *b) {
        const struct lines *l = b->lines;
        size_t others = 0, as_many = 0, alike = 0;

        for (const struct line *line = l->of; line < l->of + l->n; line++) {
                if (line->n_numbers > 0 && begins_like(b, line))
                        alike++;
                else if (line->n_numbers > 0 && l->bytes[line->at] != '#') {
                        others++;
                        as_many += line->n_numbers == b->n_numbers;
                }
        }
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): of holds n lines */
        return l->numbers[b->of[0]->first].at > b->of[0]->at && alike == b->n && (as_many > 0 || 10 * others > b->n);
}

static bool choose_lines(const struct lines *l, struct block *ret, struct kinds *ret_kinds) {
        struct group groups[GROUPS_MAX];
        size_t n = count_groups(l, groups), all = 0;
        const struct line *like = NULL;
        uint32_t n_numbers = 0;

        *ret_kinds = (struct kinds){NULL, NULL};
        for (size_t i = 0; i < n; i++)
                all += groups[i].lines;
        for (size_t i = 0; i < n; i++) {
                size_t lines = count_alike(groups, n, groups[i].n_numbers);

                /* a word that selects them makes up for many other lines */
                if ((5 * lines >= 2 * all || (groups[i].word != 0 && groups[i].lines == lines && 5 * lines >= all)) &&
                    groups[i].n_numbers > n_numbers)
                        n_numbers = groups[i].n_numbers;
        }
        if (n_numbers == 0)
                return false;
        if (find_two_kinds(l, groups, n, n_numbers, ret_kinds))
                return collect_lines(l, ret_kinds->chosen->n_numbers, ret_kinds->chosen, ret);
        for (size_t i = 0; i < n; i++) /* other lines that never change: a heading that has digits, too */
                if (groups[i].n_numbers == n_numbers && 5 * groups[i].lines >= 3 * count_alike(groups, n, n_numbers) &&
                    others_are_fixed(groups, n, i))
                        like = groups[i].first;
        if (!collect_lines(l, n_numbers, like, ret))
                return false;
        if (beginning_selects(ret))
                ret_kinds->chosen = ret->of[0];
        return true;
}

/* --- the columns --- */

static void measure_step(struct column *c, double value) {
        double step = value - c->last;

        c->rises += step > 0;
        c->falls += step < 0;
        c->distinct += value > c->largest;
        c->ones += step == 1 || (step < 0 && value == c->least);
        if (step > 0 && (c->step == 0 || c->same_step == 0)) {
                c->step = step;
                c->same_step = 1;
        } else if (step > 0) {
                c->same_step += fabs(step - c->step) <= 0.02 * c->step ? 1 : -1u;
        }
}

static void measure_column(const struct block *b, uint32_t i) {
        struct column *c = &b->columns[i];

        *c = (struct column){.glued = true, .stamp = true, .fraction = true, .whole = true, .percent = true};
        for (size_t k = 0; k < b->n; k++) {
                /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): of holds n lines */
                const struct number *n = &b->lines->numbers[b->of[k]->first + i];

                c->glued = c->glued && n->glued;
                c->stamp = c->stamp && n->stamp;
                c->fraction = c->fraction && n->fraction;
                c->whole = c->whole && n->decimals == 0;
                c->percent = c->percent && b->lines->bytes[n->at + n->length] == '%';
                c->decimals = n->decimals > c->decimals ? n->decimals : c->decimals;
                c->decimals_least = k == 0 || n->decimals < c->decimals_least ? n->decimals : c->decimals_least;
                if (!isfinite(n->value))
                        continue;
                if (c->lines++ == 0)
                        c->first = c->last = c->least = c->largest = n->value;
                measure_step(c, n->value);
                c->least = fmin(c->least, n->value);
                c->largest = fmax(c->largest, n->value);
                c->last = n->value;
                if (k == b->n / 3 || k == 2 * b->n / 3)
                        c->third[k == b->n / 3 ? 0 : 1] = n->value;
        }
}

/* The load of a cell may rise only, too, but not by the same amount in each third of the lines. */
static bool rises_evenly(const struct column *c) {
        double least = 0.15 * (c->last - c->first);

        return c->third[0] - c->first >= least && c->third[1] - c->third[0] >= least && c->last - c->third[1] >= least;
}

/* A clock that is read more often than it ticks rises seldom, but never falls. A counter of one byte falls when it is
 * full, but always has the same step. */
static bool is_counter(const struct column *c) {
        uint32_t steps = c->lines - 1;

        if (c->falls == 0 && c->lines >= LINES_STEADY && c->same_step == steps)
                return true;
        if (c->lines < LINES_FEW || c->rises == 0)
                return false;
        if (c->falls == 0)
                return c->distinct >= COUNTER_VALUES && rises_evenly(c);
        return c->falls * 8 <= steps && c->same_step + 2 * c->falls >= steps - steps / 8 && c->distinct >= LINES_FEW;
}

static bool is_row_number(const struct column *c, uint32_t n_numbers) {
        return c->lines >= LINES_FEW && c->whole && c->falls >= 2 && c->ones + 2 >= c->lines - 1 && c->least >= 0 &&
               c->least <= 1 && c->largest < (n_numbers == 2 ? CELLS_MAX : ROWS_MAX);
}

static bool is_constant(const struct column *c) {
        return c->rises + c->falls == 0;
}

static int compare_doubles(const void *a, const void *b) {
        double x = *(const double *)a, y = *(const double *)b;

        return x < y ? -1 : x > y;
}

static double measure_range(const struct column *c) {
        return c->largest - c->least;
}

static double measure_magnitude(const struct column *c) {
        return fmax(fabs(c->largest), fabs(c->least));
}

static double measure_decimals(const struct column *c) {
        return c->decimals_least;
}

/* Median over the columns that may be cells. */
static double find_median(const struct block *b, double (*measure)(const struct column *)) {
        double *values = malloc((b->n_numbers + 1) * sizeof(*values)), ret;
        size_t n = 0;

        if (!values)
                return 0;
        for (uint32_t i = 0; i < b->n_numbers; i++)
                if (b->columns[i].kind == COLUMN_CELL)
                        values[n++] = measure(&b->columns[i]);
        qsort(values, n, sizeof(*values), compare_doubles);
        ret = n > 0 ? values[n / 2] : 0;
        free(values);
        return ret;
}

static bool is_any(const struct column *c) {
        (void)c;
        return true;
}

static bool is_varying(const struct column *c) {
        return !is_constant(c);
}

static bool is_bound(const struct column *c) {
        return is_constant(c) && c->largest != 0 && c->lines >= LINES_CONSTANT;
}

static bool is_whole(const struct column *c) {
        return c->whole;
}

static bool is_percent(const struct column *c) {
        return c->percent;
}

static uint32_t count_cells(const struct block *b, bool (*matches)(const struct column *)) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < b->n_numbers; i++)
                n += b->columns[i].kind == COLUMN_CELL && matches(&b->columns[i]);
        return n;
}

static void classify_alone(const struct block *b, uint32_t i) {
        struct column *c = &b->columns[i];

        if (c->stamp)
                c->kind = COLUMN_STAMP;
        else if (c->glued && is_constant(c) && c->whole && c->lines >= LINES_STEADY)
                c->kind = COLUMN_NAME;
        else if (i == 0 && is_row_number(c, b->n_numbers))
                c->kind = COLUMN_ROW;
        else if (c->fraction || is_counter(c))
                c->kind = COLUMN_COUNTER;
}

/* Properties of most of the columns. */
struct others {
        double magnitude, range;
        double decimals; /* at least; other columns that always have another number of them are no cells */
        bool vary, whole, percent;
        bool bounds; /* of few numbers one never changes: the lower bound 0 beside it is no cell either */
};

/* Classifies a column by comparison with the others. An offset alone makes no difference: load cells have any. */
static void classify_beside(const struct block *b, uint32_t i, const struct others *others) {
        struct column *c = &b->columns[i];
        double range = measure_range(c);
        uint32_t changes = c->rises + c->falls;

        if (c->kind != COLUMN_CELL || b->n < LINES_STEADY)
                return;
        if (c->whole != others->whole ||
            (!others->whole && c->decimals == c->decimals_least && c->decimals != others->decimals) ||
            (others->percent && !c->percent) ||
            (fmin(fabs(c->least), fabs(c->largest)) > SCALE * others->magnitude &&
             (range > SCALE * others->range || SCALE * range < others->range)))
                c->kind = COLUMN_OTHER;
        else if (c->lines == 0 ||
                 (is_constant(c) && (c->largest != 0 || others->bounds) && others->vary && c->lines >= LINES_CONSTANT))
                c->kind = COLUMN_CONSTANT;
        else if (c->least >= 0 && c->largest == 1 && others->magnitude > 20 && c->lines >= STATE_LINES &&
                 changes * 20 <= c->lines)
                c->kind = COLUMN_STATE;
}

/* The sum or the mean of all cells before it, or a check of one byte. */
static bool is_sum(const struct block *b, uint32_t column) {
        size_t good = 0, lines = 0;

        for (size_t k = 0; k < b->n; k++) {
                double sum = 0, value = block_value(b, k, column);
                uint32_t n = 0, exclusive = 0;

                for (uint32_t i = 0; i < column; i++)
                        if (b->columns[i].kind == COLUMN_CELL && isfinite(block_value(b, k, i))) {
                                sum += block_value(b, k, i);
                                exclusive ^= (uint32_t)(int64_t)block_value(b, k, i);
                                n++;
                        }
                if (n < 2 || sum == 0)
                        continue;
                lines++;
                good += fabs(value - sum) <= 0.005 * fabs(sum) || value == fmod(sum, 256) || value == exclusive ||
                        value == (exclusive & 0xFF) || (n > 3 && fabs(value - sum / n) <= 1 && sum / n > 20);
        }
        return lines >= LINES_FEW && good * 10 >= lines * 9;
}

/* Sets header and trailer, too: columns at either end that are no cells. */
static void classify_columns(struct block *b) {
        uint32_t cells, whole;
        struct others others;
        bool few;

        for (uint32_t i = 0; i < b->n_numbers; i++) {
                measure_column(b, i);
                classify_alone(b, i);
        }
        for (uint32_t i = b->n_numbers; i-- > 2 && i + 4 > b->n_numbers;)
                if (b->columns[i].kind == COLUMN_CELL && is_sum(b, i))
                        b->columns[i].kind = COLUMN_SUM;
        cells = count_cells(b, is_any);
        whole = count_cells(b, is_whole);
        /* among equal parts the first decides */
        for (uint32_t i = 0; i < b->n_numbers; i++)
                if (b->columns[i].kind == COLUMN_CELL) {
                        whole += 2 * whole == cells && b->columns[i].whole;
                        break;
                }
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): of holds n lines */
        few = cells < FEW_COLUMNS && b->columns[0].kind != COLUMN_ROW && b->of[0]->letters >= 3 &&
              count_cells(b, is_varying) > 0;
        others = (struct others){find_median(b, measure_magnitude),
                                 find_median(b, measure_range),
                                 find_median(b, measure_decimals),
                                 few || count_cells(b, is_varying) * 3 >= cells * 2,
                                 2 * whole > cells,
                                 2 * count_cells(b, is_percent) > cells,
                                 few && count_cells(b, is_bound) > 0};
        for (uint32_t i = 0; i < b->n_numbers; i++)
                classify_beside(b, i, &others);
        b->header = b->trailer = 0;
        while (b->header < b->n_numbers && b->columns[b->header].kind != COLUMN_CELL)
                b->header++;
        while (b->trailer + b->header < b->n_numbers && b->columns[b->n_numbers - 1 - b->trailer].kind != COLUMN_CELL)
                b->trailer++;
}

bool block_find(const struct lines *l, struct block *ret, struct kinds *ret_kinds) {
        bool found = choose_lines(l, ret, ret_kinds);

        if (found)
                classify_columns(ret);
        return found;
}

double block_step(const struct block *b, size_t lag) {
        double sum = 0;
        size_t n = 0;

        for (size_t k = lag; k < b->n && n < LAGS_SAMPLED; k++)
                for (uint32_t i = b->header; i + b->trailer < b->n_numbers; i++) {
                        double step = fabs(block_value(b, k, i) - block_value(b, k - lag, i));

                        if (isfinite(step)) {
                                sum += step;
                                n++;
                        }
                }
        return n > 0 ? sum / (double)n : 0;
}
