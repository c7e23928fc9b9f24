/* SPDX-License-Identifier: MIT */
/* Writes sitbone's own recordings (core/acquire/recording_wire.h): append-only, a chunk every second or two. */
#ifndef RECORDING_RECORDER_H
#define RECORDING_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/acquire/recording_wire.h"
#include "sitbone/settings/device.h"

struct recorder {
        int fd; /* -1 = closed */
        uint64_t chunk_began_us, wire_bytes, file_bytes;
        struct recording_chunk chunk;
        uint8_t packed[RECORDING_PACKED_MAX];
};

/* The head of a recording as text, to be freed; NULL when there is no memory or the description of the format
 * cannot be read. started_us: by the wall clock, 0 = not recorded. whole: the first byte begins a frame. */
char *recorder_make_head(const struct settings_device *device, uint64_t started_us, bool whole);

/* Creates the file and writes the head. A file that exists is replaced only if `replace` is set. 0, or a negative
 * errno, and then there is nothing to close. */
int recorder_open_with_head(struct recorder *r, const char *path, const char *head, bool replace);

/* As recorder_open_with_head(), with a head for this device, whose format has its name. The description of a format
 * that is no row of the table becomes part of the head. */
int recorder_open(struct recorder *r, const char *path, const struct settings_device *device, uint64_t started_us,
                  bool whole, bool replace);

/* t_us: since the start of the recording. 0, or a negative errno. */
int recorder_add(struct recorder *r, uint64_t t_us, const uint8_t *bytes, size_t n);

/* Records that the port was opened again. */
int recorder_add_gap(struct recorder *r, uint64_t t_us);

/* The label says what the sitter does from now on; "" = nothing in particular. 0, or a negative errno. */
int recorder_add_label(struct recorder *r, uint64_t t_us, const char *label);

/* Writes the rest. 0, or a negative errno. */
int recorder_close(struct recorder *r);

#endif
