/* SPDX-License-Identifier: MIT */
#include "core/acquire/decoder.h"

#include <string.h>

#include "core/acquire/packet.h"
#include "core/acquire/text_frame.h"
#include "core/acquire/text_prepare.h"

enum { EVIDENCE_ENOUGH = 4 }; /* bytes: random ones match once in 4 * 10^9 places */

/* --- bytes held --- */

/* For a handful of bytes a call of memcmp costs more than the comparison. */
static inline bool same_bytes(const uint8_t *a, const uint8_t *b, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (a[i] != b[i])
                        return false;
        return true;
}

/* --- number of elements --- */

/* Bytes of n elements or records. */
static inline size_t measure_elements(const struct decoder *d, uint32_t n) {
        return d->packed_bits == 0 ? n * d->stride : ((size_t)n * d->packed_bits + 7) / 8;
}

/* Elements or bytes as the length field counts them. The result wraps to more than any frame has when the field is
 * smaller than what it adds. */
static uint32_t read_length(const struct format *f, const uint8_t *frame) {
        const uint8_t *p = frame + f->length.at;

        return (f->length.kind == LENGTH_U8      ? p[0]
                : f->length.kind == LENGTH_U16LE ? widen_u16le(p)
                                                 : widen_u16be(p)) -
               f->length.adds;
}

/* The first element of this part. UINT32_MAX, or more than the number of elements, when it is not part of a frame. */
static uint32_t find_part_start(const struct decoder *d, const uint8_t *p) {
        const struct layout *l = d->layout;

        if (d->format->part.kind != PART_NONE) {
                p += d->format->part.at;
                return d->format->part.kind == PART_INDEX_U8 ? (uint32_t)(p[0] - d->format->part.first) * d->part_cells
                                                             : widen_u16le(p);
        }
        for (uint8_t i = 0; i < l->n_boards; i++)
                if (l->boards[i] == p[d->format->board_at])
                        return i * d->part_cells;
        return UINT32_MAX;
}

/* Elements that the length field of a part may announce: those of every part or, in the last part, the remainder. */
static uint32_t expect_part_cells(const struct decoder *d, const uint8_t *frame, uint32_t announced) {
        uint32_t first = d->format->part.kind != PART_NONE ? find_part_start(d, frame) : 0;
        uint32_t left = first < d->n_cells ? d->n_cells - first : 0;
        size_t length = d->format->length.elements ? left : measure_elements(d, left);

        return left > 0 && left < d->part_cells && announced == length ? left : d->part_cells;
}

/* Elements or records after this head (sync and header, whole). False when no frame begins like this. payload: bytes
 * available for them, where a packet limits them; 0 = not known. */
static bool count_elements(const struct decoder *d, const uint8_t *frame, uint32_t payload, uint32_t *ret_n) {
        const struct format *f = d->format;
        uint32_t announced = f->length.kind == LENGTH_FIXED ? payload : read_length(f, frame);

        if (!same_bytes(frame + f->shape.at, d->shape.of, d->shape.n))
                return false;
        if (f->sparse.size > 0) {
                *ret_n = announced;
                return announced <= d->n_cells;
        }
        *ret_n = announced > 0 ? expect_part_cells(d, frame, announced) : d->part_cells;
        return f->length.kind == LENGTH_FIXED ||
               announced == (f->length.elements ? *ret_n : measure_elements(d, *ret_n));
}

/* --- start and reset --- */

static void add_to_head(uint8_t *head, uint8_t *mask, size_t at, const uint8_t *bytes, size_t n) {
        for (size_t i = 0; i < n; i++) {
                // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): lengths in a format are validated
                head[at + i] = bytes[i];
                mask[at + i] = 0xFF;
        }
}

