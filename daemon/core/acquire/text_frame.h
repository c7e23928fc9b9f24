/* SPDX-License-Identifier: MIT */
/* Text: lines -> frames. A line is a frame, or a row of one. Pure. */
#ifndef CORE_ACQUIRE_TEXT_FRAME_H
#define CORE_ACQUIRE_TEXT_FRAME_H

#include "core/acquire/decoder_state.h"

/* Decodes one line of the bytes held. False: it has not ended yet. */
bool text_frame_decode(struct decoder *d, const struct delivery *to);

/* The line is quiet: rows may be a whole frame although nothing has ended it yet. */
void text_frame_idle(struct decoder *d, const struct delivery *to);

/* Before the first line. */
void text_frame_init(struct decoder *d);

/* The next bytes do not continue those before. */
void text_frame_reset(struct decoder *d);

#endif
