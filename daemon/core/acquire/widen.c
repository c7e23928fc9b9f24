/* SPDX-License-Identifier: MIT */
#include "core/acquire/widen.h"

#include <string.h>

static const uint32_t SPLIT_OFFSET = 11;

/* Both bytes are 11 or more, and the upper one carries the bits above `bits`. Anything else gives a value that is
 * out of range (2^25 and more, or below 0). */
static inline int32_t join_split(const uint8_t *p, uint32_t bits) {
        uint32_t both = widen_u16le(p), high = (both & 0xFF) - SPLIT_OFFSET, low = (both >> 8) - SPLIT_OFFSET;

        return (int32_t)((high << bits | low) + ((high | low) >> bits << 25));
}

static inline uint32_t read_u32le(const uint8_t *p) {
        return widen_u16le(p) | widen_u16le(p + 2) << 16;
}

static inline float read_f32le(const uint8_t *p) {
        uint32_t bits = read_u32le(p);
        float value;

        memcpy(&value, &bits, sizeof(value));
        return value;
}

/* mask and shift apply to unsigned elements. */
static inline float read_element(enum element element, uint32_t mask, uint32_t shift, const uint8_t *p) {
        switch (element) {
        case ELEMENT_U8:
                return (float)(int32_t)((*p & mask) >> shift);
        case ELEMENT_U16LE:
                return (float)(int32_t)((widen_u16le(p) & mask) >> shift);
        case ELEMENT_U16BE:
                return (float)(int32_t)((widen_u16be(p) & mask) >> shift);
        case ELEMENT_I16LE:
                return (float)(int16_t)widen_u16le(p);
        case ELEMENT_I16BE:
                return (float)(int16_t)widen_u16be(p);
        case ELEMENT_I32LE:
                return (float)(int32_t)read_u32le(p);
        case ELEMENT_F32LE:
                return read_f32le(p);
        case ELEMENT_SPLIT5:
                return (float)join_split(p, 5);
        case ELEMENT_SPLIT6:
                return (float)join_split(p, 6);
        case ELEMENT_PACK10LE:
        case ELEMENT_PACK10BE:
        case ELEMENT_PACK12LE:
        case ELEMENT_PACK12BE:
                break; /* widen_packed() */
        }
        return 0;
}

/* NAN is out of range too. The loop has no early exit, so that the compiler converts several elements at a step. */
static inline bool widen_strided(enum element element, const struct format *f, const uint8_t *restrict p,
                                 size_t stride, uint32_t n, float *restrict ret) {
        const bool is_signed = element > ELEMENT_U16BE;
        const uint32_t mask = f->mask ? f->mask : 0xFFFF, shift = f->shift;
        const float limit = format_value_limit(f), most = f->max_valid > 0 ? (float)f->max_valid : limit;
        uint32_t wrong = 0;

        for (size_t k = 0; k < n; k++) {
                float v = read_element(element, mask, shift, p + k * stride);

                ret[k] = v;
                wrong |= (uint32_t) !(v <= most) | (uint32_t)(is_signed && !(v >= -limit));
        }
        return wrong == 0;
}

/* A constant stride makes a faster loop; only formats with gaps between their elements need the other one. */
static inline bool widen_as(enum element element, const struct format *f, const uint8_t *restrict p, size_t stride,
                            uint32_t n, float *restrict ret) {
        return stride == format_size_of_element(element)
                       ? widen_strided(element, f, p, format_size_of_element(element), n, ret)
                       : widen_strided(element, f, p, stride, n, ret);
}

/* A function for each kind of element: its loop knows the kind. */
#define WIDEN_EACH(name, element)                                                                                     \
        static bool name(const struct format *f, const uint8_t *restrict p, size_t stride, uint32_t n,                \
                         float *restrict ret) {                                                                       \
                return widen_as(element, f, p, stride, n, ret);                                                       \
        }
