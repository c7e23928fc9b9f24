/* SPDX-License-Identifier: MIT */
/* The difference between what a format expects and what the bytes are, when it does not fit. */
#ifndef TOOLS_SITBONECTL_PROBE_MISMATCH_H
#define TOOLS_SITBONECTL_PROBE_MISMATCH_H

#include "core/acquire/format.h"
#include "tools/sitbonectl/probe/heard.h"

/* Writes a sentence: another length of the frames, another number of cells, the other order of bytes. cells: as the settings or
 * the format define them; 0 = not known. False: no difference was found. */
bool mismatch_write(const struct format *format, uint32_t cells, const struct heard *heard, char *ret, size_t size);

#endif