static bool add_constants(const struct format *f, uint8_t *head, uint8_t *mask, size_t n) {
        for (uint8_t i = 0; i < f->n_constants; i++) {
                const struct format_constant *c = &f->constants[i];

                if (c->at >= n || mask[c->at] != 0 || (c->value & ~c->mask))
                        return false;
                head[c->at] = c->value;
                mask[c->at] = c->mask;
        }
        return true;
}

/* Prepares the comparison of is_common_frame() with the sync, shape and length of a frame or part that has all its
 * elements; only for formats where that is all there is to examine. */
static void set_common_head(struct decoder *d) {
        const struct format *f = d->format;
        const bool packet = f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS;
        const size_t elements = measure_elements(d, d->part_cells);
        const size_t length = (f->length.elements ? d->part_cells : elements) + f->length.adds;
        const uint8_t bytes[] = {(uint8_t)length, (uint8_t)(length >> 8), (uint8_t)length};
        const bool big_endian = f->length.kind == LENGTH_U16BE;
        uint8_t head[sizeof(d->common_head)] = {0}, mask[sizeof(d->common_head)] = {0};
        uint32_t n;

        d->common_length = SIZE_MAX;
        if (f->framing == FRAMING_TEXT || packet || f->sparse.size > 0 || d->part_cells == 0 ||
            d->head_n > sizeof(head) || elements + d->overhead < sizeof(head) || f->escape ||
            (f->preamble.n > 0 && f->preamble.of[0] == d->sync.of[0]))
                return;
        add_to_head(head, mask, 0, d->sync.of, d->sync.n);
        add_to_head(head, mask, f->shape.at, d->shape.of, d->shape.n);
        add_to_head(head, mask, f->length.at, bytes + big_endian, format_length_size(f));
        if (!count_elements(d, head, 0, &n) || n != d->part_cells)
                return;
        d->common_constants = add_constants(f, head, mask, sizeof(head));
        memcpy(&d->common_head, head, sizeof(head));
        memcpy(&d->common_mask, mask, sizeof(mask));
        d->common_length = elements + d->overhead;
}

static void choose_shortcuts(struct decoder *d) {
        const struct format *f = d->format;
        const struct layout *l = d->layout;

        d->whole_frames = f->part.kind == PART_NONE && l->n_boards == 0 && f->board_at == 0;
        d->in_order = f->framing != FRAMING_TEXT && f->part.kind == PART_NONE && l->n_boards == 0 &&
                      l->run_of[0] >= d->n_cells;
        d->self_sufficient =
                f->framing == FRAMING_PREFIX && (f->sparse.size == 0 || f->check != CHECK_NONE || f->tail.n > 0);
}

void decoder_init(struct decoder *d, const struct format *format, const struct layout *layout) {
        d->format = format;
        d->layout = layout;
        d->frames = d->discarded_bytes = 0;
        d->words = 0;
        d->boards_seen = 0;
        memset(d->refused, 0, sizeof(d->refused));
        d->n_cells = layout->geometry.n_cells;
        d->learns_count = d->n_cells == 0;
        d->other_frames = d->other_count = 0;
        d->sync = format_sync(format, layout->rows, layout->cols);
        d->shape = format_shape(format, layout->rows, layout->cols);
        d->part_cells = layout_part_cells(format, layout);
        d->head_n = (size_t)d->sync.n + format->header_n;
        d->overhead = format_overhead(format);
        d->check_n = format_check_size(format);
        d->widen = widen_choose(format);
        d->stride = format->sparse.size > 0 ? format->sparse.size : format_element_size(format);
        d->packed_bits = format_packed_bits(format->element);
        if (format->check == CHECK_CRC16_MODBUS)
                crc16_init(&d->crc);
        if (format->framing == FRAMING_TEXT)
                text_frame_init(d);
        choose_shortcuts(d);
        set_common_head(d);
        decoder_reset(d);
}

void decoder_reset(struct decoder *d) {
        d->start = d->held = d->scanned = d->escapes = 0;
        d->started = d->in_step = d->skipping = d->row_refused = false;
        d->gathered = 0;
        if (d->format->framing == FRAMING_TEXT)
                text_frame_reset(d);
}

