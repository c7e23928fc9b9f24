/* SPDX-License-Identifier: MIT */
/* The values that a line NAME = VALUE of [expect] can compare. */
#ifndef TESTS_VALUES_H
#define TESTS_VALUES_H

#include <stddef.h>

#include "world.h"

/* Prints 31:00 or 1:02:03.5. */
void values_print_time(uint64_t us, char *ret, size_t size);

/* Prints the value of that name; false: there is no such name. */
bool values_print(const char *name, const struct world *w, char *ret, size_t size);

#endif
