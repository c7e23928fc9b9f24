#include "acquire/decoder.h"

#include <math.h>
#include <string.h>

#include "acquire/number.h"

/* A line with fewer numbers does not say how many cells a mat has: boot banners print single numbers. */
enum { LEARN_CELLS_MIN = 4 };

/* No converter of any known mat has 24 bits. */
static const double TEXT_VALUE_MAX = 1 << 24;

/* Where good frames go. */
struct taker {
        uint64_t now_us;
        struct frame *frame;
        frame_fn emit;
        void *userdata;
        bool quiet; /* the line is quiet: a frame at the very end is whole */
};

void decoder_init(struct decoder *d, const struct format *format, const struct layout *layout) {
        d->format = format;
        d->layout = layout;
        d->frames = d->discarded_bytes = 0;
        memset(d->refused, 0, sizeof(d->refused));
        d->n_cells = layout->geometry.n_cells;
        decoder_reset(d);
}

void decoder_reset(struct decoder *d) {
        d->start = d->held = d->scanned = 0;
        d->started = d->in_step = d->overlong = false;
}

void decoder_at_boundary(struct decoder *d) {
        d->started = d->in_step = true;
}

static void consume(struct decoder *d, size_t n) {
        d->start += n;
        d->held -= n;
        d->scanned = 0;
        if (d->held == 0)
                d->start = 0;
}

static void discard(struct decoder *d, size_t n) {
        d->discarded_bytes += n;
        consume(d, n);
}

static void accept(struct decoder *d, const struct taker *t) {
        d->started = d->in_step = true;
        t->frame->seq = ++d->frames;
        t->frame->arrived_us = t->now_us;
        t->frame->n_cells = d->n_cells;
        t->emit(t->userdata, t->frame);
}

static void put_cell(const struct layout *l, uint32_t k, float value, struct frame *ret) {
        if (l->inverted)
                value = value < l->geometry.full_scale ? l->geometry.full_scale - value : 0;
        ret->raw[l->cell_of[k]] = value;
}

/* --- binary --- */

static inline uint32_t element_at(enum element element, const uint8_t *payload, size_t k) {
        switch (element) {
        case ELEMENT_U8:
                return payload[k];
        case ELEMENT_U16LE:
                return payload[2 * k] | (uint32_t)payload[2 * k + 1] << 8;
        case ELEMENT_U16BE:
                return (uint32_t)payload[2 * k] << 8 | payload[2 * k + 1];
        }
        return 0;
}

static inline uint32_t significant(const struct format *f, uint32_t value) {
        return (f->mask ? value & f->mask : value) >> f->shift;
}

static bool in_range(const struct format *f, const uint8_t *payload, uint32_t n) {
        if (f->max_valid == 0)
                return true;
        for (uint32_t k = 0; k < n; k++)
                if (significant(f, element_at(f->element, payload, k)) > f->max_valid)
                        return false;
        return true;
}

/* Made once for each kind of element, so that the kind is not asked for at each cell: on a small processor half of what a frame cost. */
static inline void put_cells(const struct decoder *d, enum element element, const uint8_t *payload,
                             struct frame *ret) {
        for (uint32_t k = 0; k < d->n_cells; k++)
                put_cell(d->layout, k, (float)significant(d->format, element_at(element, payload, k)), ret);
}

static void accept_payload(struct decoder *d, size_t at, size_t length, const struct taker *t) {
        const uint8_t *payload = d->buffer + d->start + at;

        switch (d->format->element) {
        case ELEMENT_U8:
                put_cells(d, ELEMENT_U8, payload, t->frame);
                break;
        case ELEMENT_U16LE:
                put_cells(d, ELEMENT_U16LE, payload, t->frame);
                break;
        case ELEMENT_U16BE:
                put_cells(d, ELEMENT_U16BE, payload, t->frame);
                break;
        }
        consume(d, length);
        accept(d, t);
}

/* The frame that seemed to begin here is none: look for the next sync inside it. */
static void refuse(struct decoder *d, enum refusal reason) {
        d->refused[reason]++;
        d->started = true;
        d->in_step = false;
        discard(d, 1);
}

/* Offset of the first place where the sync stands, or may stand once more bytes come. */
static size_t find_sync(const struct format *f, const uint8_t *bytes, size_t n) {
        for (size_t i = 0; i < n; i++) {
                size_t left = n - i;

                if (memcmp(bytes + i, f->sync.of, left < f->sync.n ? left : f->sync.n) == 0)
                        return i;
        }
        return n;
}

/* Drops what stands before the next sync, and counts it once. False: more bytes are needed. */
static bool hunt(struct decoder *d) {
        size_t skip = find_sync(d->format, d->buffer + d->start, d->held);

        if (skip > 0) {
                if (!d->started)
                        d->refused[REFUSED_PARTIAL]++;
                else if (d->in_step)
                        d->refused[REFUSED_LENGTH]++;
                d->started = true;
                d->in_step = false;
                discard(d, skip);
        }
        return d->held >= d->format->sync.n;
}

static size_t said_length(const struct format *f, const uint8_t *frame, size_t expected) {
        const uint8_t *p = frame + f->length.at;

        switch (f->length.kind) {
        case LENGTH_FIXED:
                break;
        case LENGTH_U8:
                return p[0];
        case LENGTH_U16LE:
                return (size_t)(p[0] | p[1] << 8);
        case LENGTH_U16BE:
                return (size_t)(p[0] << 8 | p[1]);
        }
        return expected;
}

static bool constants_hold(const struct format *f, const uint8_t *frame) {
        for (uint8_t i = 0; i < f->n_constants; i++)
                if ((frame[f->constants[i].at] & f->constants[i].mask) != f->constants[i].value)
                        return false;
        return true;
}