/* A suffix format gets the suffix of a frame before the first. */
void decoder_at_boundary(struct decoder *d) {
        d->started = d->in_step = true;
        d->skipping = false;
        if (d->format->framing != FRAMING_SUFFIX)
                return;
        memcpy(d->buffer, d->sync.of, d->sync.n);
        d->held = d->sync.n;
}

/* --- elements -> frame --- */

static bool constants_hold(const struct format *f, const uint8_t *frame) {
        for (uint8_t i = 0; i < f->n_constants; i++)
                if ((frame[f->constants[i].at] & f->constants[i].mask) != f->constants[i].value)
                        return false;
        return true;
}

/* Cells that are not listed are not loaded. Inlining this loop would make it slower by 8 %. */
static __attribute__((noinline)) bool place_records(const struct decoder *d, const uint8_t *records,
                                                    const float *values, uint32_t n, float *ret) {
        const uint8_t *x = records + d->format->sparse.x_at, *y = records + d->format->sparse.y_at;
        const uint32_t rows = d->layout->rows, cols = d->layout->cols;
        const float unloaded = d->layout->inverted ? d->layout->geometry.full_scale : 0;
        const size_t stride = d->stride;

        for (uint32_t k = 0; k < rows * cols; k++)
                ret[k] = unloaded;
        for (uint32_t k = 0; k < n; k++, x += stride, y += stride) {
                if (*x >= cols || *y >= rows)
                        return false;
                ret[*y * cols + *x] = values[k];
        }
        return true;
}

static bool read_elements(struct decoder *d, const uint8_t *elements, uint32_t n, float *ret) {
        const struct format *f = d->format;
        const bool sparse = f->sparse.size > 0;
        float *values = sparse ? d->elements + CELLS_MAX : ret;

        if (!d->widen(f, elements + (sparse ? f->sparse.value_at : 0), d->stride, n, values))
                return false;
        return !sparse || place_records(d, elements, values, n, ret);
}

/* Parts come in rising order. A part that does not continue where the last one ended drops the pass, and begins a new
 * one if it is the first. */
static void add_part(struct decoder *d, const uint8_t *frame, uint32_t n, const struct delivery *to) {
        uint32_t first = find_part_start(d, frame);

        d->started = d->in_step = true;
        if (first == UINT32_MAX) {
                d->refused[REFUSED_CONSTANT]++;
                return;
        }
        if (first != d->gathered) {
                d->refused[REFUSED_COUNT] += d->gathered > 0;
                memmove(d->elements, d->elements + d->gathered, n * sizeof(*d->elements));
                d->gathered = 0;
        }
        if (first != d->gathered)
                return;
        d->gathered += n;
        if (d->gathered >= d->n_cells)
                decoder_emit_frame(d, to);
}

static void add_frame_or_part(struct decoder *d, const uint8_t *frame, uint32_t n, const struct delivery *to) {
        const struct format *f = d->format;

        if (f->board_at > 0)
                d->boards_seen |= 1u << (frame[f->board_at] & 31);
        if (f->part.kind != PART_NONE || d->layout->n_boards > 0)
                add_part(d, frame, n, to);
        else
                decoder_emit_frame(d, to);
}

/* Reads the elements and compares the check. REFUSAL_N = both are good. */
static inline enum refusal read_checked(struct decoder *d, const uint8_t *frame, uint32_t n, float *ret) {
        const struct format *f = d->format;
        const uint8_t *end;
        uint16_t check;

        if (!read_elements(d, frame + d->head_n, n, ret))
                return REFUSED_RANGE;
        if (d->check_n == 0)
                return REFUSAL_N;
        end = frame + d->head_n + measure_elements(d, n) + f->trailer_n;
        check = format_check(f, &d->crc, frame + f->check_from, (size_t)(end - frame) - f->check_from);
        return check == (d->check_n == 1 ? end[0] : widen_u16le(end)) ? REFUSAL_N : REFUSED_CHECK;
}

