/* SPDX-License-Identifier: MIT */
/* A small LZ77 for chunks of recordings: frames look like the frames before them. Pure. */
#ifndef CORE_ACQUIRE_RECORDING_PACK_H
#define CORE_ACQUIRE_RECORDING_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the packed size, never more than n + 8; size must be at least that. n <= 64 KiB. */
size_t recording_pack(const uint8_t *raw, size_t n, uint8_t *ret, size_t size);

/* False when the bytes do not unpack to n bytes exactly. */
bool recording_unpack(const uint8_t *packed, size_t packed_n, uint8_t *ret, size_t n);

/* Base-128 numbers. */
size_t varint_put(uint64_t value, uint8_t *ret); /* at most 10 bytes */
bool varint_take(const uint8_t **at, const uint8_t *end, uint64_t *ret);

#endif
