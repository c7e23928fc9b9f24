/* SPDX-License-Identifier: MIT */
/* Binary frames between syncs, and the engine that all ways of framing share. */
#include "core/acquire/decoder.h"

#include <string.h>

#include "core/acquire/decoder_inside.h"

enum { EVIDENCE_ENOUGH = 4 }; /* bytes: random ones look so once in 4 * 10^9 places */

static void set_separators(struct decoder *d) {
        const char *separators = d->format->separators;

        memset(d->separates, strchr(separators, FORMAT_SEPARATOR_ANY) != NULL, sizeof(d->separates));
        for (const char *c = "0123456789+-.\n"; *c; c++)
                d->separates[(uint8_t)*c] = false;
        d->separates[' '] = true;
        for (const char *c = separators; *c; c++)
                d->separates[(uint8_t)*c] = true;
}

static size_t length_size(const struct format *f) {
        return f->length.kind == LENGTH_FIXED ? 0 : f->length.kind == LENGTH_U8 ? 1 : 2;
}

static void add_usual(uint8_t *head, uint8_t *bits, size_t at, const uint8_t *bytes, size_t n) {
        for (size_t i = 0; i < n; i++) {
                head[at + i] = bytes[i];
                bits[at + i] = 0xFF;
        }
}

static bool add_constants(const struct format *f, uint8_t *head, uint8_t *bits, size_t n) {
        for (uint8_t i = 0; i < f->n_constants; i++) {
                const struct format_constant *c = &f->constants[i];

                if (c->at >= n || bits[c->at] != 0 || (c->value & ~c->mask))
                        return false;
                head[c->at] = c->value;
                bits[c->at] = c->mask;
        }
        return true;
}

/* Sync, shape and length of a frame or part with all its elements; only where that is all there is to find out. */
static void set_usual(struct decoder *d) {
        const struct format *f = d->format;
        const bool packet = f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS;
        const size_t said = d->part_cells * (f->length.elements ? 1 : d->each) + f->length.adds;
        const uint8_t bytes[] = {(uint8_t)said, (uint8_t)(said >> 8), (uint8_t)said};
        const bool big = f->length.kind == LENGTH_U16BE;
        uint8_t head[sizeof(d->usual)] = {0}, bits[sizeof(d->usual)] = {0};
        uint32_t n;

        d->usual_length = SIZE_MAX;
        if (f->framing == FRAMING_TEXT || packet || f->sparse.size > 0 || d->part_cells == 0 ||
            d->head > sizeof(head) || d->part_cells * d->each + d->around < sizeof(head) ||
            (f->preamble.n > 0 && f->preamble.of[0] == d->sync.of[0]))
                return;
        add_usual(head, bits, 0, d->sync.of, d->sync.n);
        add_usual(head, bits, f->shape.at, d->shape.of, d->shape.n);
        add_usual(head, bits, f->length.at, bytes + big, length_size(f));
        if (!decoder_count(d, head, 0, &n) || n != d->part_cells)
                return;
        d->usual_constants = add_constants(f, head, bits, sizeof(head));
        memcpy(&d->usual, head, sizeof(head));
        memcpy(&d->usual_bits, bits, sizeof(bits));
        d->usual_length = d->part_cells * d->each + d->around;
}

static void set_ways(struct decoder *d) {
        const struct format *f = d->format;
        const struct layout *l = d->layout;

        d->whole = f->part.kind == PART_NONE && l->n_boards == 0 && f->board_at == 0;
        d->straight = f->framing != FRAMING_TEXT && f->part.kind == PART_NONE && l->n_boards == 0 &&
                      l->run_of[0] >= d->n_cells;
        d->alone = f->framing == FRAMING_PREFIX && (f->sparse.size == 0 || f->check != CHECK_NONE || f->tail.n > 0);
}

void decoder_init(struct decoder *d, const struct format *format, const struct layout *layout) {
        d->format = format;
        d->layout = layout;
        d->frames = d->discarded_bytes = 0;
        d->boards_seen = 0;
        memset(d->refused, 0, sizeof(d->refused));
        d->n_cells = layout->geometry.n_cells;
        d->learns = d->n_cells == 0;
        d->strange = d->strange_count = 0;
        d->sync = format_sync(format, layout->rows, layout->cols);
        d->shape = format_shape(format, layout->rows, layout->cols);
        d->part_cells = layout_part_cells(format, layout);
        d->head = (size_t)d->sync.n + format->header_n;
        d->around = format_overhead(format);
        d->check_n = format_check_size(format);
        d->widen = decoder_widener(format);
        d->each = format->sparse.size > 0 ? format->sparse.size : format_element_size(format);
        if (format->check == CHECK_CRC16_MODBUS)
                crc16_init(&d->crc);
        set_separators(d);
        set_ways(d);
        set_usual(d);
        decoder_reset(d);
}

