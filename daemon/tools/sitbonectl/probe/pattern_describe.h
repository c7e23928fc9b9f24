/* SPDX-License-Identifier: MIT */
/* A description of frames of bytes, from the values that change least between two frames. */
#ifndef TOOLS_SITBONECTL_PROBE_PATTERN_DESCRIBE_H
#define TOOLS_SITBONECTL_PROBE_PATTERN_DESCRIBE_H

#include "tools/sitbonectl/probe/pattern.h"
#include "tools/sitbonectl/probe/verdict.h"

/* Finds a description and tries it on these bytes; without one ret->reason is packed_bits or unknown. */
void pattern_describe(const struct heard *heard, const struct pattern *p, struct suggestion *ret);

/* True if values of two bytes from this offset of a frame on make more sense in the other order of bytes. */
bool pattern_is_swapped(const struct heard *heard, const struct pattern *p, size_t from, bool big_endian);

#endif
