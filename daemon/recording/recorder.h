/* SPDX-License-Identifier: MIT */
/* Writes recordings of ours (acquire/recording_wire.h): append-only, a chunk a second or two. */
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

/* The head of a recording as text, malloc'd; NULL when there is no memory or its description cannot be read. started_us:
 * by the wall clock, 0 = not to be said. whole: the first byte begins a frame. */
char *recorder_head(const struct settings_device *device, uint64_t started_us, bool whole);

/* As recorder_open(), with the head that somebody else made. */
int recorder_open_with(struct recorder *r, const char *path, const char *head, bool replace);

/* device: as it is set, with the name of its format. started_us: by the wall clock, 0 = not to be said. whole: the first byte begins a frame.
 * What describes a format that is no row of the table is written too. A file that is there is only replaced when that is wanted. 0, or a negative errno: nothing to close then. */
int recorder_open(struct recorder *r, const char *path, const struct settings_device *device, uint64_t started_us,
                  bool whole, bool replace);

/* t_us since the start. 0, or a negative errno. */
int recorder_add(struct recorder *r, uint64_t t_us, const uint8_t *bytes, size_t n);

/* The port was opened again. */
int recorder_note_gap(struct recorder *r, uint64_t t_us);

/* Writes the rest. 0, or a negative errno. */
int recorder_close(struct recorder *r);

#endif
