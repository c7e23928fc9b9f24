/* SPDX-License-Identifier: MIT */
/* Reads and writes whole files. */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads a regular file up to limit bytes; *ret is malloc'd and ends with a NUL that is not counted. Negative errno;
 * -EFBIG when larger. */
int file_read(const char *path, size_t limit, char **ret, size_t *ret_n);

/* Maps a regular file into memory: only the pages that are used are read, so it may be larger than memory. No NUL
 * follows. If another program shortens the file meanwhile, this program gets SIGBUS: for tools only. Negative
 * errno. */
int file_map(const char *path, const char **ret, size_t *ret_n);
void file_unmap(const char *data, size_t n);

/* Writes PATH.new, syncs it and renames it to PATH. Negative errno. */
int file_write_atomically(const char *path, const void *data, size_t n, unsigned mode);

bool file_exists(const char *path);

/* Calls each() for every *.conf of the folders in trees (ended by NULL, most important first), in order of file name.
 * Of files with the same name only that in the most important folder counts; an empty one or /dev/null masks the
 * others. At most 256 files. */
void file_each_drop_in(const char *const *trees, void (*each)(void *userdata, const char *path), void *userdata);

#endif
