/* SPDX-License-Identifier: MIT */
/* Cross-talk of a matrix without guarding. */
#ifndef CORE_CONDITION_CROSSTALK_H
#define CORE_CONDITION_CROSSTALK_H

#include "sitbone/geometry.h"

/* Removes cross-talk in place; loads stay within 0..1. Grids only; strength 0 does nothing. */
void crosstalk_remove(const struct geometry *geometry, float strength, float *load);

#endif
