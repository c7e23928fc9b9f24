/* SPDX-License-Identifier: MIT */
#include "core/acquire/encoder.h"

#include <string.h>

#include "core/acquire/cell_names.h"
#include "core/acquire/packet.h"

/* The most elements that WiReSens sends in a packet by default. */
enum { OPEN_PART_CELLS = 120 };

/* More than a cell of text takes: its name, the beginning and the end of its line, those of its frame. */
enum { TEXT_ROOM = 320 };

/* One frame, or one part of it. */
struct piece {
        uint32_t part, first, n;
};

static uint32_t find_largest_value(const struct format *f) {
        uint32_t bits = format_largest(f);

        if (f->framing == FRAMING_TEXT && !f->digits)
                return f->full_scale > 999999 ? bits : 999999;
        return f->max_valid > 0 && f->max_valid < bits ? f->max_valid : bits;
}

static uint32_t quantise_cell(const struct format *f, const struct layout *l, float cell) {
        float most = (float)find_largest_value(f), full = l->geometry.full_scale;
        float value = l->inverted ? full - cell : cell;

        if (full < most)
                most = full;
        if (!(value > 0))
                return 0;
        return (uint32_t)((double)(value < most ? value : most) + 0.5);
}

static void put_little(uint32_t value, size_t n, uint8_t *ret) {
        for (size_t i = 0; i < n; i++)
                ret[i] = (uint8_t)(value >> 8 * i);
}

static void put_element(const struct format *f, uint32_t value, uint8_t *ret) {
        uint32_t bits = f->element == ELEMENT_SPLIT5 ? 5 : 6;
        float number = (float)value;

        switch (f->element) {
        case ELEMENT_U16BE:
        case ELEMENT_I16BE:
                value <<= f->shift;
                ret[0] = (uint8_t)(value >> 8);
                ret[1] = (uint8_t)value;
                return;
        case ELEMENT_SPLIT5:
        case ELEMENT_SPLIT6:
                ret[0] = (uint8_t)((value >> bits) + 11);
                ret[1] = (uint8_t)((value & ((1u << bits) - 1)) + 11);
                return;
        case ELEMENT_F32LE:
                memcpy(&value, &number, sizeof(value));
                put_little(value, 4, ret);
                return;
        case ELEMENT_U8:
        case ELEMENT_U16LE:
        case ELEMENT_I16LE:
        case ELEMENT_I32LE:
                put_little(value << f->shift, format_element_size(f), ret);
                return;
        case ELEMENT_PACK10LE:
        case ELEMENT_PACK10BE:
        case ELEMENT_PACK12LE:
        case ELEMENT_PACK12BE:
                break; /* put_packed() */
        }
}

/* Adds the bits of element k to zeros. */
static void put_packed(const struct format *f, uint32_t value, size_t k, uint8_t *ret) {
        const bool big_endian = f->element == ELEMENT_PACK10BE || f->element == ELEMENT_PACK12BE;
        const uint32_t bits = format_packed_bits(f->element);
        const size_t before = k * bits % 8;

        ret += k * bits / 8;
        value <<= big_endian ? 16 - bits - before : before;
        ret[0] |= (uint8_t)(big_endian ? value >> 8 : value);
        if (before + bits > 8)
                ret[1] |= (uint8_t)(big_endian ? value : value >> 8);
}

static void put_elements(const struct format *f, const struct layout *l, const float *cells, const struct piece *p,
                         uint8_t *ret) {
        const bool packed = format_packed_bits(f->element) > 0;
        const size_t each = format_element_size(f);

        if (packed)
                memset(ret, 0, format_elements_size(f, p->n));
        for (size_t k = 0; k < p->n; k++) {
                const bool is_cell = p->first + k < l->geometry.n_cells;
                const uint32_t value = is_cell ? quantise_cell(f, l, cells[l->cell_of[p->first + k]]) : 0;

                if (packed)
                        put_packed(f, value, k, ret);
                else
                        put_element(f, value, ret + k * each);
        }
}

