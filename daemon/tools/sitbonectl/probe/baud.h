/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_SITBONECTL_PROBE_BAUD_H
#define TOOLS_SITBONECTL_PROBE_BAUD_H

#include <stdint.h>

/* Sets a line to any speed without closing it: opening it again would reset many boards. 0, or a negative errno; -ERANGE if
 * its driver chooses another speed. */
int line_set_baud(int fd, int32_t baud);

#endif
