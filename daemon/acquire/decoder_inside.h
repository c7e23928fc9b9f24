/* Inside of the decoder, for decoder*.c alone: what the ways of framing share. Pure. */
#ifndef ACQUIRE_DECODER_INSIDE_H
#define ACQUIRE_DECODER_INSIDE_H

#include "acquire/decoder.h"

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

/* t->frame->raw is filled. */
static inline void decoder_accept(struct decoder *d, const struct taker *t) {
        d->started = d->in_step = true;
        t->frame->seq = ++d->frames;
        t->frame->arrived_us = t->now_us;
        t->frame->n_cells = d->n_cells;
        t->emit(t->userdata, t->frame);
}

static inline void decoder_put(const struct layout *l, uint32_t cell, float value, float *ret_raw) {
        if (l->inverted)
                value = value < l->geometry.full_scale ? l->geometry.full_scale - value : 0;
        ret_raw[cell] = value;
}

/* decoder_cells.c */

/* Bytes of the elements behind this head (sync and header, whole): false when the head cannot be one. */
bool decoder_payload(const struct decoder *d, const uint8_t *frame, size_t *ret);

/* What stands in a whole frame or part but for its end: REFUSAL_N when nothing is wrong. */
enum refusal decoder_judge(const struct decoder *d, const uint8_t *frame, size_t payload);

/* Takes the elements of a frame or part that was found good, and emits the frame when it is whole. */
void decoder_take_payload(struct decoder *d, const uint8_t *frame, size_t payload, const struct taker *t);

/* The way each kind takes one frame from the bytes held. False: more bytes are needed. */
bool decoder_take_framed(struct decoder *d, const struct taker *t);
bool decoder_take_line(struct decoder *d, const struct taker *t);
bool decoder_take_packet(struct decoder *d, const struct taker *t);

/* Rows of text may be a whole frame although nothing says so yet. */
void decoder_text_quiet(struct decoder *d, const struct taker *t);

#endif
