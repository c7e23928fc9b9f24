/* SPDX-License-Identifier: MIT */
/* The messages that sitboned sends to a recorder beside it: a header, then the bytes of one reading of the port, or a
 * label. */
#ifndef CONTRACT_TAP_H
#define CONTRACT_TAP_H

#include <stdint.h>

enum { TAP_BYTES_MAX = 16 * 1024 };

enum tap_kind {
        TAP_BYTES,    /* what the mat sent */
        TAP_REOPENED, /* the port was opened again; nothing follows */
        TAP_LABEL,    /* the rest is the name of what is being done now; empty = nothing in particular */
};

struct tap_head {
        uint64_t t_us; /* CLOCK_BOOTTIME */
        /* Bytes lost since the previous message: the bytes on both sides of the gap do not belong to one frame. */
        uint64_t lost;
        uint64_t kind; /* enum tap_kind */
};

#endif
