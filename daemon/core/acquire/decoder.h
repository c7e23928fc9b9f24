/* SPDX-License-Identifier: MIT */
/* bytes -> frame: one engine, driven by the description of a format (format.h). Pure.
 *
 * On anything unexpected the decoder counts the reason, looks for the next sync inside the bytes that it already
 * holds, and goes on: the next frame is milliseconds away. A delimiter format without a check accepts a frame only
 * when the delimiter is seen before and after it, or when the caller reports that the line is quiet (decoder_idle).
 * The same applies to a list of loaded cells and, until the decoder is in step again, to a prefix format with less
 * than four bytes to recognise a frame by. */
#ifndef CORE_ACQUIRE_DECODER_H
#define CORE_ACQUIRE_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acquire/format.h"
#include "core/acquire/layout.h"
#include "core/acquire/text_line.h"
#include "core/acquire/widen.h"
#include "sitbone/frame.h"
#include "sitbone/health.h"

enum { DECODER_BUFFER = 64 * 1024 };

typedef void (*frame_fn)(void *userdata, const struct frame *frame);

/* The receiver of good frames. frame is scratch space of the caller, so that the decoder itself stays small; its cells
 * are valid only while emit runs. */
struct frame_sink {
        struct frame *frame;
        frame_fn emit;
        void *userdata;
};

struct decoder {
        const struct format *format;
        const struct layout *layout;
        uint64_t frames, refused[REFUSAL_N], discarded_bytes;
        uint32_t boards_seen; /* bit n: frames came from board n (of formats that number their boards) */

        /* The members below are used by decoder.c only. */

        uint32_t n_cells;      /* in a frame; 0 = not learnt yet */
        bool learns_count;     /* n_cells comes from the wire, and may change */
        uint32_t other_frames; /* text: frames in a row of another count, */
        uint32_t other_count;  /* and that count */

        bool started;     /* a frame boundary was seen since the port was opened */
        bool in_step;     /* the next byte held should begin a frame */
        bool skipping;    /* in the rest of a line or packet that did not fit, or whose beginning was not seen */
        bool row_refused; /* a row of this frame was refused: discard the rest of the frame */

        struct format_bytes sync, shape; /* for this size of mat */
        size_t head_n, overhead;         /* bytes before the elements, and all bytes but the elements */
        size_t stride;                   /* bytes of an element or record */
        size_t check_n;                  /* bytes of the check */
        uint32_t part_cells;             /* elements in a part; 0 = as many as come */
        widen_fn *widen;                 /* for this kind of element */

        /* The first eight bytes of frames or parts, all but a few, so that one comparison recognises them. */
        uint64_t common_head, common_mask;
        size_t common_length;  /* bytes of a frame or part that begins so; SIZE_MAX = frames have no such beginning */
        bool common_constants; /* the comparison covers every constant */

        bool whole_frames;    /* no frame comes in parts or names a board */
        bool in_order;        /* frames come whole and in the order of the geometry */
        bool self_sufficient; /* in step, a frame is accepted without seeing the next */

        uint32_t gathered; /* elements received of a frame that comes in parts or rows */
        double row_number; /* text: number of the last row, where rows have numbers */
        size_t start, held, scanned;
        uint8_t buffer[DECODER_BUFFER];
        float elements[2 * CELLS_MAX]; /* in the order of the wire: those gathered, then those of this part */
        struct crc16 crc;              /* initialised only for formats that have one */
        struct text_rules text;
};

/* format and layout must outlive the decoder. Text with a layout of 0 cells: the first line of at least 4 numbers
 * gives the number of cells, and frames come in wire order (layout_learn in layout.h); ten frames in a row of
 * another count change it. The layout may be built again between two frames. */
void decoder_init(struct decoder *d, const struct format *format, const struct layout *layout);

/* Accepts bytes as they come, in any split, and emits each good frame with arrived_us = now_us. */
void decoder_feed(struct decoder *d, const uint8_t *bytes, size_t n, uint64_t now_us, const struct frame_sink *sink);

/* Call it when the line has been quiet for a few milliseconds: the bytes held may be a whole frame. */
void decoder_idle(struct decoder *d, uint64_t now_us, const struct frame_sink *sink);

/* Call it when the port was opened again. Partial bytes are dropped, counters stay. The first bytes that follow are
 * treated as the rest of a frame whose beginning was missed: they are dropped as REFUSED_PARTIAL, for text the whole
 * first line. */
void decoder_reset(struct decoder *d);

/* Call it after init or reset when the next byte begins a frame (a file read from its start): nothing is dropped. */
void decoder_at_boundary(struct decoder *d);

#endif
