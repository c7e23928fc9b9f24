/* SPDX-License-Identifier: MIT */
/* The rows of the table. Include formats.h instead: only formats.c and the files with the rows need this. */
#ifndef CORE_ACQUIRE_FORMATS_TABLE_H
#define CORE_ACQUIRE_FORMATS_TABLE_H

#include "core/acquire/format.h"

extern const struct format formats_text[], formats_binary[];
extern const size_t formats_text_n, formats_binary_n;

#endif