static void put_length(const struct format *f, size_t length, uint8_t *ret) {
        if (f->length.kind == LENGTH_U8)
                ret[0] = (uint8_t)length;
        if (f->length.kind == LENGTH_U16LE)
                put_little((uint32_t)length, 2, ret);
        if (f->length.kind == LENGTH_U16BE) {
                ret[0] = (uint8_t)(length >> 8);
                ret[1] = (uint8_t)length;
        }
}

static void put_header(const struct format *f, const struct layout *l, const struct piece *p, uint8_t *ret) {
        struct format_bytes shape = format_shape(f, l->rows, l->cols);

        memset(ret + f->sync.n, 0, f->header_n);
        memcpy(ret, f->sync.of, f->sync.n);
        memcpy(ret + f->shape.at, shape.of, shape.n);
        for (uint8_t i = 0; i < f->n_constants; i++)
                ret[f->constants[i].at] = f->constants[i].value;
        if (f->part.kind == PART_INDEX_U8)
                ret[f->part.at] = (uint8_t)(f->part.first + p->part);
        if (l->n_boards > 0)
                ret[f->board_at] = l->boards[p->part];
        if (f->part.kind == PART_START_U16LE)
                put_little(p->first, 2, ret + f->part.at);
}

/* Returns how many records. */
static size_t put_records(const struct format *f, const struct layout *l, const float *cells, uint8_t *ret) {
        size_t n = 0;

        for (uint32_t k = 0; k < l->geometry.n_cells; k++) {
                uint8_t *record = ret + n * f->sparse.size;

                if (!(cells[l->cell_of[k]] > 0))
                        continue;
                memset(record, 0, f->sparse.size);
                record[f->sparse.x_at] = (uint8_t)(k % l->cols);
                record[f->sparse.y_at] = (uint8_t)(k / l->cols);
                put_element(f, quantise_cell(f, l, cells[l->cell_of[k]]), record + f->sparse.value_at);
                n++;
        }
        return n;
}

static size_t encode_piece(const struct format *f, const struct layout *l, const float *cells, const struct piece *p,
                           uint8_t *ret, size_t size) {
        const bool sparse = f->sparse.size > 0;
        size_t n = p->n, bytes = sparse ? n * f->sparse.size : format_elements_size(f, n);
        size_t at = (size_t)format_sync(f, l->rows, l->cols).n + f->header_n;
        struct crc16 crc;
        size_t length;

        if (bytes + format_overhead(f) > size)
                return 0;
        put_header(f, l, p, ret);
        if (sparse) {
                n = put_records(f, l, cells, ret + at);
                bytes = n * f->sparse.size;
        } else {
                put_elements(f, l, cells, p, ret + at);
        }
        length = (f->length.elements || sparse ? n : bytes) + f->length.adds;
        if (length > (f->length.kind == LENGTH_U8 ? 0xFF : f->length.kind == LENGTH_FIXED ? SIZE_MAX : 0xFFFF))
                return 0;
        put_length(f, length, ret + f->length.at);
        at += bytes;
        memset(ret + at, 0, f->trailer_n);
        at += f->trailer_n;
        if (f->check == CHECK_CRC16_MODBUS)
                crc16_init(&crc);
        put_little(format_check(f, &crc, ret + f->check_from, at - f->check_from), format_check_size(f), ret + at);
        at += format_check_size(f);
        memcpy(ret + at, f->tail.of, f->tail.n);
        return at + f->tail.n;
}

/* Escapes what must not occur after the sync. Returns the new length. */
static size_t escape_frame(const struct format *f, const uint8_t *bytes, size_t n, uint8_t *ret) {
        size_t at = f->sync.n;

        memmove(ret, bytes, f->sync.n);
        for (size_t i = f->sync.n; i < n; i++) {
                const bool escaped = bytes[i] == f->escape || bytes[i] == f->sync.of[0];
                const uint8_t byte = (uint8_t)(escaped ? bytes[i] ^ 0x20 : bytes[i]);

                if (escaped)
                        ret[at++] = f->escape;
                ret[at++] = byte;
        }
        return at;
}

