/* SPDX-License-Identifier: MIT */
/* Analysis of text: which numbers of a line are cells, and the description that reads them. */
#ifndef TOOLS_SITBONECTL_PROBE_SUGGEST_H
#define TOOLS_SITBONECTL_PROBE_SUGGEST_H

#include "tools/sitbonectl/probe/heard.h"
#include "tools/sitbonectl/probe/verdict.h"

/* Finds a description of text and tries it on these bytes, or finds the reason why there is none. Text that a format of
 * the table reads as it is has `builtin` set. */
void suggest_text(const struct heard *heard, struct suggestion *ret);

#endif
