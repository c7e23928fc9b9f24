/* SPDX-License-Identifier: MIT */
/* A loaded history as text or JSON. */
#ifndef TOOLS_SITBONECTL_HISTORY_PRINT_H
#define TOOLS_SITBONECTL_HISTORY_PRINT_H

#include <stdio.h>

#include "tools/sitbonectl/history/load.h"

void history_print(const struct history *h, FILE *f);
void history_print_json(const struct history *h, FILE *f);

#endif
