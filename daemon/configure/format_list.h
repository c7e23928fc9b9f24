/* SPDX-License-Identifier: MIT */
/* Every format of this machine: the rows of the table, then the formats that are described in files. */
#ifndef CONFIGURE_FORMAT_LIST_H
#define CONFIGURE_FORMAT_LIST_H

#include "configure/format_file.h"

enum { FORMAT_LIST_MAX = 128, FORMAT_LIST_FILES = 64 };

struct format_list {
        size_t n, n_files;
        const struct format *of[FORMAT_LIST_MAX];
        const struct format *first; /* the format that was added by its path; NULL = none */
        char path[FORMAT_LIST_FILES][256];
        struct format file[FORMAT_LIST_FILES];
};

/* folders: as format_folders. A file is left out if a row or a file before it has the same name, or if it has errors,
 * which are added. */
void format_list_load(struct format_list *list, const char *const *folders, struct config_errors *errors);

/* Adds one more format by its path. It goes first, whatever its name is. */
void format_list_add(struct format_list *list, const char *path, struct config_errors *errors);

const struct format *format_list_by_name(const struct format_list *list, const char *name);

/* Returns the path of the file that describes the format, or NULL for a row. */
const char *format_list_path(const struct format_list *list, const struct format *format);

/* Returns the value of the setting `format` that selects the format: its name, or the path of a file elsewhere. */
const char *format_list_setting(const struct format_list *list, const struct format *format);

#endif
