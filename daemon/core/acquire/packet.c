/* SPDX-License-Identifier: MIT */
#include "core/acquire/packet.h"

#include <stdbool.h>
#include <string.h>

enum { SLIP_END = 0xC0, SLIP_ESCAPE = 0xDB, SLIP_ESCAPED_END = 0xDC, SLIP_ESCAPED_ESCAPE = 0xDD, COBS_END = 0x00 };

uint8_t packet_end(enum framing framing) {
        return framing == FRAMING_SLIP ? SLIP_END : COBS_END;
}

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

/* A code k stands for k - 1 plain bytes and then a zero; 255 and the last code bring no zero. The result begins one
 * byte further on, because each code is replaced by the zero that the code before it brought. Bytes only have to
 * move after a 255, which brings none. */
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

uint8_t *packet_open(enum framing framing, uint8_t *bytes, size_t *n) {
        if (framing == FRAMING_SLIP)
                return open_slip(bytes, *n, n) ? bytes : NULL;
        return open_cobs(bytes, *n, n) ? bytes + 1 : NULL;
}

static size_t close_slip(const uint8_t *bytes, size_t n, uint8_t *ret) {
        size_t at = 0;

        for (size_t i = 0; i < n; i++) {
                uint8_t byte = bytes[i];

                if (byte == SLIP_END || byte == SLIP_ESCAPE) {
                        ret[at++] = SLIP_ESCAPE;
                        byte = byte == SLIP_END ? SLIP_ESCAPED_END : SLIP_ESCAPED_ESCAPE;
                }
                ret[at++] = byte;
        }
        ret[at++] = SLIP_END;
        return at;
}

static size_t close_cobs(const uint8_t *bytes, size_t n, uint8_t *ret) {
        size_t code_at = 0, at = 1;
        uint8_t code = 1;

        for (size_t i = 0; i < n; i++) {
                uint8_t byte = bytes[i];

                if (byte != 0) {
                        ret[at++] = byte;
                        code++;
                }
                if (byte == 0 || (code == 0xFF && i + 1 < n)) {
                        ret[code_at] = code;
                        code_at = at++;
                        code = 1;
                }
        }
        ret[code_at] = code;
        ret[at++] = COBS_END;
        return at;
}

size_t packet_close(enum framing framing, const uint8_t *bytes, size_t n, uint8_t *ret) {
        return framing == FRAMING_SLIP ? close_slip(bytes, n, ret) : close_cobs(bytes, n, ret);
}
