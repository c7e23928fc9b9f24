/* SPDX-License-Identifier: MIT */
#include "core/acquire/crc16.h"

static const uint16_t POLYNOMIAL = 0xA001, BEGIN = 0xFFFF;

void crc16_init(struct crc16 *c) {
        for (unsigned byte = 0; byte < 256; byte++) {
                uint16_t crc = (uint16_t)byte;

                for (int bit = 0; bit < 8; bit++)
                        crc = (uint16_t)(crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1);
                c->of[0][byte] = crc;
        }
        for (int k = 1; k < CRC16_STEP; k++)
                for (unsigned byte = 0; byte < 256; byte++) {
                        uint16_t before = c->of[k - 1][byte];

                        c->of[k][byte] = (uint16_t)(before >> 8 ^ c->of[0][before & 0xFF]);
                }
}

uint16_t crc16_of(const struct crc16 *c, const uint8_t *p, size_t n) {
        uint16_t crc = BEGIN;

        for (; n >= CRC16_STEP; n -= CRC16_STEP, p += CRC16_STEP) {
                uint16_t rest = 0; /* does not depend on the previous step */

                for (int k = 2; k < CRC16_STEP; k++)
                        rest ^= c->of[CRC16_STEP - 1 - k][p[k]];
                crc = rest ^ c->of[CRC16_STEP - 1][p[0] ^ (crc & 0xFF)] ^ c->of[CRC16_STEP - 2][p[1] ^ crc >> 8];
        }
        for (; n > 0; n--, p++)
                crc = (uint16_t)(crc >> 8 ^ c->of[0][(crc ^ *p) & 0xFF]);
        return crc;
}
