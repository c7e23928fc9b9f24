/* SPDX-License-Identifier: MIT */
/* Types that the users of a port and the ways to open one share. */
#ifndef PORTS_TYPES_H
#define PORTS_TYPES_H

#include <stdint.h>

struct port_options {
        int32_t baud;     /* already resolved: the setting, or the format's */
        int32_t dtr, rts; /* enum line_state */
};

enum port_outcome {
        PORT_READ_NONE = 0,    /* nothing yet */
        PORT_READ_END = -1000, /* hung up or end of file: close the port and open it again later */
};

#endif
