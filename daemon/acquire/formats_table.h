/* The rows, for formats.c alone. */
#ifndef ACQUIRE_FORMATS_TABLE_H
#define ACQUIRE_FORMATS_TABLE_H

#include "acquire/formats.h"

extern const struct format formats_text[], formats_binary[];
extern const size_t formats_text_n, formats_binary_n;

#endif
