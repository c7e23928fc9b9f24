/* SPDX-License-Identifier: MIT */
/* Lines of text on a terminal: its width, and paragraphs broken to fit it. */
#ifndef TOOLS_SITBONECTL_TERMINAL_H
#define TOOLS_SITBONECTL_TERMINAL_H

#include <stdio.h>

/* Columns of the terminal that f is, or otherwise when it is none. */
int terminal_columns(FILE *f, int otherwise);

/* Prints text, broken between words before the given column; newlines in it are kept. The first line begins at column at,
 * where the cursor is, the following ones at indent. Ends with a newline. */
void terminal_print_wrapped(FILE *f, const char *text, int at, int indent, int columns);

#endif
