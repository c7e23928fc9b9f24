/* SPDX-License-Identifier: MIT */
/* Formats instants of the wall clock: "2026-09-08T09:41:07.250Z". */
#ifndef UTIL_ISO8601_H
#define UTIL_ISO8601_H

#include <stdint.h>

enum { ISO8601_SIZE = 40 };

void iso8601_ms(uint64_t realtime_us, char ret[ISO8601_SIZE]); /* UTC, milliseconds */
void iso8601_s(uint64_t realtime_us, char ret[ISO8601_SIZE]);  /* UTC, rounded to the second */

#endif
