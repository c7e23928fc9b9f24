/* SPDX-License-Identifier: MIT */
/* One setting: reads its value from text, prints it, and describes what is legal. */
#ifndef SITBONE_CONFIGURE_SETTING_VALUE_H
#define SITBONE_CONFIGURE_SETTING_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "configure/settings_table.h"
#include "sitbone/settings.h"

/* Stores the value of the text. False: the text is not legal, and *settings is unchanged. */
bool setting_assign(struct settings *settings, const struct setting *row, const char *text);

/* Describes the legal values for a message, such as "1 to 240 min". */
void setting_describe_legal(const struct setting *row, char *ret, size_t size);

/* Prints the value as setting_assign() reads it, without a line end. */
void setting_print(FILE *f, const struct settings *settings, const struct setting *row);

bool setting_differs(const struct setting *row, const struct settings *a, const struct settings *b);

#endif
