/* SPDX-License-Identifier: MIT */
/* Every format there is on this machine: the rows of the table, then those described in files. */
#ifndef CONFIGURE_FORMAT_LIST_H
#define CONFIGURE_FORMAT_LIST_H

#include "configure/format_file.h"

enum { FORMAT_LIST_MAX = 128, FORMAT_LIST_FILES = 64 };

struct format_list {
        size_t n, n_files;
        const struct format *of[FORMAT_LIST_MAX];
        const struct format *first; /* added by its path; NULL = none */
        char path[FORMAT_LIST_FILES][256];
        struct format file[FORMAT_LIST_FILES];
};

/* folders: as format_folders. A file that hides behind a row or a file of the same name is left out; one with mistakes
 * too, after they were added. */
void format_list_load(struct format_list *list, const char *const *folders, struct config_errors *mistakes);

/* One more by its path; it goes first, whatever its name. */
void format_list_add(struct format_list *list, const char *path, struct config_errors *mistakes);

const struct format *format_list_by_name(const struct format_list *list, const char *name);

/* The file it was read from, or NULL for a row. */
const char *format_list_path(const struct format_list *list, const struct format *format);

/* What the setting `format` must be to get it: its name, or the path of a file elsewhere. */
const char *format_list_setting(const struct format_list *list, const struct format *format);

#endif
