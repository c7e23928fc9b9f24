/* SPDX-License-Identifier: MIT */
/* Puts elements from the order of the wire into the order of the geometry. Pure. */
#ifndef CORE_ACQUIRE_CELL_ORDER_H
#define CORE_ACQUIRE_CELL_ORDER_H

#include <stddef.h>

#include "core/acquire/layout.h"

/* ret[i] = elements[layout->wire_of[i]] for n cells. */
void cell_order_apply(const struct layout *layout, const float *restrict elements, size_t n, float *restrict ret);

#endif
