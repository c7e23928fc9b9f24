/* SPDX-License-Identifier: MIT */
/* Finds the program that has a device open. */
#ifndef PORTS_HOLDER_H
#define PORTS_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* True, and "process 123 (minicom)" in ret, when a process other than this one has the path open. False, and "another
 * program", when none can be seen: only root sees what the processes of other users have open. */
bool port_holder(const char *path, char *ret, size_t size);

#endif
