/* SPDX-License-Identifier: MIT */
/* All mistakes of all files a user wrote, so that the whole is reported at once and not the first mistake only. */
#ifndef UTIL_CONFIG_ERRORS_H
#define UTIL_CONFIG_ERRORS_H

enum { MISTAKES_MAX = 100, MISTAKE_MAX = 512 };

struct mistakes {
        int n; /* also counts those beyond MISTAKES_MAX */
        char of[MISTAKES_MAX]
               [MISTAKE_MAX]; /* "sitbone.conf:12: [alert] prompt_min = 500: must be 1..180 min (default 30)" */
};

void mistake_add(struct mistakes *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
