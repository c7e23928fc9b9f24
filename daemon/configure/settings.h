/* SPDX-License-Identifier: MIT */
/* The settings table: one row = section, key, kind, range, unit, default, help. Everything about settings is derived
 * from it: reading, checking, printing, config/sitbone.conf. */
#ifndef CONFIGURE_SETTINGS_H
#define CONFIGURE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sitbone/settings.h"
#include "util/config_errors.h"

void settings_defaults(struct settings *ret);

/* Reads one text over *settings (a later file wins). Unknown sections and keys, values out of range and unreadable lines
 * are mistakes; the nearest legal name or the range is said. */
void settings_parse(struct settings *settings, const char *path, const char *text, size_t n,
                    struct config_errors *mistakes);

/* Defaults, then the file, then its drop-ins. path NULL: /etc/sitbone/sitbone.conf, over /usr/lib/sitbone, with
 * sitbone.conf.d of both (and /run) merged by file name; none need exist. path given: it must exist; PATH.d/ *.conf are
 * its drop-ins. *ret is written also when there are mistakes (the rest is good), but the caller should refuse it. */
void settings_load(const char *path, struct settings *ret, struct config_errors *mistakes);

/* Every setting commented out at its default, with unit, range and reason: config/sitbone.conf. */
void settings_print_defaults(FILE *f);

/* Loads like settings_load and prints the effective values, one a line, with where each came from. Mistakes as there. */
void settings_print(FILE *f, const char *path, struct config_errors *mistakes);

/* Keys that differ and need a restart to take effect, as "device.baud, mqtt.host"; "" when none. */
void settings_restart_needed(const struct settings *old, const struct settings *new_, char *ret, size_t size);

#endif
