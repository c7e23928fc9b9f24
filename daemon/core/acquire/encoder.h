/* SPDX-License-Identifier: MIT */
/* cells -> bytes: the decoder's mirror, over the same table. Writes what the mat would have sent. Pure. */
#ifndef CORE_ACQUIRE_ENCODER_H
#define CORE_ACQUIRE_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "core/acquire/format.h"
#include "core/acquire/layout.h"

/* More than any frame of any row takes: text of 4096 cells. */
enum { ENCODER_SIZE_MAX = 64 * 1024 };

/* One frame of layout->geometry.n_cells cells in the order of the geometry, 0 = no load, full scale = saturated;
 * values are rounded and clamped to what the wire can carry. Returns the bytes written, 0 when they do not fit. */
size_t format_encode(const struct format *format, const struct layout *layout, const float *cells, uint8_t *ret,
                     size_t size);

#endif
