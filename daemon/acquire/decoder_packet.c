/* Packets that end in a byte which stands nowhere else: SLIP and COBS. */
#include <string.h>

#include "acquire/decoder_inside.h"

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

/* A code k means k - 1 bytes as they are and then a zero, which 255 and the last code do not bring. */
static bool open_cobs(uint8_t *bytes, size_t n, size_t *ret_n) {
        size_t out = 0;

        for (size_t i = 0; i < n;) {
                uint8_t code = bytes[i++];

                if (code - 1u > n - i)
                        return false;
                memmove(bytes + out, bytes + i, code - 1u);
                out += code - 1u;
                i += code - 1u;
                if (code < 0xFF && i < n)
                        bytes[out++] = 0;
        }
        *ret_n = out;
        return true;
}

static enum refusal judge_packet(const struct decoder *d, uint8_t *packet, size_t n, size_t *ret_payload) {
        const struct format *f = d->format;
        size_t head = (size_t)d->sync.n + f->header_n, around = format_overhead(f);
        bool opened = f->framing == FRAMING_SLIP ? open_slip(packet, n, &n) : open_cobs(packet, n, &n);

        if (!opened || n < head || memcmp(packet, d->sync.of, d->sync.n) != 0)
                return REFUSED_CONSTANT;
        if (d->part_cells == 0 && f->sparse.size == 0) {
                *ret_payload = n < around ? 0 : n - around;
                if (*ret_payload == 0 || *ret_payload % format_element_size(f) != 0)
                        return REFUSED_LENGTH;
        } else if (!decoder_payload(d, packet, ret_payload) || *ret_payload + around != n) {
                return REFUSED_LENGTH;
        }
        if (memcmp(packet + n - f->tail.n, f->tail.of, f->tail.n) != 0)
                return REFUSED_TAIL;
        return decoder_judge(d, packet, *ret_payload);
}

static void take_packet_of(struct decoder *d, uint8_t *packet, size_t n, const struct taker *t) {
        enum refusal wrong;
        size_t payload = 0;

        wrong = judge_packet(d, packet, n, &payload);
        if (wrong == REFUSAL_N) {
                decoder_take_payload(d, packet, payload, t);
                return;
        }
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
