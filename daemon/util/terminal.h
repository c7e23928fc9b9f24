/* SPDX-License-Identifier: MIT */
/* Text on a terminal: its width, lines broken to fit it, a pager, and characters that it must not get. */
#ifndef UTIL_TERMINAL_H
#define UTIL_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* Columns of the terminal that f is, or otherwise when it is none. A file in memory counts as standard output. */
int terminal_columns(FILE *f, int otherwise);

/* False if NO_COLOR is set, or the terminal is dumb. */
bool terminal_wants_colour(void);

/* Prints text, broken between words before the given column; newlines in it are kept. The first line begins at column at,
 * where the cursor is, the following ones at indent. Ends with a newline. */
void terminal_print_wrapped(FILE *f, const char *text, int at, int indent, int columns);

/* Prints text, without characters that a terminal acts on. On a terminal, lines are broken at its width, and a text that is longer
 * than the screen goes through a pager: $SITBONE_PAGER, $PAGER or less; an empty one or cat is none. text is changed. */
void terminal_print(char *text);

#endif
