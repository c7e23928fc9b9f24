/* SPDX-License-Identifier: MIT */
/* The parts of a command line that all programs share, beside getopt_long(). */
#ifndef UTIL_COMMAND_LINE_H
#define UTIL_COMMAND_LINE_H

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>

/* Accepts "help" and "version" as the first word: they become --help and --version. */
void command_line_translate(int argc, char **argv);

/* Explains why getopt_long() returned '?' or ':' (key): the option, the problem, and the next step. The short options must
 * begin with ':' after + or -. Values of longs are not 0. word: argv[optind - 1]; program: of which --help is the next step. */
void command_line_explain(const struct option *longs, int key, const char *word, const char *program, char *ret,
                          size_t size);

/* The same, printed to stderr after the name of the program. Exits with status 2. */
_Noreturn void command_line_refuse(const struct option *longs, int key, const char *word, const char *program);

/* Prints a line to stderr, after the name of the program and without characters that a terminal acts on. */
void command_line_complain(const char *program, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints the help, as terminal_print() does, and exits. */
_Noreturn void command_line_help(const char *program, void (*print)(FILE *f));

/* Exits after --help or --version: with status 1 when standard output could not be written. */
_Noreturn void command_line_exit(const char *program);

#endif