WIDEN_EACH(widen_each_u8, ELEMENT_U8)
WIDEN_EACH(widen_each_u16le, ELEMENT_U16LE)
WIDEN_EACH(widen_each_u16be, ELEMENT_U16BE)
WIDEN_EACH(widen_each_i16le, ELEMENT_I16LE)
WIDEN_EACH(widen_each_i16be, ELEMENT_I16BE)
WIDEN_EACH(widen_each_i32le, ELEMENT_I32LE)
WIDEN_EACH(widen_each_f32le, ELEMENT_F32LE)
WIDEN_EACH(widen_each_split5, ELEMENT_SPLIT5)
WIDEN_EACH(widen_each_split6, ELEMENT_SPLIT6)

/* Most mats send plain elements: side by side, unsigned, without mask or shift. Their largest value is found as
 * bytes or words, sixteen or eight at a step. */

static bool widen_plain_u8(const struct format *f, const uint8_t *restrict p, size_t stride, uint32_t n,
                           float *restrict ret) {
        uint8_t most = 0;

        (void)stride;
        for (size_t k = 0; k < n; k++)
                ret[k] = (float)(int32_t)p[k];
        if (f->max_valid == 0)
                return true;
        for (size_t k = 0; k < n; k++)
                most = p[k] > most ? p[k] : most;
        return most <= f->max_valid;
}

static inline bool widen_plain_words(bool big_endian, const struct format *f, const uint8_t *restrict p, uint32_t n,
                                     float *restrict ret) {
        uint16_t most = 0;

        for (size_t k = 0; k < n; k++)
                ret[k] = (float)(int32_t)(big_endian ? widen_u16be(p + 2 * k) : widen_u16le(p + 2 * k));
        if (f->max_valid == 0)
                return true;
        for (size_t k = 0; k < n; k++) {
                const uint16_t v = (uint16_t)(big_endian ? widen_u16be(p + 2 * k) : widen_u16le(p + 2 * k));

                most = v > most ? v : most;
        }
        return most <= f->max_valid;
}

static bool widen_plain_u16le(const struct format *f, const uint8_t *restrict p, size_t stride, uint32_t n,
                              float *restrict ret) {
        (void)stride;
        return widen_plain_words(false, f, p, n, ret);
}

static bool widen_plain_u16be(const struct format *f, const uint8_t *restrict p, size_t stride, uint32_t n,
                              float *restrict ret) {
        (void)stride;
        return widen_plain_words(true, f, p, n, ret);
}

/* Elements without gaps: each lies within two bytes. */
static bool widen_packed(const struct format *f, const uint8_t *restrict p, size_t stride, uint32_t n,
                         float *restrict ret) {
        const bool big_endian = f->element == ELEMENT_PACK10BE || f->element == ELEMENT_PACK12BE;
        const uint32_t bits = format_packed_bits(f->element), mask = (1u << bits) - 1;
        const uint32_t most = f->max_valid > 0 ? f->max_valid : mask;
        uint32_t wrong = 0;

        (void)stride;
        for (size_t k = 0, bit = 0; k < n; k++, bit += bits) {
                const uint8_t *at = p + bit / 8;
                const uint32_t before = bit % 8, both = big_endian ? widen_u16be(at) : widen_u16le(at);
                const uint32_t v = both >> (big_endian ? 16 - bits - before : before) & mask;

                ret[k] = (float)(int32_t)v;
                wrong |= v > most;
        }
        return wrong == 0;
}

widen_fn *widen_choose(const struct format *f) {
        const bool plain = f->mask == 0 && f->shift == 0 && f->sparse.size == 0;

        switch (f->element) {
        case ELEMENT_U8:
                return plain ? widen_plain_u8 : widen_each_u8;
        case ELEMENT_U16LE:
                return plain ? widen_plain_u16le : widen_each_u16le;
        case ELEMENT_U16BE:
                return plain ? widen_plain_u16be : widen_each_u16be;
        case ELEMENT_I16LE:
                return widen_each_i16le;
        case ELEMENT_I16BE:
                return widen_each_i16be;
        case ELEMENT_I32LE:
                return widen_each_i32le;
        case ELEMENT_F32LE:
                return widen_each_f32le;
        case ELEMENT_SPLIT5:
                return widen_each_split5;
        case ELEMENT_SPLIT6:
                return widen_each_split6;
        case ELEMENT_PACK10LE:
        case ELEMENT_PACK10BE:
        case ELEMENT_PACK12LE:
        case ELEMENT_PACK12BE:
                return widen_packed;
        }
        return widen_each_u8;
}
