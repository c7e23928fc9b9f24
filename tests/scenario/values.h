/* SPDX-License-Identifier: MIT */
/* What a line NAME = VALUE of [expect] may ask for. */
#ifndef TESTS_VALUES_H
#define TESTS_VALUES_H

#include <stddef.h>

#include "world.h"

/* 31:00, 1:02:03.5 */
void values_print_time(uint64_t us, char *ret, size_t size);

/* False: no such name. */
bool values_print(const char *name, const struct world *w, char *ret, size_t size);

#endif
