/* SPDX-License-Identifier: MIT */
#include "configure/format_list.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/acquire/formats.h"
#include "util/file.h"

struct loading {
        struct format_list *list;
        struct config_errors *errors;
};

const struct format *format_list_by_name(const struct format_list *list, const char *name) {
        for (size_t i = 0; i < list->n; i++)
                if (strcmp(list->of[i]->name, name) == 0)
                        return list->of[i];
        return NULL;
}

const char *format_list_path(const struct format_list *list, const struct format *format) {
        for (size_t i = 0; i < list->n_files; i++)
                if (&list->file[i] == format)
                        return list->path[i];
        return NULL;
}

const char *format_list_setting(const struct format_list *list, const struct format *format) {
        return format == list->first ? format_list_path(list, format) : format->name;
}

/* Returns NULL if there is no room, or if the file has errors. */
static struct format *parse_file(struct loading *l, const char *path) {
        struct format_list *list = l->list;
        struct format *ret = &list->file[list->n_files];

        if (list->n_files < FORMAT_LIST_FILES && list->n < FORMAT_LIST_MAX)
                return format_find(path, ret, l->errors) ? ret : NULL;
        config_error_add(l->errors, "%s: there are more than %d described formats", path, FORMAT_LIST_FILES);
        return NULL;
}

static void append_file(struct format_list *list, const char *path, const struct format *format) {
        snprintf(list->path[list->n_files++], sizeof(list->path[0]), "%s", path);
        list->of[list->n++] = format;
}

static void add_file(void *userdata, const char *path) {
        struct loading *l = userdata;
        const struct format *format = parse_file(l, path);

        if (format && !format_list_by_name(l->list, format->name))
                append_file(l->list, path, format);
}

void format_list_load(struct format_list *list, const char *const *folders, struct config_errors *errors) {
        struct loading l = {list, errors};

        list->n = list->n_files = 0;
        list->first = NULL;
        for (size_t i = 0; i < format_count() && list->n < FORMAT_LIST_MAX; i++)
                list->of[list->n++] = format_at(i);
        file_each_drop_in(folders, add_file, &l);
}

void format_list_add(struct format_list *list, const char *path, struct config_errors *errors) {
        struct loading l = {list, errors};
        char absolute[PATH_MAX];
        const struct format *format;

        if (!realpath(path, absolute)) {
                config_error_add(errors, "%s: %s", path, strerror(errno));
                return;
        }
        format = parse_file(&l, absolute);
        if (!format)
                return;
        append_file(list, absolute, format);
        list->first = format;
        for (size_t i = list->n - 1; i > 0; i--)
                list->of[i] = list->of[i - 1];
        list->of[0] = format;
}
