/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/columns.h"

#include <math.h>
#include <stdlib.h>

enum {
        LINES_FEW = 10,       /* fewer lines show no behaviour */
        LINES_STEADY = 5,     /* but equal steps are those of a counter */
        LINES_CONSTANT = 40,  /* a number that stays the same for fewer lines may be a cell */
        COUNTER_VALUES = 5,   /* different values of a counter: a cell that was loaded once has fewer */
        STATE_LINES = 60,     /* a state changes at most once in ten of at least this many lines */
        SCALE = 4,            /* a column all of whose values are this much larger is no cell */
        LAGS_SAMPLED = 20000, /* values are enough for block_step() */
};

double block_value(const struct block *b, size_t line, uint32_t column) {
        return b->lines->numbers[b->of[line]->first + column].value;
}

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

        *c = (struct column){.glued = true, .stamp = true, .whole = true};
        for (size_t k = 0; k < b->n; k++) {
                const struct number *n = &b->lines->numbers[b->of[k]->first + i];

                c->glued = c->glued && n->glued;
                c->stamp = c->stamp && n->stamp;
                c->whole = c->whole && n->decimals == 0;
                c->decimals = n->decimals > c->decimals ? n->decimals : c->decimals;
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

static bool is_row_number(const struct column *c) {
        return c->lines >= LINES_FEW && c->whole && c->falls >= 2 && c->ones + 2 >= c->lines - 1 && c->least >= 0 &&
               c->least <= 1 && c->largest < 128;
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
        ret = n > 0 ? values[(n - 1) / 2] : 0;
        free(values);
        return ret;
}

static uint32_t count_cells(const struct block *b, bool varying, bool whole) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < b->n_numbers; i++)
                n += b->columns[i].kind == COLUMN_CELL && (!varying || !is_constant(&b->columns[i])) &&
                     (!whole || b->columns[i].whole);
        return n;
}

static void classify_alone(const struct block *b, uint32_t i) {
        struct column *c = &b->columns[i];

        if (c->stamp)
                c->kind = COLUMN_STAMP;
        else if (c->glued && is_constant(c) && c->whole && c->lines >= LINES_FEW)
                c->kind = COLUMN_NAME;
        else if (i == 0 && is_row_number(c))
                c->kind = COLUMN_ROW;
        else if (is_counter(c))
                c->kind = COLUMN_COUNTER;
}

/* Properties of most of the columns. */
struct others {
        double magnitude, range;
        bool vary, whole;
};

/* Classifies a column by comparison with the others. An offset alone makes no difference: load cells have any. */
static void classify_beside(const struct block *b, uint32_t i, const struct others *others) {
        struct column *c = &b->columns[i];
        double range = measure_range(c);
        uint32_t changes = c->rises + c->falls;

        if (c->kind != COLUMN_CELL || b->n < LINES_FEW)
                return;
        if (c->whole != others->whole || (fmin(fabs(c->least), fabs(c->largest)) > SCALE * others->magnitude &&
                                          (range > SCALE * others->range || SCALE * range < others->range)))
                c->kind = COLUMN_OTHER;
        else if (is_constant(c) && c->largest != 0 && others->vary && c->lines >= LINES_CONSTANT)
                c->kind = COLUMN_CONSTANT;
        else if (c->least >= 0 && c->largest == 1 && others->magnitude > 50 && c->lines >= STATE_LINES &&
                 changes * 20 <= c->lines)
                c->kind = COLUMN_STATE;
}

/* The sum or the mean of all cells before it. */
static bool is_sum(const struct block *b, uint32_t column) {
        size_t good = 0, lines = 0;

        for (size_t k = 0; k < b->n; k++) {
                double sum = 0, value = block_value(b, k, column);
                uint32_t n = 0;

                for (uint32_t i = 0; i < column; i++)
                        if (b->columns[i].kind == COLUMN_CELL && isfinite(block_value(b, k, i))) {
                                sum += block_value(b, k, i);
                                n++;
                        }
                if (n < 2 || sum == 0)
                        continue;
                lines++;
                good += fabs(value - sum) <= 0.005 * fabs(sum) ||
                        (n > 3 && fabs(value - sum / n) <= 1 && sum / n > 20);
        }
        return lines >= LINES_FEW && good * 10 >= lines * 9;
}

void block_classify(struct block *b) {
        uint32_t cells, whole, varying;
        struct others others;

        for (uint32_t i = 0; i < b->n_numbers; i++) {
                measure_column(b, i);
                classify_alone(b, i);
        }
        for (uint32_t i = b->n_numbers; i-- > 2 && i + 4 > b->n_numbers;)
                if (b->columns[i].kind == COLUMN_CELL && is_sum(b, i))
                        b->columns[i].kind = COLUMN_SUM;
        cells = count_cells(b, false, false);
        whole = count_cells(b, false, true);
        varying = count_cells(b, true, false);
        /* among equal parts the first decides */
        for (uint32_t i = 0; i < b->n_numbers; i++)
                if (b->columns[i].kind == COLUMN_CELL) {
                        whole += 2 * whole == cells && b->columns[i].whole;
                        break;
                }
        others = (struct others){find_median(b, measure_magnitude), find_median(b, measure_range),
                                 varying * 3 >= cells * 2, 2 * whole > cells};
        for (uint32_t i = 0; i < b->n_numbers; i++)
                classify_beside(b, i, &others);
        b->header = b->trailer = 0;
        while (b->header < b->n_numbers && b->columns[b->header].kind != COLUMN_CELL)
                b->header++;
        while (b->trailer + b->header < b->n_numbers && b->columns[b->n_numbers - 1 - b->trailer].kind != COLUMN_CELL)
                b->trailer++;
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