/* Accepts a frame or part whose head and end are known to be good, and the constants too where constants_known is set.
 * REFUSAL_N: `length` bytes are consumed, and the frame is emitted when it is complete. Otherwise the reason. */
static enum refusal accept_elements(struct decoder *d, const uint8_t *frame, uint32_t n, size_t length,
                                    bool constants_known, const struct delivery *to) {
        enum refusal wrong;

        if (!constants_known && !constants_hold(d->format, frame))
                return REFUSED_CONSTANT;
        wrong = read_checked(d, frame, n, d->in_order ? to->sink->frame->raw : d->elements + d->gathered);
        if (wrong != REFUSAL_N)
                return wrong;
        decoder_consume(d, length);
        if (d->whole_frames)
                decoder_emit_frame(d, to);
        else
                add_frame_or_part(d, frame, n, to);
        return REFUSAL_N;
}

/* --- frames between syncs --- */

/* No frame begins here after all: look for the next sync inside it. */
static bool refuse_frame(struct decoder *d, enum refusal reason) {
        d->refused[reason]++;
        d->started = true;
        d->in_step = false;
        d->gathered = 0;
        decoder_discard(d, 1);
        return true;
}

/* Offset of the first place where the sync is, or may be once more bytes come. */
static size_t find_sync(const struct format_bytes *sync, const uint8_t *bytes, size_t n) {
        const uint8_t *end = bytes + n;

        for (const uint8_t *at = bytes; at < end; at++) {
                size_t left;

                if (*at != sync->of[0] && !(at = memchr(at, sync->of[0], (size_t)(end - at))))
                        return n;
                left = (size_t)(end - at);
                if (same_bytes(at, sync->of, left < sync->n ? left : sync->n))
                        return (size_t)(at - bytes);
        }
        return n;
}

/* Preambles count neither as frames nor as discarded. False: the bytes held may be the beginning of one. */
static bool skip_preambles(struct decoder *d) {
        const struct format_bytes *p = &d->format->preamble;

        while (p->n > 0 && d->in_step && d->held > 0) {
                size_t n = d->held < p->n ? d->held : p->n;

                if (!same_bytes(d->buffer + d->start, p->of, n))
                        return true;
                if (n < p->n)
                        return false;
                decoder_consume(d, n);
        }
        return true;
}

/* Discards the bytes before the next sync, and counts them as one refusal. False: more bytes are needed. */
static bool skip_to_sync(struct decoder *d) {
        size_t skip;

        if (!skip_preambles(d))
                return false;
        skip = find_sync(&d->sync, d->buffer + d->start, d->held);
        if (skip > 0) {
                if (!d->started)
                        d->refused[REFUSED_PARTIAL]++;
                else if (d->in_step)
                        d->refused[REFUSED_LENGTH]++;
                d->started = true;
                d->in_step = false;
                d->gathered = 0;
                decoder_discard(d, skip);
        }
        return d->held >= d->sync.n;
}

/* Bytes by which a frame differs from random bytes. */
static size_t count_evidence(const struct format *f, const struct format_bytes *sync) {
        return (size_t)sync->n + f->tail.n + f->n_constants + format_check_size(f) + format_length_size(f);
}

/* Whether a frame is accepted only when the next sync follows it. A prefix with little evidence needs that while
 * the decoder is out of step, when any byte of a frame may look like a sync; a list of loaded cells always needs
 * it, since a smaller count looks as good as the true one. */
static inline bool needs_next_sync(const struct decoder *d) {
        if (d->self_sufficient && d->in_step)
                return false;
        return !d->self_sufficient ||
               (d->format->part.kind == PART_NONE && count_evidence(d->format, &d->sync) < EVIDENCE_ENOUGH);
}

