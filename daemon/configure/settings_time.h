/* SPDX-License-Identifier: MIT */
/* Hours of the day and days of the week as people write them. */
#ifndef CONFIGURE_SETTINGS_TIME_H
#define CONFIGURE_SETTINGS_TIME_H

#include <stdbool.h>
#include <stddef.h>

#include "sitbone/settings/alert.h"

/* "22:00-07:00", or "" for none. */
bool settings_time_hours(const char *text, struct setting_hours *ret);
void settings_time_print_hours(const struct setting_hours *hours, char *ret, size_t size);

/* "sat sun", or "" for none. */
bool settings_time_days(const char *text, uint32_t *ret);
void settings_time_print_days(uint32_t days, char *ret, size_t size);

#endif
