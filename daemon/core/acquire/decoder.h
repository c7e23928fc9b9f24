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

#include <stddef.h>
#include <stdint.h>

#include "core/acquire/decoder_state.h"

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
