/* SPDX-License-Identifier: MIT */
#include "util/checksum.h"

uint32_t checksum_crc32(const void *data, size_t n) {
        const uint8_t *p = data;
        uint32_t crc = 0xffffffff;

        while (n-- > 0) {
                crc ^= *p++;
                for (int bit = 0; bit < 8; bit++)
                        crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1)));
        }
        return ~crc;
}
