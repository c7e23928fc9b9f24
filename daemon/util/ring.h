/* SPDX-License-Identifier: MIT */
/* The positions of a queue in a fixed array. The array belongs to the caller. */
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

/* Returns the position of a new last element. Only when the ring is not full. */
static inline uint32_t ring_push(struct ring *r, uint32_t capacity) {
        return (r->head + r->n++) % capacity;
}

/* Removes the first element and returns its position. Only when n > 0. */
static inline uint32_t ring_pop(struct ring *r, uint32_t capacity) {
        uint32_t first = r->head;

        r->head = (first + 1) % capacity;
        r->n--;
        return first;
}

#endif