/* Builds a packet at the end of the room and packs it into the beginning. The sync of a suffix format moves to the
 * end. */
static size_t encode_framed(const struct format *f, const struct layout *l, const float *cells, const struct piece *p,
                            uint8_t *ret, size_t size) {
        bool packet = f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS;
        size_t room = packet || f->escape ? size / 2 - 1 : size, n = encode_piece(f, l, cells, p, ret, room);

        if (n == 0)
                return 0;
        if (f->framing == FRAMING_SUFFIX) {
                memmove(ret, ret + f->sync.n, n - f->sync.n);
                memcpy(ret + n - f->sync.n, f->sync.of, f->sync.n);
        }
        if (!packet && !f->escape)
                return n;
        memmove(ret + size - n, ret, n);
        if (f->escape)
                return escape_frame(f, ret + size - n, n, ret);
        return packet_close(f->framing, ret + size - n, n, ret);
}

/* The last part of a fixed size is filled up with zeros. */
static size_t encode_binary(const struct format *f, const struct layout *l, const float *cells, uint8_t *ret,
                            size_t size) {
        uint32_t cells_n = l->geometry.n_cells, fixed = layout_part_cells(f, l);
        size_t at = f->preamble.n;

        if (at > size || cells_n == 0)
                return 0;
        memcpy(ret, f->preamble.of, f->preamble.n);
        for (struct piece p = {0}; p.first < cells_n; p.first += p.n, p.part++) {
                size_t n;

                p.n = fixed > 0 ? fixed : cells_n - p.first < OPEN_PART_CELLS ? cells_n - p.first : OPEN_PART_CELLS;
                n = encode_framed(f, l, cells, &p, ret + at, size - at);
                if (n == 0 || (f->part.kind == PART_INDEX_U8 && f->part.first + p.part > UINT8_MAX))
                        return 0;
                at += n;
        }
        return at;
}

/* Writes at most 7 characters for find_largest_value() of text. */
static size_t put_number(uint32_t value, uint8_t *ret) {
        uint8_t digits[10];
        size_t n = 0;

        do
                digits[n++] = (uint8_t)('0' + value % 10);
        while ((value /= 10) > 0);
        for (size_t i = 0; i < n; i++)
                ret[i] = digits[n - 1 - i];
        return n;
}

static size_t put_bytes(const void *bytes, size_t n, uint8_t *ret) {
        memcpy(ret, bytes, n);
        return n;
}

static size_t put_text(const char *text, uint8_t *ret) {
        return put_bytes(text, strlen(text), ret);
}

static uint8_t find_line_end(const struct format *f) {
        return f->line_end ? (uint8_t)f->line_end : '\n';
}

static size_t put_frame_begin(const struct format *f, uint8_t *ret) {
        size_t n = put_bytes(f->mark.of, f->mark.n, ret);

        if (f->text_end == TEXT_END_TITLE)
                ret[n++] = find_line_end(f);
        return n;
}

static size_t put_prefix(const struct format *f, uint8_t *ret) {
        size_t n = put_bytes(f->skip_to.of, f->skip_to.n, ret);

        return n + put_bytes(f->line_start.of, f->line_start.n, ret + n);
}

/* Ends a frame in rows with a line of its own. */
static size_t put_frame_end(const struct format *f, uint8_t *ret) {
        size_t n;

        if (f->text_end != TEXT_END_BLANK && f->text_end != TEXT_END_WORD && f->text_end != TEXT_END_BRACKET)
                return 0;
        n = put_prefix(f, ret);
        n += put_text(f->text_end == TEXT_END_WORD ? "END" : f->text_end == TEXT_END_BRACKET ? "]" : "", ret + n);
        ret[n++] = find_line_end(f);
        return n;
}

/* The number of the row comes before the zeros of the header. */
static size_t put_row(uint32_t row, uint8_t separator, uint8_t *ret) {
        size_t n = put_number(row, ret);

        ret[n] = separator;
        return n + 1;
}

