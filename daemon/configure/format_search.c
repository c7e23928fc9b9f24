/* SPDX-License-Identifier: MIT */
/* Where descriptions lie. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "core/acquire/formats.h"
#include "util/file.h"

enum { FILE_LIMIT = 64 * 1024, PATH_SIZE = 512 };

const char *const format_folders[] = {"/etc/sitbone/formats", SITBONE_DATADIR "/sitbone/formats", NULL};

static bool find_path(const char *name, char *ret, size_t size) {
        if (strchr(name, '/')) {
                snprintf(ret, size, "%s", name);
                return file_exists(ret);
        }
        for (size_t i = 0; *name && format_folders[i]; i++) {
                snprintf(ret, size, "%s/%s.conf", format_folders[i], name);
                if (file_exists(ret))
                        return true;
        }
        return false;
}

int format_text(const char *name, char **ret, size_t *ret_n) {
        char path[PATH_SIZE];

        if (format_by_name(name) || !find_path(name, path, sizeof(path)))
                return -ENOENT;
        return file_read(path, FILE_LIMIT, ret, ret_n);
}

bool format_exists(const char *name) {
        char path[PATH_SIZE];

        return format_by_name(name) || find_path(name, path, sizeof(path));
}

const struct format *format_find(const char *name, struct format *storage, struct config_errors *mistakes) {
        const struct format *row = format_by_name(name);
        char path[PATH_SIZE], *text;
        size_t n;
        int r;

        if (row || !find_path(name, path, sizeof(path)))
                return row;
        r = file_read(path, FILE_LIMIT, &text, &n);
        if (r < 0) {
                config_error_add(mistakes, "%s: %s", path, strerror(-r));
                return NULL;
        }
        r = format_parse(path, text, n, mistakes, storage);
        free(text);
        return r == 0 ? storage : NULL;
}
