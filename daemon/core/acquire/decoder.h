/* SPDX-License-Identifier: MIT */
/* bytes -> frame: one engine, driven by a row of the format table (formats.h). Pure.
 *
 * Lexer policy: on anything unexpected count the reason, look for the next sync inside the bytes already held, go on;
 * the next frame is milliseconds away. A delimiter format without a check accepts a frame only when the delimiter
 * stands before and after it, or when the caller says that the line went quiet (decoder_idle); so does a prefix format
 * with less than four bytes to know a frame by, until it is in step again, and a list of loaded cells. */
#ifndef CORE_ACQUIRE_DECODER_H
#define CORE_ACQUIRE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "sitbone/frame.h"
#include "sitbone/health.h"

enum { DECODER_BUFFER = 64 * 1024 };

/* Makes numbers of n elements, one each so many bytes. False: one is out of range. */
typedef bool decoder_widen_fn(const struct format *format, const uint8_t *elements, size_t each, uint32_t n,
                              float *ret);

struct decoder {
        const struct format *format;
        const struct layout *layout;
        uint64_t frames, refused[REFUSAL_N], discarded_bytes;
        uint32_t boards_seen; /* bit n: frames came from board n (of formats that say it) */
        /* private state follows; decoder.c */
        uint32_t n_cells;                /* a frame has; 0 = not learnt yet */
        bool learns;                     /* n_cells comes from the wire, and may come again */
        uint32_t strange, strange_count; /* text: frames in a row of another count, and that count */
        bool started;                    /* a frame boundary was seen since the port was opened */
        bool in_step;                    /* the next byte held should begin a frame */
        bool overlong;                   /* in the rest of a line that did not fit, or began unseen */
        bool spoilt;                     /* a row of this frame was refused: the others wait for its end in vain */
        struct format_bytes sync, shape; /* of this size of mat */
        size_t head, around, each;       /* bytes: before the elements, and all but them; of an element or record */
        decoder_widen_fn *widen;         /* for this kind of element */
        size_t check_n;                  /* bytes of the check */
        uint32_t part_cells;             /* elements in a part; 0 = as many as come */
        uint64_t usual, usual_bits;      /* how frames or parts begin, all but a few, and which bits of that count */
        size_t usual_length;             /* of one that begins so; SIZE_MAX = they have no such beginning */
        bool usual_constants;            /* that covers every constant */
        bool whole;                      /* what is framed is a frame, no part of one, and says no board */
        bool straight;                   /* frames come whole and in the order of the cells */
        bool alone;                      /* in step, a frame counts without another behind it */
        uint32_t gathered;               /* elements there are of a frame that comes in parts or rows */
        double row;                      /* text: number of the last row, where they have numbers */
        size_t start, held, scanned;
        uint8_t buffer[DECODER_BUFFER];
        float elements[2 * CELLS_MAX]; /* as the wire has them: those gathered, and behind them those of this part */
        struct crc16 crc;              /* made only for formats that have one */
        bool separates[256];           /* text: this byte stands between numbers */
};

typedef void (*frame_fn)(void *userdata, const struct frame *frame);

/* format and layout must outlive the decoder. Text with a layout of 0 cells: the first line of at least 4 numbers
 * says how many there are, and frames come in wire order (layout_learn in layout.h); ten frames in a row of another
 * number say it anew. The layout may be built again in between, between two frames. */
void decoder_init(struct decoder *d, const struct format *format, const struct layout *layout);

/* Takes bytes as they came, in any split; calls emit for each good frame, with arrived_us = now_us. frame is scratch
 * space of the caller, so that the decoder itself stays small; outside of emit its cells mean nothing. */
void decoder_feed(struct decoder *d, const uint8_t *bytes, size_t n, uint64_t now_us, struct frame *frame,
                  frame_fn emit, void *userdata);

/* The line has been quiet for a few milliseconds: what is held may be a whole frame. */
void decoder_idle(struct decoder *d, uint64_t now_us, struct frame *frame, frame_fn emit, void *userdata);

/* The port was opened again: forget partial bytes, keep the counters. What comes first is taken to be the rest of a
 * frame that nobody saw the beginning of: it is dropped as REFUSED_PARTIAL, for text the whole first line. */
void decoder_reset(struct decoder *d);

/* After init or reset: what comes next begins with a whole frame (a file read from its start), so nothing is dropped. */
void decoder_at_boundary(struct decoder *d);

#endif
