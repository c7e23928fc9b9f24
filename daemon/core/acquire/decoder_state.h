/* SPDX-License-Identifier: MIT */
/* The state of a decoder, and the steps that text and bytes share. Callers of the decoder use decoder.h. Pure. */
#ifndef CORE_ACQUIRE_DECODER_STATE_H
#define CORE_ACQUIRE_DECODER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/acquire/cell_names.h"
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

        uint64_t words; /* lines of text that are no frame: headings, comments, words between frames */

        /* The members below are used by decoder.c and text_frame.c only. */

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
        uint32_t packed_bits;            /* bits of an element without gaps; 0 = whole bytes */
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
        size_t escapes; /* among the bytes scanned, where bytes are escaped */
        uint8_t buffer[DECODER_BUFFER];
        float elements[2 * CELLS_MAX]; /* in the order of the wire: those gathered, then those of this part */
        struct crc16 crc;              /* initialised only for formats that have one */
        struct text_rules text;
        uint32_t lead;            /* text: hash of the words before the numbers of the last good line */
        bool has_codes;           /* text: an escape came, which begins a code that terminals act on */
        uint32_t header_left;     /* text: numbers before the cells of the frame that have not come yet */
        uint32_t depth;           /* text: brackets that are open */
        struct cell_name_scan at; /* text: the name that waits for its number */

        /* Text where cells have names or may be missing: the last value of each cell is in the second half of
         * `elements`, and seen[k] is the number of the frame in which it came. */
        uint32_t frame_number, present; /* of the frame that is gathered, and its cells that have a value */
        uint32_t seen[CELLS_MAX];
};

/* One call of decoder_feed() or decoder_idle(). */
struct delivery {
        uint64_t now_us;
        const struct frame_sink *sink;
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

/* Drops everything that is held, in the middle of a line or packet that is longer than any may be. */
static inline void decoder_discard_overrun(struct decoder *d) {
        d->refused[REFUSED_OVERRUN] += !d->skipping;
        d->skipping = true;
        decoder_discard(d, d->held);
}

/* --- elements -> frame --- */

static inline void decoder_invert_values(float full_scale, uint32_t n, float *values) {
        for (uint32_t k = 0; k < n; k++) {
                float left = full_scale - values[k];

                values[k] = left > 0 ? left : 0;
        }
}

/* Every element has come: puts them in order and emits the frame. */
static inline void decoder_emit_frame(struct decoder *d, const struct delivery *to) {
        const struct layout *l = d->layout;
        struct frame *frame = to->sink->frame;

        if (l->inverted)
                decoder_invert_values(l->geometry.full_scale, d->n_cells, d->in_order ? frame->raw : d->elements);
        if (!d->in_order && l->geometry.n_cells == d->n_cells)
                layout_apply(l, d->elements, d->n_cells, frame->raw);
        else if (!d->in_order) /* the layout of a count that was just learnt is not known yet */
                memcpy(frame->raw, d->elements, d->n_cells * sizeof(*d->elements));
        d->gathered = 0;
        d->started = d->in_step = true;
        frame->seq = ++d->frames;
        frame->arrived_us = to->now_us;
        frame->n_cells = d->n_cells;
        to->sink->emit(to->sink->userdata, frame);
}

#endif
