/* Elements -> cells: whole frames, parts and sparse records. */
#include <math.h>
#include <string.h>

#include "acquire/decoder_inside.h"

/* No converter of any known mat has 24 bits. */
static const float VALUE_MAX = 1 << 24;
static const uint8_t SPLIT_OFFSET = 11;

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

static inline float significant(const struct format *f, uint32_t value) {
        return (float)((f->mask ? value & f->mask : value) >> f->shift);
}

/* Both bytes 11 or more with so many bits above; anything else becomes a value that is none. */
static inline float split(const uint8_t *p, uint32_t bits) {
        uint32_t high = (uint32_t)p[0] - SPLIT_OFFSET, low = (uint32_t)p[1] - SPLIT_OFFSET;

        return high >> bits || low >> bits ? NAN : (float)(high << bits | low);
}

static inline float f32le(const uint8_t *p) {
        uint32_t bits = u32le(p);
        float value;

        memcpy(&value, &bits, sizeof(value));
        return value;
}

static inline float element_value(const struct format *f, enum element element, const uint8_t *payload, size_t k) {
        switch (element) {
        case ELEMENT_U8:
                return significant(f, payload[k]);
        case ELEMENT_U16LE:
                return significant(f, u16le(payload + 2 * k));
        case ELEMENT_U16BE:
                return significant(f, u16be(payload + 2 * k));
        case ELEMENT_I16LE:
                return (float)(int16_t)u16le(payload + 2 * k);
        case ELEMENT_I16BE:
                return (float)(int16_t)u16be(payload + 2 * k);
        case ELEMENT_I32LE:
                return (float)(int32_t)u32le(payload + 4 * k);
        case ELEMENT_F32LE:
                return f32le(payload + 4 * k);
        case ELEMENT_SPLIT5:
                return split(payload + 2 * k, 5);
        case ELEMENT_SPLIT6:
                return split(payload + 2 * k, 6);
        }
        return 0;
}

static bool any_bits_do(const struct format *f) {
        return f->max_valid == 0 &&
               (f->element == ELEMENT_U8 || f->element == ELEMENT_U16LE || f->element == ELEMENT_U16BE ||
                f->element == ELEMENT_I16LE || f->element == ELEMENT_I16BE);
}

static bool bytes_in_range(const struct format *f, const uint8_t *payload, size_t n) {
        uint8_t most = 0;

        for (size_t k = 0; k < n; k++)
                most = payload[k] > most ? payload[k] : most;
        return most <= f->max_valid;
}

/* Every byte is an offset and so many bits. */
static bool splits_in_range(const uint8_t *payload, size_t n, uint32_t bits) {
        uint8_t any = 0;

        for (size_t k = 0; k < n; k++)
                any |= (uint8_t)(payload[k] - SPLIT_OFFSET);
        return any >> bits == 0;
}

static bool in_range(const struct format *f, const uint8_t *payload, size_t n) {
        float most = f->max_valid > 0 ? (float)f->max_valid : VALUE_MAX;

        if (any_bits_do(f))
                return true;
        if (f->element == ELEMENT_U8 && f->mask == 0 && f->shift == 0)
                return bytes_in_range(f, payload, n);
        if (f->max_valid == 0 && (f->element == ELEMENT_SPLIT5 || f->element == ELEMENT_SPLIT6))
                return splits_in_range(payload, 2 * n, f->element == ELEMENT_SPLIT5 ? 5 : 6);
        for (size_t k = 0; k < n; k++) {
                float value = element_value(f, f->element, payload, k);

                if (!(value <= most && value >= -VALUE_MAX)) /* NAN is neither */
                        return false;
        }
        return true;
}

static bool records_hold(const struct decoder *d, const uint8_t *records, size_t payload) {
        const struct format *f = d->format;

        for (size_t at = 0; at < payload; at += f->sparse.size)
                if (records[at + f->sparse.x_at] >= d->layout->cols ||
                    records[at + f->sparse.y_at] >= d->layout->rows ||
                    !in_range(f, records + at + f->sparse.value_at, 1))
                        return false;
        return true;
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
        size_t unit = d->format->length.elements ? 1 : format_element_size(d->format);

        return left > 0 && left < d->part_cells && said == left * unit ? left : d->part_cells;
}

bool decoder_payload(const struct decoder *d, const uint8_t *frame, size_t *ret) {
        const struct format *f = d->format;
        size_t each = format_element_size(f);
        uint32_t said = f->length.kind == LENGTH_FIXED ? 0 : said_length(f, frame), cells;

        if (memcmp(frame + f->shape.at, d->shape.of, d->shape.n) != 0)
                return false;
        if (f->sparse.size > 0) {
                *ret = (size_t)said * f->sparse.size;
                return said <= d->n_cells;
        }
        cells = f->length.kind == LENGTH_FIXED ? d->part_cells : part_length(d, frame, said);
        *ret = cells * each;
        return f->length.kind == LENGTH_FIXED || said == (f->length.elements ? cells : *ret);
}

static bool constants_hold(const struct format *f, const uint8_t *frame) {
        for (uint8_t i = 0; i < f->n_constants; i++)
                if ((frame[f->constants[i].at] & f->constants[i].mask) != f->constants[i].value)
                        return false;
        return true;
}

/* The cheap tests first, so that damaged streams cost no more than good ones. */
enum refusal decoder_judge(const struct decoder *d, const uint8_t *frame, size_t payload) {
        const struct format *f = d->format;
        size_t head = (size_t)d->sync.n + f->header_n, end = head + payload + f->trailer_n;
        uint8_t check[2];
        size_t size;

