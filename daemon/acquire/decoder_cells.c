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

/* Made once for each kind of element, so that the kind is not asked for at each cell. False: one is out of range; NAN is
 * neither. No way out of the loop, so that several go at a step. */
static inline bool widen_as(enum element element, uint32_t mask, uint32_t shift, bool all_good, float most,
                            const uint8_t *restrict p, size_t each, uint32_t n, float *restrict ret) {
        const bool is_signed = element > ELEMENT_U16BE;
        uint32_t wrong = 0;

        for (size_t k = 0; k < n; k++) {
                float v = element_value(element, mask, shift, p + k * each);

                ret[k] = v;
                if (!all_good)
                        wrong |= (uint32_t) !(v <= most) | (uint32_t)(is_signed && !(v >= -VALUE_MAX));
        }
        return wrong == 0;
}

/* n elements, one each so many bytes; mask and shift, the limit and gaps between them are paid for where there are any. */
#define WIDEN(name, element, size)                                                                                    \
        static bool name(const struct format *f, const uint8_t *restrict p, size_t each, uint32_t n,                  \
                         float *restrict ret) {                                                                       \
                if (each != (size))                                                                                   \
                        return widen_as(element, mask_of(f), f->shift, false, most_of(f), p, each, n, ret);           \
                if (!any_bits_do(f))                                                                                  \
                        return widen_as(element, mask_of(f), f->shift, false, most_of(f), p, size, n, ret);           \
                if (f->mask > 0 || f->shift > 0)                                                                      \
                        return widen_as(element, mask_of(f), f->shift, true, 0, p, size, n, ret);                     \
                return widen_as(element, 0xFFFF, 0, true, 0, p, size, n, ret);                                        \
        }

WIDEN(widen_any_u8, ELEMENT_U8, 1)
WIDEN(widen_u16le, ELEMENT_U16LE, 2)
WIDEN(widen_u16be, ELEMENT_U16BE, 2)
WIDEN(widen_i16le, ELEMENT_I16LE, 2)
WIDEN(widen_i16be, ELEMENT_I16BE, 2)
WIDEN(widen_i32le, ELEMENT_I32LE, 4)
WIDEN(widen_f32le, ELEMENT_F32LE, 4)
WIDEN(widen_split5, ELEMENT_SPLIT5, 2)
WIDEN(widen_split6, ELEMENT_SPLIT6, 2)

/* Bytes compare sixteen at a time. */
static bool widen_u8(const struct format *f, const uint8_t *restrict p, size_t each, uint32_t n, float *restrict ret) {
        uint8_t most = 0;

        if (each != 1 || f->mask > 0 || f->shift > 0)
                return widen_any_u8(f, p, each, n, ret);
        widen_as(ELEMENT_U8, 0xFF, 0, true, 0, p, 1, n, ret);
        if (f->max_valid == 0)
                return true;
        for (uint32_t k = 0; k < n; k++)
                most = p[k] > most ? p[k] : most;
        return most <= f->max_valid;
}

decoder_widen_fn *decoder_widener(enum element element) {
        switch (element) {
        case ELEMENT_U8:
                return widen_u8;
        case ELEMENT_U16LE:
                return widen_u16le;
        case ELEMENT_U16BE:
                return widen_u16be;
        case ELEMENT_I16LE:
                return widen_i16le;
        case ELEMENT_I16BE:
                return widen_i16be;
        case ELEMENT_I32LE:
                return widen_i32le;
        case ELEMENT_F32LE:
                return widen_f32le;
        case ELEMENT_SPLIT5:
                return widen_split5;
        case ELEMENT_SPLIT6:
                return widen_split6;
        }
        return widen_u8;
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

static inline enum refusal judge(struct decoder *d, const uint8_t *frame, uint32_t n, float *ret) {
        const struct format *f = d->format;
        const uint8_t *end;
        uint16_t check;

        if (!constants_hold(f, frame))
                return REFUSED_CONSTANT;
        if (!take_elements(d, frame + d->head, n, ret))
                return REFUSED_RANGE;
        if (d->check_n == 0)
                return REFUSAL_N;
        end = frame + d->head + n * d->each + f->trailer_n;
        check = format_check(f, &d->crc, frame, (size_t)(end - frame));
        return check == (d->check_n == 1 ? end[0] : u16le(end)) ? REFUSAL_N : REFUSED_CHECK;
}

enum refusal decoder_take(struct decoder *d, const uint8_t *frame, uint32_t n, size_t length, const struct taker *t) {
        const struct format *f = d->format;
        enum refusal wrong = judge(d, frame, n, d->straight ? t->frame->raw : d->elements + d->gathered);

        if (wrong != REFUSAL_N)
                return wrong;
        decoder_consume(d, length);
        if (f->board_at > 0)
                d->boards_seen |= 1u << (frame[f->board_at] & 31);
        if (f->part.kind != PART_NONE || d->layout->n_boards > 0)
                take_part(d, frame, n, t);
        else
                accept(d, t);
        return REFUSAL_N;
}
