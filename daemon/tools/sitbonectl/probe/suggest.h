/* SPDX-License-Identifier: MIT */
/* Descriptions of text that no format of the list fits: with words between the numbers, names of rows, a clock or a counter
 * at the beginning of each line. */
#ifndef TOOLS_SITBONECTL_PROBE_SUGGEST_H
#define TOOLS_SITBONECTL_PROBE_SUGGEST_H

#include "tools/sitbonectl/probe/heard.h"

/* Prints a description; with only_counted, only if the first number of each line is no cell. False: there is none. */
bool suggest_description(const struct heard *heard, bool only_counted);

#endif