        if (!constants_hold(f, frame))
                return REFUSED_CONSTANT;
        if (f->sparse.size > 0 ? !records_hold(d, frame + head, payload)
                               : !in_range(f, frame + head, payload / format_element_size(f)))
                return REFUSED_RANGE;
        size = format_check(f, &d->crc, frame, end, check);
        return memcmp(frame + end, check, size) != 0 ? REFUSED_CHECK : REFUSAL_N;
}

/* Made once for each kind of element, so that the kind is not asked for at each cell. */
static inline void widen_as(const struct format *f, enum element element, const uint8_t *payload, uint32_t n,
                            float *ret) {
        for (uint32_t k = 0; k < n; k++)
                ret[k] = element_value(f, element, payload, k);
}

static void widen_bits(const struct format *f, const uint8_t *payload, uint32_t n, float *ret) {
        const uint32_t mask = f->mask ? f->mask : 0xFFFF, shift = f->shift;

        if (f->element == ELEMENT_U8 && f->mask == 0 && shift == 0)
                for (uint32_t k = 0; k < n; k++)
                        ret[k] = (float)payload[k];
        else if (f->element == ELEMENT_U8)
                for (uint32_t k = 0; k < n; k++)
                        ret[k] = (float)(int32_t)((payload[k] & mask) >> shift);
        else if (f->element == ELEMENT_U16LE)
                for (uint32_t k = 0; k < n; k++)
                        ret[k] = (float)(int32_t)((u16le(payload + 2 * (size_t)k) & mask) >> shift);
        else
                for (uint32_t k = 0; k < n; k++)
                        ret[k] = (float)(int32_t)((u16be(payload + 2 * (size_t)k) & mask) >> shift);
}

static void widen(const struct format *f, const uint8_t *payload, uint32_t n, float *ret) {
        switch (f->element) {
        case ELEMENT_U8:
        case ELEMENT_U16LE:
        case ELEMENT_U16BE:
                widen_bits(f, payload, n, ret);
                return;
        case ELEMENT_SPLIT5:
                widen_as(f, ELEMENT_SPLIT5, payload, n, ret);
                return;
        case ELEMENT_SPLIT6:
                widen_as(f, ELEMENT_SPLIT6, payload, n, ret);
                return;
        default:
                widen_as(f, f->element, payload, n, ret);
        }
}

static void turn_over(float full_scale, uint32_t n, float *values) {
        for (uint32_t k = 0; k < n; k++)
                values[k] = values[k] < full_scale ? full_scale - values[k] : 0;
}

/* Widened where they stand, then moved to where they belong: whole rows at once where rows stay whole. */
static void put_cells(const struct decoder *d, const uint8_t *payload, uint32_t first, uint32_t n, float *ret) {
        const struct layout *l = d->layout;
        const size_t each = format_element_size(d->format);
        float some[64];
        uint32_t run;

        for (uint32_t k = 0; k < n; k += run) {
                uint32_t side_by_side = l->run_of[first + k], left = n - k;
                float *to = ret + l->cell_of[first + k];

                if (side_by_side >= RUN_MIN) {
                        run = side_by_side < left ? side_by_side : left;
                        widen(d->format, payload + k * each, run, to);
                        if (l->inverted)
                                turn_over(l->geometry.full_scale, run, to);
                        continue;
                }
                run = left < 64 ? left : 64;
                widen(d->format, payload + k * each, run, some);
                if (l->inverted)
                        turn_over(l->geometry.full_scale, run, some);
                for (uint32_t i = 0; i < run; i++)
                        ret[l->cell_of[first + k + i]] = some[i];
        }
}

static void put_records(const struct decoder *d, const uint8_t *records, size_t payload, float *ret) {
        const struct format *f = d->format;

        memset(ret, 0, d->n_cells * sizeof(*ret));
        for (size_t at = 0; at < payload; at += f->sparse.size) {
                uint32_t k = records[at + f->sparse.y_at] * d->layout->cols + records[at + f->sparse.x_at];

                decoder_put(d->layout, d->layout->cell_of[k],
                            element_value(f, f->element, records + at + f->sparse.value_at, 0), ret);
        }
}

/* Parts come in rising order. One that does not go on where the last ended drops the pass, and begins one if it is the
 * first. */
static void put_part(struct decoder *d, const uint8_t *frame, const uint8_t *payload, uint32_t n,
                     const struct taker *t) {
        uint32_t first = part_first(d, frame);

        d->started = d->in_step = true;
        if (first == UINT32_MAX) {
                d->refused[REFUSED_CONSTANT]++;
                return;
        }
        if (first != d->gathered) {
                d->refused[REFUSED_COUNT] += d->gathered > 0;
                d->gathered = 0;
        }
        if (first != d->gathered)
                return;
        n = n < d->n_cells - first ? n : d->n_cells - first;
        put_cells(d, payload, first, n, d->raw);
        d->gathered += n;
        if (d->gathered < d->n_cells)
                return;
        d->gathered = 0;
        memcpy(t->frame->raw, d->raw, d->n_cells * sizeof(*d->raw));
        decoder_accept(d, t);
}

void decoder_take_payload(struct decoder *d, const uint8_t *frame, size_t payload, const struct taker *t) {
        const struct format *f = d->format;
        const uint8_t *elements = frame + d->sync.n + f->header_n;

        if (f->board_at > 0)
                d->boards_seen |= 1u << (frame[f->board_at] & 31);
        if (f->part.kind != PART_NONE || d->layout->n_boards > 0) {
                put_part(d, frame, elements, (uint32_t)(payload / format_element_size(f)), t);
                return;
        }
        if (f->sparse.size > 0)
                put_records(d, elements, payload, t->frame->raw);
        else
                put_cells(d, elements, 0, d->n_cells, t->frame->raw);
        decoder_accept(d, t);
}