/* Whether these bytes, or as many of them as have come, follow the first `length` bytes held. */
static bool bytes_follow(const struct decoder *d, size_t length, const struct format_bytes *what, bool *ret_whole) {
        size_t there = d->held - length < what->n ? d->held - length : what->n;

        *ret_whole = there == what->n;
        return what->n > 0 && same_bytes(d->buffer + d->start + length, what->of, there);
}

enum next { NEXT_FOLLOWS, NEXT_OPEN, NEXT_OTHER };

/* The next sync, or the preamble before it, must follow directly; on a quiet line its beginning is enough. */
static enum next examine_next(const struct decoder *d, size_t length, bool quiet) {
        bool whole = true;

        if (!bytes_follow(d, length, &d->sync, &whole) && !bytes_follow(d, length, &d->format->preamble, &whole))
                return NEXT_OTHER;
        return whole || (quiet && d->format->framing != FRAMING_SUFFIX) ? NEXT_FOLLOWS : NEXT_OPEN;
}

/* A part without a length of its own ends at the next sync. False: it has not come yet, or *ret_wrong. */
static bool find_part_end(struct decoder *d, uint32_t *ret_n, bool *ret_wrong) {
        size_t around = d->head_n + d->format->trailer_n, most = around + d->n_cells * d->stride, at;
        const uint8_t *frame = d->buffer + d->start;

        at = d->scanned > d->sync.n ? d->scanned : d->sync.n;
        at += find_sync(&d->sync, frame + at, d->held - at);
        d->scanned = at;
        *ret_wrong = at > most || (at + d->sync.n <= d->held && (at <= around || (at - around) % d->stride != 0));
        *ret_n = (uint32_t)((at - around) / d->stride);
        return !*ret_wrong && at + d->sync.n <= d->held;
}

/* Whether a frame or part with the common head is held, whole. One comparison replaces skip_to_sync() and
 * count_elements(). */
static bool is_common_frame(const struct decoder *d) {
        uint64_t head;

        if (d->held < d->common_length)
                return false;
        memcpy(&head, d->buffer + d->start, sizeof(head));
        return ((head ^ d->common_head) & d->common_mask) == 0;
}

/* A frame or part of n elements seems to be held, whole. */
static inline bool accept_framed(struct decoder *d, uint32_t n, size_t length, bool constants_known,
                                 const struct delivery *to) {
        const struct format_bytes *tail = &d->format->tail;
        const uint8_t *frame = d->buffer + d->start;
        enum refusal wrong;

        if (!same_bytes(frame + length - tail->n, tail->of, tail->n))
                return refuse_frame(d, REFUSED_TAIL);
        if (needs_next_sync(d)) {
                enum next next = examine_next(d, length, to->quiet);

                if (next != NEXT_FOLLOWS)
                        return next == NEXT_OTHER && refuse_frame(d, REFUSED_LENGTH);
        }
        wrong = accept_elements(d, frame, n, length, constants_known, to);
        return wrong == REFUSAL_N || refuse_frame(d, wrong);
}

static bool decode_framed(struct decoder *d, const struct delivery *to) {
        size_t length;
        uint32_t n;
        bool bad = false;

        if (!skip_to_sync(d) || d->held < d->head_n)
                return false;
        if (d->part_cells == 0 && d->format->sparse.size == 0) {
                if (!find_part_end(d, &n, &bad))
                        return bad && refuse_frame(d, REFUSED_LENGTH);
        } else if (!count_elements(d, d->buffer + d->start, 0, &n)) {
                return refuse_frame(d, REFUSED_LENGTH);
        }
        length = measure_elements(d, n) + d->overhead;
        return d->held >= length && accept_framed(d, n, length, false, to);
}

/* --- frames with escaped bytes --- */

/* Looks for the end of the frame at the front, which has this many bytes without its escapes. NEXT_FOLLOWS: it is
 * held, up to *ret_end. NEXT_OTHER: the byte at *ret_end is not in it, because another frame begins there or no
 * encoder writes such bytes. */
