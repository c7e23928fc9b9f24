/* SPDX-License-Identifier: MIT */
/* CRC-32 (IEEE 802.3), as of zlib and PNG. */
#ifndef UTIL_CHECKSUM_H
#define UTIL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint32_t checksum_crc32(const void *data, size_t n);

#endif
