/* SPDX-License-Identifier: MIT */
/* Error messages of sitbonectl, and the exit status that goes with them. */
#ifndef TOOLS_SITBONECTL_COMPLAIN_H
#define TOOLS_SITBONECTL_COMPLAIN_H

/* Exit status of the program, and result of most functions that may have complained. */
enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

/* Prints "sitbonectl: ..." to stderr, wrapped at the width of a terminal, without characters that act on it. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Every complaint so far, a line each; "" = none. */
const char *complaints(void);

/* Complains that there is no memory. Returns STATUS_FAILED. */
int complain_of_memory(void);

#endif