static enum next find_escaped_end(struct decoder *d, size_t length, size_t *ret_end) {
        const uint8_t *frame = d->buffer + d->start, sync = d->sync.of[0], escape = d->format->escape;
        size_t at = d->scanned;

        if (at == 0) {
                at = d->sync.n;
                d->escapes = 0;
        }
        for (; at - d->escapes < length; at++) {
                const bool escaped = at < d->held && frame[at] == escape;

                d->scanned = *ret_end = at;
                if (at + escaped >= d->held)
                        return NEXT_OPEN;
                if (frame[at + escaped] == sync || (escaped && frame[at + 1] == escape)) {
                        *ret_end = at + escaped;
                        return NEXT_OTHER;
                }
                at += escaped;
                d->escapes += escaped;
        }
        *ret_end = at;
        return NEXT_FOLLOWS;
}

/* Undoes the escapes of the first `end` bytes held: the frame then ends there, and begins later. */
static void remove_escapes(struct decoder *d, size_t end) {
        uint8_t *frame = d->buffer + d->start;
        size_t to = end, n = d->escapes;

        for (size_t from = end; from > d->sync.n; from--) {
                uint8_t byte = frame[from - 1];

                if (from - 1 > d->sync.n && frame[from - 2] == d->format->escape) {
                        byte ^= 0x20;
                        from--;
                }
                frame[--to] = byte;
        }
        memmove(frame + n, frame, d->sync.n);
        decoder_consume(d, n);
}

static enum refusal accept_escaped(struct decoder *d, size_t length, const struct delivery *to) {
        const struct format_bytes *tail = &d->format->tail;
        const uint8_t *frame = d->buffer + d->start;
        uint32_t n;

        if (!count_elements(d, frame, 0, &n))
                return REFUSED_LENGTH;
        if (!same_bytes(frame + length - tail->n, tail->of, tail->n))
                return REFUSED_TAIL;
        return accept_elements(d, frame, n, length, false, to);
}

/* A frame has no byte like the first of the sync: so a refused one is dropped whole. A pause may be filled with such
 * bytes. */
static bool decode_escaped(struct decoder *d, const struct delivery *to) {
        const size_t length = measure_elements(d, d->part_cells) + d->overhead;
        enum refusal wrong = REFUSED_LENGTH;
        enum next next;
        size_t end;

        if (!skip_to_sync(d))
                return false;
        next = find_escaped_end(d, length, &end);
        if (next == NEXT_OPEN)
                return false;
        if (next == NEXT_FOLLOWS) {
                remove_escapes(d, end);
                wrong = accept_escaped(d, length, to);
                end = length;
        }
        if (wrong == REFUSAL_N)
                return true;
        d->refused[wrong] += next == NEXT_FOLLOWS || end > 1;
        d->started = true;
        d->in_step = d->in_step && end == 1;
        decoder_discard(d, end);
        return true;
}

/* --- packets --- */

static enum refusal accept_packet(struct decoder *d, const uint8_t *packet, size_t n, const struct delivery *to) {
        const struct format *f = d->format;
        uint32_t elements;

        if (!packet || n < d->head_n || !same_bytes(packet, d->sync.of, d->sync.n))
                return REFUSED_CONSTANT;
        if (d->part_cells == 0 && f->sparse.size == 0) {
                elements = n < d->overhead ? 0 : (uint32_t)((n - d->overhead) / d->stride);
                if (elements == 0 || elements > d->n_cells)
                        return REFUSED_LENGTH;
        } else if (!count_elements(d, packet, n > d->overhead ? (uint32_t)(n - d->overhead) : 0, &elements)) {
                return REFUSED_LENGTH;
        }
        if (measure_elements(d, elements) + d->overhead != n)
                return REFUSED_LENGTH;
        if (!same_bytes(packet + n - f->tail.n, f->tail.of, f->tail.n))
                return REFUSED_TAIL;
        return accept_elements(d, packet, elements, 0, false, to);
}

