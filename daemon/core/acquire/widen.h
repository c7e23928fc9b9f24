/* SPDX-License-Identifier: MIT */
/* Elements on the wire -> numbers: one loop for each kind of element, so that the kind is not examined at each of
 * them. Pure. */
#ifndef CORE_ACQUIRE_WIDEN_H
#define CORE_ACQUIRE_WIDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acquire/format.h"

/* Writes n numbers from n elements that begin `stride` bytes apart. False when one of them is out of range. */
typedef bool widen_fn(const struct format *format, const uint8_t *restrict elements, size_t stride, uint32_t n,
                      float *restrict ret);

/* The loop for the elements of this format. */
widen_fn *widen_choose(const struct format *format);

/* Two bytes as one number. */
static inline uint32_t widen_u16le(const uint8_t *p) {
        return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t widen_u16be(const uint8_t *p) {
        return (uint32_t)p[0] << 8 | p[1];
}

#endif
