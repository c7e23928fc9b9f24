/* SPDX-License-Identifier: MIT */
/* Analysis of bytes that are no text: the bytes that repeat at a fixed distance. */
#ifndef TOOLS_SITBONECTL_PROBE_PATTERN_H
#define TOOLS_SITBONECTL_PROBE_PATTERN_H

#include "tools/sitbonectl/probe/heard.h"

enum { PATTERN_SYNC_MAX = 4 };

/* Frames of `period` bytes that begin with the sync. */
struct pattern {
        size_t period; /* 0 = nothing repeats */
        uint8_t sync[PATTERN_SYNC_MAX], tail[PATTERN_SYNC_MAX];
        size_t n_sync, n_tail; /* n_tail 0 = the bytes before the next sync are no constants */
        size_t fixed;          /* constant bytes at the beginning, the sync included */
        bool escaped;          /* by 7D, as in HDLC: offsets and the period count the bytes without escapes */
        size_t repeats;        /* frames that are followed by another one at this distance */
};

struct pattern pattern_find(const struct heard *heard);

/* "A5 5A" */
void pattern_write_bytes(const uint8_t *bytes, size_t n, char *ret, size_t size);

/* "A5 5A occurs every 322 bytes" */
void pattern_write(const struct pattern *p, char *ret, size_t size);

/* Removes escapes by 7D. Returns the number of bytes; ret has room for heard->n. */
size_t pattern_unescape(const struct heard *heard, uint8_t *ret);

/* Offset of the first frame at or after this offset; heard->n if there is none. Damaged frames are left out. */
size_t pattern_next(const struct heard *heard, const struct pattern *p, size_t at);

#endif
