/* Whole files. */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stddef.h>

/* Reads a regular file up to limit bytes; *ret is malloc'd and ends with a NUL that is not counted. Negative errno;
 * -EFBIG when larger. */
int file_read(const char *path, size_t limit, char **ret, size_t *ret_n);

/* Temporary file beside it, then rename. Negative errno. */
int file_write_atomically(const char *path, const void *data, size_t n, unsigned mode);

#endif
