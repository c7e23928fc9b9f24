/* SPDX-License-Identifier: MIT */
/* CRC-16/MODBUS against its published check value and against the sum taken bit by bit, at every length and offset. */
#include "check.h"
#include "core/acquire/crc16.h"
#include "wire.h"

static uint16_t bit_by_bit(const uint8_t *bytes, size_t n) {
        uint16_t crc = 0xFFFF;

        for (size_t i = 0; i < n; i++) {
                crc ^= bytes[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
        }
        return crc;
}

int main(void) {
        static struct crc16 crc;
        uint8_t bytes[600];
        uint64_t seed = 1;

        crc16_init(&crc);
        CHECK(crc16_of(&crc, (const uint8_t *)"123456789", 9) == 0x4B37);
        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (uint8_t)wire_random(&seed);
        for (size_t from = 0; from < 9; from++)
                for (size_t n = 0; from + n <= sizeof(bytes); n++)
                        CHECK(crc16_of(&crc, bytes + from, n) == bit_by_bit(bytes + from, n));
        return 0;
}
