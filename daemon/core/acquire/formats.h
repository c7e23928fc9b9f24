/* SPDX-License-Identifier: MIT */
/* The table of wire formats. Adding a mat is adding a row. Pure. */
#ifndef CORE_ACQUIRE_FORMATS_H
#define CORE_ACQUIRE_FORMATS_H

#include "core/acquire/format.h"

/* NULL when there is no such row. */
const struct format *format_by_name(const char *name);
size_t format_count(void);
const struct format *format_at(size_t i);

#endif
