#include "acquire/encoder.h"

#include <string.h>

static uint32_t largest_value(const struct format *f) {
        uint32_t bits = f->element == ELEMENT_U8 ? 0xFF : 0xFFFF;

        if (f->framing == FRAMING_TEXT)
                return 999999;
        if (f->mask)
                bits &= f->mask;
        bits >>= f->shift;
        return f->max_valid > 0 && f->max_valid < bits ? f->max_valid : bits;
}

static uint32_t quantise(const struct format *f, const struct layout *l, float cell) {
        float most = (float)largest_value(f), full = l->geometry.full_scale;
        float value = l->inverted ? full - cell : cell;

        if (full < most)
                most = full;
        if (!(value > 0))
                return 0;
        return (uint32_t)((value < most ? value : most) + 0.5f);
}

static void put_element(const struct format *f, uint32_t value, uint8_t *ret) {
        value <<= f->shift;
        if (f->element == ELEMENT_U16BE) {
                ret[0] = (uint8_t)(value >> 8);
                ret[1] = (uint8_t)value;
                return;
        }
        ret[0] = (uint8_t)value;
        if (f->element == ELEMENT_U16LE)
                ret[1] = (uint8_t)(value >> 8);
}

static void put_header(const struct format *f, size_t payload, uint8_t *ret) {
        memcpy(ret, f->sync.of, f->sync.n);
        memset(ret + f->sync.n, 0, f->header_n);
        for (uint8_t i = 0; i < f->n_constants; i++)
                ret[f->constants[i].at] = f->constants[i].value;
        switch (f->length.kind) {
        case LENGTH_FIXED:
                break;
        case LENGTH_U8:
                ret[f->length.at] = (uint8_t)payload;
                break;
        case LENGTH_U16LE:
                ret[f->length.at] = (uint8_t)payload;
                ret[f->length.at + 1] = (uint8_t)(payload >> 8);
                break;
        case LENGTH_U16BE:
                ret[f->length.at] = (uint8_t)(payload >> 8);
                ret[f->length.at + 1] = (uint8_t)payload;
                break;
        }
}

static size_t encode_binary(const struct format *f, const struct layout *l, const float *cells, uint8_t *ret,
                            size_t size) {
        size_t each = format_element_size(f), n = l->geometry.n_cells, payload = n * each;
        size_t at = (size_t)f->sync.n + f->header_n;

        if (payload + format_overhead(f) > size || (f->length.kind == LENGTH_U8 && payload > 0xFF))
                return 0;
        put_header(f, payload, ret);
        for (size_t k = 0; k < n; k++)
                put_element(f, quantise(f, l, cells[l->cell_of[k]]), ret + at + k * each);
        at += payload;
        at += format_check(f, ret, at, ret + at);
        memcpy(ret + at, f->tail.of, f->tail.n);
        return at + f->tail.n;
}

/* At most 7 characters for largest_value() of text. */
static size_t put_number(uint32_t value, uint8_t *ret) {
        uint8_t digits[10];
        size_t n = 0;

        do
                digits[n++] = (uint8_t)('0' + value % 10);
        while ((value /= 10) > 0);
        for (size_t i = 0; i < n; i++)
                ret[i] = digits[n - 1 - i];
        return n;
}

static size_t encode_text(const struct format *f, const struct layout *l, const float *cells, uint8_t *ret,
                          size_t size) {
        size_t at = 0, n = l->geometry.n_cells;

        if (n == 0)
                return 0;
        for (size_t k = 0; k < n; k++) {
                if (size - at < 11)
                        return 0;
                at += put_number(quantise(f, l, cells[l->cell_of[k]]), ret + at);
                ret[at++] = k + 1 < n ? (uint8_t)f->separators[0] : '\n';
        }
        return at;
}

size_t format_encode(const struct format *format, const struct layout *layout, const float *cells, uint8_t *ret,
                     size_t size) {
        return format->framing == FRAMING_TEXT ? encode_text(format, layout, cells, ret, size)
                                               : encode_binary(format, layout, cells, ret, size);
}
