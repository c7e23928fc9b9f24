/* SPDX-License-Identifier: MIT */
/* The messages that sitboned sends to a recorder beside it: a header, then the bytes of one reading of the port. */
#ifndef CONTRACT_TAP_H
#define CONTRACT_TAP_H

#include <stdint.h>

enum { TAP_BYTES_MAX = 16 * 1024 };

struct tap_head {
        uint64_t t_us; /* CLOCK_BOOTTIME */
        /* Bytes lost since the previous message: the bytes on both sides of the gap do not belong to one frame. A
         * message with 0 bytes and lost 0 reports that the port was opened again. */
        uint64_t lost;
};

#endif