static void unpack_and_accept(struct decoder *d, uint8_t *bytes, size_t n, const struct delivery *to) {
        size_t packet_n = n;
        const uint8_t *packet = packet_open(d->format->framing, bytes, &packet_n);
        enum refusal wrong = accept_packet(d, packet, packet_n, to);

        if (wrong == REFUSAL_N)
                return;
        d->refused[d->started ? wrong : REFUSED_PARTIAL]++;
        d->discarded_bytes += n + 1;
        d->gathered = 0;
}

static bool decode_packet(struct decoder *d, const struct delivery *to) {
        uint8_t *packet = d->buffer + d->start;
        uint8_t *found = memchr(packet + d->scanned, packet_end(d->format->framing), d->held - d->scanned);
        size_t at = found ? (size_t)(found - packet) : d->held;

        if (at < d->held) {
                decoder_consume(d, at + 1);
                if (d->skipping)
                        d->discarded_bytes += at + 1;
                else if (at > 0) /* two ends in a row are normal: one of this packet, one before the next */
                        unpack_and_accept(d, packet, at, to);
                d->skipping = false;
                d->started = true;
                return true;
        }
        d->scanned = at;
        if (d->held < DECODER_BUFFER)
                return false;
        d->gathered = 0;
        decoder_discard_overrun(d);
        return false;
}

/* --- engine --- */

/* Decodes one frame, part, packet or line from the bytes held. False: more bytes are needed. */
static bool decode_next(struct decoder *d, const struct delivery *to) {
        switch (d->format->framing) {
        case FRAMING_PREFIX:
                return d->format->escape ? decode_escaped(d, to) : decode_framed(d, to);
        case FRAMING_DELIMITER:
        case FRAMING_SUFFIX:
                return decode_framed(d, to);
        case FRAMING_TEXT:
                return text_frame_decode(d, to);
        case FRAMING_SLIP:
        case FRAMING_COBS:
                return decode_packet(d, to);
        }
        return false;
}

static void move_to_front(struct decoder *d) {
        memmove(d->buffer, d->buffer + d->start, d->held);
        d->start = 0;
}

static void decode_held(struct decoder *d, const struct delivery *to) {
        while (d->held > 0 &&
               (is_common_frame(d) ? accept_framed(d, d->part_cells, d->common_length, d->common_constants, to)
                                   : decode_next(d, to)))
                ;
        /* Once the bytes consumed outnumber those held: so every byte is moved at most once, and only the first
         * pages of the buffer are ever touched. */
        if (d->start >= d->held)
                move_to_front(d);
}

void decoder_feed(struct decoder *d, const uint8_t *bytes, size_t n, uint64_t now_us, const struct frame_sink *sink) {
        const struct delivery to = {.now_us = now_us, .sink = sink};

        if (d->format->framing == FRAMING_TEXT && !d->has_codes && n > 0)
                d->has_codes = memchr(bytes, TEXT_ESCAPE, n) != NULL;
        while (n > 0) {
                size_t room = DECODER_BUFFER - d->start - d->held, step = n < room ? n : room;

                if (room == 0) {
                        move_to_front(d);
                        continue;
                }
                memcpy(d->buffer + d->start + d->held, bytes, step);
                d->held += step;
                bytes += step;
                n -= step;
                decode_held(d, &to);
        }
}

void decoder_idle(struct decoder *d, uint64_t now_us, const struct frame_sink *sink) {
        const struct delivery to = {.now_us = now_us, .sink = sink, .quiet = true};

        if (d->format->framing == FRAMING_DELIMITER || d->format->framing == FRAMING_PREFIX)
                decode_held(d, &to);
        else if (d->format->framing == FRAMING_TEXT)
                text_frame_idle(d, &to);
}
