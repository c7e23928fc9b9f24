/* SPDX-License-Identifier: MIT */
#ifndef CORE_ESTIMATE_NORMAL_H
#define CORE_ESTIMATE_NORMAL_H

#include <math.h>

/* Normal distribution function, logistic approximation (Bowling 2009: within 0.01). */
static inline float normal_cdf(float z) {
        return 1 / (1 + expf(-1.702F * z));
}

#endif
