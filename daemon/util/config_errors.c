/* SPDX-License-Identifier: MIT */
#include "util/config_errors.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/log.h"
#include "util/sanitize.h"

void config_error_add(struct config_errors *errors, const char *format, ...) {
        va_list ap;

        if (errors->n < CONFIG_ERRORS_MAX) {
                char *text = errors->text[errors->n];

                va_start(ap, format);
                vsnprintf(text, CONFIG_ERROR_MAX, format, ap);
                va_end(ap);
                sanitize_line(text);
        }
        errors->n++;
}

void config_errors_log(const struct config_errors *errors) {
        for (int i = 0; i < errors->n && i < CONFIG_ERRORS_MAX; i++)
                log_error("%s", errors->text[i]);
}
