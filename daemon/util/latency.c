/* SPDX-License-Identifier: MIT */
#include "util/latency.h"

/* Bucket = 4 * log2(us) and a quarter, which is the two bits after the leading one. */
static unsigned find_bucket(uint32_t us) {
        unsigned log2;

        if (us < 4)
                return us;
        log2 = 31u - (unsigned)__builtin_clz(us);
        return 4 * (log2 - 1) + ((us >> (log2 - 2)) & 3);
}

static uint32_t find_upper_edge(unsigned bucket) {
        unsigned log2 = bucket / 4 + 1;

        if (bucket < 4)
                return bucket;
        return (uint32_t)(((uint64_t)(4 + bucket % 4 + 1) << (log2 - 2)) - 1);
}

void latency_add(struct latency *l, uint64_t us) {
        uint32_t clamped = us > INT32_MAX ? INT32_MAX : (uint32_t)us;

        l->n++;
        l->count[find_bucket(clamped)]++;
        if (clamped > l->worst_us)
                l->worst_us = clamped;
}

uint32_t latency_p99_us(const struct latency *l) {
        uint64_t seen = 0;

        for (unsigned i = 0; i < LATENCY_BUCKETS && l->n > 0; i++) {
                seen += l->count[i];
                if (seen * 100 >= (uint64_t)l->n * 99)
                        return find_upper_edge(i) < l->worst_us ? find_upper_edge(i) : l->worst_us;
        }
        return l->worst_us;
}
