/* SPDX-License-Identifier: MIT */
/* Recordings of ours: raw wire bytes with their arrival times. Pure.
 *
 *   # sitbone recording 1\n          text: what it is
 *   # format=jq-seat-32\n            ... key=value: the settings of the device at that time
 *   # description=sync = AA 55\n     ... and, of a format from a file, the lines of the file
 *   \n
 *   chunk | chunk | ...              a second or two each; every chunk stands on its own
 *
 * chunk    F5 53 62 63 | packed_n u32le | raw_n u32le | crc32 u32le over both numbers and what is packed | packed
 * unpacked t_us of the first piece since the start of the recording, then pieces: microseconds since the piece before |
 *          n | n bytes as they came. n = 0: the port was opened again.
 * packed   literals_n | literals | copied_n | distance | literals_n | ...   (may end behind literals)
 * Numbers are base-128 varints, lowest 7 bits first.
 *
 * So a file may be cut off anywhere, and a damaged place costs the chunk that it is in. */
#ifndef CORE_ACQUIRE_RECORDING_WIRE_H
#define CORE_ACQUIRE_RECORDING_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sitbone/settings/device.h"

enum {
        RECORDING_CHUNK_MAX = 64 * 1024, /* unpacked */
        RECORDING_CHUNK_HEAD = 16,
        RECORDING_PACKED_MAX = RECORDING_CHUNK_HEAD + RECORDING_CHUNK_MAX + 8,
        RECORDING_PIECE_MAX = 32 * 1024, /* bytes given to recording_chunk_add() at once */
        RECORDING_FORMAT_MAX = 48,
};

extern const char recording_magic[]; /* the first line, without its end */
extern const char
        recording_description_key[]; /* what a line of the head begins with that holds one of a description */

/* --- writing --- */

struct recording_chunk {
        uint64_t last_us; /* time of the last piece */
        size_t n;         /* 0 = empty */
        size_t length_at; /* of the last piece, so that it can grow */
        uint8_t raw[RECORDING_CHUNK_MAX];
};

/* Bytes that came within a millisecond are one piece. False: no room, pack it first. n <= RECORDING_PIECE_MAX. */
bool recording_chunk_add(struct recording_chunk *c, uint64_t t_us, const uint8_t *bytes, size_t n);

/* The chunk as it stands in the file; empties it. Returns how many bytes, 0 when there was nothing. */
size_t recording_chunk_pack(struct recording_chunk *c, uint8_t ret[RECORDING_PACKED_MAX]);

/* --- reading --- */

struct recording_head {
        char format[RECORDING_FORMAT_MAX];
        bool whole;        /* begins with a whole frame */
        size_t chunks_at;  /* offset of the first chunk */
        uint32_t bad_line; /* where reading the head failed */
};

bool recording_is_ours(const char *data, size_t n);

/* NULL or what is wrong. What the head says of the device goes into *device. */
const char *recording_read_head(const char *data, size_t n, struct recording_head *ret,
                                struct settings_device *device);

/* The description that the head carries of a format that is in no table: its lines, and a NUL. Returns its length; 0 when
 * there is none, or no room. */
size_t recording_description(const char *data, size_t n, char *ret, size_t size);

struct recording_cursor {
        const uint8_t *at, *end;
        uint64_t damaged_bytes, cut_bytes; /* skipped between good chunks, and behind the last one */
        bool gap;
        uint64_t t_us;
        size_t raw_at, raw_n;
        uint8_t raw[RECORDING_CHUNK_MAX];
};

struct recording_piece {
        uint64_t t_us; /* since the start of the recording, never backwards */
        const uint8_t *bytes;
        size_t n;
        bool gap; /* what went before is not what came before: opened again, or lost */
};

void recording_cursor_init(struct recording_cursor *c, const char *data, size_t n, size_t chunks_at);
bool recording_cursor_next(struct recording_cursor *c, struct recording_piece *ret);

#endif
