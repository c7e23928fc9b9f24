/* SPDX-License-Identifier: MIT */
/* Whole files. */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads a regular file up to limit bytes; *ret is malloc'd and ends with a NUL that is not counted. Negative errno;
 * -EFBIG when larger. */
int file_read(const char *path, size_t limit, char **ret, size_t *ret_n);

/* A regular file as it lies on the disk: only what is looked at is read, so it may be larger than memory. Not ended by
 * a NUL. Whoever shortens the file meanwhile ends the program: for tools. Negative errno. */
int file_map(const char *path, const char **ret, size_t *ret_n);
void file_unmap(const char *data, size_t n);

/* Temporary file beside it, then rename. Negative errno. */
int file_write_atomically(const char *path, const void *data, size_t n, unsigned mode);

bool file_exists(const char *path);

/* Drop-ins: every *.conf of the folders in trees (NULL-terminated, most important first), in order of file name; of two
 * with the same name the one in the more important folder counts, and an empty file or /dev/null there masks the others.
 * At most 256. */
void file_each_drop_in(const char *const *trees, void (*each)(void *userdata, const char *path), void *userdata);

#endif