void decoder_reset(struct decoder *d) {
        d->start = d->held = d->scanned = 0;
        d->started = d->in_step = d->spoilt = false;
        /* the end of a row whose beginning nobody saw is no blank line */
        d->overlong = d->format->framing == FRAMING_TEXT && d->format->text_end == TEXT_END_BLANK;
        d->gathered = 0;
        d->row = 0;
}

/* A suffix that nobody sent stands before the first frame. */
void decoder_at_boundary(struct decoder *d) {
        d->started = d->in_step = true;
        d->overlong = false;
        if (d->format->framing != FRAMING_SUFFIX)
                return;
        memcpy(d->buffer, d->sync.of, d->sync.n);
        d->held = d->sync.n;
}

/* The frame that seemed to begin here is none: look for the next sync inside it. */
static bool refuse(struct decoder *d, enum refusal reason) {
        d->refused[reason]++;
        d->started = true;
        d->in_step = false;
        d->gathered = 0;
        decoder_discard(d, 1);
        return true;
}

/* Offset of the first place where the sync stands, or may stand once more bytes come. */
static size_t find_sync(const struct format_bytes *sync, const uint8_t *bytes, size_t n) {
        const uint8_t *end = bytes + n;

        for (const uint8_t *at = bytes; at < end; at++) {
                size_t left;

                if (*at != sync->of[0] && !(at = memchr(at, sync->of[0], (size_t)(end - at))))
                        return n;
                left = (size_t)(end - at);
                if (decoder_same(at, sync->of, left < sync->n ? left : sync->n))
                        return (size_t)(at - bytes);
        }
        return n;
}

/* A preamble, or several, is counted neither as a frame nor as lost. False: what is held may be the beginning of one. */
static bool skip_preambles(struct decoder *d) {
        const struct format_bytes *p = &d->format->preamble;

        while (p->n > 0 && d->in_step && d->held > 0) {
                size_t n = d->held < p->n ? d->held : p->n;

                if (!decoder_same(d->buffer + d->start, p->of, n))
                        return true;
                if (n < p->n)
                        return false;
                decoder_consume(d, n);
        }
        return true;
}

