/* SPDX-License-Identifier: MIT */
/* A wire format that is described in a file: the content of a row of the format table (core/acquire/format.h),
 * without C. */
#ifndef CONFIGURE_FORMAT_FILE_H
#define CONFIGURE_FORMAT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/acquire/format.h"
#include "util/config_errors.h"

/* Parses a text; every error is added with file and line. *ret is written only if there is none. The format has the
 * name of the file. Returns the number of errors. */
int format_parse(const char *path, const char *text, size_t n, struct config_errors *errors, struct format *ret);

/* Finds the row of this name; or NAME.conf in /etc/sitbone/formats or the installed share/sitbone/formats; or, if the
 * name contains a slash, the file itself. *storage is written only if it is a file. NULL: there is none, or it has
 * errors. */
const struct format *format_find(const char *name, struct format *storage, struct config_errors *errors);

/* Reads the text of the file that format_find() would parse, malloc'd. -ENOENT for rows and for unknown names. */
int format_text(const char *name, char **ret, size_t *ret_n);

/* "my-mat" of "my-mat.conf". */
void format_file_name(const char *path, char *ret, size_t size);

/* The word for a choice as in a file: of check "sum8", of element "u16le", of sure "A". key: one with such words. */
const char *format_word(const struct format *f, const char *key);

/* True if there is a row or a file of this name. */
bool format_exists(const char *name);

/* Folders that are searched for files, the most important first; ends with NULL. */
extern const char *const format_folders[];

#endif
