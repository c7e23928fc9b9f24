/* SPDX-License-Identifier: MIT */
/* The size of a mat, read from its bytes: from the head of its frames, or from the distances between their ends. */
#ifndef TOOLS_SITBONECTL_PROBE_SIZE_H
#define TOOLS_SITBONECTL_PROBE_SIZE_H

#include <stdint.h>

#include "core/acquire/formats.h"
#include "tools/sitbonectl/probe/heard.h"

struct size {
        int32_t rows, cols;
        bool guessed; /* only their product is known */
};

enum { SIZES_MAX = 8 };

/* Sizes that the bytes suggest, for a format that comes in several sizes. Returns how many. */
size_t suggest_sizes(const struct format *format, const struct heard *heard, struct size ret[SIZES_MAX]);

#endif