/* Drops what stands before the next sync, and counts it once. False: more bytes are needed. */
static bool hunt(struct decoder *d) {
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

/* Bytes of a frame that only a frame has. */
static size_t evidence(const struct format *f, const struct format_bytes *sync) {
        return sync->n + f->tail.n + f->n_constants + format_check_size(f) + length_size(f);
}

/* Whether a frame counts only when the next sync stands behind it. A prefix without much else to know a frame by needs
 * that while the decoder is out of step, when any byte of a frame may look like a sync; a list of loaded cells always,
 * since a smaller count looks as good as the true one. */
static inline bool needs_next(const struct decoder *d) {
        if (d->alone && d->in_step)
                return false;
        return !d->alone || (d->format->part.kind == PART_NONE && evidence(d->format, &d->sync) < EVIDENCE_ENOUGH);
}

/* This, or what has come of it, stands behind so many bytes. */
static bool stands(const struct decoder *d, size_t length, const struct format_bytes *what, bool *ret_whole) {
        size_t there = d->held - length < what->n ? d->held - length : what->n;

        *ret_whole = there == what->n;
        return what->n > 0 && decoder_same(d->buffer + d->start + length, what->of, there);
}

enum next { NEXT_STANDS, NEXT_OPEN, NEXT_OTHER };

/* The next sync, or what may stand before it, must stand right behind; when the line is quiet, what there is of it. */
static enum next behind(const struct decoder *d, size_t length, bool quiet) {
        bool whole = true;

        if (!stands(d, length, &d->sync, &whole) && !stands(d, length, &d->format->preamble, &whole))
                return NEXT_OTHER;
        return whole || (quiet && d->format->framing != FRAMING_SUFFIX) ? NEXT_STANDS : NEXT_OPEN;
}

/* A part without a length of its own ends at the next sync. False: not there yet, or *ret_wrong. */
static bool find_end(struct decoder *d, uint32_t *ret_n, bool *ret_wrong) {
        size_t round = d->head + d->format->trailer_n, most = round + d->n_cells * d->each, at;
        const uint8_t *frame = d->buffer + d->start;

        at = d->scanned > d->sync.n ? d->scanned : d->sync.n;
        at += find_sync(&d->sync, frame + at, d->held - at);
        d->scanned = at;
        *ret_wrong = at > most || (at + d->sync.n <= d->held && (at <= round || (at - round) % d->each != 0));
        *ret_n = (uint32_t)((at - round) / d->each);
        return !*ret_wrong && at + d->sync.n <= d->held;
}

/* The whole of a frame or part that begins as they do: one comparison says what hunt() and decoder_count() would. */
static bool is_usual(const struct decoder *d) {
        uint64_t head;

        if (d->held < d->usual_length)
                return false;
        memcpy(&head, d->buffer + d->start, sizeof(head));
        return ((head ^ d->usual) & d->usual_bits) == 0;
}

/* n elements seem to stand here, all of them. */
static inline bool take_found(struct decoder *d, uint32_t n, size_t length, bool constants_known,
                              const struct taker *t) {
        const struct format_bytes *tail = &d->format->tail;
        const uint8_t *frame = d->buffer + d->start;
        enum refusal wrong;

        if (!decoder_same(frame + length - tail->n, tail->of, tail->n))
                return refuse(d, REFUSED_TAIL);
        if (needs_next(d)) {
                enum next next = behind(d, length, t->quiet);

                if (next != NEXT_STANDS)
                        return next == NEXT_OTHER && refuse(d, REFUSED_LENGTH);
        }
        wrong = decoder_take(d, frame, n, length, constants_known, t);
        return wrong == REFUSAL_N || refuse(d, wrong);
}

bool decoder_take_framed(struct decoder *d, const struct taker *t) {
        uint32_t n;
        bool bad = false;

        if (!hunt(d) || d->held < d->head)
                return false;
        if (d->part_cells == 0 && d->format->sparse.size == 0) {
                if (!find_end(d, &n, &bad))
                        return bad && refuse(d, REFUSED_LENGTH);
        } else if (!decoder_count(d, d->buffer + d->start, 0, &n)) {
                return refuse(d, REFUSED_LENGTH);
        }
        return d->held >= n * d->each + d->around && take_found(d, n, n * d->each + d->around, false, t);
}

/* --- engine --- */

static bool take_one(struct decoder *d, const struct taker *t) {
        switch (d->format->framing) {
        case FRAMING_PREFIX:
        case FRAMING_DELIMITER:
        case FRAMING_SUFFIX:
                return decoder_take_framed(d, t);
        case FRAMING_TEXT:
                return decoder_take_line(d, t);
        case FRAMING_SLIP:
        case FRAMING_COBS:
                return decoder_take_packet(d, t);
        }
        return false;
}

static void take_all(struct decoder *d, const struct taker *t) {
        while (d->held > 0 &&
               (is_usual(d) ? take_found(d, d->part_cells, d->usual_length, d->usual_constants, t) : take_one(d, t)))
                ;
        /* Back to the front once the bytes behind have paid for the move: every byte is moved once at most, and only
         * the first pages of the buffer are ever touched. */
        if (d->start >= d->held) {
                memmove(d->buffer, d->buffer + d->start, d->held);
                d->start = 0;
        }
}

void decoder_feed(struct decoder *d, const uint8_t *bytes, size_t n, uint64_t now_us, struct frame *frame,
                  frame_fn emit, void *userdata) {
        struct taker t = {now_us, frame, emit, userdata, false};

        while (n > 0) {
                size_t room = DECODER_BUFFER - d->start - d->held, take = n < room ? n : room;

                if (room == 0) {
                        memmove(d->buffer, d->buffer + d->start, d->held);
                        d->start = 0;
                        continue;
                }
                memcpy(d->buffer + d->start + d->held, bytes, take);
                d->held += take;
                bytes += take;
                n -= take;
                take_all(d, &t);
        }
}

void decoder_idle(struct decoder *d, uint64_t now_us, struct frame *frame, frame_fn emit, void *userdata) {
        struct taker t = {now_us, frame, emit, userdata, true};

        if (d->format->framing == FRAMING_DELIMITER || d->format->framing == FRAMING_PREFIX)
                take_all(d, &t);
        else if (d->format->framing == FRAMING_TEXT)
                decoder_text_quiet(d, &t);
}
