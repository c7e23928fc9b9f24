/* SPDX-License-Identifier: MIT */
/* A wire format described in a file: the same as a row of the table (acquire/formats.h), without C. */
#ifndef CONFIGURE_FORMAT_FILE_H
#define CONFIGURE_FORMAT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/acquire/formats.h"
#include "util/config_errors.h"

/* Reads a text; every mistake goes to mistakes with file and line. *ret is written only when there is none. The name of
 * the format is that of the file. Returns the number of mistakes. */
int format_parse(const char *path, const char *text, size_t n, struct config_errors *mistakes, struct format *ret);

/* The row of this name; or NAME.conf in /etc/sitbone/formats or the installed share/sitbone/formats; or, with a slash in
 * it, the file itself. *storage is written only when it is a file. NULL when there is none, or when it has mistakes. */
const struct format *format_find(const char *name, struct format *storage, struct config_errors *mistakes);

/* The text of the file that format_find() would read, malloc'd. -ENOENT for rows and where there is none. */
int format_text(const char *name, char **ret, size_t *ret_n);

/* "my-mat" of "my-mat.conf". */
void format_file_name(const char *path, char *ret, size_t size);

/* There is a row or a file of this name. */
bool format_exists(const char *name);

/* Where files are looked for, the most important first; ends with NULL. */
extern const char *const format_folders[];

#endif
