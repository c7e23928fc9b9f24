/* SPDX-License-Identifier: MIT */
#include "core/acquire/recording_pack.h"

#include <string.h>

enum {
        HASH_BITS = 12,
        MATCH_MIN = 5, /* shorter copies cost as much as the bytes themselves */
};

size_t varint_put(uint64_t value, uint8_t *ret) {
        size_t n = 0;

        for (; value >= 0x80; value >>= 7)
                ret[n++] = (uint8_t)(value | 0x80);
        ret[n++] = (uint8_t)value;
        return n;
}

bool varint_take(const uint8_t **at, const uint8_t *end, uint64_t *ret) {
        uint64_t value = 0;

        for (unsigned shift = 0; *at < end && shift < 63; shift += 7) {
                uint8_t byte = *(*at)++;

                value |= (uint64_t)(byte & 0x7F) << shift;
                if (!(byte & 0x80)) {
                        *ret = value;
                        return true;
                }
        }
        return false;
}

/* Output that stops growing at its limit, so that one test at the end is enough. */
struct sink {
        uint8_t *to;
        size_t n, size;
        bool full;
};

static void put_bytes(struct sink *s, const uint8_t *bytes, size_t n) {
        s->full = s->full || n > s->size - s->n;
        if (s->full)
                return;
        memcpy(s->to + s->n, bytes, n);
        s->n += n;
}

static void put_number(struct sink *s, uint64_t value) {
        uint8_t bytes[10];

        put_bytes(s, bytes, varint_put(value, bytes));
}

static uint32_t hash_of(const uint8_t *p) {
        uint32_t four = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

        return four * 2654435761u >> (32 - HASH_BITS); /* Knuth's multiplier */
}

static size_t same_length(const uint8_t *raw, size_t from, size_t at, size_t n) {
        size_t length = 0;

        while (at + length < n && raw[from + length] == raw[at + length])
                length++;
        return length;
}

struct match {
        size_t length, distance;
};

static void consider(const uint8_t *raw, size_t at, size_t n, size_t distance, struct match *best) {
        size_t length;

        if (distance == 0 || distance > at)
                return;
        length = same_length(raw, at - distance, at, n);
        if (length > best->length)
                *best = (struct match){length, distance};
}

/* Where these four bytes stood last, and as far back as the copy before: cells that differ interrupt the copy of the
 * frame before, they do not end it. */
static struct match find(const uint8_t *raw, size_t at, size_t n, const uint32_t *last, size_t usual) {
        struct match best = {0, 0};
        uint32_t seen = last[hash_of(raw + at)];

        consider(raw, at, n, usual, &best);
        if (seen > 0)
                consider(raw, at, n, at - (seen - 1), &best);
        return best;
}

static void put_all(const uint8_t *raw, size_t n, struct sink *s) {
        uint32_t last[1 << HASH_BITS] = {0}; /* place + 1; 0 = not seen */
        size_t at = 0, literals = 0, usual = 0;

        while (at + MATCH_MIN <= n && !s->full) {
                struct match m = find(raw, at, n, last, usual);
                size_t step = m.length >= MATCH_MIN ? m.length : 1;

                if (step > 1) {
                        put_number(s, at - literals);
                        put_bytes(s, raw + literals, at - literals);
                        put_number(s, m.length);
                        put_number(s, m.distance);
                        literals = at + m.length;
                        usual = m.distance > 8 ? m.distance : usual; /* a run of one value is not a frame */
                }
                for (size_t end = at + step; at < end; at++)
                        if (at + 4 <= n)
                                last[hash_of(raw + at)] = (uint32_t)at + 1;
        }
        if (literals < n) {
                put_number(s, n - literals);
                put_bytes(s, raw + literals, n - literals);
        }
}

size_t recording_pack(const uint8_t *raw, size_t n, uint8_t *ret, size_t size) {
        struct sink s = {ret, 0, n < size ? n : size, false};

        put_all(raw, n, &s);
        if (!s.full)
                return s.n;
        s = (struct sink){ret, 0, size, false}; /* it grew: as it is, then */
        put_number(&s, n);
        put_bytes(&s, raw, n);
        return s.n;
}

bool recording_unpack(const uint8_t *packed, size_t packed_n, uint8_t *ret, size_t n) {
        const uint8_t *at = packed, *end = packed + packed_n;
        uint64_t length, distance;
        size_t done = 0;

        while (at < end) {
                if (!varint_take(&at, end, &length) || length > (size_t)(end - at) || length > n - done)
                        return false;
                memcpy(ret + done, at, length);
                done += length;
                at += length;
                if (at == end)
                        break;
                if (!varint_take(&at, end, &length) || !varint_take(&at, end, &distance))
                        return false;
                if (length > n - done || distance == 0 || distance > done)
                        return false;
                for (; length > 0; length--, done++) /* byte by byte: a run copies what it has just written */
                        ret[done] = ret[done - distance];
        }
        return done == n;
}
