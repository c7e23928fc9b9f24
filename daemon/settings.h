/* The settings table: one row = section, key, kind, range, unit, default, help. Everything about settings is derived
 * from it: reading, checking, printing, config/sitbone.conf. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sitbone/settings.h"

enum { MISTAKES_MAX = 100, MISTAKE_MAX = 512 };

/* All mistakes of all files, so that a user sees the whole, not the first only. */
struct mistakes {
        int n; /* also counts those beyond MISTAKES_MAX */
        char of[MISTAKES_MAX]
               [MISTAKE_MAX]; /* "sitbone.conf:12: [alert] prompt_min = 500: must be 5..180 min (default 30)" */
};

void mistake_add(struct mistakes *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

void settings_defaults(struct settings *ret);

/* Reads one text over *settings (a later file wins). Unknown sections and keys, values out of range and unreadable lines
 * are mistakes; the nearest legal name or the range is said. */
void settings_parse(struct settings *settings, const char *path, const char *text, size_t n,
                    struct mistakes *mistakes);

/* Defaults, then the file, then its drop-ins. path NULL: /etc/sitbone/sitbone.conf, over /usr/lib/sitbone, with
 * sitbone.conf.d of both (and /run) merged by file name; none need exist. path given: it must exist; PATH.d/ *.conf are
 * its drop-ins. *ret is written also when there are mistakes (the rest is good), but the caller should refuse it. */
void settings_load(const char *path, struct settings *ret, struct mistakes *mistakes);

/* Every setting commented out at its default, with unit, range and reason: config/sitbone.conf. */
void settings_print_defaults(FILE *f);

/* Effective values, one a line, with where each came from. */
void settings_print(FILE *f, const struct settings *settings);

/* Keys that differ and need a restart to take effect, as "device.baud, mqtt.host"; "" when none. */
void settings_restart_needed(const struct settings *old, const struct settings *new_, char *ret, size_t size);

#endif
