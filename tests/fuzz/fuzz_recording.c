/* SPDX-License-Identifier: MIT */
/* Any file as a recording: refused with a reason, or frames that are whole, finite and in the order of time; twice the
 * same. Input: the first byte chooses raw bytes of a format or frames CSV (sitbone's own recordings are recognised by
 * their head), or the rest as the content of a chunk with a good checksum, unpacked and packed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/acquire/formats.h"
#include "core/acquire/recording.h"
#include "util/checksum.h"

static struct recording recording;
static struct frame frame;

struct digest {
        uint64_t hash, n, last_us;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take(void *userdata, const struct frame *f, const struct recording_row *row) {
        struct digest *d = userdata;
        const struct geometry *g = &recording.layout.geometry;

        if (f->n_cells == 0 || f->n_cells != g->n_cells || f->seq != ++d->n || f->arrived_us < d->last_us)
                abort();
        if (!memchr(row->label, '\0', sizeof(row->label)) || !memchr(row->subject, '\0', sizeof(row->subject)))
                abort();
        d->last_us = f->arrived_us;
        for (uint32_t i = 0; i < f->n_cells; i++) {
                if (!isfinite(f->raw[i]))
                        abort();
                d->hash = (d->hash ^ (uint64_t)(int64_t)f->raw[i]) * 1099511628211ull;
        }
}

static void check_geometry(const struct geometry *g) {
        if (!(g->full_scale > 0) || !(g->pitch_x_mm > 0) || !(g->pitch_y_mm > 0) || !(g->cell_cm2 > 0))
                abort();
        for (uint32_t i = 0; i < g->n_cells; i++)
                if (!isfinite(g->x_mm[i]) || !isfinite(g->y_mm[i]))
                        abort();
}

/* Bytes read as a packed chunk past the checksum: refused, or read to the end. */
static void read_chunk(const uint8_t *file, size_t n, size_t at_most) {
        static struct recording_cursor cursor;
        struct recording_piece piece = {0};
        uint64_t last_us = 0;
        size_t sum = 0;

        recording_cursor_init(&cursor, (const char *)file, n, 0);
        while (recording_cursor_next(&cursor, &piece)) {
                if (piece.t_us < last_us)
                        abort();
                last_us = piece.t_us;
                sum += piece.n;
        }
        if (sum > at_most)
                abort();
}

static void put_u32(uint32_t value, uint8_t *ret) {
        for (int i = 0; i < 4; i++)
                ret[i] = (uint8_t)(value >> 8 * i);
}

/* Any unpacked content of a chunk is read to its end, and any packed content with a good checksum. */
static void try_chunk(const uint8_t *data, size_t n) {
        static struct recording_chunk chunk;
        static uint8_t file[RECORDING_PACKED_MAX];
        size_t size;

        n = n < RECORDING_CHUNK_MAX ? n : RECORDING_CHUNK_MAX;
        if (n == 0)
                return;
        memcpy(chunk.raw, data, n);
        chunk.n = n;
        size = recording_chunk_pack(&chunk, file);
        if (size < RECORDING_CHUNK_HEAD || size > RECORDING_PACKED_MAX)
                abort();
        read_chunk(file, size, n);
        put_u32((uint32_t)n, file + 4);
        put_u32(data[0] * 16u, file + 8);
        memcpy(file + RECORDING_CHUNK_HEAD, data, n);
        put_u32(checksum_crc32(checksum_crc32(0, file + 4, 8), file + RECORDING_CHUNK_HEAD, n), file + 12);
        read_chunk(file, RECORDING_CHUNK_HEAD + n, SIZE_MAX); /* a good chunk may be inside a bad one */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        struct settings_device device = {0};
        struct digest a = {0}, b = {0};
        const struct format *format;
        char error[RECORDING_ERROR_MAX] = "";

        if (n < 1)
                return 0;
        if (data[0] & 0x80) {
                try_chunk(data + 1, n - 1);
                return 0;
        }
        format = recording_is_native((const char *)data + 1, n - 1) ? NULL : format_at(data[0] % 8);
        device.rotate = data[0] & 0x40 ? 90 : 0;
        if (recording_open(&recording, (const char *)data + 1, n - 1, format, &device, error) != 0) {
                if (!error[0] || !memchr(error, '\0', sizeof(error)))
                        abort();
                return 0;
        }
        check_geometry(&recording.layout.geometry);
        recording_each(&recording, &frame, take, &a);
        recording_each(&recording, &frame, take, &b);
        if (a.n != b.n || a.hash != b.hash || a.n != recording.frames)
                abort();
        return 0;
}
