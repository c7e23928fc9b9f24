/* SPDX-License-Identifier: MIT */
/* Log lines on stderr, with a <N> priority in front when the journal reads it. A function either logs an error or
 * returns it, never both. Every thread may log. */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

enum log_level {
        LOG_LEVEL_ERROR = 3,
        LOG_LEVEL_WARNING = 4,
        LOG_LEVEL_NOTICE = 5,
        LOG_LEVEL_INFO = 6,
        LOG_LEVEL_DEBUG = 7,
};

/* Called once, before threads start. max: the least urgent level that is still printed. */
void log_open(enum log_level max);

/* The max of log_open(). */
enum log_level log_get_max(void);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
