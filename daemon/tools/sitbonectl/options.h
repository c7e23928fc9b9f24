/* SPDX-License-Identifier: MIT */
/* The arguments of a command, parsed with getopt_long: options before and after the command, "--name value" or
 * "--name=value", unambiguous abbreviations, "--" before arguments that begin with a hyphen. */
#ifndef TOOLS_SITBONECTL_OPTIONS_H
#define TOOLS_SITBONECTL_OPTIONS_H

#include "tools/sitbonectl/commands.h"

/* Index of the first word that is neither an option nor the value of one; 0 = there is none, -1 = an unknown option comes
 * first, after a complaint. Until then only help and version are set in *ret. */
int options_find_command(int argc, char **argv, struct options *ret);

/* argv[0] is skipped; the command's own words are not in argv. STATUS_DONE, or STATUS_USAGE after a complaint. */
int options_parse(const struct ctl_command *command, int argc, char **argv, struct options *ret);

/* Prints a line for each option of the command and for those of all commands, wrapped at the given column. */
void options_print(const struct ctl_command *command, int columns);

#endif
