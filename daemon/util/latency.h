/* SPDX-License-Identifier: MIT */
/* A histogram of durations of fixed size: the worst and the 99th percentile since it was zeroed. */
#ifndef UTIL_LATENCY_H
#define UTIL_LATENCY_H

#include <stdint.h>

enum { LATENCY_BUCKETS = 128 }; /* four for each power of two, 1 us to about an hour: each 19 % wide */

struct latency {
        uint32_t n, worst_us;
        uint32_t count[LATENCY_BUCKETS];
};

void latency_add(struct latency *l, uint64_t us);
/* Upper edge of the bucket that holds the 99th percentile, at most the worst; 0 without values. */
uint32_t latency_p99_us(const struct latency *l);

#endif
