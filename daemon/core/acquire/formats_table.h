/* SPDX-License-Identifier: MIT */
/* The rows, for formats.c alone. */
#ifndef CORE_ACQUIRE_FORMATS_TABLE_H
#define CORE_ACQUIRE_FORMATS_TABLE_H

#include "core/acquire/formats.h"

extern const struct format formats_text[], formats_binary[];
extern const size_t formats_text_n, formats_binary_n;

#endif
