/* SPDX-License-Identifier: MIT */
/* A recording in memory with all that is needed to decide over it. For replay and check. */
#ifndef TOOLS_SITBONECTL_SOURCE_H
#define TOOLS_SITBONECTL_SOURCE_H

#include <stdio.h>

#include "configure/format_list.h"
#include "core/acquire/recording.h"
#include "sitbone/frame.h"
#include "sitbone/settings.h"
#include "tools/sitbonectl/commands.h"

struct source {
        const char *path;
        const char *data; /* the whole file, mapped */
        size_t n;
        const struct format *format; /* NULL = frames CSV */
        struct format described;     /* where format points when it comes from a file */
        struct settings settings;
        struct recording recording;
        struct frame frame;
};

/* STATUS_DONE, or STATUS_USAGE after each mistake was said. path NULL: the installed settings. */
int load_settings(const char *path, struct settings *ret);

/* *ret is NULL for a NULL name, a row, or storage filled from a file. STATUS_DONE, or STATUS_USAGE after a complaint that names what there is. */
int find_format(const char *name, struct format *storage, const struct format **ret);

/* Every format there is, and the one named: a name of them, or the path of a description. Mistakes in other description
 * files are said, but no reason to fail. *ret is malloc'd. STATUS_DONE, or STATUS_* after a complaint. */
int load_formats(const char *name, struct format_list **ret);

/* The format that the head of a recording names or describes, when it is no row: *ret points to storage then, and is left
 * alone otherwise. STATUS_*. */
int format_of_head(const char *data, size_t n, struct format *storage, const struct format **ret);

/* The catalogue asked for, else the one the settings name, else NULL: the installed one. */
const char *exercises_path(const struct options *options, const struct settings *settings);

/* Reads settings and file; a recording need not be inside yet. STATUS_* after complaints. *ret is malloc'd. */
int source_load(const struct options *options, struct source **ret);

/* Opens the recording. STATUS_DONE or STATUS_FAILED; error is written, not printed. */
int source_open(struct source *s, char error[RECORDING_ERROR_MAX]);

/* Typical time between two frames in seconds, from the beginning of the recording; NAN when it has but one. Opens the
 * recording; open it again afterwards. */
double source_period_s(struct source *s);

/* After recording_each: what was refused, is damaged or cut off, a line each. */
void source_say_missing(const struct source *s, FILE *f);

void source_free(struct source *s);

#endif
