/* SPDX-License-Identifier: MIT */
/* cells -> bytes: the inverse of the decoder, from the same descriptions. Writes the bytes that the mat would send.
 * Pure. */
#ifndef CORE_ACQUIRE_ENCODER_H
#define CORE_ACQUIRE_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "core/acquire/format.h"
#include "core/acquire/layout.h"

/* Enough for the largest frame of any row of the table: text of 4096 cells. */
enum { ENCODER_SIZE_MAX = 64 * 1024 };

/* Encodes one frame of layout->geometry.n_cells cells in the order of the geometry; 0 = no load, full scale =
 * saturated. Values are rounded and clamped to the range of the wire. Returns the bytes written, 0 when they do not
 * fit. */
size_t format_encode(const struct format *format, const struct layout *layout, const float *cells, uint8_t *ret,
                     size_t size);

#endif
