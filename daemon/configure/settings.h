/* SPDX-License-Identifier: MIT */
/* The settings file. Reading, checking, printing and config/sitbone.conf are derived from the rows of
 * settings_table.c. */
#ifndef CONFIGURE_SETTINGS_H
#define CONFIGURE_SETTINGS_H

#include <stddef.h>
#include <stdio.h>

#include "sitbone/settings.h"
#include "util/config_errors.h"

void settings_defaults(struct settings *ret);

/* Applies one text to *settings; a later text overrides an earlier one. Unknown sections and keys, values out of
 * range and unreadable lines are errors; each names the nearest legal name or the range. */
void settings_parse(struct settings *settings, const char *path, const char *text, size_t n,
                    struct config_errors *errors);

/* Defaults, then the file, then its drop-ins. path NULL: /etc/sitbone/sitbone.conf, or else those of /run/sitbone or
 * /usr/lib/sitbone, with sitbone.conf.d of all three merged by file name; none need exist. path given: it must exist;
 * PATH.d/ *.conf are its drop-ins. *ret is written also if there are errors (the legal values), but the caller should
 * refuse it. */
void settings_load(const char *path, struct settings *ret, struct config_errors *errors);

/* Adds what is legal, but probably does not work or is not safe. */
void settings_warn(const struct settings *settings, struct config_errors *ret);

/* Prints every setting commented out with its default, unit, range and reason: config/sitbone.conf. */
void settings_print_defaults(FILE *f);

/* Loads like settings_load and prints the effective values, one per line, with file and line of each. */
void settings_print(FILE *f, const char *path, struct config_errors *errors);

/* Lists the keys that differ and take effect at restart only, as "device.baud, mqtt.host"; "" if there are none. */
void settings_restart_needed(const struct settings *old, const struct settings *new_, char *ret, size_t size);

#endif
