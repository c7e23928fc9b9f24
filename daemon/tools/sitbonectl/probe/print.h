/* SPDX-License-Identifier: MIT */
/* The results of probe, for people and for programs. */
#ifndef TOOLS_SITBONECTL_PROBE_PRINT_H
#define TOOLS_SITBONECTL_PROBE_PRINT_H

#include "tools/sitbonectl/probe/findings.h"

void findings_print(const struct findings *found);
void findings_print_json(const struct findings *found);

#endif
