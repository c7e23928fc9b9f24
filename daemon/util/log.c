/* SPDX-License-Identifier: MIT */
#include "util/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/sanitize.h"

static struct {
        enum log_level max;
        bool is_journal;            /* stderr is read by the journal */
} output = {.max = LOG_LEVEL_INFO}; /* written once, before threads start */

/* JOURNAL_STREAM=device:inode names the journal's socket. Only the journal understands the <N> prefix. */
static bool stderr_is_journal(void) {
        const char *stream = getenv("JOURNAL_STREAM");
        char expected[64];
        struct stat st;

        if (!stream || fstat(STDERR_FILENO, &st) < 0)
                return false;
        snprintf(expected, sizeof(expected), "%lu:%lu", (unsigned long)st.st_dev, (unsigned long)st.st_ino);
        return strcmp(stream, expected) == 0;
}

void log_open(enum log_level max) {
        output.max = max;
        output.is_journal = stderr_is_journal();
}

enum log_level log_get_max(void) {
        return output.max;
}

void log_line(enum log_level level, const char *format, ...) {
        char line[1024];
        va_list ap;

        if (level > output.max)
                return;
        va_start(ap, format);
        vsnprintf(line, sizeof(line), format, ap);
        va_end(ap);
        sanitize_line(line); /* it may quote a device or a broker */
        if (output.is_journal)
                fprintf(stderr, "<%d>%s\n", level, line);
        else
                fprintf(stderr, "%s\n", line);
}
