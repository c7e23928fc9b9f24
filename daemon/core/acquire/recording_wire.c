/* SPDX-License-Identifier: MIT */
#include "core/acquire/recording_wire.h"

#include <string.h>

#include "core/acquire/parse_number.h"
#include "core/acquire/recording_pack.h"
#include "util/checksum.h"

static const uint8_t chunk_magic[4] = {0xF5, 'S', 'b', 'c'};
static const uint64_t SAME_PIECE_US = 1000;
static const uint64_t TIME_MAX_US = 1000000000000000ull; /* 30 years: more is not a time since the start */
enum { LENGTH_BYTES = 3 };                               /* a varint that is padded, so that it can grow in place */

const char recording_magic[] = "# sitbone recording 1";
const char recording_description_key[] = "# description=";

static void put_u32(uint32_t value, uint8_t *ret) {
        for (int i = 0; i < 4; i++)
                ret[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *p) {
        return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t chunk_crc(const uint8_t *numbers, const uint8_t *packed, size_t n) {
        return checksum_crc32(checksum_crc32(0, numbers, 8), packed, n);
}

/* --- writing --- */

static void put_length(struct recording_chunk *c, size_t n) {
        c->raw[c->length_at] = (uint8_t)(n | 0x80);
        c->raw[c->length_at + 1] = (uint8_t)(n >> 7 | 0x80);
        c->raw[c->length_at + 2] = (uint8_t)(n >> 14);
}

static size_t last_length(const struct recording_chunk *c) {
        return c->n - c->length_at - LENGTH_BYTES;
}

static bool grow_piece(struct recording_chunk *c, uint64_t t_us, const uint8_t *bytes, size_t n) {
        size_t before = c->n > 0 ? last_length(c) : 0;

        if (before == 0 || n == 0 || t_us >= c->last_us + SAME_PIECE_US || before + n > RECORDING_PIECE_MAX ||
            c->n + n > RECORDING_CHUNK_MAX)
                return false;
        memcpy(c->raw + c->n, bytes, n);
        c->n += n;
        put_length(c, before + n);
        return true;
}

bool recording_chunk_add(struct recording_chunk *c, uint64_t t_us, const uint8_t *bytes, size_t n) {
        enum { HEAD_MAX = 10 + 1 + LENGTH_BYTES };

        if (c->n > 0 && t_us < c->last_us)
                t_us = c->last_us;
        if (grow_piece(c, t_us, bytes, n))
                return true;
        if (c->n + HEAD_MAX + n > RECORDING_CHUNK_MAX)
                return false;
        if (c->n == 0) {
                c->n = varint_put(t_us, c->raw);
                c->last_us = t_us;
        }
        c->n += varint_put(t_us - c->last_us, c->raw + c->n);
        c->last_us = t_us;
        c->length_at = c->n;
        c->n += LENGTH_BYTES;
        put_length(c, n);
        if (n > 0)
                memcpy(c->raw + c->n, bytes, n);
        c->n += n;
        return true;
}

size_t recording_chunk_pack(struct recording_chunk *c, uint8_t ret[RECORDING_PACKED_MAX]) {
        uint8_t *packed = ret + RECORDING_CHUNK_HEAD;
        size_t n;

        if (c->n == 0)
                return 0;
        n = recording_pack(c->raw, c->n, packed, RECORDING_PACKED_MAX - RECORDING_CHUNK_HEAD);
        memcpy(ret, chunk_magic, sizeof(chunk_magic));
        put_u32((uint32_t)n, ret + 4);
        put_u32((uint32_t)c->n, ret + 8);
        put_u32(chunk_crc(ret + 4, packed, n), ret + 12);
        c->n = 0;
        return RECORDING_CHUNK_HEAD + n;
}

/* --- head --- */

bool recording_is_ours(const char *data, size_t n) {
        enum { SAID = 10 }; /* "# sitbone ": from the next letter on no other file of ours begins so */
        size_t length = strlen(recording_magic) - 1; /* of any version */

        return n > SAID && memcmp(data, recording_magic, n < length ? n : length) == 0;
}

struct key {
        const char *at, *value, *end;
};

static bool is_key(const struct key *k, const char *name) {
        size_t n = strlen(name);

        return (size_t)(k->value - k->at) == n + 1 && memcmp(k->at, name, n) == 0;
}

static bool take_number(const struct key *k, double least, double most, double *ret) {
        const char *at = k->value;
        double value;

        if (!number_parse(&at, k->end, &value) || at != k->end || !(value >= least && value <= most))
                return false;
        *ret = value;
        return true;
}

static bool take_real(const struct key *k, double most, float *ret) {
        double value;

        if (!take_number(k, 0, most, &value))
                return false;
        *ret = (float)value;
        return true;
}

static bool take_whole(const struct key *k, double most, int32_t *ret) {
        double value;

        if (!take_number(k, 0, most, &value) || value != (int32_t)value)
                return false;
        *ret = (int32_t)value;
        return true;
}

static bool take_flag(const struct key *k, bool *ret) {
        int32_t value;

        if (!take_whole(k, 1, &value))
                return false;
        *ret = value == 1;
        return true;
}

static bool take_name(const struct key *k, char ret[RECORDING_FORMAT_MAX]) {
        size_t n = (size_t)(k->end - k->value);

        if (n == 0 || n >= RECORDING_FORMAT_MAX)
                return false;
        for (size_t i = 0; i < n; i++)
                if (k->value[i] <= ' ' || k->value[i] > '~')
                        return false;
        memcpy(ret, k->value, n);
        ret[n] = '\0';
        return true;
}

/* The lists of places.h; whether they say something is for the layout to tell. */
static bool take_text(const struct key *k, char *ret, size_t size) {
        size_t n = (size_t)(k->end - k->value);

        if (n >= size)
                return false;
        for (size_t i = 0; i < n; i++)
                if (k->value[i] < ' ' || k->value[i] > '~')
                        return false;
        memset(ret, 0, size);
        memcpy(ret, k->value, n);
        return true;
}

static bool take_places(const struct key *k, struct settings_device *d) {
        const struct {
                const char *name;
                char *to;
                size_t size;
        } texts[] = {{"row_list", d->row_list, sizeof(d->row_list)},
                     {"col_list", d->col_list, sizeof(d->col_list)},
                     {"boards", d->boards, sizeof(d->boards)},
                     {"mask", d->mask, sizeof(d->mask)},
                     {"x_mm", d->x_mm, sizeof(d->x_mm)},
                     {"y_mm", d->y_mm, sizeof(d->y_mm)}};

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                if (is_key(k, texts[i].name))
                        return take_text(k, texts[i].to, texts[i].size);
        return true;
}

/* Keys that say nothing to us (started, device, note) are passed over. */
static bool take_key(const struct key *k, struct recording_head *h, struct settings_device *d) {
        if (is_key(k, "format"))
                return take_name(k, h->format);
        if (is_key(k, "rows"))
                return take_whole(k, 4096, &d->rows);
        if (is_key(k, "cols"))
                return take_whole(k, 4096, &d->cols);
        if (is_key(k, "pitch_x_mm"))
                return take_real(k, 1e4, &d->pitch_x_mm);
        if (is_key(k, "pitch_y_mm"))
                return take_real(k, 1e4, &d->pitch_y_mm);
        if (is_key(k, "full_scale"))
                return take_real(k, 1e9, &d->full_scale);
        if (is_key(k, "rotate"))
                return take_whole(k, 270, &d->rotate);
        if (is_key(k, "inverted"))
                return take_flag(k, &d->inverted);
        if (is_key(k, "flip_x"))
                return take_flag(k, &d->flip_x);
        if (is_key(k, "flip_y"))
                return take_flag(k, &d->flip_y);
        if (is_key(k, "whole"))
                return take_flag(k, &h->whole);
        return take_places(k, d);
}

static const char *take_magic(const char *line, size_t n) {
        size_t length = strlen(recording_magic);

        if (n == length && memcmp(line, recording_magic, length) == 0)
                return NULL;
        if (n == length + 1 && line[length] == '\r')
                return "its line ends were changed on the way here: a recording is not text";
        return "a recording of another version: 1 is read here";
}

static const char *take_line(const char *line, const char *end, struct recording_head *h, struct settings_device *d) {
        const char *equals = memchr(line, '=', (size_t)(end - line));
        struct key k = {line + 2, equals ? equals + 1 : NULL, end};

        if (end - line < 2 || line[0] != '#' || line[1] != ' ')
                return "not a line of the head";
        if (h->bad_line == 1)
                return take_magic(line, (size_t)(end - line));
        if (equals && equals > line + 2 && !take_key(&k, h, d))
                return "a value that cannot be";
        return NULL;
}

const char *recording_read_head(const char *data, size_t n, struct recording_head *ret,
                                struct settings_device *device) {
        const char *at = data, *end = data + n, *wrong = NULL;

        *ret = (struct recording_head){0};
        while (!wrong) {
                const char *line_end = memchr(at, '\n', (size_t)(end - at));

                ret->bad_line++;
                if (!line_end)
                        return "the head is cut off";
                if (line_end == at)
                        break;
                wrong = take_line(at, line_end, ret, device);
                at = line_end + 1;
        }
        if (!wrong && !ret->format[0])
                wrong = "the head names no format";
        ret->chunks_at = (size_t)(at - data) + 1;
        return wrong;
}

size_t recording_description(const char *data, size_t n, char *ret, size_t size) {
        const char *at = data, *end = data + n;
        size_t key = strlen(recording_description_key), length = 0;

        while (at < end && *at == '#') {
                const char *line_end = memchr(at, '\n', (size_t)(end - at));
                size_t line = line_end ? (size_t)(line_end - at) + 1 : (size_t)(end - at);

                if (line > key && memcmp(at, recording_description_key, key) == 0) {
                        if (length + line - key >= size)
                                return 0;
                        memcpy(ret + length, at + key, line - key);
                        length += line - key;
                }
                at += line;
        }
        if (size > 0)
                ret[length] = '\0';
        return length;
}

/* --- chunks --- */

void recording_cursor_init(struct recording_cursor *c, const char *data, size_t n, size_t chunks_at) {
        c->at = (const uint8_t *)data + chunks_at;
        c->end = (const uint8_t *)data + n;
        c->damaged_bytes = c->cut_bytes = 0;
        c->gap = false;
        c->t_us = 0;
        c->raw_at = c->raw_n = 0;
}

/* Unpacks the chunk at p; its size in the file, or 0 when there is none. */
static size_t open_chunk(struct recording_cursor *c, const uint8_t *p) {
        size_t left = (size_t)(c->end - p), packed_n, raw_n;

        if (left < RECORDING_CHUNK_HEAD || memcmp(p, chunk_magic, sizeof(chunk_magic)) != 0)
                return 0;
        packed_n = get_u32(p + 4);
        raw_n = get_u32(p + 8);
        if (packed_n > left - RECORDING_CHUNK_HEAD || packed_n > RECORDING_PACKED_MAX || raw_n > RECORDING_CHUNK_MAX ||
            chunk_crc(p + 4, p + RECORDING_CHUNK_HEAD, packed_n) != get_u32(p + 12) ||
            !recording_unpack(p + RECORDING_CHUNK_HEAD, packed_n, c->raw, raw_n))
                return 0;
        c->raw_n = raw_n;
        return RECORDING_CHUNK_HEAD + packed_n;
}

static void take_start(struct recording_cursor *c) {
        const uint8_t *at = c->raw;
        uint64_t t_us;

        c->raw_at = c->raw_n; /* no piece, unless */
        if (!varint_take(&at, c->raw + c->raw_n, &t_us) || t_us > TIME_MAX_US)
                return;
        c->t_us = t_us > c->t_us ? t_us : c->t_us;
        c->raw_at = (size_t)(at - c->raw);
}

/* A chunk that was not written to its end; anything else that is no chunk is damage. */
static bool is_begun(const uint8_t *p, size_t n) {
        return n < RECORDING_CHUNK_HEAD ||
               (memcmp(p, chunk_magic, sizeof(chunk_magic)) == 0 && get_u32(p + 4) > n - RECORDING_CHUNK_HEAD);
}

static void take_rest(struct recording_cursor *c) {
        size_t n = c->at < c->end ? (size_t)(c->end - c->at) : 0;

        if (n > 0 && !is_begun(c->at, n))
                c->damaged_bytes += n;
        else
                c->cut_bytes += n;
        c->at = c->end;
}

/* Goes on to the next chunk that is whole. */
static bool next_chunk(struct recording_cursor *c) {
        for (const uint8_t *p = c->at; p < c->end; p++) {
                size_t n;

                p = memchr(p, chunk_magic[0], (size_t)(c->end - p));
                if (!p)
                        break;
                n = open_chunk(c, p);
                if (n == 0)
                        continue;
                c->gap = c->gap || p > c->at;
                c->damaged_bytes += (uint64_t)(p - c->at);
                c->at = p + n;
                take_start(c);
                return true;
        }
        take_rest(c);
        return false;
}

static bool next_piece(struct recording_cursor *c, struct recording_piece *ret) {
        const uint8_t *at = c->raw + c->raw_at, *end = c->raw + c->raw_n;
        uint64_t pause_us, n;

        c->raw_at = c->raw_n;
        if (!varint_take(&at, end, &pause_us) || !varint_take(&at, end, &n) || n > (size_t)(end - at) ||
            pause_us > TIME_MAX_US - c->t_us)
                return false;
        c->t_us += pause_us;
        c->raw_at = (size_t)(at - c->raw) + n;
        *ret = (struct recording_piece){c->t_us, at, n, c->gap || n == 0};
        c->gap = false;
        return true;
}

bool recording_cursor_next(struct recording_cursor *c, struct recording_piece *ret) {
        for (;;) {
                if (c->raw_at < c->raw_n && next_piece(c, ret))
                        return true;
                if (!next_chunk(c))
                        return false;
        }
}
