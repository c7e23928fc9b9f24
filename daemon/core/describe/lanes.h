/* SPDX-License-Identifier: MIT */
/* Sum and maximum in several independent lanes: they vectorise without reordering by the compiler, with the same result
 * on every machine. */
#ifndef CORE_DESCRIBE_LANES_H
#define CORE_DESCRIBE_LANES_H

#include <stdint.h>

float lanes_sum(const float *values, uint32_t n);

/* Of values that are not negative; 0 if there are none. */
float lanes_max(const float *values, uint32_t n);

#endif
