/* SPDX-License-Identifier: MIT */
/* Pure: the core may use it. */
#ifndef UTIL_MINMAX_H
#define UTIL_MINMAX_H

#include <stdint.h>

static inline uint64_t min_u64(uint64_t a, uint64_t b) {
        return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b) {
        return a > b ? a : b;
}

static inline float min_f(float a, float b) {
        return a < b ? a : b;
}

static inline float max_f(float a, float b) {
        return a > b ? a : b;
}

#endif
