/* SPDX-License-Identifier: MIT */
/* Elements -> numbers: a loop for each kind of element, so that the kind is not asked for at each of them. */
#include <string.h>

#include "core/acquire/decoder_inside.h"

/* No converter of any known mat has 24 bits. */
static const float VALUE_MAX = 1 << 24;
static const uint32_t SPLIT_OFFSET = 11;

/* Both bytes 11 or more with so many bits above; anything else becomes a value that is none (2^25 and more, or below 0). */
static inline int32_t split(const uint8_t *p, uint32_t bits) {
        uint32_t both = decoder_u16le(p), high = (both & 0xFF) - SPLIT_OFFSET, low = (both >> 8) - SPLIT_OFFSET;

        return (int32_t)((high << bits | low) + ((high | low) >> bits << 25));
}

static inline uint32_t u32le(const uint8_t *p) {
        return decoder_u16le(p) | decoder_u16le(p + 2) << 16;
}

static inline float f32le(const uint8_t *p) {
        uint32_t bits = u32le(p);
        float value;

        memcpy(&value, &bits, sizeof(value));
        return value;
}

/* mask and shift are for what has no sign. */
static inline float value_of(enum element element, uint32_t mask, uint32_t shift, const uint8_t *p) {
        switch (element) {
        case ELEMENT_U8:
                return (float)(int32_t)((*p & mask) >> shift);
        case ELEMENT_U16LE:
                return (float)(int32_t)((decoder_u16le(p) & mask) >> shift);
        case ELEMENT_U16BE:
                return (float)(int32_t)((decoder_u16be(p) & mask) >> shift);
        case ELEMENT_I16LE:
                return (float)(int16_t)decoder_u16le(p);
        case ELEMENT_I16BE:
                return (float)(int16_t)decoder_u16be(p);
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

/* False: one is out of range; NAN is neither. No way out of the loop, so that several go at a step. */
static inline bool widen_as(enum element element, const struct format *f, const uint8_t *restrict p, size_t each,
                            uint32_t n, float *restrict ret) {
        const bool is_signed = element > ELEMENT_U16BE;
        const uint32_t mask = f->mask ? f->mask : 0xFFFF, shift = f->shift;
        const float most = f->max_valid > 0 ? (float)f->max_valid : VALUE_MAX;
        uint32_t wrong = 0;

        for (size_t k = 0; k < n; k++) {
                float v = value_of(element, mask, shift, p + k * each);

                ret[k] = v;
                wrong |= (uint32_t) !(v <= most) | (uint32_t)(is_signed && !(v >= -VALUE_MAX));
        }
        return wrong == 0;
}

/* Gaps between them are paid for where there are any. */
#define WIDEN(name, element, size)                                                                                    \
        static bool name(const struct format *f, const uint8_t *restrict p, size_t each, uint32_t n,                  \
                         float *restrict ret) {                                                                       \
                return each == (size) ? widen_as(element, f, p, size, n, ret)                                         \
                                      : widen_as(element, f, p, each, n, ret);                                        \
        }

WIDEN(widen_u8, ELEMENT_U8, 1)
WIDEN(widen_u16le, ELEMENT_U16LE, 2)
WIDEN(widen_u16be, ELEMENT_U16BE, 2)
WIDEN(widen_i16le, ELEMENT_I16LE, 2)
WIDEN(widen_i16be, ELEMENT_I16BE, 2)
WIDEN(widen_i32le, ELEMENT_I32LE, 4)
WIDEN(widen_f32le, ELEMENT_F32LE, 4)
WIDEN(widen_split5, ELEMENT_SPLIT5, 2)
WIDEN(widen_split6, ELEMENT_SPLIT6, 2)

/* What most mats send: side by side, without sign, mask or shift. The largest is found as bytes or words, eight or sixteen at
 * a step. */
#define WIDEN_PLAIN(name, type, value)                                                                                \
        static bool name(const struct format *f, const uint8_t *restrict p, size_t each, uint32_t n,                  \
                         float *restrict ret) {                                                                       \
                type most = 0;                                                                                        \
                                                                                                                      \
                (void)each;                                                                                           \
                for (size_t k = 0; k < n; k++)                                                                        \
                        ret[k] = (float)(int32_t)(value);                                                             \
                if (f->max_valid == 0)                                                                                \
                        return true;                                                                                  \
                for (size_t k = 0; k < n; k++) {                                                                      \
                        const type v = (type)(value);                                                                 \
                                                                                                                      \
                        most = v > most ? v : most;                                                                   \
                }                                                                                                     \
                return most <= f->max_valid;                                                                          \
        }

WIDEN_PLAIN(widen_plain_u8, uint8_t, p[k])
WIDEN_PLAIN(widen_plain_u16le, uint16_t, decoder_u16le(p + 2 * k))
WIDEN_PLAIN(widen_plain_u16be, uint16_t, decoder_u16be(p + 2 * k))

decoder_widen_fn *decoder_widener(const struct format *f) {
        const bool plain = f->mask == 0 && f->shift == 0 && f->sparse.size == 0;

        switch (f->element) {
        case ELEMENT_U8:
                return plain ? widen_plain_u8 : widen_u8;
        case ELEMENT_U16LE:
                return plain ? widen_plain_u16le : widen_u16le;
        case ELEMENT_U16BE:
                return plain ? widen_plain_u16be : widen_u16be;
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
