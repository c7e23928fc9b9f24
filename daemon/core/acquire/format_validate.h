/* SPDX-License-Identifier: MIT */
/* Checks that a description is complete and that nothing in it lies outside a frame. Pure. */
#ifndef CORE_ACQUIRE_FORMAT_VALIDATE_H
#define CORE_ACQUIRE_FORMAT_VALIDATE_H

#include "core/acquire/format.h"

/* NULL, or the reason why no decoder could follow this description. Every row of the table passes. */
const char *format_validate(const struct format *format);

#endif
