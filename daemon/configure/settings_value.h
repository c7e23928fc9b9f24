/* SPDX-License-Identifier: MIT */
/* One value of a setting: as it is written, whether it is legal, and its field. */
#ifndef CONFIGURE_SETTINGS_VALUE_H
#define CONFIGURE_SETTINGS_VALUE_H

#include <stdio.h>

#include "configure/settings_table.h"

struct settings;

/* Legal values in words, as they stand in mistakes and in the file of defaults. */
void setting_legal(const struct setting *row, char *ret, size_t size);

/* Writes the value into its field. False: not legal, nothing written. */
bool setting_assign(struct settings *settings, const struct setting *row, const char *s);

void setting_print(FILE *f, const struct settings *settings, const struct setting *row);
bool setting_differs(const struct setting *row, const struct settings *a, const struct settings *b);

#endif
