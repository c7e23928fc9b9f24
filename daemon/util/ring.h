/* SPDX-License-Identifier: MIT */
/* Places in a fixed array used as a queue: the array is the owner's. */
#ifndef UTIL_RING_H
#define UTIL_RING_H

#include <stdbool.h>
#include <stdint.h>

struct ring {
        uint32_t head, n;
};

static inline bool ring_full(const struct ring *r, uint32_t capacity) {
        return r->n == capacity;
}

/* Place for a new last one; only when not full. */
static inline uint32_t ring_push(struct ring *r, uint32_t capacity) {
        return (r->head + r->n++) % capacity;
}

/* Place of the first, which then no longer belongs to the queue; only when n > 0. */
static inline uint32_t ring_pop(struct ring *r, uint32_t capacity) {
        uint32_t first = r->head;

        r->head = (first + 1) % capacity;
        r->n--;
        return first;
}

#endif
