/* SPDX-License-Identifier: MIT */
/* The settings file. Reading, checking, printing and config/sitbone.conf are derived from the rows of
 * settings_table.c. */
#ifndef CONFIGURE_SETTINGS_H
#define CONFIGURE_SETTINGS_H

#include <stddef.h>
#include <stdio.h>

#include "configure/settings_table.h"
#include "sitbone/command.h"
#include "sitbone/settings.h"
#include "util/config_errors.h"

/* Values, and which of them were set: the files, or what was set while the daemon ran. */
struct settings_layer {
        struct settings values;
        bool is_set[SETTINGS_ROWS_MAX];
};

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

/* One layer, for settings_merge(). controls false: the files of settings_load(), without the profile. controls true: the
 * controls that were set while the daemon ran, in settings.conf of the state directory `path`, which need not exist; *ret
 * is what is legal of it. */
void settings_load_layer(const char *path, bool controls, struct settings_layer *ret, struct config_errors *errors);

/* The values in effect: the controls, then the files, then the profile, then the defaults. Relations that the two layers
 * break together are errors, which begin with path. controls NULL: none, and settings_load_layer() has checked. */
void settings_merge(const struct settings_layer *files, const struct settings_layer *controls, const char *path,
                    struct settings *ret, struct config_errors *errors);

/* Sets one control by its key; with an empty text, the files count again. COMMAND_OK, COMMAND_NO_SUCH_SETTING or
 * COMMAND_BAD_VALUE; on failure *ret_why has the key and the legal values. */
enum command_result settings_set_control(struct settings_layer *controls, const char *key, const char *text,
                                         char *ret_why, size_t size);

/* Prints the controls that are set, as the file that settings_load_layer() reads. */
void settings_print_controls(FILE *f, const struct settings_layer *controls);

/* Loads like settings_load and prints the effective values, one per line, with file and line of each. state_directory
 * NULL: without controls. */
void settings_print(FILE *f, const char *path, const char *state_directory, struct config_errors *errors);

/* Lists the keys that differ and take effect at restart only, as "device.baud, mqtt.host"; "" if there are none. */
void settings_restart_needed(const struct settings *old, const struct settings *new_, char *ret, size_t size);

#endif
