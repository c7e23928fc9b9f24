/* SPDX-License-Identifier: MIT */
/* Files as input of commands: settings, formats, and a recording in memory with all that is needed to decide over it. */
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
        const char *data; /* the whole file, mapped; or frames CSV made from it */
        size_t n;
        char *converted;             /* data, if it was made from somebody else's table (table.h) */
        const struct format *format; /* NULL = frames CSV */
        struct format described;     /* format points here if it comes from a file */
        struct settings settings;
        struct recording recording;
        struct frame frame;
};

/* Complains of each mistake in a file. STATUS_DONE if there are none, or else STATUS_USAGE. */
int report_mistakes(const struct config_errors *mistakes);

/* Loads the settings; path NULL: the installed ones. STATUS_DONE, or STATUS_USAGE after a complaint of each mistake. */
int load_settings(const char *path, struct settings *ret);

/* Finds a format by its name, or loads it from a file into storage. *ret is NULL for a NULL name. STATUS_DONE, or
 * STATUS_USAGE after a complaint that lists the formats. */
int find_format(const char *name, struct format *storage, const struct format **ret);

/* Loads every format, and the named one: a name of the list, or the path of a description. Mistakes in other description files
 * are reported, but are no failure. *ret is malloc'd. STATUS_DONE, or another status after a complaint. */
int load_formats(const char *name, struct format_list **ret);

/* Loads the format that the head of a recording names or describes into storage and sets *ret, unless it is a built-in format:
 * then *ret is left alone. STATUS_*. */
int format_of_head(const char *data, size_t n, struct format *storage, const struct format **ret);

/* The catalogue in the options, or else in the settings, or NULL: the installed one. */
const char *exercises_path(const struct options *options, const struct settings *settings);

/* Reads settings and the file options->args[0], which need not be a recording; with --columns it is a table. STATUS_* after complaints. *ret is malloc'd. */
int source_load(const struct options *options, struct source **ret);

/* Opens the recording. STATUS_DONE, or STATUS_FAILED with the reason in error; nothing is printed. */
int source_open(struct source *s, char error[RECORDING_ERROR_MAX]);

/* Typical time between two frames in seconds, from the beginning of the recording; NAN if it has fewer than two. It opens the
 * recording: call source_open() again afterwards. */
double source_period_s(struct source *s);

/* Parses "FROM-TO", seconds of a recording with 0 <= FROM < TO, up to the end of the text. */
bool parse_span(const char *text, double *ret_from_s, double *ret_to_s);

/* Seconds since the beginning of the recording, whose virtual time begins at 1 s, see core/acquire/recording.h. */
double source_time_s(uint64_t now_us);

/* After recording_each(): prints a line for frames that were refused, for damage, and for a cut end. */
void source_print_losses(const struct source *s, FILE *f);

void source_free(struct source *s);

#endif
