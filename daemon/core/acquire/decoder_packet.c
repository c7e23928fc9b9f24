/* SPDX-License-Identifier: MIT */
/* Packets that end in a byte which stands nowhere else: SLIP and COBS. */
#include <string.h>

#include "core/acquire/decoder_inside.h"

enum { SLIP_END = 0xC0, SLIP_ESCAPE = 0xDB, SLIP_ESCAPED_END = 0xDC, SLIP_ESCAPED_ESCAPE = 0xDD, COBS_END = 0x00 };

/* In place, what comes out is never longer. Returns its length; false: not what an encoder writes. */
static bool open_slip(uint8_t *bytes, size_t n, size_t *ret_n) {
        size_t out = 0;

        for (size_t i = 0; i < n;) {
                const uint8_t *escape = memchr(bytes + i, SLIP_ESCAPE, n - i);
                size_t plain = escape ? (size_t)(escape - bytes) - i : n - i;

                memmove(bytes + out, bytes + i, plain);
                out += plain;
                i += plain;
                if (!escape)
                        break;
                if (++i == n || (bytes[i] != SLIP_ESCAPED_END && bytes[i] != SLIP_ESCAPED_ESCAPE))
                        return false;
                bytes[out++] = bytes[i++] == SLIP_ESCAPED_END ? SLIP_END : SLIP_ESCAPE;
        }
        *ret_n = out;
        return true;
}

/* A code k means k - 1 bytes as they are and then a zero, which 255 and the last code do not bring. What comes out stands
 * one byte further on, each code having become the zero that the one before it brought; only behind a 255, which
 * brings none, bytes have to move. */
static bool open_cobs(uint8_t *bytes, size_t n, size_t *ret_n) {
        size_t dropped = 0, code;
        bool full = false;

        for (size_t i = 0; i < n; i += code) {
                code = bytes[i];
                if (code > n - i)
                        return false;
                bytes[i - dropped] = 0;
                dropped += full;
                if (dropped > 0)
                        memmove(bytes + i + 1 - dropped, bytes + i + 1, code - 1);
                full = code == 0xFF;
        }
        *ret_n = n - 1 - dropped;
        return true;
}

/* Opens what is not empty. Returns where it stands then; NULL: not what an encoder writes. */
static uint8_t *open_packet(const struct decoder *d, uint8_t *packet, size_t *n) {
        if (d->format->framing == FRAMING_SLIP)
                return open_slip(packet, *n, n) ? packet : NULL;
        return open_cobs(packet, *n, n) ? packet + 1 : NULL;
}

static enum refusal take_opened(struct decoder *d, const uint8_t *packet, size_t n, const struct taker *t) {
        const struct format *f = d->format;
        uint32_t elements;

        if (!packet || n < d->head || !decoder_same(packet, d->sync.of, d->sync.n))
                return REFUSED_CONSTANT;
        if (d->part_cells == 0 && f->sparse.size == 0) {
                elements = n < d->around ? 0 : (uint32_t)((n - d->around) / d->each);
                if (elements == 0 || elements > d->n_cells)
                        return REFUSED_LENGTH;
        } else if (!decoder_count(d, packet, n > d->around ? (uint32_t)(n - d->around) : 0, &elements)) {
                return REFUSED_LENGTH;
        }
        if (elements * d->each + d->around != n)
                return REFUSED_LENGTH;
        if (!decoder_same(packet + n - f->tail.n, f->tail.of, f->tail.n))
                return REFUSED_TAIL;
        return decoder_take(d, packet, elements, 0, false, t);
}

static void take_packet_of(struct decoder *d, uint8_t *bytes, size_t n, const struct taker *t) {
        size_t opened_n = n;
        const uint8_t *packet = open_packet(d, bytes, &opened_n);
        enum refusal wrong = take_opened(d, packet, opened_n, t);

        if (wrong == REFUSAL_N)
                return;
        d->refused[d->started ? wrong : REFUSED_PARTIAL]++;
        d->discarded_bytes += n + 1;
        d->gathered = 0;
}

bool decoder_take_packet(struct decoder *d, const struct taker *t) {
        uint8_t *packet = d->buffer + d->start, end = d->format->framing == FRAMING_SLIP ? SLIP_END : COBS_END;
        uint8_t *found = memchr(packet + d->scanned, end, d->held - d->scanned);
        size_t at = found ? (size_t)(found - packet) : d->held;

        if (at < d->held) {
                decoder_consume(d, at + 1);
                if (d->overlong)
                        d->discarded_bytes += at + 1;
                else if (at > 0) /* two ends in a row are usual: one before, one behind */
                        take_packet_of(d, packet, at, t);
                d->overlong = false;
                d->started = true;
                return true;
        }
        d->scanned = at;
        if (d->held < DECODER_BUFFER)
                return false;
        d->refused[REFUSED_OVERRUN] += !d->overlong;
        d->overlong = true;
        d->gathered = 0;
        decoder_discard(d, d->held);
        return false;
}
