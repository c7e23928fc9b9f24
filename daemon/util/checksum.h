/* SPDX-License-Identifier: MIT */
/* CRC-32 (IEEE 802.3), as in zlib and PNG. Pure: the core may use it. */
#ifndef UTIL_CHECKSUM_H
#define UTIL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of n more bytes; crc is that of the bytes before, 0 at first. */
uint32_t checksum_crc32(uint32_t crc, const void *data, size_t n);

#endif
