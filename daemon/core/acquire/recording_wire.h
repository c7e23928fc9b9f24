/* SPDX-License-Identifier: MIT */
/* sitbone's own recordings: raw wire bytes with their arrival times. Pure.
 *
 *   # sitbone recording 2\n          text, which describes the recording
 *   # format=jq-seat-32\n            ... key=value: the settings of the device at that time
 *   # description=sync = AA 55\n     ... and, for a format that is described in a file, the lines of that file
 *   \n
 *   chunk | chunk | ...              a second or two each; every chunk is independent of the others
 *
 * chunk    F5 53 62 63 | packed_n u32le | raw_n u32le | crc32 u32le over both numbers and the packed bytes | packed
 * packed   one LZ4 block
 * unpacked pieces: t_us u64le since the start of the recording | n u32le | n bytes. n = 0: the port was opened again.
 *          n with the highest bit set: the bytes are a label, which holds from this time until the next label.
 *
 * So a file may be cut off anywhere, and damage loses only the chunk in which it is. */
#ifndef CORE_ACQUIRE_RECORDING_WIRE_H
#define CORE_ACQUIRE_RECORDING_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sitbone/settings/device.h"

enum {
        RECORDING_CHUNK_MAX = 64 * 1024, /* unpacked */
        RECORDING_CHUNK_HEAD = 16,
        RECORDING_PACKED_MAX = RECORDING_CHUNK_HEAD + RECORDING_CHUNK_MAX + RECORDING_CHUNK_MAX / 255 + 16,
        RECORDING_PIECE_MAX = 32 * 1024, /* bytes given to recording_chunk_add() at once */
        RECORDING_FORMAT_MAX = 48,
        RECORDING_LABEL_MAX = 64, /* with its NUL */
};

extern const char recording_magic[];           /* the first line, without its end */
extern const char recording_description_key[]; /* begins each line of the head that holds a line of a description */

/* --- writing --- */

struct recording_chunk {
        size_t n;       /* bytes in raw; 0 = empty */
        size_t last_at; /* offset of the last piece, which can grow */
        uint8_t raw[RECORDING_CHUNK_MAX];
};

/* Bytes that came within a millisecond become one piece. False: no room, pack the chunk first. n <=
 * RECORDING_PIECE_MAX. */
bool recording_chunk_add(struct recording_chunk *c, uint64_t t_us, const uint8_t *bytes, size_t n);

/* label: what the sitter does from t_us on; "" ends the label before. It is cut to RECORDING_LABEL_MAX - 1 bytes.
 * False: no room, pack the chunk first. */
bool recording_chunk_add_label(struct recording_chunk *c, uint64_t t_us, const char *label);

/* Writes the chunk as it is in the file, and empties it. Returns the number of bytes, 0 when the chunk was empty. */
size_t recording_chunk_pack(struct recording_chunk *c, uint8_t ret[RECORDING_PACKED_MAX]);

/* --- reading --- */

struct recording_head {
        char format[RECORDING_FORMAT_MAX];
        bool whole;        /* the first byte begins a frame */
        size_t chunks_at;  /* offset of the first chunk */
        uint32_t bad_line; /* line of the head that is wrong */
};

/* Whether this is one of sitbone's own recordings, of any version. */
bool recording_is_native(const char *data, size_t n);

/* NULL, or an error. The settings in the head are written to *device, and override what is there. */
const char *recording_read_head(const char *data, size_t n, struct recording_head *ret,
                                struct settings_device *device);

/* The description in the head of a format that is in no table: its lines, and a NUL. Returns its length; 0 when
 * there is none, or no room. */
size_t recording_description(const char *data, size_t n, char *ret, size_t size);

struct recording_cursor {
        const uint8_t *at, *end;
        uint64_t damaged_bytes; /* skipped: bytes that are no chunk */
        uint64_t cut_bytes;     /* skipped: a chunk at the end that was not written completely */
        bool gap;
        uint64_t t_us;
        size_t raw_at, raw_n;
        uint8_t raw[RECORDING_CHUNK_MAX];
};

struct recording_piece {
        uint64_t t_us; /* since the start of the recording, never backwards */
        const uint8_t *bytes;
        size_t n;
        bool gap;   /* bytes are missing before this piece: the port was opened again, or a chunk was damaged */
        bool label; /* the bytes are a label (no NUL), not what the mat sent */
};

void recording_cursor_init(struct recording_cursor *c, const char *data, size_t n, size_t chunks_at);

/* The next piece. False at the end. */
bool recording_cursor_next(struct recording_cursor *c, struct recording_piece *ret);

#endif
