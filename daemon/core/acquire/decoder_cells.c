/* SPDX-License-Identifier: MIT */
/* Elements -> cells: whole frames, parts and sparse records. */
#include <string.h>

#include "core/acquire/decoder_inside.h"

enum { RUN_MIN = 8 }; /* shorter runs cost more than moving each cell by itself */

/* More than any frame has when it says less than it adds. */
static uint32_t said_length(const struct format *f, const uint8_t *frame) {
        const uint8_t *p = frame + f->length.at;

        return (f->length.kind == LENGTH_U8      ? p[0]
                : f->length.kind == LENGTH_U16LE ? decoder_u16le(p)
                                                 : decoder_u16be(p)) -
               f->length.adds;
}

/* The first element of this part; UINT32_MAX or more than there are when it is none of those that make a frame. */
static uint32_t part_first(const struct decoder *d, const uint8_t *p) {
        const struct layout *l = d->layout;

        if (d->format->part.kind != PART_NONE) {
                p += d->format->part.at;
                return d->format->part.kind == PART_INDEX_U8 ? (uint32_t)(p[0] - d->format->part.first) * d->part_cells
                                                             : decoder_u16le(p);
        }
        for (uint8_t i = 0; i < l->n_boards; i++)
                if (l->boards[i] == p[d->format->board_at])
                        return i * d->part_cells;
        return UINT32_MAX;
}

/* What a part may say of its own length: that of every part, or, the last, what is left. */
static uint32_t part_length(const struct decoder *d, const uint8_t *frame, uint32_t said) {
        uint32_t first = d->format->part.kind != PART_NONE ? part_first(d, frame) : 0;
        uint32_t left = first < d->n_cells ? d->n_cells - first : 0;
        size_t unit = d->format->length.elements ? 1 : d->each;

        return left > 0 && left < d->part_cells && said == left * unit ? left : d->part_cells;
}

bool decoder_count(const struct decoder *d, const uint8_t *frame, uint32_t payload, uint32_t *ret_n) {
        const struct format *f = d->format;
        uint32_t said = f->length.kind == LENGTH_FIXED ? payload : said_length(f, frame);

        if (!decoder_same(frame + f->shape.at, d->shape.of, d->shape.n))
                return false;
        if (f->sparse.size > 0) {
                *ret_n = said;
                return said <= d->n_cells;
        }
        *ret_n = said > 0 ? part_length(d, frame, said) : d->part_cells;
        return f->length.kind == LENGTH_FIXED || said == (f->length.elements ? *ret_n : *ret_n * d->each);
}

static bool constants_hold(const struct format *f, const uint8_t *frame) {
        for (uint8_t i = 0; i < f->n_constants; i++)
                if ((frame[f->constants[i].at] & f->constants[i].mask) != f->constants[i].value)
                        return false;
        return true;
}

/* Cells that are not listed are not loaded. */
static bool place_records(const struct decoder *d, const uint8_t *records, const float *values, uint32_t n,
                          float *ret) {
        const uint8_t *x = records + d->format->sparse.x_at, *y = records + d->format->sparse.y_at;
        const uint32_t rows = d->layout->rows, cols = d->layout->cols;
        const float none = d->layout->inverted ? d->layout->geometry.full_scale : 0;
        const size_t each = d->each;

        for (uint32_t k = 0; k < rows * cols; k++)
                ret[k] = none;
        for (uint32_t k = 0; k < n; k++, x += each, y += each) {
                if (*x >= cols || *y >= rows)
                        return false;
                ret[*y * cols + *x] = values[k];
        }
        return true;
}

static bool take_elements(struct decoder *d, const uint8_t *elements, uint32_t n, float *ret) {
        const struct format *f = d->format;
        const bool sparse = f->sparse.size > 0;
        float *values = sparse ? d->elements + CELLS_MAX : ret;

        if (!d->widen(f, elements + (sparse ? f->sparse.value_at : 0), d->each, n, values))
                return false;
        return !sparse || place_records(d, elements, values, n, ret);
}

typedef float four __attribute__((vector_size(16)));

static inline four load_four(const float *p) {
        four v;

        memcpy(&v, p, sizeof(v));
        return v;
}

static inline void store_four(float *p, four v) {
        memcpy(p, &v, sizeof(v));
}

/* Four cells each of four columns that are so long become four rows that are so wide. */
static inline void turn_square(const float *columns, size_t length, float *ret, size_t width) {
        const four a = load_four(columns), b = load_four(columns + length), c = load_four(columns + 2 * length),
                   d = load_four(columns + 3 * length);
        const four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        const four ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);

        store_four(ret, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
        store_four(ret + width, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
        store_four(ret + 2 * width, __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5));
        store_four(ret + 3 * width, __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7));
}

