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
        enum log_level most;
        bool journal;
} log_to = {.most = LOG_INFO_}; /* written once, before threads */

/* JOURNAL_STREAM=device:inode names the journal's socket; only then does the prefix mean anything. */
static bool stderr_is_journal(void) {
        const char *stream = getenv("JOURNAL_STREAM");
        char expected[64];
        struct stat st;

        if (!stream || fstat(STDERR_FILENO, &st) < 0)
                return false;
        snprintf(expected, sizeof(expected), "%lu:%lu", (unsigned long)st.st_dev, (unsigned long)st.st_ino);
        return strcmp(stream, expected) == 0;
}

void log_open(enum log_level most) {
        log_to.most = most;
        log_to.journal = stderr_is_journal();
}

void log_line(enum log_level level, const char *format, ...) {
        char line[1024];
        va_list ap;

        if (level > log_to.most)
                return;
        va_start(ap, format);
        vsnprintf(line, sizeof(line), format, ap);
        va_end(ap);
        printable(line); /* devices and brokers are quoted */
        if (log_to.journal)
                fprintf(stderr, "<%d>%s\n", level, line);
        else
                fprintf(stderr, "%s\n", line);
}