static bool check_holds(const struct format *f, const uint8_t *frame, size_t n) {
        uint8_t check[2];
        size_t size = format_check(f, frame, n, check);

        return memcmp(frame + n, check, size) == 0;
}

/* The cheap tests first, so that damaged streams cost no more than good ones. False: more bytes are needed. */
static bool take_prefixed(struct decoder *d, const struct taker *t) {
        const struct format *f = d->format;
        const uint8_t *frame = d->buffer + d->start;
        size_t head = (size_t)f->sync.n + f->header_n, payload = d->n_cells * format_element_size(f);
        size_t length = payload + format_overhead(f);

        if (d->held < head)
                return false;
        if (said_length(f, frame, payload) != payload)
                refuse(d, REFUSED_LENGTH);
        else if (!constants_hold(f, frame))
                refuse(d, REFUSED_CONSTANT);
        else if (d->held < length)
                return false;
        else if (memcmp(frame + length - f->tail.n, f->tail.of, f->tail.n) != 0)
                refuse(d, REFUSED_TAIL);
        else if (!in_range(f, frame + head, d->n_cells))
                refuse(d, REFUSED_RANGE);
        else if (!check_holds(f, frame, head + payload))
                refuse(d, REFUSED_CHECK);
        else
                accept_payload(d, head, length, t);
        return true;
}

/* The delimiter must stand again right behind the payload; when the line is quiet, what there is of it. */
static bool take_delimited(struct decoder *d, const struct taker *t) {
        const struct format *f = d->format;
        size_t head = f->sync.n, length = head + d->n_cells * format_element_size(f);
        const uint8_t *frame = d->buffer + d->start;
        size_t behind;

        if (d->held < length)
                return false;
        behind = d->held - length < head ? d->held - length : head;
        if (memcmp(frame + length, f->sync.of, behind) != 0)
                refuse(d, REFUSED_LENGTH);
        else if (behind < head && !t->quiet)
                return false;
        else if (!in_range(f, frame + head, d->n_cells))
                refuse(d, REFUSED_RANGE);
        else
                accept_payload(d, head, length, t);
        return true;
}

/* --- text --- */

static bool is_separator(const struct format *f, char c) {
        for (const char *s = f->separators; *s; s++)
                if (*s == c)
                        return true;
        return false;
}

static const char *skip_separators(const struct format *f, const char *at, const char *end) {
        while (at < end && is_separator(f, *at))
                at++;
        return at;
}

/* Numbers of one line into the frame. Returns how many there are, or the reason why not in *ret_reason. */
static bool parse_line(const struct decoder *d, const char *at, const char *end, struct frame *frame, uint32_t *ret_n,
                       enum refusal *ret_reason) {
        uint32_t n = 0, most = d->n_cells > 0 ? d->n_cells : CELLS_MAX;
        double value;

        for (at = skip_separators(d->format, at, end); at < end; at = skip_separators(d->format, at, end)) {
                *ret_reason = REFUSED_TEXT;
                if (!number_parse(&at, end, &value) || (at < end && !is_separator(d->format, *at)))
                        return false;
                *ret_reason = REFUSED_RANGE;
                if (fabs(value) > TEXT_VALUE_MAX)
                        return false;
                *ret_reason = REFUSED_COUNT;
                if (n >= most)
                        return false;
                put_cell(d->layout, n++, (float)value, frame);
        }
        *ret_n = n;
        return true;
}

static void refuse_line(struct decoder *d, enum refusal reason, size_t n) {
        d->refused[reason]++;
        d->discarded_bytes += n;
}

static void take_numbers(struct decoder *d, const char *line, size_t n, const struct taker *t) {
        enum refusal reason;
        uint32_t count;

        if (!parse_line(d, line, line + n, t->frame, &count, &reason)) {
                refuse_line(d, reason, n);
                return;
        }
        if (d->n_cells == 0 && count >= LEARN_CELLS_MIN)
                d->n_cells = count;
        if (count != d->n_cells)
                refuse_line(d, REFUSED_COUNT, n);
        else
                accept(d, t);
}

static void take_line_of(struct decoder *d, const char *line, size_t n, const struct taker *t) {
        while (n > 0 && (line[n - 1] == '\r' || is_separator(d->format, line[n - 1])))
                n--;
        if (d->overlong || n == 0 || line[0] == '#')
                d->discarded_bytes += n;
        else if (!d->started)
                refuse_line(d, REFUSED_PARTIAL, n);
        else
                take_numbers(d, line, n, t);
        d->overlong = false;
        d->started = true;
}

/* False: the line has not ended yet. `scanned` keeps single bytes from being looked at again and again. */
static bool take_line(struct decoder *d, const struct taker *t) {
        const char *text = (const char *)d->buffer + d->start;
        size_t end = d->scanned;

        while (end < d->held && text[end] != '\n')
                end++;
        if (end < d->held) {
                take_line_of(d, text, end, t);
                consume(d, end + 1);
                return true;
        }
        d->scanned = end;
        if (d->held < DECODER_BUFFER)
                return false;
        if (!d->overlong)
                d->refused[REFUSED_OVERRUN]++;
        d->overlong = true;
        discard(d, d->held);
        return false;
}

/* --- engine --- */

static bool take_one(struct decoder *d, const struct taker *t) {
        switch (d->format->framing) {
        case FRAMING_PREFIX:
                return hunt(d) && take_prefixed(d, t);
        case FRAMING_DELIMITER:
                return hunt(d) && take_delimited(d, t);
        case FRAMING_TEXT:
                return take_line(d, t);
        }
        return false;
}

static void take_all(struct decoder *d, const struct taker *t) {
        while (d->held > 0 && take_one(d, t))
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

        if (d->format->framing == FRAMING_DELIMITER)
                take_all(d, &t);
}