/* Four columns side by side, and so at least four rows. The last square lies over the one before where four do not go up. */
static inline void turn_four(const float *restrict columns, size_t rows, float *restrict ret, size_t width) {
        float *to = ret;

        for (size_t r = 0; r + 4 <= rows; r += 4, to += 4 * width)
                turn_square(columns + r, rows, to, width);
        if (rows % 4 > 0)
                turn_square(columns + rows - 4, rows, ret + (rows - 4) * width, width);
}

/* Columns to rows, at least four of both. */
static void turn(const float *restrict columns, size_t rows, size_t cols, float *restrict ret) {
        for (size_t c = 0; c + 4 <= cols; c += 4)
                turn_four(columns + c * rows, rows, ret + c, cols);
        if (cols % 4 > 0)
                turn_four(columns + (cols - 4) * rows, rows, ret + cols - 4, cols);
}

/* Whole rows at once where rows stay whole; from the first that does not on, each cell by itself. */
static void put_in_order(const struct layout *l, const float *elements, size_t n, float *ret) {
        const uint16_t *from = l->wire_of;
        size_t i = 0;

        if (l->by_columns && l->geometry.rows >= 4 && l->geometry.cols >= 4) {
                turn(elements, l->geometry.rows, l->geometry.cols, ret);
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

static void turn_over(float full_scale, uint32_t n, float *values) {
        for (uint32_t k = 0; k < n; k++) {
                float left = full_scale - values[k];

                values[k] = left > 0 ? left : 0;
        }
}

static inline void accept(struct decoder *d, const struct taker *t) {
        const struct layout *l = d->layout;

        if (l->inverted)
                turn_over(l->geometry.full_scale, d->n_cells, d->straight ? t->frame->raw : d->elements);
        if (!d->straight && l->geometry.n_cells == d->n_cells)
                put_in_order(l, d->elements, d->n_cells, t->frame->raw);
        else if (!d->straight) /* another number was learnt, and nobody knows yet where they are */
                memcpy(t->frame->raw, d->elements, d->n_cells * sizeof(*d->elements));
        d->gathered = 0;
        d->started = d->in_step = true;
        t->frame->seq = ++d->frames;
        t->frame->arrived_us = t->now_us;
        t->frame->n_cells = d->n_cells;
        t->emit(t->userdata, t->frame);
}

void decoder_accept(struct decoder *d, const struct taker *t) {
        accept(d, t);
}

/* Parts come in rising order. One that does not go on where the last ended drops the pass, and begins one if it is the
 * first. */
static void take_part(struct decoder *d, const uint8_t *frame, uint32_t n, const struct taker *t) {
        uint32_t first = part_first(d, frame);

        d->started = d->in_step = true;
        if (first == UINT32_MAX) {
                d->refused[REFUSED_CONSTANT]++;
                return;
        }
        if (first != d->gathered) {
                d->refused[REFUSED_COUNT] += d->gathered > 0;
                memmove(d->elements, d->elements + d->gathered, n * sizeof(*d->elements));
                d->gathered = 0;
        }
        if (first != d->gathered)
                return;
        d->gathered += n;
        if (d->gathered >= d->n_cells)
                decoder_accept(d, t);
}

static void take_piece(struct decoder *d, const uint8_t *frame, uint32_t n, const struct taker *t) {
        const struct format *f = d->format;

        if (f->board_at > 0)
                d->boards_seen |= 1u << (frame[f->board_at] & 31);
        if (f->part.kind != PART_NONE || d->layout->n_boards > 0)
                take_part(d, frame, n, t);
        else
                accept(d, t);
}

static inline enum refusal judge(struct decoder *d, const uint8_t *frame, uint32_t n, float *ret) {
        const struct format *f = d->format;
        const uint8_t *end;
        uint16_t check;

        if (!take_elements(d, frame + d->head, n, ret))
                return REFUSED_RANGE;
        if (d->check_n == 0)
                return REFUSAL_N;
        end = frame + d->head + n * d->each + f->trailer_n;
        check = format_check(f, &d->crc, frame + f->check_from, (size_t)(end - frame) - f->check_from);
        return check == (d->check_n == 1 ? end[0] : decoder_u16le(end)) ? REFUSAL_N : REFUSED_CHECK;
}

enum refusal decoder_take(struct decoder *d, const uint8_t *frame, uint32_t n, size_t length, bool constants_known,
                          const struct taker *t) {
        enum refusal wrong;

        if (!constants_known && !constants_hold(d->format, frame))
                return REFUSED_CONSTANT;
        wrong = judge(d, frame, n, d->straight ? t->frame->raw : d->elements + d->gathered);
        if (wrong != REFUSAL_N)
                return wrong;
        decoder_consume(d, length);
        if (d->whole)
                accept(d, t);
        else
                take_piece(d, frame, n, t);
        return REFUSAL_N;
}
