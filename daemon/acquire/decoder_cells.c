/* Elements -> cells: whole frames, parts and sparse records. */
#include <string.h>

#include "acquire/decoder_inside.h"

/* No converter of any known mat has 24 bits. */
static const float VALUE_MAX = 1 << 24;
static const uint32_t SPLIT_OFFSET = 11;

enum { RUN_MIN = 8 }; /* shorter runs cost more than moving each cell by itself */

static inline uint32_t u16le(const uint8_t *p) {
        return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t u16be(const uint8_t *p) {
        return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t u32le(const uint8_t *p) {
        return u16le(p) | u16le(p + 2) << 16;
}

/* Both bytes 11 or more with so many bits above; anything else becomes a value that is none (2^25 and more, or below 0). */
static inline int32_t split(const uint8_t *p, uint32_t bits) {
        uint32_t both = u16le(p), high = (both & 0xFF) - SPLIT_OFFSET, low = (both >> 8) - SPLIT_OFFSET;

        return (int32_t)((high << bits | low) + ((high | low) >> bits << 25));
}

static inline float f32le(const uint8_t *p) {
        uint32_t bits = u32le(p);
        float value;

        memcpy(&value, &bits, sizeof(value));
        return value;
}

/* mask and shift are for what has no sign. */
static inline float element_value(enum element element, uint32_t mask, uint32_t shift, const uint8_t *p) {
        switch (element) {
        case ELEMENT_U8:
                return (float)(int32_t)((*p & mask) >> shift);
        case ELEMENT_U16LE:
                return (float)(int32_t)((u16le(p) & mask) >> shift);
        case ELEMENT_U16BE:
                return (float)(int32_t)((u16be(p) & mask) >> shift);
        case ELEMENT_I16LE:
                return (float)(int16_t)u16le(p);
        case ELEMENT_I16BE:
                return (float)(int16_t)u16be(p);
        case ELEMENT_I32LE:
                return (float)(int32_t)u32le(p);
        case ELEMENT_F32LE:
                return f32le(p);
        case ELEMENT_SPLIT5:
                return (float)split(p, 5);
        case ELEMENT_SPLIT6:
                return (float)split(p, 6);
        }
        return 0;
}

static inline uint32_t mask_of(const struct format *f) {
        return f->mask ? f->mask : 0xFFFF;
}

static bool any_bits_do(const struct format *f) {
        return f->max_valid == 0 &&
               (f->element == ELEMENT_U8 || f->element == ELEMENT_U16LE || f->element == ELEMENT_U16BE ||
                f->element == ELEMENT_I16LE || f->element == ELEMENT_I16BE);
}

static float most_of(const struct format *f) {
        return f->max_valid > 0 ? (float)f->max_valid : VALUE_MAX;
}

/* NAN is neither. No way out of the loop, so that several go at a step. */
static bool in_range(const float *values, uint32_t n, float most) {
        uint32_t wrong = 0;

        for (uint32_t k = 0; k < n; k++)
                wrong |= (uint32_t) !(values[k] <= most) | (uint32_t) !(values[k] >= -VALUE_MAX);
        return wrong == 0;
}

static uint32_t said_length(const struct format *f, const uint8_t *frame) {
        const uint8_t *p = frame + f->length.at;

        return f->length.kind == LENGTH_U8 ? p[0] : f->length.kind == LENGTH_U16LE ? u16le(p) : u16be(p);
}

/* The first element of this part; UINT32_MAX when its board is none of those that make a frame. */
static uint32_t part_first(const struct decoder *d, const uint8_t *p) {
        const struct layout *l = d->layout;

        if (d->format->part.kind != PART_NONE) {
                p += d->format->part.at;
                return d->format->part.kind == PART_INDEX_U8 ? p[0] * d->part_cells : u16le(p);
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

/* Made once for each kind of element, so that the kind is not asked for at each cell. */
static inline void widen_as(enum element element, uint32_t mask, uint32_t shift, const uint8_t *restrict p, uint32_t n,
                            float *restrict ret) {
        const size_t each = element == ELEMENT_U8 ? 1 : element == ELEMENT_I32LE || element == ELEMENT_F32LE ? 4 : 2;

        for (size_t k = 0; k < n; k++)
                ret[k] = element_value(element, mask, shift, p + k * each);
}

#define WIDEN(element)                                                                                                \
        case element:                                                                                                 \
                widen_as(element, mask, shift, p, n, ret);                                                            \
                return

static void widen(const struct format *f, const uint8_t *p, uint32_t n, float *ret) {
        const uint32_t mask = mask_of(f), shift = f->shift;

        switch (f->element) {
        case ELEMENT_U8:
                if (f->mask == 0 && shift == 0)
                        widen_as(ELEMENT_U8, 0xFF, 0, p, n, ret);
                else
                        widen_as(ELEMENT_U8, mask, shift, p, n, ret);
                return;
                WIDEN(ELEMENT_U16LE);
                WIDEN(ELEMENT_U16BE);
                WIDEN(ELEMENT_I16LE);
                WIDEN(ELEMENT_I16BE);
                WIDEN(ELEMENT_I32LE);
                WIDEN(ELEMENT_F32LE);
                WIDEN(ELEMENT_SPLIT5);
                WIDEN(ELEMENT_SPLIT6);
        }
}

/* Cells that are not listed are not loaded. */
static bool take_records(struct decoder *d, const uint8_t *records, uint32_t n) {
        const struct format *f = d->format;
        const enum element element = f->element;
        const uint8_t *x = records + f->sparse.x_at, *y = records + f->sparse.y_at,
                      *value = records + f->sparse.value_at;
        const uint32_t mask = mask_of(f), shift = f->shift, rows = d->layout->rows, cols = d->layout->cols;
        const float none = d->layout->inverted ? d->layout->geometry.full_scale : 0, most = most_of(f);
        const size_t end = n * d->each, each = d->each;
        float *to = d->elements;

        for (uint32_t k = 0; k < rows * cols; k++)
                to[k] = none;
        for (size_t at = 0; at < end; at += each) {
                float v = element_value(element, mask, shift, value + at);

                if (x[at] >= cols || y[at] >= rows || !in_range(&v, 1, most))
                        return false;
                to[y[at] * cols + x[at]] = v;
        }
        return true;
}

/* Bytes compare sixteen at a time. */
static bool bytes_in_range(const struct format *f, const uint8_t *p, uint32_t n) {
        uint8_t most = 0;

        for (uint32_t k = 0; k < n; k++)
                most = p[k] > most ? p[k] : most;
        return most <= f->max_valid;
}

static bool take_elements(struct decoder *d, const uint8_t *elements, uint32_t n) {
        const struct format *f = d->format;

        if (d->format->sparse.size > 0)
                return take_records(d, elements, n);
        widen(d->format, elements, n, d->elements + d->gathered);
        if (f->element == ELEMENT_U8 && f->mask == 0 && f->shift == 0 && f->max_valid > 0)
                return bytes_in_range(f, elements, n);
        return any_bits_do(d->format) || in_range(d->elements + d->gathered, n, most_of(d->format));
}

enum refusal decoder_judge(struct decoder *d, const uint8_t *frame, uint32_t n) {
        const struct format *f = d->format;
        size_t end = d->head + n * d->each + f->trailer_n, size;
        uint8_t check[2];

        if (!constants_hold(f, frame))
                return REFUSED_CONSTANT;
        if (!take_elements(d, frame + d->head, n))
                return REFUSED_RANGE;
        size = format_check(f, &d->crc, frame, end, check);
        return decoder_same(frame + end, check, size) ? REFUSAL_N : REFUSED_CHECK;
}

/* Whole rows at once where rows stay whole; from the first that does not on, each cell by itself. */
static void put_in_order(const struct layout *l, const float *elements, size_t n, float *ret) {
        const uint16_t *from = l->wire_of;
        size_t i = 0;

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

void decoder_accept(struct decoder *d, const struct taker *t) {
        const struct layout *l = d->layout;

        if (l->inverted)
                turn_over(l->geometry.full_scale, d->n_cells, d->elements);
        if (l->geometry.n_cells == d->n_cells)
                put_in_order(l, d->elements, d->n_cells, t->frame->raw);
        else /* another number was learnt, and nobody knows yet where they are */
                memcpy(t->frame->raw, d->elements, d->n_cells * sizeof(*d->elements));
        d->gathered = 0;
        d->started = d->in_step = true;
        t->frame->seq = ++d->frames;
        t->frame->arrived_us = t->now_us;
        t->frame->n_cells = d->n_cells;
        t->emit(t->userdata, t->frame);
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

void decoder_take_good(struct decoder *d, const uint8_t *frame, uint32_t n, const struct taker *t) {
        const struct format *f = d->format;

        if (f->board_at > 0)
                d->boards_seen |= 1u << (frame[f->board_at] & 31);
        if (f->part.kind != PART_NONE || d->layout->n_boards > 0)
                take_part(d, frame, n, t);
        else
                decoder_accept(d, t);
}
