/* SPDX-License-Identifier: MIT */
/* Lines for the journal: stderr, with a <N> priority in front when systemd reads it. A function logs or returns the
 * error, never both. Safe from every thread. */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

enum log_level { LOG_ERR_ = 3, LOG_WARNING_ = 4, LOG_NOTICE_ = 5, LOG_INFO_ = 6, LOG_DEBUG_ = 7 };

/* Called once before threads start. */
void log_open(enum log_level most);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_ERR_, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING_, __VA_ARGS__)
#define log_notice(...)  log_line(LOG_NOTICE_, __VA_ARGS__)
#define log_info(...)    log_line(LOG_INFO_, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_DEBUG_, __VA_ARGS__)

#endif
