/* SPDX-License-Identifier: MIT */
/* Describes a format in the words of a data sheet. */
#ifndef TOOLS_SITBONECTL_FORMATS_DRAW_H
#define TOOLS_SITBONECTL_FORMATS_DRAW_H

#include <stddef.h>

#include "core/acquire/formats.h"

enum { DRAWN_MAX = 512 };

/* The bytes of a frame in one line: "AA 55 | 192 x u8 | sum8". Truncated if it does not fit. */
void format_draw(const struct format *f, char *ret, size_t size);

/* Readable bytes: "AA 55 01", or "start\n" in quotation marks if all of them are text. */
void format_bytes_words(const uint8_t *bytes, size_t n, char *ret, size_t size);

#endif
