/* SPDX-License-Identifier: MIT */
/* Remedies for the mistakes that people make in a settings file. */
#ifndef CONFIGURE_SETTINGS_ADVICE_H
#define CONFIGURE_SETTINGS_ADVICE_H

#include "configure/settings_table.h"

/* The mistake in a value that is not legal in this row, and its remedy; "" = not known. */
void settings_explain_value(const struct setting *row, const char *value, char *ret, size_t size);

#endif
