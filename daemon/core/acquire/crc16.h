/* SPDX-License-Identifier: MIT */
/* CRC-16 of Modbus (polynomial A001 reflected, initial value FFFF), sixteen bytes at a step ("slicing",
 * Kounavis & Berry 2005). Pure; the tables belong to the caller. */
#ifndef CORE_ACQUIRE_CRC16_H
#define CORE_ACQUIRE_CRC16_H

#include <stddef.h>
#include <stdint.h>

enum { CRC16_STEP = 16 };

struct crc16 {
        uint16_t of[CRC16_STEP][256]; /* [k][byte]: the effect of a byte on the sum when k more bytes follow it */
};

void crc16_init(struct crc16 *c);
uint16_t crc16_of(const struct crc16 *c, const uint8_t *p, size_t n);

#endif
