/* SPDX-License-Identifier: MIT */
/* Packets that end in a byte which occurs nowhere else: SLIP (RFC 1055) and COBS (Cheshire & Baker 1999). Pure. */
#ifndef CORE_ACQUIRE_PACKET_H
#define CORE_ACQUIRE_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "core/acquire/format.h"

/* The byte that ends a packet. */
uint8_t packet_end(enum framing framing);

/* Unpacks the *n > 0 bytes before the end of a packet, in place: the result is never longer. Returns its first byte
 * and writes its length to *n; NULL when no encoder writes such bytes. */
uint8_t *packet_open(enum framing framing, uint8_t *bytes, size_t *n);

/* Packs n bytes and appends the end. Returns the number of bytes written, at most 2 n + 2. ret may overlap the end of
 * the room that holds bytes, as long as it begins far enough before them. */
size_t packet_close(enum framing framing, const uint8_t *bytes, size_t n, uint8_t *ret);

#endif
