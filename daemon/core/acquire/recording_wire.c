/* SPDX-License-Identifier: MIT */
#include "core/acquire/recording_wire.h"

#include <assert.h>
#include <string.h>

#include <lz4.h>

#include "core/acquire/parse_number.h"
#include "util/checksum.h"

enum {
        PIECE_HEAD = 12,      /* t_us and n */
        LZ4_ACCELERATION = 1, /* the best ratio that needs no heap */
};

static_assert(RECORDING_PACKED_MAX - RECORDING_CHUNK_HEAD >= LZ4_COMPRESSBOUND(RECORDING_CHUNK_MAX),
              "room for a chunk that does not compress");

static const uint8_t CHUNK_MAGIC[4] = {0xF5, 'S', 'b', 'c'};
static const uint32_t LABEL_FLAG = 1u << 31; /* in n */
static const uint64_t SAME_PIECE_US = 1000;
static const uint64_t TIME_MAX_US = 1000000000000000ull; /* 30 years: more is not a time since the start */

const char recording_magic[] = "# sitbone recording 2";
const char recording_description_key[] = "# description=";

static void put_u32(uint32_t value, uint8_t *ret) {
        for (int i = 0; i < 4; i++)
                ret[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *p) {
        return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_u64(uint64_t value, uint8_t *ret) {
        put_u32((uint32_t)value, ret);
        put_u32((uint32_t)(value >> 32), ret + 4);
}

static uint64_t get_u64(const uint8_t *p) {
        return get_u32(p) | (uint64_t)get_u32(p + 4) << 32;
}

static uint32_t compute_chunk_crc(const uint8_t *numbers, const uint8_t *packed, size_t n) {
        return checksum_crc32(checksum_crc32(0, numbers, 8), packed, n);
}

/* --- writing --- */

static bool grow_last_piece(struct recording_chunk *c, uint64_t t_us, const uint8_t *bytes, size_t n) {
        size_t before = c->n - c->last_at - PIECE_HEAD;

        if (before == 0 || n == 0 || get_u32(c->raw + c->last_at + 8) != before ||
            t_us >= get_u64(c->raw + c->last_at) + SAME_PIECE_US || before + n > RECORDING_PIECE_MAX ||
            c->n + n > RECORDING_CHUNK_MAX)
                return false;
        memcpy(c->raw + c->n, bytes, n);
        c->n += n;
        put_u32((uint32_t)(before + n), c->raw + c->last_at + 8);
        return true;
}

static uint64_t keep_order(const struct recording_chunk *c, uint64_t t_us) {
        uint64_t last_us = c->n > 0 ? get_u64(c->raw + c->last_at) : 0;

        return t_us > last_us ? t_us : last_us;
}

static bool append_piece(struct recording_chunk *c, uint64_t t_us, const void *bytes, size_t n, uint32_t flag) {
        if (c->n + PIECE_HEAD + n > RECORDING_CHUNK_MAX)
                return false;
        c->last_at = c->n;
        put_u64(t_us, c->raw + c->n);
        put_u32((uint32_t)n | flag, c->raw + c->n + 8);
        if (n > 0)
                memcpy(c->raw + c->n + PIECE_HEAD, bytes, n);
        c->n += PIECE_HEAD + n;
        return true;
}

bool recording_chunk_add(struct recording_chunk *c, uint64_t t_us, const uint8_t *bytes, size_t n) {
        t_us = keep_order(c, t_us);
        return (c->n > 0 && grow_last_piece(c, t_us, bytes, n)) || append_piece(c, t_us, bytes, n, 0);
}

bool recording_chunk_add_label(struct recording_chunk *c, uint64_t t_us, const char *label) {
        size_t n = strlen(label);

        n = n < RECORDING_LABEL_MAX ? n : RECORDING_LABEL_MAX - 1;
        return append_piece(c, keep_order(c, t_us), label, n, LABEL_FLAG);
}

size_t recording_chunk_pack(struct recording_chunk *c, uint8_t ret[RECORDING_PACKED_MAX]) {
        uint8_t *packed = ret + RECORDING_CHUNK_HEAD;
        LZ4_stream_t lz4; /* 16 KiB */
        size_t n;

        if (c->n == 0)
                return 0;
        n = (size_t)LZ4_compress_fast_extState(&lz4, (const char *)c->raw, (char *)packed, (int)c->n,
                                               RECORDING_PACKED_MAX - RECORDING_CHUNK_HEAD, LZ4_ACCELERATION);
        memcpy(ret, CHUNK_MAGIC, sizeof(CHUNK_MAGIC));
        put_u32((uint32_t)n, ret + 4);
        put_u32((uint32_t)c->n, ret + 8);
        put_u32(compute_chunk_crc(ret + 4, packed, n), ret + 12);
        c->n = 0;
        return RECORDING_CHUNK_HEAD + n;
}

/* --- head --- */

bool recording_is_native(const char *data, size_t n) {
        enum { PREFIX = 10 }; /* "# sitbone ": from the next letter on, none of sitbone's other files begins so */
        size_t length = strlen(recording_magic) - 1; /* without the version */

        return n > PREFIX && memcmp(data, recording_magic, n < length ? n : length) == 0;
}

/* "# name=value" */
struct head_line {
        const char *name, *value, *end;
};

static bool is_named(const struct head_line *l, const char *name) {
        size_t n = strlen(name);

        return (size_t)(l->value - l->name) == n + 1 && memcmp(l->name, name, n) == 0;
}

static bool parse_number_to(const struct head_line *l, double most, double *ret) {
        const char *at = l->value;
        double value;

        if (!number_parse(&at, l->end, &value) || at != l->end || !(value >= 0 && value <= most))
                return false;
        *ret = value;
        return true;
}

static bool is_printable(const char *at, const char *end, char least) {
        for (; at < end; at++)
                if (*at < least || *at > '~')
                        return false;
        return true;
}

static bool parse_format_name(const struct head_line *l, char ret[RECORDING_FORMAT_MAX]) {
        size_t n = (size_t)(l->end - l->value);

        if (n == 0 || n >= RECORDING_FORMAT_MAX || !is_printable(l->value, l->end, '!'))
                return false;
        memcpy(ret, l->value, n);
        ret[n] = '\0';
        return true;
}

/* Lists are copied as they are; the layout checks them (cell_lists.h). */
static bool copy_list(const struct head_line *l, char *ret, size_t size) {
        size_t n = (size_t)(l->end - l->value);

        if (n >= size || !is_printable(l->value, l->end, ' '))
                return false;
        memset(ret, 0, size);
        memcpy(ret, l->value, n);
        return true;
}

enum value_kind { VALUE_INTEGER, VALUE_REAL, VALUE_FLAG, VALUE_LIST };

struct device_key {
        char name[12];
        enum value_kind kind;
        double most;
        size_t at, size; /* of the member of struct settings_device */
};

#define DEVICE_KEY(member, kind, most)                                                                                \
        {                                                                                                             \
#member, kind, most, offsetof(struct settings_device, member),                                        \
                        sizeof(((struct settings_device *)0)->member)                                                 \
        }

static const struct device_key device_keys[] = {
        DEVICE_KEY(rows, VALUE_INTEGER, 4096),   DEVICE_KEY(cols, VALUE_INTEGER, 4096),
        DEVICE_KEY(pitch_x_mm, VALUE_REAL, 1e4), DEVICE_KEY(pitch_y_mm, VALUE_REAL, 1e4),
        DEVICE_KEY(full_scale, VALUE_REAL, 1e9), DEVICE_KEY(rotate, VALUE_INTEGER, 270),
        DEVICE_KEY(inverted, VALUE_FLAG, 1),     DEVICE_KEY(flip_x, VALUE_FLAG, 1),
        DEVICE_KEY(flip_y, VALUE_FLAG, 1),       DEVICE_KEY(row_list, VALUE_LIST, 0),
        DEVICE_KEY(col_list, VALUE_LIST, 0),     DEVICE_KEY(boards, VALUE_LIST, 0),
        DEVICE_KEY(mask, VALUE_LIST, 0),         DEVICE_KEY(x_mm, VALUE_LIST, 0),
        DEVICE_KEY(y_mm, VALUE_LIST, 0),
};

static bool apply_device_key(const struct device_key *key, const struct head_line *l, struct settings_device *device) {
        char *member = (char *)device + key->at;
        float real;
        int32_t whole;
        double value;

        if (key->kind == VALUE_LIST)
                return copy_list(l, member, key->size);
        if (!parse_number_to(l, key->most, &value))
                return false;
        real = (float)value;
        whole = (int32_t)value;
        if (key->kind == VALUE_REAL)
                memcpy(member, &real, sizeof(real));
        else if (value != whole)
                return false;
        else if (key->kind == VALUE_INTEGER)
                memcpy(member, &whole, sizeof(whole));
        else
                *(bool *)member = whole == 1;
        return true;
}

/* Keys that only inform people (started, device, note) are ignored. */
static bool apply_line(const struct head_line *l, struct recording_head *h, struct settings_device *device) {
        double whole = 0;

        if (is_named(l, "format"))
                return parse_format_name(l, h->format);
        for (size_t i = 0; i < sizeof(device_keys) / sizeof(device_keys[0]); i++)
                if (is_named(l, device_keys[i].name))
                        return apply_device_key(&device_keys[i], l, device);
        if (!is_named(l, "whole"))
                return true;
        if (!parse_number_to(l, 1, &whole) || (whole != 0 && whole != 1))
                return false;
        h->whole = whole == 1;
        return true;
}

static const char *check_magic(const char *line, size_t n) {
        size_t length = strlen(recording_magic);

        if (n == length && memcmp(line, recording_magic, length) == 0)
                return NULL;
        if (n == length + 1 && line[length] == '\r')
                return "its line ends were changed by a copy in text mode; copy the recording again as binary";
        return "a recording of another version; this program reads version 2";
}

static const char *read_head_line(const char *line, const char *end, struct recording_head *h,
                                  struct settings_device *device) {
        const char *equals = memchr(line, '=', (size_t)(end - line));
        struct head_line l = {line + 2, equals ? equals + 1 : NULL, end};

        if (end - line < 2 || line[0] != '#' || line[1] != ' ')
                return "not a line of the head";
        if (h->bad_line == 1)
                return check_magic(line, (size_t)(end - line));
        if (equals && equals > line + 2 && !apply_line(&l, h, device))
                return "a value that is out of range or not of the right kind";
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
                wrong = read_head_line(at, line_end, ret, device);
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

/* Unpacks the chunk at p. Returns its size in the file, or 0 when no good chunk is there. */
static size_t unpack_chunk(struct recording_cursor *c, const uint8_t *p) {
        size_t left = (size_t)(c->end - p), packed_n, raw_n;

        if (left < RECORDING_CHUNK_HEAD || memcmp(p, CHUNK_MAGIC, sizeof(CHUNK_MAGIC)) != 0)
                return 0;
        packed_n = get_u32(p + 4);
        raw_n = get_u32(p + 8);
        if (packed_n > left - RECORDING_CHUNK_HEAD || packed_n > RECORDING_PACKED_MAX || raw_n > RECORDING_CHUNK_MAX ||
            compute_chunk_crc(p + 4, p + RECORDING_CHUNK_HEAD, packed_n) != get_u32(p + 12) ||
            LZ4_decompress_safe((const char *)p + RECORDING_CHUNK_HEAD, (char *)c->raw, (int)packed_n,
                                RECORDING_CHUNK_MAX) != (int)raw_n)
                return 0;
        c->raw_n = raw_n;
        c->raw_at = 0;
        return RECORDING_CHUNK_HEAD + packed_n;
}

/* Whether this is a chunk that was not written to its end. Anything else that is no chunk is damage. */
static bool is_begun_chunk(const uint8_t *p, size_t n) {
        return n < RECORDING_CHUNK_HEAD ||
               (memcmp(p, CHUNK_MAGIC, sizeof(CHUNK_MAGIC)) == 0 && get_u32(p + 4) > n - RECORDING_CHUNK_HEAD);
}

static void skip_rest(struct recording_cursor *c) {
        size_t n = c->at < c->end ? (size_t)(c->end - c->at) : 0;

        if (n > 0 && !is_begun_chunk(c->at, n))
                c->damaged_bytes += n;
        else
                c->cut_bytes += n;
        c->at = c->end;
}

/* Moves on to the next good chunk. */
static bool next_chunk(struct recording_cursor *c) {
        for (const uint8_t *p = c->at; p < c->end; p++) {
                size_t n;

                p = memchr(p, CHUNK_MAGIC[0], (size_t)(c->end - p));
                if (!p)
                        break;
                n = unpack_chunk(c, p);
                if (n == 0)
                        continue;
                c->gap = c->gap || p > c->at;
                c->damaged_bytes += (uint64_t)(p - c->at);
                c->at = p + n;
                return true;
        }
        skip_rest(c);
        return false;
}

/* False: the rest of this chunk holds no piece. */
static bool next_piece(struct recording_cursor *c, struct recording_piece *ret) {
        const uint8_t *at = c->raw + c->raw_at;
        size_t left = c->raw_n - c->raw_at, n;
        uint64_t t_us;
        bool label;

        c->raw_at = c->raw_n;
        if (left < PIECE_HEAD)
                return false;
        t_us = get_u64(at);
        n = get_u32(at + 8);
        label = n & LABEL_FLAG;
        n &= ~LABEL_FLAG;
        if (n > left - PIECE_HEAD || t_us > TIME_MAX_US)
                return false;
        c->t_us = t_us > c->t_us ? t_us : c->t_us;
        c->raw_at = c->raw_n - left + PIECE_HEAD + n;
        *ret = (struct recording_piece){c->t_us, at + PIECE_HEAD, n, !label && (c->gap || n == 0), label};
        c->gap = c->gap && label;
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
