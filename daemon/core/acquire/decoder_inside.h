/* SPDX-License-Identifier: MIT */
/* Inside of the decoder, for decoder*.c alone: what the ways of framing share. Pure. */
#ifndef CORE_ACQUIRE_DECODER_INSIDE_H
#define CORE_ACQUIRE_DECODER_INSIDE_H

#include "core/acquire/decoder.h"

/* Where good frames go. */
struct taker {
        uint64_t now_us;
        struct frame *frame;
        frame_fn emit;
        void *userdata;
        bool quiet; /* the line is quiet: a frame at the very end is whole */
};

static inline void decoder_consume(struct decoder *d, size_t n) {
        d->start += n;
        d->held -= n;
        d->scanned = 0;
        if (d->held == 0)
                d->start = 0;
}

static inline void decoder_discard(struct decoder *d, size_t n) {
        d->discarded_bytes += n;
        decoder_consume(d, n);
}

/* A handful of bytes: a call of memcmp costs more than they do. */
static inline bool decoder_same(const uint8_t *a, const uint8_t *b, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (a[i] != b[i])
                        return false;
        return true;
}

static inline uint32_t decoder_u16le(const uint8_t *p) {
        return p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t decoder_u16be(const uint8_t *p) {
        return (uint32_t)p[0] << 8 | p[1];
}

/* decoder_widen.c */

decoder_widen_fn *decoder_widener(const struct format *format);

/* decoder_cells.c */

/* Elements or records behind this head (sync and header, whole): false when the head cannot be one. payload: bytes that
 * there are for them, where a packet says so; 0 = not known. */
bool decoder_count(const struct decoder *d, const uint8_t *frame, uint32_t payload, uint32_t *ret_n);

/* What stands in a whole frame or part but for its end, and the constants where those are known to hold. Wrong: says why.
 * Good: REFUSAL_N, so many of the bytes held are consumed, and the frame is emitted when it is whole. */
enum refusal decoder_take(struct decoder *d, const uint8_t *frame, uint32_t n, size_t length, bool constants_known,
                          const struct taker *t);

/* Every element has come: puts them in order and emits the frame. */
void decoder_accept(struct decoder *d, const struct taker *t);

/* The way each kind takes one frame from the bytes held. False: more bytes are needed. */
bool decoder_take_framed(struct decoder *d, const struct taker *t);
bool decoder_take_line(struct decoder *d, const struct taker *t);
bool decoder_take_packet(struct decoder *d, const struct taker *t);

/* Rows of text may be a whole frame although nothing says so yet. */
void decoder_text_quiet(struct decoder *d, const struct taker *t);

#endif