/* Numbers that are no cells are zeros. */
static size_t put_zeros(size_t n, bool separator_first, uint8_t separator, uint8_t *ret) {
        for (size_t i = 0; i < n; i++) {
                ret[2 * i + separator_first] = '0';
                ret[2 * i + !separator_first] = separator;
        }
        return 2 * n;
}

/* Ends a line that began at `line`. Returns the bytes that are added. */
static size_t put_line_end(const struct format *f, const uint8_t *line, size_t n, uint8_t *ret) {
        static const char hex[] = "0123456789ABCDEF";
        uint8_t check = 0;
        size_t at = 0;

        for (size_t i = 0; i < n; i++)
                check ^= line[i];
        if (f->check == CHECK_NMEA) {
                ret[at++] = '*';
                ret[at++] = (uint8_t)hex[check >> 4];
                ret[at++] = (uint8_t)hex[check & 15];
        }
        ret[at++] = find_line_end(f);
        return at;
}

/* The lines of one frame. */
struct text_writer {
        const struct format *format;
        struct cell_names names;
        size_t cells, line; /* in the frame, in a line */
        uint8_t separator;
        uint8_t *text;
        size_t n, line_from;
};

static void begin_line(struct text_writer *w, size_t k) {
        const struct format *f = w->format;
        const bool numbered = f->text_end == TEXT_END_NUMBER;

        w->line_from = w->n;
        w->n += put_prefix(f, w->text + w->n);
        if (k == 0 && f->text_end == TEXT_END_BRACKET)
                w->text[w->n++] = '[';
        if (numbered)
                w->n += put_row((uint32_t)(k / w->line), w->separator, w->text + w->n);
        if (k == 0 || f->text_end != TEXT_END_BRACKET)
                w->n += put_zeros((size_t)f->header_n - numbered, false, w->separator, w->text + w->n);
}

static void put_cell(struct text_writer *w, size_t k, uint32_t value) {
        const struct format *f = w->format;

        if (w->names.n > 0) {
                w->n += cell_names_write(&w->names, (uint32_t)k, (char *)w->text + w->n);
                w->text[w->n++] = ':';
                w->n += put_bytes(f->value_after.of, f->value_after.n, w->text + w->n);
                if (f->value_after.n > 0)
                        w->text[w->n++] = ':';
        }
        w->n += put_number(value, w->text + w->n);
        if ((k + 1) % w->line > 0) {
                if (!f->digits)
                        w->text[w->n++] = w->separator;
                return;
        }
        if (f->text_end != TEXT_END_BRACKET || k + 1 == w->cells)
                w->n += put_zeros(f->trailer_n, true, w->separator, w->text + w->n);
        w->n += put_line_end(f, w->text + w->line_from, w->n - w->line_from, w->text + w->n);
}

static size_t encode_text(const struct format *f, const struct layout *l, const float *cells, uint8_t *ret,
                          size_t size) {
        const size_t n = l->geometry.n_cells;
        struct text_writer w = {.format = f, .cells = n, .text = ret, .separator = (uint8_t)f->separators[0]};

        cell_names_parse(f->names, &w.names);
        if (w.separator == FORMAT_SEPARATOR_ANY)
                w.separator = f->decimal_comma ? ';' : ',';
        w.line = f->text_end == TEXT_END_NAME ? 1 : f->text_end == TEXT_END_LINE || l->line == 0 ? n : l->line;
        if (n == 0 || size < TEXT_ROOM)
                return 0;
        w.n = put_frame_begin(f, ret);
        for (size_t k = 0; k < n; k++) {
                if (size - w.n < TEXT_ROOM + 2 * (size_t)(f->header_n + f->trailer_n))
                        return 0;
                if (k % w.line == 0)
                        begin_line(&w, k);
                put_cell(&w, k, quantise_cell(f, l, cells[l->cell_of[k]]));
        }
        return w.n + put_frame_end(f, ret + w.n);
}

size_t format_encode(const struct format *format, const struct layout *layout, const float *cells, uint8_t *ret,
                     size_t size) {
        return format->framing == FRAMING_TEXT ? encode_text(format, layout, cells, ret, size)
                                               : encode_binary(format, layout, cells, ret, size);
}
