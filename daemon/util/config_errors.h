/* SPDX-License-Identifier: MIT */
/* Every error of every file that a user wrote, so that all of them are reported at once. */
#ifndef UTIL_CONFIG_ERRORS_H
#define UTIL_CONFIG_ERRORS_H

enum { CONFIG_ERRORS_MAX = 100, CONFIG_ERROR_MAX = 512 };

struct config_errors {
        int n; /* also counts errors beyond CONFIG_ERRORS_MAX, which have no text */
        /* "sitbone.conf:12: [alert] prompt_min = 500: must be 1..180 min (default 30)" */
        char text[CONFIG_ERRORS_MAX][CONFIG_ERROR_MAX];
};

void config_error_add(struct config_errors *errors, const char *format, ...) __attribute__((format(printf, 2, 3)));

void config_errors_log(const struct config_errors *errors);

#endif
