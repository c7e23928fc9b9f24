/* SPDX-License-Identifier: MIT */
#include "core/acquire/formats.h"

#include <string.h>

#include "core/acquire/formats_table.h"

size_t format_count(void) {
        return formats_text_n + formats_binary_n;
}

const struct format *format_at(size_t i) {
        if (i < formats_text_n)
                return &formats_text[i];
        return i < format_count() ? &formats_binary[i - formats_text_n] : NULL;
}

const struct format *format_by_name(const char *name) {
        for (size_t i = 0; i < format_count(); i++)
                if (strcmp(format_at(i)->name, name) == 0)
                        return format_at(i);
        return NULL;
}
